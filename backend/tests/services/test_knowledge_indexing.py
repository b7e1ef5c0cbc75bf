from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from app.db import Database, Scope
from app.models import (
    KnowledgeChunk,
    KnowledgeLexeme,
    KnowledgeQuestion,
    KnowledgeScope,
    KnowledgeSource,
    ModelUsage,
    User,
)
from app.repositories import knowledge as knowledge_repository
from app.repositories.knowledge import NO_PERSON
from app.services import knowledge_indexing
from app.services.knowledge_indexing import DocumentNotFound
from tests.agent.knowledge_base import PayingEmbedder, WordEmbedder, index_document, make_document
from tests.builders import make_user, scope_of

BODY = "## One\n\nAlpha is first.\n\n## Two\n\nBeta is second.\n\n## Three\n\nGamma is third."


async def served(database: Database, user: User) -> dict[int, KnowledgeChunk]:
    async with database.session(scope_of(user)) as session:
        found = await session.scalars(select(KnowledgeChunk).where(KnowledgeChunk.is_served))
        return {chunk.chunk_index: chunk for chunk in found}


async def word_counts(database: Database, user: User) -> dict[str, int]:
    async with database.session(scope_of(user)) as session:
        found = await session.scalars(select(KnowledgeLexeme))
        return {row.lexeme: row.chunk_count for row in found}


async def replace_body(database: Database, user: User, source_id: UUID, body: str) -> None:
    async with database.session(scope_of(user)) as session:
        await session.execute(
            update(KnowledgeSource).values(body=body, version=KnowledgeSource.version + 1, status="waiting")
        )


async def test_passages_words_and_numbers_are_those_of_the_document(database: Database, user: User) -> None:
    source_id = await index_document(database, WordEmbedder(), scope_of(user), BODY, knowledge_scope=f"user:{user.id}")

    chunks = await served(database, user)
    assert {place: (chunk.section, chunk.content) for place, chunk in chunks.items()} == {
        0: ("One", "Alpha is first."),
        1: ("Two", "Beta is second."),
        2: ("Three", "Gamma is third."),
    }
    assert {(chunk.embedding_model, chunk.embedding_dimension) for chunk in chunks.values()} == {
        ("all-MiniLM-L6-v2", 384)
    }
    assert await word_counts(database, user) == {
        "alpha": 1, "beta": 1, "gamma": 1, "first": 1, "second": 1, "third": 1, "one": 1, "two": 1, "three": 1,
        "document": 3,
    }  # fmt: skip
    async with database.session(scope_of(user)) as session:
        source = await knowledge_repository.find(session, source_id)
        assert source is not None
        assert (source.status, source.chunk_count, source.embedding_model) == ("ready", 3, "all-MiniLM-L6-v2")
        assert await session.scalar(select(KnowledgeScope.chunk_count)) == 3


async def test_what_has_not_changed_is_not_embedded_again_and_keeps_its_row(database: Database, user: User) -> None:
    embedder = WordEmbedder()
    source_id = await index_document(database, embedder, scope_of(user), BODY, knowledge_scope=f"user:{user.id}")
    before = await served(database, user)
    embedder.embedded.clear()

    await replace_body(database, user, source_id, "## Zero\n\nNew.\n\n" + BODY.replace("second", "next"))
    done = await knowledge_indexing.index(database, embedder, scope_of(user), source_id)

    after = await served(database, user)
    assert (done.passages, done.embedded) == (4, 2)
    assert [text.splitlines()[-1] for text in embedder.embedded] == ["New.", "Beta is next."]
    assert (after[1].id, after[3].id) == (before[0].id, before[2].id)
    counts = await word_counts(database, user)
    assert "second" not in counts
    assert (counts["next"], counts["document"]) == (1, 4)


async def test_a_job_that_broke_off_goes_on_and_nothing_half_done_is_served(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_indexing, "BATCH", 1)
    embedder = WordEmbedder()
    source_id = await index_document(database, embedder, scope_of(user), "Old.", knowledge_scope=f"user:{user.id}")
    await replace_body(database, user, source_id, BODY)
    embedder.embedded.clear()
    embedder.fail_after = 2

    with pytest.raises(RuntimeError):
        await knowledge_indexing.index(database, embedder, scope_of(user), source_id)

    assert [chunk.content for chunk in (await served(database, user)).values()] == ["Old."]
    async with database.session(scope_of(user)) as session:
        source = await knowledge_repository.find(session, source_id)
        assert source is not None
        assert (source.status, source.chunks_embedded, source.chunks_to_embed) == ("indexing", 2, 3)

    embedder.fail_after = None
    done = await knowledge_indexing.index(database, embedder, scope_of(user), source_id)
    assert (done.passages, done.embedded, len(embedder.embedded)) == (3, 1, 3)
    assert sorted(await served(database, user)) == [0, 1, 2]
    async with database.session(scope_of(user)) as session:
        assert await session.scalar(select(func.count()).select_from(KnowledgeChunk)) == 3


async def test_an_older_text_is_not_put_in_the_place_of_a_newer_one(database: Database, user: User) -> None:
    class Slow(WordEmbedder):
        async def embed_documents(self, texts):  # type: ignore[no-untyped-def]
            await replace_body(database, user, source.id, "Newer.")
            return await super().embed_documents(texts)

    source = await make_document(database, scope_of(user), "Older.", knowledge_scope=f"user:{user.id}")

    outdated = await knowledge_indexing.index(database, Slow(), scope_of(user), source.id)
    assert outdated.is_outdated
    assert await served(database, user) == {}

    await knowledge_indexing.index(database, WordEmbedder(), scope_of(user), source.id)
    assert [chunk.content for chunk in (await served(database, user)).values()] == ["Newer."]


async def test_a_document_goes_with_its_passages_and_words(database: Database, user: User) -> None:
    source_id = await index_document(database, WordEmbedder(), scope_of(user), BODY, knowledge_scope=f"user:{user.id}")

    async with database.session(scope_of(user)) as session:
        source = await knowledge_repository.lock(session, source_id)
        assert source is not None
        await knowledge_repository.remove(session, source)

    assert await served(database, user) == {}
    assert await word_counts(database, user) == {}
    async with database.session(scope_of(user)) as session:
        assert await session.scalar(select(KnowledgeScope.chunk_count)) == 0


async def test_somebody_elses_document_is_not_indexed(database: Database, user: User) -> None:
    source = await make_document(database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}")
    eve = await make_user(database)

    for source_id in (source.id, uuid4()):
        with pytest.raises(DocumentNotFound):
            await knowledge_indexing.index(database, WordEmbedder(), scope_of(eve), source_id)


FREE = {"text": "Which comes next to alpha?", "section": None}
OF_TWO = {"text": "Who wins silver?", "section": "Two"}


async def asked(database: Database, user: User) -> dict[str, str]:
    """The section of each served question."""
    async with database.session(scope_of(user)) as session:
        rows = await session.execute(
            select(KnowledgeQuestion.question, KnowledgeChunk.section)
            .join(KnowledgeChunk, KnowledgeChunk.id == KnowledgeQuestion.chunk_id)
            .where(KnowledgeQuestion.is_served)
        )
        return {row.question: row.section for row in rows}


async def ask(database: Database, user: User, questions: list[dict[str, str | None]]) -> None:
    async with database.session(scope_of(user)) as session:
        await session.execute(
            update(KnowledgeSource).values(questions=questions, version=KnowledgeSource.version + 1, status="waiting")
        )


async def question_counts(database: Database, user: User) -> tuple[int | None, int | None]:
    async with database.session(scope_of(user)) as session:
        return (
            await session.scalar(select(KnowledgeScope.question_count)),
            await session.scalar(select(func.count()).select_from(KnowledgeQuestion)),
        )


async def test_a_question_goes_to_its_section_or_to_the_nearest_passage(database: Database, user: User) -> None:
    source = await make_document(
        database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}", questions=[FREE, OF_TWO]
    )

    await knowledge_indexing.index(database, WordEmbedder(), scope_of(user), source.id)

    assert await asked(database, user) == {FREE["text"]: "One", OF_TWO["text"]: "Two"}
    assert await question_counts(database, user) == (2, 2)
    assert (await word_counts(database, user))["silver"] == 1
    assert (await served(database, user))[1].content == "Beta is second."


async def test_a_change_of_questions_embeds_what_is_new_and_forgets_the_rest(database: Database, user: User) -> None:
    embedder = WordEmbedder()
    source = await make_document(
        database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}", questions=[FREE, OF_TWO]
    )
    await knowledge_indexing.index(database, embedder, scope_of(user), source.id)
    before = await served(database, user)
    embedder.embedded.clear()

    await ask(database, user, [FREE, {"text": "And bronze?", "section": "Three"}])
    await knowledge_indexing.index(database, embedder, scope_of(user), source.id)

    assert embedder.embedded == ["And bronze?"]
    assert await asked(database, user) == {FREE["text"]: "One", "And bronze?": "Three"}
    assert {chunk.id for chunk in before.values()} == {chunk.id for chunk in (await served(database, user)).values()}
    counts = await word_counts(database, user)
    assert ("silver" in counts, counts["bronz"]) == (False, 1)

    await ask(database, user, [])
    await knowledge_indexing.index(database, embedder, scope_of(user), source.id)
    assert await question_counts(database, user) == (0, 0)
    assert "bronz" not in await word_counts(database, user)


async def test_questions_of_a_job_that_broke_off_are_not_embedded_twice_and_not_served(
    database: Database, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_indexing, "BATCH", 1)
    embedder = WordEmbedder()
    source = await make_document(
        database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}", questions=[FREE, OF_TWO]
    )
    embedder.fail_after = 4
    with pytest.raises(RuntimeError):
        await knowledge_indexing.index(database, embedder, scope_of(user), source.id)
    assert await asked(database, user) == {}

    embedder.fail_after = None
    await knowledge_indexing.index(database, embedder, scope_of(user), source.id)

    assert len(embedder.embedded) == 5
    assert await question_counts(database, user) == (2, 2)


async def test_questions_go_with_their_document(database: Database, user: User) -> None:
    source = await make_document(database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}", questions=[OF_TWO])
    await knowledge_indexing.index(database, WordEmbedder(), scope_of(user), source.id)

    async with database.session(scope_of(user)) as session:
        locked = await knowledge_repository.lock(session, source.id)
        assert locked is not None
        await knowledge_repository.remove(session, locked)

    assert await question_counts(database, user) == (0, 0)
    assert await word_counts(database, user) == {}


async def test_what_a_persons_document_costs_stands_in_the_ledger(database: Database, user: User) -> None:
    source = await make_document(database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}", questions=[OF_TWO])

    await knowledge_indexing.index(database, PayingEmbedder(), scope_of(user), source.id)

    async with database.session(scope_of(user)) as session:
        rows = (await session.scalars(select(ModelUsage).order_by(ModelUsage.input_tokens))).all()
    assert [(row.task, row.model, row.input_tokens, row.cost_usd) for row in rows] == [
        ("embedding", "all-MiniLM-L6-v2", 1, Decimal("0.000002")),
        ("embedding", "all-MiniLM-L6-v2", 3, Decimal("0.000006")),
    ]
    assert sum(row.charged_usd for row in rows) == Decimal("0.000008")


async def test_an_unknown_price_is_no_cost_of_zero(database: Database, user: User) -> None:
    class Unpriced(PayingEmbedder):
        price = None

    source = await make_document(database, scope_of(user), BODY, knowledge_scope=f"user:{user.id}")

    await knowledge_indexing.index(database, Unpriced(), scope_of(user), source.id)

    async with database.session(scope_of(user)) as session:
        (row,) = await session.scalars(select(ModelUsage))
    assert (row.input_tokens, row.cost_usd) == (3, None)


async def test_a_tenants_document_is_nobodys_expense(database: Database, user: User) -> None:
    scope = Scope(NO_PERSON, user.tenant_id)
    source = await make_document(database, scope, BODY, knowledge_scope=f"tenant:{user.tenant_id}")

    done = await knowledge_indexing.index(database, PayingEmbedder(), scope, source.id)

    async with database.session(scope_of(user)) as session:
        assert (await session.scalars(select(ModelUsage))).all() == []
    assert done.embedded == 3
