"""The array types of this package. Time runs down the rows, oldest first; assets run across the columns."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
DateArray = NDArray[np.datetime64[Any]]
