"""Fewer points of a long series, for a reader. Figures are never taken from thinned series."""

import math

# More points than this are not seen on a chart, and cost a model its attention
DEFAULT_POINTS = 500


def thinned(length: int, limit: int) -> tuple[list[int], int]:
    """Which of `length` points to show, at most `limit`, and the step between them. The newest is always shown."""
    if length == 0:
        return [], 1
    step = max(math.ceil(length / limit), 1)
    return list(range(length - 1, -1, -step))[::-1], step
