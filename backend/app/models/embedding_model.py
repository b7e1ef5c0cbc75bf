"""The models that a passage may be embedded with. Each has an index of its own, made by a migration."""

from dataclasses import dataclass
from typing import Literal

EmbeddingModelName = Literal["all-MiniLM-L6-v2", "text-embedding-3-small"]


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    name: EmbeddingModelName
    dimension: int


BUNDLED = EmbeddingModel("all-MiniLM-L6-v2", 384)
OPENAI_SMALL = EmbeddingModel("text-embedding-3-small", 1536)
EMBEDDING_MODELS = (BUNDLED, OPENAI_SMALL)
