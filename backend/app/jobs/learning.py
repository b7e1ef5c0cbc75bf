"""Reports on what is asked: those that an administrator orders, and one of each tenant every week. And proofs."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import structlog
from procrastinate import App, JobContext
from procrastinate.exceptions import AlreadyEnqueued

from app.agent.embedding_local import LocalEmbedder
from app.agent.embeddings import EmbeddingFailed
from app.agent.limits import Limits
from app.agent.llm_offline import OfflineAnalyst
from app.agent.routing import Clients
from app.agent.runs import Runs
from app.agent.tools.catalogue import standard_registry
from app.config import Settings
from app.db import Database, Scope
from app.errors import AppError
from app.repositories import learning_report as report_repository
from app.schemas.learning import ReportIn
from app.services import learning_evaluation, learning_proof, learning_report
from app.services.learning_evaluation import TenantEvaluation
from app.services.learning_report import ReportNotFound, ReportUnderWay

# After the night's other work, in UTC
WEEKLY = "15 3 * * 1"

log = structlog.get_logger()


def register(app: App) -> None:
    app.task(name="make_learning_report", pass_context=True)(make_learning_report)
    task = app.task(name="order_learning_reports", queueing_lock="order_learning_reports", pass_context=True)(
        order_learning_reports
    )
    app.periodic(cron=WEEKLY)(task)
    app.task(name="measure_learning_proposal", pass_context=True)(measure_learning_proposal)


async def defer(app: App, report_id: UUID, scope: Scope) -> None:
    task = app.configure_task(
        "make_learning_report", queueing_lock=f"learning_report:{report_id}", lock="learning_report"
    )
    with suppress(AlreadyEnqueued):
        await task.defer_async(report_id=str(report_id), user_id=str(scope.user_id), tenant_id=str(scope.tenant_id))


async def defer_measuring(app: App, proposal_id: UUID, scope: Scope) -> None:
    task = app.configure_task("measure_learning_proposal", queueing_lock=f"measure:{proposal_id}", lock="measuring")
    with suppress(AlreadyEnqueued):
        await task.defer_async(proposal_id=str(proposal_id), user_id=str(scope.user_id), tenant_id=str(scope.tenant_id))


async def measure_learning_proposal(context: JobContext, *, proposal_id: str, user_id: str, tenant_id: str) -> None:
    database: Database = context.additional_context["database"]
    settings: Settings = context.additional_context["settings"]
    scope = Scope(UUID(user_id), UUID(tenant_id))
    clients = Clients(settings, offline=OfflineAnalyst())
    embedder = context.additional_context["embedder"]
    limits = replace(Limits.of(settings), turns_per_minute=learning_evaluation.UNHURRIED)
    runs = Runs(database, clients, standard_registry(), limits, embedder, settings.grounding, remembers=False)
    await runs.open()
    try:
        wanted = await learning_proof.ordered(database, scope, UUID(proposal_id))
        evaluation = TenantEvaluation(database, settings, clients, embedder, scope) if wanted.with_evaluation else None
        measured = await learning_proof.measure(database, runs, scope, UUID(proposal_id), evaluation)
    except AppError as error:
        log.warning("learning_proposal_not_measured", proposal_id=proposal_id, code=error.code)
        return
    finally:
        await runs.close()
        await clients.close()
    verdict = measured.proof.verdict if measured.proof else None
    log.info("learning_proposal_measured", proposal_id=proposal_id, verdict=verdict)


async def order_learning_reports(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue's own argument
    database: Database = context.additional_context["database"]
    async with database.session() as session:
        administrators = await report_repository.list_administrators(session)
    for scope in administrators:
        with suppress(ReportUnderWay):
            async with database.session(scope) as session:
                ordered = await learning_report.order(session, scope, ReportIn())
            await defer(context.app, ordered.id, scope)


async def make_learning_report(context: JobContext, *, report_id: str, user_id: str, tenant_id: str) -> None:
    """With the bundled model, whatever the knowledge base uses: a tenant's questions do not leave this server."""
    database: Database = context.additional_context["database"]
    scope = Scope(UUID(user_id), UUID(tenant_id))
    try:
        body = await learning_report.make(database, LocalEmbedder(), scope, UUID(report_id))
    except ReportNotFound:
        log.info("learning_report_skipped", report_id=report_id, reason="deleted since, or ordered by nobody's admin")
        return
    except EmbeddingFailed as error:
        log.warning("learning_report_failed", report_id=report_id, code=error.code)
        return
    log.info("learning_report_made", report_id=report_id, answers=body.figures.answers, topics=len(body.topics))
