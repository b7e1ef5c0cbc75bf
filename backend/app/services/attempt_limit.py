"""How often something may be done. In this process's memory: with n replicas the limits are n times as high."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from app.errors import TooManyRequests

# About 2 MB; the longest unused is forgotten first
MAX_KEYS = 10_000


class AttemptLimit:
    """`burst` attempts at once, then one each `interval` seconds, for each key (a leaky bucket in one number)."""

    def __init__(
        self,
        burst: int,
        interval: float,
        refusal: type[TooManyRequests],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tolerance = burst * interval
        self._interval = interval
        self._refusal = refusal
        self._clock = clock
        self._emptied_at: OrderedDict[str, float] = OrderedDict()

    def check(self, key: str) -> None:
        """Count one attempt, or refuse it."""
        now = self._clock()
        filled_until = max(self._emptied_at.get(key, now), now) + self._interval
        excess = filled_until - now - self._tolerance
        if excess > 0:
            failure = self._refusal()
            failure.retry_after_seconds = math.ceil(excess)
            raise failure
        self._emptied_at[key] = filled_until
        self._emptied_at.move_to_end(key)
        if len(self._emptied_at) > MAX_KEYS:
            self._emptied_at.popitem(last=False)

    def forget(self, key: str) -> None:
        self._emptied_at.pop(key, None)
