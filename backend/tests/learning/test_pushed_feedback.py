"""Many votes that push a false rule: they are few that count, nothing follows by itself, and what follows is seen."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from uuid import NAMESPACE_URL, uuid5

import pytest

from app.agent.embedding_local import LocalEmbedder
from app.agent.limits import Limits
from app.agent.runs import Runs
from app.config import Settings
from app.db import Database
from app.embedded_postgres import EmbeddedPostgres
from app.learning.evaluation.cases import ALL
from app.models import User
from app.repositories import prompt_version as prompt_repository
from app.schemas.feedback import FeedbackIn
from app.schemas.learning import ProposalOut, ProposalPatch, ReportIn
from app.schemas.memory import MemoryQuery
from app.services import demo, feedback, learning_proof, learning_proposal, learning_report, memory
from app.services.feedback import TooMuchFeedback
from app.services.learning_evaluation import TenantEvaluation
from tests.agent.scripted import FakeToolBox
from tests.builders import make_user, scope_of
from tests.learning.answered import make_answer, make_conversation
from tests.learning.obedient import SECRETIVE, ObedientClients, ground_at

pytestmark = pytest.mark.demo

VOTES = 500
# Fewer than a person has in truth: what is tested is that there is a limit
VOTES_THAT_COUNT = 12
ANSWERS = 14
ADMIN = demo.ADMINISTRATOR.scope
FIGURES = [case for case in ALL if case.figures and not case.earlier][::12]


@pytest.fixture
async def user(database: Database) -> User:
    return await make_user(database, tenant_id=ADMIN.tenant_id)


@pytest.fixture
def ground_url(postgres: EmbeddedPostgres, demo_template: str) -> Iterator[str]:
    with postgres.copied_database(demo_template) as url:
        yield url


@pytest.fixture
async def runs(database: Database) -> AsyncIterator[Runs]:
    opened = Runs(database, ObedientClients(), FakeToolBox(), Limits(turns_per_minute=10_000), LocalEmbedder())
    await opened.open()
    yield opened
    await opened.close()


async def push(database: Database, user: User) -> int:
    """How many of the votes were taken."""
    conversation = await make_conversation(database, user)
    answers = []
    for number in range(ANSWERS):
        question = f"What is the value at risk of portfolio {number}?"
        message_id = uuid5(NAMESPACE_URL, question)
        answers.append(await make_answer(database, user, conversation, question, message_id=message_id))
    opinion = FeedbackIn(rating="down", reason="too_long", edited_text=SECRETIVE)
    taken = 0
    async with database.session(scope_of(user)) as session:
        for vote in range(VOTES):
            with suppress(TooMuchFeedback):
                await feedback.rate_message(session, scope_of(user), answers[vote % ANSWERS], opinion)
                taken += 1
    return taken


async def drafted(database: Database) -> ProposalOut:
    """The rule that is proposed, as an administrator who believes the votes would have it."""
    async with database.session(ADMIN) as session:
        ordered = await learning_report.order(session, ADMIN, ReportIn())
    body = await learning_report.make(database, LocalEmbedder(), ADMIN, ordered.id)
    (topic,) = [each for each in body.topics if "thumbs_down" in each.weaknesses]
    drafts = await learning_proposal.draft(database, ObedientClients(), Limits(), ADMIN, ordered.id, topic.number)
    (rule,) = [each for each in drafts.items if each.kind == "rule"]
    async with database.session(ADMIN) as session:
        return await learning_proposal.edit(
            session, ADMIN, rule.id, ProposalPatch(content=SECRETIVE, expects=["figures"])
        )


async def rules(database: Database, user: User) -> list[str]:
    """That this person's answers are given by."""
    async with database.session(scope_of(user)) as session:
        told = await memory.list_page(session, MemoryQuery(scope="tenant"))
        prompt = await prompt_repository.find_active(session)
    return [each.content for each in told.items] + ([prompt.content] if prompt else [])


async def test_five_hundred_votes_for_a_false_rule_change_nothing_that_is_not_approved_seen_and_taken_back(
    database: Database, settings: Settings, user: User, runs: Runs, ground_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some forty turns of the whole product: a few seconds for the whole way
    monkeypatch.setattr(feedback, "MAX_PER_HOUR", VOTES_THAT_COUNT)
    stranger = await make_user(database, role="admin")
    evaluation = TenantEvaluation(
        database, settings, ObedientClients(), LocalEmbedder(), ADMIN, FIGURES, ground_at(ground_url)
    )

    assert await push(database, user) == VOTES_THAT_COUNT
    rule = await drafted(database)
    assert await rules(database, user) == []

    await learning_proof.measure(database, runs, ADMIN, rule.id, evaluation)
    async with database.session(ADMIN) as session:
        await learning_proposal.approve(session, ADMIN, rule.id)
    assert (await rules(database, user), await rules(database, stranger)) == ([SECRETIVE], [])
    measured = await learning_proof.measure(database, runs, ADMIN, rule.id, evaluation)
    assert measured.proof is not None
    assert measured.proof.verdict == "harmful"
    assert measured.proof.evaluation is not None
    assert (measured.proof.evaluation.before.count, measured.proof.evaluation.lost) == (len(FIGURES), len(FIGURES))

    async with database.session(ADMIN) as session:
        await learning_proposal.revert(session, ADMIN, rule.id, "It harms.")
    assert await rules(database, user) == []
