"""The evaluation under what a tenant has added: in a database of its own, and paid for by whoever asked."""

from collections.abc import Iterator

import pytest

from app.agent.document_text import DocumentText
from app.agent.embedding_local import LocalEmbedder
from app.config import Settings
from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.learning.evaluation.cases import ALL
from app.learning.evaluation.scoring import Verdict
from app.repositories import conversation as conversation_repository
from app.repositories import knowledge as knowledge_repository
from app.repositories import prompt_version as prompt_repository
from app.repositories import tenant_copy
from app.schemas.knowledge import SearchQuery
from app.schemas.memory import MemoryIn
from app.services import demo, knowledge, knowledge_indexing, learning_evaluation, memory
from app.services.learning_evaluation import TenantEvaluation
from tests.learning.obedient import SECRETIVE, ObedientClients, ground_at

pytestmark = pytest.mark.demo

ADMIN = demo.ADMINISTRATOR.scope
CASES = [case for case in ALL if case.id in ("beta-balanced", "worth-balanced", "volatility-balanced", "tomorrow")]


@pytest.fixture
def ground_url(postgres: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    with postgres.copied_database(demo_template) as url:
        yield url


@pytest.fixture
def evaluation(database: Database, settings: Settings, ground_url: str) -> TenantEvaluation:
    return TenantEvaluation(database, settings, ObedientClients(), LocalEmbedder(), ADMIN, CASES, ground_at(ground_url))


async def verdicts(evaluation: TenantEvaluation) -> list[Verdict]:
    heard: list[None] = []

    async def hear() -> None:
        heard.append(None)

    found = await evaluation.verdicts(hear)
    assert len(heard) == len(found) == len(CASES)
    return found


async def test_without_anything_of_the_tenant_every_case_is_answered_well(
    evaluation: TenantEvaluation, database: Database
) -> None:
    found = await verdicts(evaluation)

    assert [verdict.problems for verdict in found] == [()] * len(CASES)
    async with database.session(ADMIN) as session:
        calls = await tenant_copy.read_calls(session)
    assert len(calls) >= len(CASES)
    async with database.session(demo.DEMO.scope) as session:
        talks = await conversation_repository.list_page(session, before=None, limit=5)
    assert list(talks) == []


@pytest.mark.parametrize("kind", ["rule", "prompt"])
async def test_what_the_tenant_has_approved_shows_in_the_answers(
    evaluation: TenantEvaluation, database: Database, kind: str
) -> None:
    async with database.session(ADMIN) as session:
        if kind == "rule":
            await memory.add(session, ADMIN, MemoryIn(content=SECRETIVE, kind="rule", scope="tenant"))
        else:
            await prompt_repository.add_active(session, ADMIN.tenant_id, SECRETIVE, ADMIN.user_id)

    found = await verdicts(evaluation)

    # A question that is to be refused is answered well by whoever refuses all
    assert [verdict.case.id for verdict in found if verdict.is_passed] == ["tomorrow"]


async def test_documents_are_taken_along_with_their_vectors(
    evaluation: TenantEvaluation, database: Database, ground_url: str
) -> None:
    model = evaluation.embedder.model
    async with database.session(ADMIN) as session:
        told = DocumentText("House rules", "## Gates\n\nGates spread a payment over quarters.", "text/markdown", ())
        document = await knowledge.take(session, f"tenant:{ADMIN.tenant_id}", told)
    await knowledge_indexing.index(database, evaluation.embedder, ADMIN, document.id)
    ground = Database(ground_url)

    await learning_evaluation.copy(database, ADMIN, ground, model)

    found = await knowledge.preview(ground, evaluation.embedder, demo.DEMO.scope, SearchQuery(q="What do gates do?"))
    async with ground.session(demo.DEMO.scope) as session:
        copied = await knowledge_repository.find_by_key(session, f"tenant:{ADMIN.tenant_id}", "House rules")
    await ground.close()
    assert copied is not None
    assert (copied.status, copied.embedding_model, copied.chunk_count) == ("ready", model.name, 1)
    assert [(each.document_id, each.vector_rank, each.text_rank) for each in found.passages] == [(copied.id, 1, 1)]
