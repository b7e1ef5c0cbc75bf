"""What tells questions that nothing answers from others, as it ships."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from app.agent import unanswered
from app.agent.embedding_local import BundledModel, LocalEmbedder
from app.models.embedding_model import OPENAI_SMALL
from evaluation.retrieval import plane
from evaluation.retrieval.labelled_set import asked
from tests.agent.knowledge_base import PayingEmbedder, WordEmbedder


class OtherEmbedder(WordEmbedder):
    model = OPENAI_SMALL


class OtherPayingEmbedder(PayingEmbedder):
    model = OPENAI_SMALL


def test_what_ships_was_made_of_the_list_as_it_is() -> None:
    """Run `python -m evaluation.retrieval.plane` where this fails."""
    assert unanswered.examples().digest == unanswered.digest(unanswered.texts())


async def test_a_question_of_the_list_is_as_near_as_can_be_after_a_byte_for_each_number() -> None:
    example = unanswered.texts()[7]
    vector = (await LocalEmbedder().embed_query(example)).vectors[0]

    assert (await unanswered.standing(LocalEmbedder(), vector)).likeness == pytest.approx(1.0, abs=0.03)


def test_most_of_what_the_pages_answer_lies_on_one_side_and_most_of_the_list_on_the_other() -> None:
    known, bundled = unanswered.examples(), BundledModel()
    answered = bundled.embed([texts[0] for texts in asked().values()])

    assert np.mean(answered @ known.plane + known.constant > 0) > 0.75
    assert np.mean(known.vectors @ known.plane + known.constant < 0) > 0.75


async def test_of_another_model_the_list_is_embedded_once_and_no_side_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unanswered, "_vectors", {})
    embedder = OtherEmbedder()
    vector = (await embedder.embed_query(unanswered.texts()[0])).vectors[0]

    standings = [await unanswered.standing(embedder, vector) for _ in range(2)]

    assert embedder.embedded == list(unanswered.texts())
    assert [standing.side for standing in standings] == [0.0, 0.0]
    assert standings[0].likeness == pytest.approx(1.0, abs=1e-5)


async def test_what_the_list_costs_is_told_once_for_all_who_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "_vectors", {})
    embedder = OtherPayingEmbedder()
    vector = (await embedder.embed_query("What is my beta?")).vectors[0]

    with capture_logs() as logs:
        await asyncio.gather(*(unanswered.standing(embedder, vector) for _ in range(3)))

    told = [(line["model"], line["tokens"], line["cost_usd"]) for line in logs if line["event"] == "embedded"]
    count = len(unanswered.texts())
    assert told == [(OPENAI_SMALL.name, count, pytest.approx(count * 2 / 1_000_000))]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    vectors = np.eye(3, 384, dtype=np.float32)
    normal = np.arange(384, dtype=np.float32)

    unanswered.write(vectors, normal, -0.25, tmp_path / "written.npz")

    read = unanswered.examples(tmp_path / "written.npz")
    assert (read.vectors.tolist(), read.plane.tolist(), read.constant) == (vectors.tolist(), normal.tolist(), -0.25)


def test_the_plane_lies_between_the_two_however_many_are_on_each_side() -> None:
    answered, examples = np.eye(1, 4, 0, dtype=np.float32).repeat(30, 0), np.eye(1, 4, 1, dtype=np.float32)

    normal, constant = plane.fitted(answered, examples)

    assert answered[0] @ normal + constant == pytest.approx(-(examples[0] @ normal + constant), abs=0.05)
