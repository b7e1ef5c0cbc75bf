"""The bundled embedding model: all-MiniLM-L6-v2 as int8 ONNX, on one thread, with no download and no key."""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from app.agent.embeddings import Embedded, Vectors
from app.models.embedding_model import BUNDLED, EmbeddingModel

if TYPE_CHECKING:
    from tokenizers import Encoding

FOLDER = Path(__file__).parent / "models" / "all-MiniLM-L6-v2"
# What the model was trained on: the rest of a longer text is not seen
MAX_TOKENS = 256
# Padded to its longest text; larger batches are no faster on one thread and take more memory
BATCH = 16
# Each call keeps a core busy: as many at once as may be spared for it in a process that also answers requests
PARALLEL = 2

_pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="embedding")


class BundledModel:
    """The model itself, blocking. Loading takes about a quarter of a second."""

    def __init__(self, folder: Path = FOLDER) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each text."""
        encodings = self._tokenizer.encode_batch(list(texts))
        rows = np.zeros((len(texts), BUNDLED.dimension), dtype=np.float32)
        for places in _batches(encodings):
            rows[places] = self._run([encodings[place] for place in places])
        return rows

    def _run(self, encodings: "Sequence[Encoding]") -> Vectors:
        length = max(len(encoding.ids) for encoding in encodings)
        ids = np.zeros((len(encodings), length), dtype=np.int64)
        mask = np.zeros((len(encodings), length), dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        hidden: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return _pooled(hidden, mask)


class LocalEmbedder:
    model: ClassVar[EmbeddingModel] = BUNDLED

    async def embed_documents(self, texts: Sequence[str]) -> Embedded:
        vectors = await asyncio.get_running_loop().run_in_executor(_pool, _embed, texts)
        return Embedded(vectors=vectors, tokens=0)

    async def embed_query(self, text: str) -> Embedded:
        return await self.embed_documents([text])

    async def close(self) -> None:
        """The model stays: it is the process's."""


def _embed(texts: Sequence[str]) -> Vectors:
    return _model().embed(texts)


@lru_cache
def _model() -> BundledModel:
    return BundledModel()


def _batches(encodings: "Sequence[Encoding]") -> Iterator[list[int]]:
    """Places of texts that are about as long as each other."""
    by_length = sorted(range(len(encodings)), key=lambda place: len(encodings[place].ids))
    for start in range(0, len(by_length), BATCH):
        yield by_length[start : start + BATCH]


def _pooled(hidden: Vectors, mask: NDArray[np.int64]) -> Vectors:
    """The mean over a text's tokens, at unit length."""
    weights = mask[:, :, None].astype(np.float32)
    mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    pooled: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return pooled
