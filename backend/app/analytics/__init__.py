"""The risk engine's mathematics: arrays in, frozen dataclasses out. No database, no clock, no settings."""

import scipy.linalg  # noqa: F401  loads scipy's own BLAS beside numpy's, so that the limit below reaches both
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it ships no types

# The matrices here are small: on a busy machine a second BLAS thread made a 20-asset covariance 800 times slower,
# because each product waits for a thread that has no core. Parallelism comes from running measures side by side.
threadpool_limits(limits=1, user_api="blas")
