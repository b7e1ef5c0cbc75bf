"""The learning loop through the product: a topic fails, people say so, a change is approved, and it is seen to help.

The model is a script that knows nothing by itself: what it says of the private fund it takes from what the turn has
given it. Everything else is real: the report, the drafts, the knowledge base, retrieval and the turns of the proof.
"""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, uuid5

import pytest

from app.agent.embedding_local import LocalEmbedder
from app.agent.limits import Limits
from app.agent.llm_client import CallMetadata, Choice, LLMEvent, LLMMessage, ToolSpec
from app.agent.llm_offline import OfflineAnalyst
from app.agent.runs import Runs
from app.db import Database
from app.models import User
from app.schemas.learning import ProposalOut, ProposalPatch, ReportIn
from app.services import knowledge_indexing, learning_proof, learning_proposal, learning_report
from app.services.learning_proof import NothingHeldOut, NotIndexedYet
from evaluation.topics import labelled_set
from tests.agent.scripted import FakeToolBox, ScriptedClients, end, text, usage
from tests.builders import make_user, scope_of
from tests.learning.answered import make_answer, make_conversation

FAILING = [
    "When can I sell the private fund?", "What is the lock-up of the private fund?", "private fund redemption terms",
    "Notice period of the private fund?", "How do I get out of the private fund?", "Can I redeem the private fund?",
    "What are the exit terms of the private fund?", "How long is the private fund locked up?", "private fund lock-up?",
    "Am I able to sell the private fund now?", "Does the private fund have gates?", "How do I leave the private fund?",
    "Is there a notice period for leaving the private fund?", "Can the private fund refuse a redemption?",
    "How fast can I turn the private fund into cash?", "Getting money out of the private fund", "Exit private fund?",
    "Who approves a redemption from the private fund?", "Is the private fund liquid?", "Sell the private fund now?",
    "What happens when I redeem the private fund?", "Redemption of the private fund: how does it work?",
    "Does the private fund have a lock-up period?", "When does the lock-up of the private fund end?",
]  # fmt: skip
CORRECTION = "Redemption takes written notice to the administrator, and gates may spread the payment over quarters."
UNKNOWING = "I do not know anything about that."
_KNOWN = re.compile(r"Redemption takes written notice to the administrator[^\"\\]*")


class Unknowing:
    """Answers about the private fund by what it is shown, and about anything else as ever."""

    provider: ClassVar[str] = "scripted"
    default_model = "scripted-1"
    open_streams = 0

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        for event in (*text(_answer(messages)), usage(10, 5), end()):
            yield event  # type: ignore[misc]


def _answer(messages: Sequence[LLMMessage]) -> str:
    *given, question = messages
    if "private fund" not in str(question["content"]):
        return "This is how it is measured here."
    known = _KNOWN.search(" ".join(str(each["content"]) for each in given))
    return known[0] if known else UNKNOWING


class Source(ScriptedClients):
    def choose(self, **_: Any) -> Choice:
        return Choice(self.client, "scripted-1")


@pytest.fixture
async def runs(database: Database) -> AsyncIterator[Runs]:
    source = Source(Unknowing())  # type: ignore[arg-type]
    opened = Runs(database, source, FakeToolBox(), Limits(turns_per_minute=10_000), LocalEmbedder())
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def admin(database: Database) -> User:
    return await make_user(database, role="admin")


async def seed(database: Database, admin: User) -> None:
    """What people asked and said about it. Identifiers are always the same, and so is what is held out."""
    others = [row for row in labelled_set.load("questions") if row.topic in ("dividends", "sign_in")]
    person = await make_user(database, tenant_id=admin.tenant_id)
    conversation = await make_conversation(database, person)
    for number, question in enumerate(FAILING):
        await make_answer(
            database, person, conversation, question, rating="down", reason="missing", answer=UNKNOWING,
            edited_text=CORRECTION if number % 2 else None, message_id=uuid5(NAMESPACE_URL, question),
        )  # fmt: skip
    for row in others[:: len(others) // 20]:
        await make_answer(
            database, person, conversation, row.question, rating="up", message_id=uuid5(NAMESPACE_URL, row.question)
        )


async def proposed(database: Database, admin: User, runs: Runs) -> ProposalOut:
    """The page that is drafted for the largest poor topic of a report."""
    scope = scope_of(admin)
    async with database.session(scope) as session:
        ordered = await learning_report.order(session, scope, ReportIn())
    body = await learning_report.make(database, LocalEmbedder(), scope, ordered.id)
    poor = [topic for topic in body.topics if "thumbs_down" in topic.weaknesses]
    worst = max(poor, key=lambda topic: len(topic.message_ids))
    source = Source(OfflineAnalyst())  # type: ignore[arg-type]
    drafts = await learning_proposal.draft(database, source, Limits(), scope, ordered.id, worst.number)
    return next(each for each in drafts.items if each.kind == "document")


async def index(database: Database, admin: User, proposal: ProposalOut) -> None:
    assert proposal.applied is not None
    assert proposal.applied.document_id is not None
    await knowledge_indexing.index(database, LocalEmbedder(), scope_of(admin), proposal.applied.document_id)


async def test_an_approved_page_helps_held_out_questions_and_harms_no_others(
    database: Database, admin: User, runs: Runs
) -> None:
    # About forty turns of the whole product, each embedded by the real model: a few seconds, and what this is all for
    scope = scope_of(admin)
    await seed(database, admin)
    draft = await proposed(database, admin, runs)

    before = await learning_proof.measure(database, runs, scope, draft.id)
    async with database.session(scope) as session:
        approved = await learning_proposal.approve(session, scope, draft.id)
    with pytest.raises(NotIndexedYet):
        await learning_proof.measure(database, runs, scope, draft.id)
    await index(database, admin, approved)
    after = await learning_proof.measure(database, runs, scope, draft.id)

    assert before.proof is not None
    assert before.proof.verdict == "pending"
    proof = after.proof
    assert proof is not None
    assert proof.held_out is not None
    assert proof.unrelated is not None
    print(
        f"held out: {proof.held_out.before.count} of {proof.held_out.before.total} before, "
        f"{proof.held_out.after.count} after (p = {proof.held_out.p_value:.4f}); "
        f"unrelated: {proof.unrelated.before.count} of "
        f"{proof.unrelated.before.total} before, {proof.unrelated.after.count} after"
    )
    assert proof.verdict == "improved"
    assert proof.held_out.is_significant
    assert (proof.held_out.before.count, proof.held_out.lost) == (0, 0)
    assert proof.unrelated.before.total >= 10
    assert (proof.unrelated.lost, proof.unrelated.after.count) == (0, proof.unrelated.before.total)


async def test_what_is_taken_back_helps_no_more(database: Database, admin: User, runs: Runs) -> None:
    scope = scope_of(admin)
    await seed(database, admin)
    draft = await proposed(database, admin, runs)
    async with database.session(scope) as session:
        approved = await learning_proposal.approve(session, scope, draft.id)
    await index(database, admin, approved)
    async with database.session(scope) as session:
        await learning_proposal.revert(session, scope, draft.id, None)

    measured = await learning_proof.measure(database, runs, scope, draft.id)

    assert measured.proof is not None
    assert measured.proof.before is not None
    assert not any(each.is_good for each in measured.proof.before.held_out)


async def test_without_words_that_are_expected_nothing_is_proven(database: Database, admin: User, runs: Runs) -> None:
    scope = scope_of(admin)
    await seed(database, admin)
    draft = await proposed(database, admin, runs)
    async with database.session(scope) as session:
        await learning_proposal.edit(session, scope, draft.id, ProposalPatch(expects=[]))

    with pytest.raises(NothingHeldOut):
        await learning_proof.measure(database, runs, scope, draft.id)
