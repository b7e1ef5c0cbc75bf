"""How alike texts are written: pieces of their words, weighted by how rare each piece is.

A piece is three to five letters that stand together, so that "volatilty", "vols" and "volatility" share most of theirs.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

_WORD = re.compile(r"\S+")
SHORTEST, LONGEST = 3, 5
# A piece of one text only joins it to none
LEAST_TEXTS = 2


@dataclass(frozen=True, slots=True)
class Wording:
    """The pieces that are known, each with its column and its weight (log of how few texts have it)."""

    columns: dict[str, int]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Wording":
        found = Counter(piece for text in texts for piece in set(_pieces(text)))
        known = {piece: count for piece, count in found.items() if count >= LEAST_TEXTS}
        weights = (1 + math.log((1 + len(texts)) / (1 + count)) for count in known.values())
        return cls({piece: column for column, piece in enumerate(known)}, tuple(weights))

    def rows(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """One row of unit length for each text, or of zeros where it has no piece that is known."""
        values: list[float] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            counted = Counter(column for piece in _pieces(text) if (column := self.columns.get(piece)) is not None)
            row = [(1 + math.log(count)) * self.weights[column] for column, count in counted.items()]
            length = math.hypot(*row)
            columns += counted
            values += [value / length for value in row]
            ends.append(len(columns))
        shape = (len(texts), len(self.columns))
        return sparse.csr_matrix((np.array(values, dtype=np.float32), columns, ends), shape=shape)


def _pieces(text: str) -> list[str]:
    """Of each word with a blank on either side, so that its beginning and its end are pieces of their own."""
    words = [f" {word} " for word in _WORD.findall(text.lower())]
    return [
        word[start : start + size]
        for word in words
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(max(1, len(word) - size + 1))
    ]
