"""Proposals: drafted from a poor topic, changed, approved, rejected, taken back. Each deed is recorded."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import routing_rules
from app.agent.ledger import Account
from app.agent.limits import Limits
from app.agent.llm_client import Choice, ClientSource, LLMError, provider_key
from app.agent.llm_offline import OfflineAnalyst
from app.agent.metering import metered
from app.db import Database, Scope
from app.errors import Conflict, InvalidField, NotFound
from app.learning import drafting, measuring, proof, proof_text, wording
from app.learning.drafting import Draft
from app.models import LearningProposal
from app.repositories import learning_proposal as proposal_repository
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import (
    Evidence,
    ProposalOut,
    ProposalPatch,
    ProposalQuery,
    Proposals,
    ProposalWhole,
    ReportBody,
    TopicOut,
)
from app.schemas.page import Cursor, Page
from app.services import learning_change, learning_report

# Of other topics, by which it is seen whether a change does harm
MOST_UNRELATED = 40
MOST_HELD_OUT = 40

What = Literal["drafted", "edited", "approved", "rejected", "reverted", "measured"]

_cursor: Cursor[proposal_repository.Key] = Cursor(proposal_repository.Key)

log = structlog.get_logger()


class ProposalNotFound(NotFound):
    code = "learning_proposal_not_found"
    detail = "There is no such proposal."


class TopicNotFound(NotFound):
    code = "learning_topic_not_found"
    detail = "The report has no topic of this number."


class ReportNotReady(Conflict):
    code = "learning_report_not_ready"
    detail = "The report is not ready yet. Wait until it is."


class ProposalDecided(Conflict):
    code = "learning_proposal_decided"

    def __init__(self, status: str) -> None:
        super().__init__(f"This proposal is {status} already. Only a draft is changed, approved or rejected.")


class NotApproved(Conflict):
    code = "learning_proposal_not_approved"
    detail = "Only what was approved can be taken back."


async def draft(
    database: Database, clients: ClientSource, limits: Limits, scope: Scope, report_id: UUID, number: int
) -> Proposals:
    """Drafts for one topic of a report. No connection is held while a model words them."""
    async with database.session(scope) as session:
        body = await _ready_body(session, report_id)
        topic = next((each for each in body.topics if each.number == number), None)
        if topic is None:
            raise TopicNotFound
        judged = await proposal_repository.list_judged(session, topic.message_ids)
        choice = await routing_rules.choose(session, clients, scope, task="proposal")
    shown = [answer for answer in judged if not drafting.is_held_out(answer.message_id)]
    found = drafting.evidence(shown)
    text, drafted_by = await _document(database, choice, limits, scope, topic.name, found)
    plan = _Plan(scope, report_id, topic, body, judged, found, drafted_by)
    rows = [plan.row(each, text if each.kind == "document" else each.content) for each in drafting.drafts(topic, shown)]
    async with database.session(scope) as session:
        await proposal_repository.add_all(session, rows)
    return Proposals(items=[out(row) for row in rows])


async def list_page(session: AsyncSession, wanted: ProposalQuery) -> Page[ProposalOut]:
    rows = await proposal_repository.list_page(
        session,
        status=wanted.status,
        report_id=wanted.report_id,
        before=_cursor.decode(wanted.cursor),
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    more = _cursor.encode((shown[-1].created_at, shown[-1].id)) if len(rows) > wanted.limit else None
    return Page(items=[out(row) for row in shown], next_cursor=more)


async def read(session: AsyncSession, proposal_id: UUID) -> ProposalWhole:
    found = await proposal_repository.find(session, proposal_id)
    if found is None:
        raise ProposalNotFound
    shown = out(found)
    return ProposalWhole(**shown.model_dump(), markdown=proof_text.markdown(shown.title, shown.proof))


async def edit(session: AsyncSession, scope: Scope, proposal_id: UUID, wanted: ProposalPatch) -> ProposalOut:
    proposal = await _draft(session, proposal_id)
    for name, value in wanted.model_dump(exclude_unset=True).items():
        if value is None:
            raise InvalidField(name, "must not be null")
        setattr(proposal, name, value)
    return await _done(session, proposal, scope, "edited")


async def approve(session: AsyncSession, scope: Scope, proposal_id: UUID) -> ProposalOut:
    """It is written where answers find it, in the same transaction. A document has to be indexed after it."""
    proposal = await _draft(session, proposal_id)
    applied = await learning_change.apply(session, scope, proposal)
    proposal.applied, proposal.status = applied.model_dump(mode="json"), "approved"
    return await _done(session, proposal, scope, "approved")


async def reject(session: AsyncSession, scope: Scope, proposal_id: UUID, note: str | None) -> ProposalOut:
    proposal = await _draft(session, proposal_id)
    proposal.status = "rejected"
    return await _done(session, proposal, scope, "rejected", note)


async def revert(session: AsyncSession, scope: Scope, proposal_id: UUID, note: str | None) -> ProposalOut:
    """What was written is taken back, and answers are as they were before."""
    proposal = await _lock(session, proposal_id)
    if proposal.status != "approved":
        raise NotApproved
    await learning_change.take_back(session, scope, learning_change.applied_of(proposal))
    proposal.applied, proposal.status = None, "reverted"
    return await _done(session, proposal, scope, "reverted", note)


def out(proposal: LearningProposal) -> ProposalOut:
    return ProposalOut.model_validate(
        {
            **{name: getattr(proposal, name, None) for name in ProposalOut.model_fields},
            "proof": proof.told(proposal.proof),
            "measuring": measuring.shown(proposal.measuring, datetime.now(UTC)),
            "held_out_questions": len(proposal.held_out),
            "unrelated_questions": len(proposal.unrelated),
        }
    )


def deed(what: What, scope: Scope, note: str | None = None) -> dict[str, Any]:
    return {"what": what, "by": str(scope.user_id), "at": datetime.now(UTC).isoformat(), "note": note}


class _Plan:
    """What all drafts of a topic have in common."""

    def __init__(
        self,
        scope: Scope,
        report_id: UUID,
        topic: TopicOut,
        body: ReportBody,
        judged: Sequence[JudgedAnswer],
        found: Sequence[Evidence],
        drafted_by: str,
    ) -> None:
        self._scope = scope
        self._report_id = report_id
        self._topic = topic
        self._drafted_by = drafted_by
        self._evidence = [each.model_dump(mode="json") for each in found]
        self._expects = drafting.expected_words([each for each in judged if not drafting.is_held_out(each.message_id)])
        self._held_out = [str(each.message_id) for each in judged if drafting.is_held_out(each.message_id)]
        self._unrelated = _unrelated(body, topic.number)

    def row(self, drafted: Draft, content: str) -> LearningProposal:
        return LearningProposal(
            tenant_id=self._scope.tenant_id,
            report_id=self._report_id,
            topic=self._topic.name,
            kind=drafted.kind,
            status="draft",
            title=drafted.title,
            content=content,
            expects=self._expects,
            evidence=self._evidence,
            held_out=self._held_out[:MOST_HELD_OUT],
            unrelated=self._unrelated,
            drafted_by=self._drafted_by if drafted.kind == "document" else "template",
            history=[deed("drafted", self._scope)],
        )


def _unrelated(body: ReportBody, number: int) -> list[str]:
    """Answers of the other topics in turn, so that the largest is not all there is."""
    others = [topic.message_ids for topic in body.topics if topic.number != number]
    turns = [ids[place] for place in range(max(map(len, others), default=0)) for ids in others if place < len(ids)]
    return [str(each) for each in turns[:MOST_UNRELATED]]


async def _ready_body(session: AsyncSession, report_id: UUID) -> ReportBody:
    found = await learning_report.read(session, report_id)
    if found.body is None:
        raise ReportNotReady
    return found.body


async def _document(
    database: Database, choice: Choice, limits: Limits, scope: Scope, topic: str, found: Sequence[Evidence]
) -> tuple[str, str]:
    """The words and who found them: where a provider fails, the corrections themselves."""
    key = provider_key(scope.user_id)
    try:
        async with metered(database, choice, Account(scope), limits) as calls:
            return await wording.document(calls, topic, found, key), calls.answering.model
    except (LLMError, TimeoutError) as error:
        log.warning("proposal_not_worded", cause=type(error).__name__)
    offline = Choice(OfflineAnalyst(), OfflineAnalyst.default_model)
    async with metered(database, offline, Account(scope), limits) as calls:
        return await wording.document(calls, topic, found, key), offline.model


async def _draft(session: AsyncSession, proposal_id: UUID) -> LearningProposal:
    proposal = await _lock(session, proposal_id)
    if proposal.status != "draft":
        raise ProposalDecided(proposal.status)
    return proposal


async def _lock(session: AsyncSession, proposal_id: UUID) -> LearningProposal:
    found = await proposal_repository.lock(session, proposal_id)
    if found is None:
        raise ProposalNotFound
    return found


async def _done(
    session: AsyncSession, proposal: LearningProposal, scope: Scope, what: What, note: str | None = None
) -> ProposalOut:
    proposal.history = [*proposal.history, deed(what, scope, note)]
    await proposal_repository.update(session, proposal)
    return out(proposal)
