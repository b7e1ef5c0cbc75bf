"""Texts as vectors. One model is in use at a time; its name and dimension stand on every row that it made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.agent.price_table import Price
from app.errors import AppError, Unavailable
from app.models.embedding_model import EmbeddingModel

Vectors: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Paid:
    """What the provider counts texts as, 0 where nothing is paid; `price` is None where it is not known."""

    tokens: int = 0
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Embedded:
    """One row of unit length for each text."""

    vectors: Vectors
    tokens: int
    price: Price | None = None

    @property
    def paid(self) -> Paid:
        return Paid(self.tokens, self.price)


class Embedder(Protocol):
    """Neither call blocks the event loop, and each ends within a stated time. Both raise `EmbeddingFailed`."""

    model: ClassVar[EmbeddingModel]

    async def embed_documents(self, texts: Sequence[str]) -> Embedded: ...

    async def embed_query(self, text: str) -> Embedded: ...

    async def close(self) -> None: ...


class EmbeddingFailed(AppError):
    """Nothing could be embedded. Never with a provider's own words."""


class EmbeddingUnavailable(EmbeddingFailed, Unavailable):
    """May go better in a moment: the provider is overloaded, silent or not reached."""

    code = "embedding_unavailable"
    detail = "The embedding provider does not answer. Try again in a moment."


class EmbeddingRefused(EmbeddingFailed):
    """Will not go better by itself: the key, the model or the request is not accepted."""

    status = 502
    code = "embedding_refused"
    detail = "The embedding provider refused the request. An administrator should look at its key and model."


class DimensionMismatch(EmbeddingFailed):
    status = 502
    code = "embedding_dimension_mismatch"

    def __init__(self, model: EmbeddingModel, found: int) -> None:
        super().__init__(
            f"The embedding provider gave vectors of {found} numbers where {model.name} has {model.dimension}. "
            "Nothing was stored. SIGMASIGHT_EMBEDDING_MODEL must name the model that the provider serves."
        )


def checked(model: EmbeddingModel, vectors: Vectors) -> Vectors:
    if vectors.shape[1] != model.dimension:
        raise DimensionMismatch(model, vectors.shape[1])
    return vectors
