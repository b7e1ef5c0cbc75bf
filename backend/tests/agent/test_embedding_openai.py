import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.agent import embedding_openai, price_table
from app.agent.embedding_openai import OpenAIEmbedder
from app.agent.embeddings import DimensionMismatch, EmbeddingRefused, EmbeddingUnavailable
from app.config import Settings
from tests.agent.provider_server import STALL, Provider, Reply, failing, provider

pytestmark = pytest.mark.provider


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_openai, "BASE_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(embedding_openai, "MAX_PAUSE_SECONDS", 0.01)


def reply(*rows: list[float], tokens: int = 7, places: list[int] | None = None) -> Reply:
    order = places or list(range(len(rows)))
    data = [{"object": "embedding", "index": place, "embedding": row} for place, row in zip(order, rows, strict=True)]
    body = {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": data,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
    return Reply(chunks=[json.dumps(body).encode()], headers={"content-type": "application/json"})


def vector(place: int, dimension: int = 1536) -> list[float]:
    return [2.0 if index == place else 0.0 for index in range(dimension)]


def embedder(server: Provider) -> OpenAIEmbedder:
    return OpenAIEmbedder(Settings(_env_file=None, environment="test", openai_base_url=server.url))


async def test_each_text_gets_its_vector_at_unit_length_in_whatever_order_they_come() -> None:
    async with provider(reply(vector(1), vector(0), places=[1, 0])) as server:
        embedded = await embedder(server).embed_documents(["first", "second"])

    assert [int(row.argmax()) for row in embedded.vectors] == [0, 1]
    np.testing.assert_allclose(np.linalg.norm(embedded.vectors, axis=1), 1)
    assert embedded.tokens == 7
    assert server.requests == [
        {"input": ["first", "second"], "model": "text-embedding-3-small", "encoding_format": "float"}
    ]


async def test_many_texts_are_sent_in_batches_and_their_tokens_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_openai, "BATCH", 2)
    async with provider(reply(vector(0), vector(1)), reply(vector(2), tokens=4)) as server:
        embedded = await embedder(server).embed_documents(["a", "b", "c"])

    assert [int(row.argmax()) for row in embedded.vectors] == [0, 1, 2]
    assert embedded.tokens == 11


async def test_a_price_holds_at_the_providers_own_address_or_where_it_is_stated(tmp_path: Path) -> None:
    stated = tmp_path / "prices.json"
    stated.write_text('{"version": "mine", "models": {"text-embedding-3-small": {"input": 3, "output": 0}}}')
    for settings, expected in ({}, None), ({"ai_price_file": stated}, Decimal(3)):
        async with provider(reply(vector(0))) as server:
            given = Settings(_env_file=None, environment="test", openai_base_url=server.url, **settings)  # type: ignore[arg-type]
            paid = (await OpenAIEmbedder(given).embed_query("text")).paid
        assert (paid.tokens, paid.price and paid.price.input) == (7, expected)

    listed = price_table.load(None).find("text-embedding-3-small", is_listed=True)
    assert listed is not None
    assert listed.cost(input=1_000_000, cached_input=0, cache_write=0, output=0) == Decimal("0.02")


@pytest.mark.parametrize("first", [failing(429, {"message": "slow down"}, retry_after="0"), failing(503, {}), Reply()])
async def test_what_passes_is_tried_again(first: Reply) -> None:
    async with provider(first, reply(vector(3))) as server:
        embedded = await embedder(server).embed_query("text")

    assert int(embedded.vectors[0].argmax()) == 3


async def test_what_does_not_pass_is_given_up_after_a_few_tries() -> None:
    async with provider(*[failing(500, {"message": "sk-secret broke"})] * 4) as server:
        with pytest.raises(EmbeddingUnavailable) as raised:
            await embedder(server).embed_query("text")

    assert len(server.requests) == embedding_openai.MAX_TRIES
    assert "secret" not in raised.value.sentence


async def test_a_silent_provider_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_openai, "REQUEST_SECONDS", 0.05)
    monkeypatch.setattr(embedding_openai, "MAX_TRIES", 1)
    async with provider(Reply(chunks=[STALL])) as server:
        with pytest.raises(EmbeddingUnavailable):
            await embedder(server).embed_query("text")


@pytest.mark.parametrize("status", [400, 401, 404])
async def test_what_is_refused_is_not_tried_again(status: int) -> None:
    async with provider(failing(status, {"message": "no"})) as server:
        with pytest.raises(EmbeddingRefused):
            await embedder(server).embed_query("text")

    assert len(server.requests) == 1


async def test_vectors_of_another_size_are_refused() -> None:
    async with provider(reply(vector(0, dimension=768))) as server:
        with pytest.raises(DimensionMismatch, match="768 numbers where text-embedding-3-small has 1536"):
            await embedder(server).embed_query("text")


@pytest.mark.parametrize("rows", [[], [vector(0), vector(1)], [[0.0] * 1536]], ids=["none", "too many", "zeros"])
async def test_an_answer_that_does_not_fit_is_no_answer(rows: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_openai, "MAX_TRIES", 1)
    async with provider(reply(*rows)) as server:
        with pytest.raises(EmbeddingUnavailable):
            await embedder(server).embed_query("text")
