"""Asking a proposal's held-out questions, and those of other topics, before and after it is approved.

They are asked through the product, on behalf of the administrator: the configured model, the tenant's knowledge, rules
and prompt. The conversations are removed when they have been judged.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.runs import Runs
from app.db import Database, Scope
from app.errors import Conflict
from app.learning import proof
from app.learning.evaluation.case import Case
from app.learning.evaluation.runner import Evaluation
from app.learning.evaluation.scoring import Answer
from app.repositories import conversation as conversation_repository
from app.repositories import learning_proposal as proposal_repository
from app.repositories import portfolio as portfolio_repository
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import ProofAnswer, ProofRun, ProposalOut
from app.services import knowledge, learning_change, learning_proposal
from app.services.knowledge_indexing import DocumentNotFound

Judge = Callable[[Answer, JudgedAnswer], list[str]]


class NothingHeldOut(Conflict):
    code = "learning_nothing_held_out"
    detail = "No questions of this topic are held out, or it is not said what a good answer says: set `expects` first."


class NotIndexedYet(Conflict):
    code = "learning_document_not_indexed"
    detail = "The approved document is not indexed yet. Measure again in a minute."


async def check(database: Database, scope: Scope, proposal_id: UUID) -> ProposalOut:
    """That it can be measured now."""
    async with database.session(scope) as session:
        found = await proposal_repository.find(session, proposal_id)
        if found is None:
            raise learning_proposal.ProposalNotFound
        if not (found.held_out and found.expects):
            raise NothingHeldOut
        document_id = learning_change.applied_of(found).document_id
        if document_id is not None and not await _is_indexed(session, document_id):
            raise NotIndexedYet
        return learning_proposal.out(found)


async def measure(database: Database, runs: Runs, scope: Scope, proposal_id: UUID) -> ProposalOut:
    """A run before approval, or one after it, by what the proposal is at the moment."""
    await check(database, scope, proposal_id)
    async with database.session(scope) as session:
        proposal = await proposal_repository.find(session, proposal_id)
        if proposal is None:
            raise learning_proposal.ProposalNotFound
        is_after, expects = proposal.status == "approved", list(proposal.expects)
        held_out = await proposal_repository.list_judged(session, _ids(proposal.held_out))
        unrelated = await proposal_repository.list_judged(session, _ids(proposal.unrelated))
        page = next((row.name for row in await portfolio_repository.list_all(session)), None)
    evaluation = Evaluation(database, runs, scope)
    try:
        run = ProofRun(
            at=datetime.now(UTC),
            provider=runs.provider,
            held_out=await _asked(
                evaluation, held_out, page, lambda answer, _: proof.held_out_problems(answer, expects)
            ),
            unrelated=await _asked(evaluation, unrelated, page, proof.unrelated_problems),
        )
    finally:
        async with database.session(scope) as session:
            await conversation_repository.purge(session, evaluation.conversations)
    return await _note(database, scope, proposal_id, run, is_after=is_after)


async def _asked(
    evaluation: Evaluation, judged: Sequence[JudgedAnswer], page: str | None, judge: Judge
) -> list[ProofAnswer]:
    former = {str(each.message_id): each for each in judged}
    cases = [Case(id=name, group="proof", question=each.question, page=page) for name, each in former.items()]
    found = []
    async for verdict in evaluation.run(cases):
        asked = former[verdict.case.id]
        problems = judge(verdict.answer, asked)
        found.append(
            ProofAnswer(message_id=asked.message_id, question=asked.question, is_good=not problems, problems=problems)
        )
    return sorted(found, key=lambda each: each.message_id)


async def _note(database: Database, scope: Scope, proposal_id: UUID, run: ProofRun, *, is_after: bool) -> ProposalOut:
    async with database.session(scope) as session:
        proposal = await proposal_repository.lock(session, proposal_id)
        if proposal is None:
            raise learning_proposal.ProposalNotFound
        if (proposal.status == "approved") != is_after:
            raise Conflict("The proposal was decided while it was measured. Measure again.")
        proposal.proof = proof.stored(proof.told(proposal.proof), run, is_after=is_after)
        proposal.history = [*proposal.history, learning_proposal.deed("measured", scope)]
        await proposal_repository.update(session, proposal)
        return learning_proposal.out(proposal)


async def _is_indexed(session: AsyncSession, document_id: UUID) -> bool:
    try:
        return (await knowledge.find(session, document_id)).status == "ready"
    except DocumentNotFound:
        # Somebody has deleted it since: there is nothing to wait for
        return True


def _ids(stored: Sequence[str]) -> list[UUID]:
    return [UUID(each) for each in stored]
