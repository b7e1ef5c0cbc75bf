"""What a tenant's people ask and how well it is answered, for the tenant's administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.agent.limits import Limits
from app.api.deps import Administrator, Caller, DatabaseDep, SessionDep, SettingsDep, administrator
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.v1.routing_rules import ClientsDep
from app.jobs.app import defer_indexing, defer_learning_report, defer_measuring
from app.schemas.learning import (
    MeasureIn,
    MeasurePlan,
    ProposalNote,
    ProposalOut,
    ProposalPatch,
    ProposalQuery,
    Proposals,
    ProposalWhole,
    ReportIn,
    ReportOut,
    ReportWhole,
)
from app.schemas.page import Page, PageQuery
from app.services import learning_proof, learning_proposal, learning_report

router = APIRouter(prefix="/agent/learning", tags=["learning"], responses=SIGNED_IN_ERRORS | errors(403))


@router.post("/reports", status_code=status.HTTP_202_ACCEPTED, responses=errors(409))
async def order_report(
    database: DatabaseDep, settings: SettingsDep, caller: Caller, wanted: ReportIn | None = None
) -> ReportOut:
    """Have a report made, in the background: topics, how they were rated, tools, cost and time.

    It is about the questions of all people of the tenant, and names some of them.
    """
    await administrator(caller)
    async with database.session(caller.scope) as session:
        ordered = await learning_report.order(session, caller.scope, wanted or ReportIn())
    # After the commit: a job that begins before it would find nothing
    await defer_learning_report(settings.database_url, ordered.id, caller.scope)
    return ordered


@router.get("/reports")
async def list_reports(session: SessionDep, _: Administrator, page: Annotated[PageQuery, Query()]) -> Page[ReportOut]:
    """Newest first."""
    return await learning_report.list_page(session, page)


@router.get("/reports/{report_id}", responses=errors(404))
async def get_report(session: SessionDep, _: Administrator, report_id: UUID) -> ReportWhole:
    """With what it says, as data and as Markdown, once it is ready."""
    return await learning_report.read(session, report_id)


@router.delete("/reports/{report_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(404))
async def delete_report(session: SessionDep, _: Administrator, report_id: UUID) -> None:
    await learning_report.delete(session, report_id)


@router.post(
    "/reports/{report_id}/topics/{number}/proposals",
    status_code=status.HTTP_201_CREATED,
    responses=errors(404, 409),
)
async def draft_proposals(
    database: DatabaseDep, settings: SettingsDep, clients: ClientsDep, caller: Caller, report_id: UUID, number: int
) -> Proposals:
    """Draft what would help a topic, from what people said about its answers. Half of them are held out."""
    await administrator(caller)
    return await learning_proposal.draft(database, clients, Limits.of(settings), caller.scope, report_id, number)


@router.get("/proposals")
async def list_proposals(
    session: SessionDep, _: Administrator, wanted: Annotated[ProposalQuery, Query()]
) -> Page[ProposalOut]:
    """Newest first."""
    return await learning_proposal.list_page(session, wanted)


@router.get("/proposals/{proposal_id}", responses=errors(404))
async def get_proposal(session: SessionDep, _: Administrator, proposal_id: UUID) -> ProposalWhole:
    """With its proof as Markdown, once something was measured."""
    return await learning_proposal.read(session, proposal_id)


@router.patch("/proposals/{proposal_id}", responses=errors(404, 409))
async def edit_proposal(
    session: SessionDep, user: Administrator, proposal_id: UUID, wanted: ProposalPatch
) -> ProposalOut:
    return await learning_proposal.edit(session, user.scope, proposal_id, wanted)


@router.post("/proposals/{proposal_id}/approve", responses=errors(404, 409))
async def approve_proposal(
    database: DatabaseDep, settings: SettingsDep, caller: Caller, proposal_id: UUID
) -> ProposalOut:
    """Write it where answers find it: a document of the tenant, a rule for everybody, or a version of the prompt.

    A document is found by answers once it is indexed, within a minute.
    """
    await administrator(caller)
    async with database.session(caller.scope) as session:
        approved = await learning_proposal.approve(session, caller.scope, proposal_id)
    if approved.applied is not None and approved.applied.document_id is not None:
        await defer_indexing(settings.database_url, [(approved.applied.document_id, caller.scope)])
    return approved


@router.post("/proposals/{proposal_id}/reject", responses=errors(404, 409))
async def reject_proposal(
    session: SessionDep, user: Administrator, proposal_id: UUID, given: ProposalNote | None = None
) -> ProposalOut:
    return await learning_proposal.reject(session, user.scope, proposal_id, given.note if given else None)


@router.post("/proposals/{proposal_id}/revert", responses=errors(404, 409))
async def revert_proposal(
    session: SessionDep, user: Administrator, proposal_id: UUID, given: ProposalNote | None = None
) -> ProposalOut:
    """Take back what approval has written. Answers are then as they were before."""
    return await learning_proposal.revert(session, user.scope, proposal_id, given.note if given else None)


@router.get("/proposals/{proposal_id}/measure", responses=errors(404))
async def get_measure_plan(
    session: SessionDep, user: Administrator, clients: ClientsDep, proposal_id: UUID
) -> MeasurePlan:
    """How many questions measuring would ask, and which model: with a provider it costs money."""
    return await learning_proof.plan(session, clients, user.scope, proposal_id)


@router.post("/proposals/{proposal_id}/measure", status_code=status.HTTP_202_ACCEPTED, responses=errors(404, 409))
async def measure_proposal(
    database: DatabaseDep, settings: SettingsDep, caller: Caller, proposal_id: UUID, wanted: MeasureIn | None = None
) -> ProposalOut:
    """Ask the topic's held-out questions, some of other topics and the evaluation, in the background.

    `measuring` says how far it is, and `proof` how it went. Measure once before approval and once after it:
    `proof.verdict` compares the two.
    """
    await administrator(caller)
    async with database.session(caller.scope) as session:
        ordered = await learning_proof.order(session, proposal_id, wanted or MeasureIn())
    # After the commit: a job that begins before it would find nothing
    await defer_measuring(settings.database_url, proposal_id, caller.scope)
    return ordered
