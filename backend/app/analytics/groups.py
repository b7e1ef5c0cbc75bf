"""Adding figures of single positions up by a label: sector, symbol, asset class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.analytics.arrays import FloatArray
from app.analytics.errors import InvalidInput


@dataclass(frozen=True)
class GroupSums:
    """`names` in alphabetical order, `sums` (G,) beside them."""

    names: tuple[str, ...]
    sums: FloatArray


def sums_by_group(labels: Sequence[str], amounts: FloatArray) -> GroupSums:
    """Add up the amounts of each label; together the sums are the sum of the amounts.

    Parameters
    ----------
    labels : N labels
    amounts : (N,) array of any unit, signed, no NaN
    """
    if len(labels) != amounts.shape[0]:
        raise InvalidInput(f"{len(labels)} labels do not fit {amounts.shape[0]} amounts.")
    names, index = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
    sums = np.bincount(index, weights=amounts, minlength=len(names))
    return GroupSums(names=tuple(str(name) for name in names), sums=np.asarray(sums, dtype=np.float64))
