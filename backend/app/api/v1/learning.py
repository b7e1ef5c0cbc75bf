"""What a tenant's people ask and how well it is answered, for the tenant's administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import Administrator, Caller, DatabaseDep, SessionDep, SettingsDep, administrator
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.jobs.app import defer_learning_report
from app.schemas.learning import ReportIn, ReportOut, ReportWhole
from app.schemas.page import Page, PageQuery
from app.services import learning_report

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
