"""Asking a proposal's held-out questions, those of other topics and the evaluation, before and after it is approved.

They are asked through the product, on behalf of the administrator: the configured model, the tenant's knowledge, rules
and prompt. The conversations are removed when they have been judged. The evaluation has a database of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import routing_rules
from app.agent.llm_client import ClientSource
from app.agent.runs import Runs
from app.agent.runtime import MAX_STEPS
from app.db import Database, Scope
from app.errors import AppError, Conflict
from app.learning import measuring, proof
from app.learning.evaluation.case import Case
from app.learning.evaluation.runner import Evaluation
from app.learning.evaluation.scoring import Answer
from app.models import LearningProposal
from app.repositories import conversation as conversation_repository
from app.repositories import learning_proposal as proposal_repository
from app.repositories import portfolio as portfolio_repository
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import MeasureIn, MeasurePlan, Measuring, ProofAnswer, ProofRun, ProposalOut
from app.services import knowledge, learning_change, learning_evaluation, learning_proposal
from app.services.knowledge_indexing import DocumentNotFound
from app.services.learning_evaluation import TenantEvaluation

Judge = Callable[[Answer, JudgedAnswer], list[str]]


class NothingHeldOut(Conflict):
    code = "learning_nothing_held_out"
    detail = "No questions of this topic are held out, or it is not said what a good answer says: set `expects` first."


class NotIndexedYet(Conflict):
    code = "learning_document_not_indexed"
    detail = "The approved document is not indexed yet. Measure again in a minute."


class MeasuringUnderWay(Conflict):
    code = "learning_measuring_under_way"
    detail = "This proposal is being measured already. Wait until that is done."


class NothingOrdered(Conflict):
    code = "learning_measuring_not_ordered"
    detail = "Nobody waits for this proposal to be measured."


class DecidedMeanwhile(Conflict):
    code = "learning_proposal_decided_meanwhile"
    detail = "The proposal was decided while it was measured. Measure again."


async def plan(session: AsyncSession, clients: ClientSource, scope: Scope, proposal_id: UUID) -> MeasurePlan:
    """What it would take, before anybody pays for it."""
    found = await _found(session, proposal_id)
    choice = await routing_rules.choose(session, clients, scope, task="chat")
    return MeasurePlan(
        held_out_questions=len(found.held_out),
        unrelated_questions=len(found.unrelated),
        evaluation_questions=learning_evaluation.questions(),
        provider=choice.client.provider,
        model=choice.model,
        is_free=choice.price is not None and choice.price.is_free,
        most_calls_a_question=MAX_STEPS,
    )


async def order(session: AsyncSession, proposal_id: UUID, wanted: MeasureIn) -> ProposalOut:
    """To be measured by a job. One measuring of a proposal at a time; those of several come one after the other."""
    found = await proposal_repository.lock(session, proposal_id)
    if found is None:
        raise learning_proposal.ProposalNotFound
    await _check(session, found)
    now = datetime.now(UTC)
    if measuring.is_under_way(found.measuring, now):
        raise MeasuringUnderWay
    found.measuring = measuring.ordered(now, with_evaluation=wanted.with_evaluation).model_dump(mode="json")
    await proposal_repository.update(session, found)
    return learning_proposal.out(found)


async def ordered(database: Database, scope: Scope, proposal_id: UUID) -> Measuring:
    """Raises where nothing is: it was deleted, or a job is put in line again that has ended."""
    async with database.session(scope) as session:
        found = await _found(session, proposal_id)
    state = measuring.shown(found.measuring, datetime.now(UTC))
    if state is None or not measuring.is_under_way(found.measuring, datetime.now(UTC)):
        raise NothingOrdered
    return state


async def measure(
    database: Database,
    runs: Runs,
    scope: Scope,
    proposal_id: UUID,
    evaluation: TenantEvaluation | None = None,
) -> ProposalOut:
    """A run before approval, or one after it, by what the proposal is at the moment. Raises what goes wrong, noted."""
    try:
        questions = await _questions(database, scope, proposal_id)
        progress = _Progress(database, scope, proposal_id, questions, evaluation)
        await progress.note()
        run = await _run(database, runs, scope, questions, progress)
        if evaluation is not None:
            run.evaluation = proof.evaluation_run(await evaluation.verdicts(progress.heard))
        return await _note(database, scope, proposal_id, run, is_after=questions.is_after)
    except AppError as error:
        await note_failure(database, scope, proposal_id, error)
        raise


async def note_failure(database: Database, scope: Scope, proposal_id: UUID, error: AppError) -> None:
    async with database.session(scope) as session:
        found = await proposal_repository.find(session, proposal_id)
        if found is not None and found.measuring is not None:
            told = measuring.failed(found.measuring, error, datetime.now(UTC))
            await proposal_repository.note_measuring(session, proposal_id, told)


@dataclass(frozen=True, slots=True)
class _Questions:
    """What a proposal is measured on, as it is at the beginning. `page` is a portfolio to have open."""

    is_after: bool
    expects: list[str]
    held_out: list[JudgedAnswer]
    unrelated: list[JudgedAnswer]
    page: str | None
    ordered_at: datetime


class _Progress:
    """Noted with each answer, so that whoever comes back to the page sees how far it is."""

    def __init__(
        self,
        database: Database,
        scope: Scope,
        proposal_id: UUID,
        asked: _Questions,
        evaluation: TenantEvaluation | None,
    ) -> None:
        self._database = database
        self._scope = scope
        self._proposal_id = proposal_id
        cases = 0 if evaluation is None else len(evaluation.cases)
        self._state = Measuring(
            status="running",
            with_evaluation=evaluation is not None,
            total=len(asked.held_out) + len(asked.unrelated) + cases,
            ordered_at=asked.ordered_at,
            at=asked.ordered_at,
        )

    async def heard(self) -> None:
        self._state.done += 1
        await self.note()

    async def note(self) -> None:
        self._state.at = datetime.now(UTC)
        async with self._database.session(self._scope) as session:
            stored = self._state.model_dump(mode="json")
            await proposal_repository.note_measuring(session, self._proposal_id, stored)


async def _questions(database: Database, scope: Scope, proposal_id: UUID) -> _Questions:
    async with database.session(scope) as session:
        found = await _found(session, proposal_id)
        await _check(session, found)
        return _Questions(
            is_after=found.status == "approved",
            expects=list(found.expects),
            held_out=await proposal_repository.list_judged(session, _ids(found.held_out)),
            unrelated=await proposal_repository.list_judged(session, _ids(found.unrelated)),
            page=next((row.name for row in await portfolio_repository.list_all(session)), None),
            ordered_at=measuring.ordered_at(found.measuring, datetime.now(UTC)),
        )


async def _check(session: AsyncSession, found: LearningProposal) -> None:
    """That it can be measured now."""
    if not (found.held_out and found.expects):
        raise NothingHeldOut
    document_id = learning_change.applied_of(found).document_id
    if document_id is not None and not await _is_indexed(session, document_id):
        raise NotIndexedYet


async def _run(database: Database, runs: Runs, scope: Scope, asked: _Questions, progress: _Progress) -> ProofRun:
    asking = _Asking(Evaluation(database, runs, scope), asked.page, progress)
    try:
        return ProofRun(
            at=datetime.now(UTC),
            provider=runs.provider,
            held_out=await asking.ask(asked.held_out, lambda answer, _: proof.held_out_problems(answer, asked.expects)),
            unrelated=await asking.ask(asked.unrelated, proof.unrelated_problems),
        )
    finally:
        async with database.session(scope) as session:
            await conversation_repository.purge(session, asking.evaluation.conversations)


@dataclass(frozen=True, slots=True)
class _Asking:
    evaluation: Evaluation
    page: str | None
    progress: _Progress

    async def ask(self, judged: Sequence[JudgedAnswer], judge: Judge) -> list[ProofAnswer]:
        former = {str(each.message_id): each for each in judged}
        cases = [Case(id=name, group="proof", question=each.question, page=self.page) for name, each in former.items()]
        found = []
        async for verdict in self.evaluation.run(cases):
            asked = former[verdict.case.id]
            problems = judge(verdict.answer, asked)
            answer = ProofAnswer(
                message_id=asked.message_id, question=asked.question, is_good=not problems, problems=problems
            )
            found.append(answer)
            await self.progress.heard()
        return sorted(found, key=lambda each: each.message_id)


async def _note(database: Database, scope: Scope, proposal_id: UUID, run: ProofRun, *, is_after: bool) -> ProposalOut:
    async with database.session(scope) as session:
        proposal = await proposal_repository.lock(session, proposal_id)
        if proposal is None:
            raise learning_proposal.ProposalNotFound
        if (proposal.status == "approved") != is_after:
            raise DecidedMeanwhile
        proposal.proof = proof.stored(proof.told(proposal.proof), run, is_after=is_after)
        if proposal.measuring is not None:
            proposal.measuring = measuring.done(proposal.measuring, datetime.now(UTC))
        proposal.history = [*proposal.history, learning_proposal.deed("measured", scope)]
        await proposal_repository.update(session, proposal)
        return learning_proposal.out(proposal)


async def _found(session: AsyncSession, proposal_id: UUID) -> LearningProposal:
    found = await proposal_repository.find(session, proposal_id)
    if found is None:
        raise learning_proposal.ProposalNotFound
    return found


async def _is_indexed(session: AsyncSession, document_id: UUID) -> bool:
    try:
        return (await knowledge.find(session, document_id)).status == "ready"
    except DocumentNotFound:
        # Somebody has deleted it since: there is nothing to wait for
        return True


def _ids(stored: Sequence[str]) -> list[UUID]:
    return [UUID(each) for each in stored]
