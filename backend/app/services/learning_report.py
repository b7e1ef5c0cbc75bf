"""Reports on what a tenant's people ask: ordered by an administrator, made in the background, kept."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.embeddings import Embedder
from app.db import Database, Scope
from app.errors import AppError, Conflict, NotFound
from app.learning import report, report_text
from app.learning.topics.finding import Progress, find_topics
from app.models import LearningReport
from app.repositories import learning_report as report_repository
from app.schemas.learning import ReportBody, ReportIn, ReportOut, ReportWhole
from app.schemas.page import Cursor, Page, PageQuery

# The newest of a report's time. Minutes of work on two cores
MAX_ANSWERS = 100_000
# A report that is in the making for longer was broken off
UNFINISHED_FOR = timedelta(hours=2)

_cursor: Cursor[report_repository.Key] = Cursor(report_repository.Key)


class ReportNotFound(NotFound):
    code = "learning_report_not_found"
    detail = "There is no such report."


class ReportUnderWay(Conflict):
    code = "learning_report_under_way"
    detail = "A report is being made already. Wait until it is there."


async def order(session: AsyncSession, scope: Scope, wanted: ReportIn) -> ReportOut:
    now = datetime.now(UTC)
    if await report_repository.find_unfinished(session, now - UNFINISHED_FOR) is not None:
        raise ReportUnderWay
    ordered = LearningReport(
        tenant_id=scope.tenant_id, requested_by=scope.user_id, since=now - timedelta(days=wanted.days), until=now
    )
    await report_repository.add(session, ordered)
    return ReportOut.model_validate(ordered)


async def list_page(session: AsyncSession, page: PageQuery) -> Page[ReportOut]:
    rows = await report_repository.list_page(session, before=_cursor.decode(page.cursor), limit=page.limit + 1)
    shown = rows[: page.limit]
    more = _cursor.encode((shown[-1].created_at, shown[-1].id)) if len(rows) > page.limit else None
    return Page(items=[ReportOut.model_validate(row) for row in shown], next_cursor=more)


async def read(session: AsyncSession, report_id: UUID) -> ReportWhole:
    found = await _find(session, report_id)
    body = None if found.body is None else ReportBody.model_validate(found.body)
    text = None if body is None else report_text.markdown(body, found.since, found.until)
    return ReportWhole(**ReportOut.model_validate(found).model_dump(), body=body, markdown=text)


async def delete(session: AsyncSession, report_id: UUID) -> None:
    await report_repository.delete(session, await _find(session, report_id))


async def make(
    database: Database, embedder: Embedder, scope: Scope, report_id: UUID, progress: Progress | None = None
) -> ReportBody:
    """Of an ordered report. Raises what goes wrong, which is noted with it; no connection is held while it works."""
    async with database.session(scope) as session:
        ordered = await _find(session, report_id)
        since, until = ordered.since, ordered.until
        await report_repository.change(session, report_id, status="running", error=None)
    try:
        body = await analyse(database, embedder, scope, since, until, progress)
    except AppError as error:
        failure = {"code": error.code, "message": error.sentence}
        async with database.session(scope) as session:
            await report_repository.change(session, report_id, status="failed", error=failure, finished_at=_now())
        raise
    async with database.session(scope) as session:
        await report_repository.change(
            session,
            report_id,
            status="ready",
            body=body.model_dump(mode="json"),
            answers=body.figures.answers,
            topics=len(body.topics),
            finished_at=_now(),
        )
    return body


async def analyse(
    database: Database,
    embedder: Embedder,
    scope: Scope,
    since: datetime,
    until: datetime,
    progress: Progress | None = None,
) -> ReportBody:
    async with database.session(scope) as session:
        answers = await report_repository.list_answered(session, since, until, most=MAX_ANSWERS + 1)
    taken = answers[:MAX_ANSWERS]
    topics = await find_topics(embedder, [answer.question for answer in taken], progress=progress)
    return report.build(taken, topics, is_cut=len(answers) > MAX_ANSWERS)


async def _find(session: AsyncSession, report_id: UUID) -> LearningReport:
    found = await report_repository.find(session, report_id)
    if found is None:
        raise ReportNotFound
    return found


def _now() -> datetime:
    return datetime.now(UTC)
