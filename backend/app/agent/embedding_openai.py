"""OpenAI's embeddings, and servers that speak the same, as an `Embedder`."""

import asyncio
import random
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import openai
import structlog
from openai import AsyncOpenAI
from openai.types import CreateEmbeddingResponse

from app.agent import price_table
from app.agent.embeddings import Embedded, EmbeddingFailed, EmbeddingRefused, EmbeddingUnavailable, Vectors, checked
from app.agent.provider_http import seconds_to_wait
from app.config import Settings
from app.models.embedding_model import OPENAI_SMALL, EmbeddingModel

OPENAI_URL = "https://api.openai.com/v1"
# The API takes 2,048 texts and 300,000 tokens at once; passages of about 300 stay far below with this
BATCH = 128
MAX_TRIES = 4
BASE_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 20.0
# A batch is embedded within a second or two
REQUEST_SECONDS = 30.0
# The model reads 8,191 tokens; a text of one token for each character must still be taken
MAX_CHARS = 8_000

INCOMPLETE = "The embedding provider's answer is incomplete. Try again in a moment."

log = structlog.get_logger()


class OpenAIEmbedder:
    model: ClassVar[EmbeddingModel] = OPENAI_SMALL

    def __init__(self, settings: Settings) -> None:
        self._price = price_table.load(settings.ai_price_file).find(
            self.model.name, is_listed=not settings.openai_base_url
        )
        self._client = AsyncOpenAI(
            # Compatible servers need none, and the SDK will not start without
            api_key=settings.openai_api_key.get_secret_value() or "not-needed",
            base_url=settings.openai_base_url or OPENAI_URL,
            timeout=openai.Timeout(REQUEST_SECONDS, connect=settings.provider_connect_seconds),
            max_retries=0,
        )

    async def close(self) -> None:
        await self._client.close()

    async def embed_documents(self, texts: Sequence[str]) -> Embedded:
        answers = [await self._patiently(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        return Embedded(
            vectors=np.concatenate([answer.vectors for answer in answers]),
            tokens=sum(answer.tokens for answer in answers),
            price=self._price,
        )

    async def embed_query(self, text: str) -> Embedded:
        return await self.embed_documents([text])

    async def _patiently(self, texts: Sequence[str]) -> Embedded:
        for number in range(1, MAX_TRIES + 1):
            try:
                return await self._once(texts)
            except EmbeddingUnavailable as failure:
                if number == MAX_TRIES:
                    raise
                await asyncio.sleep(_pause(failure, number))
        raise AssertionError("the last try answers or raises")

    async def _once(self, texts: Sequence[str]) -> Embedded:
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                answer = await self._client.embeddings.create(
                    model=self.model.name,
                    input=[text[:MAX_CHARS] for text in texts],
                    encoding_format="float",
                )
        except (TimeoutError, openai.APIConnectionError) as error:
            raise EmbeddingUnavailable from error
        except openai.APIStatusError as error:
            raise _named(error) from error
        except (openai.APIError, ValueError) as error:
            raise EmbeddingUnavailable from error
        # The SDK checks no shapes: of what is no JSON it gives the bare text
        if not isinstance(answer, CreateEmbeddingResponse) or not answer.data:
            raise EmbeddingUnavailable(INCOMPLETE)
        return Embedded(vectors=self._vectors(answer, len(texts)), tokens=answer.usage.total_tokens)

    def _vectors(self, answer: CreateEmbeddingResponse, expected: int) -> Vectors:
        rows = [item.embedding for item in sorted(answer.data, key=lambda item: item.index)]
        if len(rows) != expected or len({len(row) for row in rows}) != 1:
            raise EmbeddingUnavailable(INCOMPLETE)
        vectors = checked(self.model, np.asarray(rows, dtype=np.float32))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise EmbeddingUnavailable("The embedding provider's answer is no set of vectors. Try again in a moment.")
        normalised: Vectors = vectors / lengths
        return normalised


def _named(error: openai.APIStatusError) -> EmbeddingFailed:
    log.warning("embedding_failed", status=error.status_code, code=str(error.code))
    if error.status_code in (408, 409, 429) or error.status_code >= 500:
        failure = EmbeddingUnavailable()
        wait = seconds_to_wait(error.response.headers.get("retry-after"))
        if wait is not None:
            failure.retry_after_seconds = round(wait)
        return failure
    return EmbeddingRefused()


def _pause(failure: EmbeddingUnavailable, number: int) -> float:
    stated = failure.retry_after_seconds
    spread = random.uniform(0.5, 1.0)  # noqa: S311 - spreads retries, guards nothing
    return min(MAX_PAUSE_SECONDS, max(float(stated or 0), BASE_PAUSE_SECONDS * 2.0 ** (number - 1) * spread))
