"""Insights: facts are computed, worded by a model, and stored whole or not at all."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import routing_rules
from app.agent.failover import ModelCalls
from app.agent.ledger import Account, BudgetExceeded
from app.agent.limits import STANDARD, BudgetUsedUp, Limits
from app.agent.llm_client import CallMetadata, ClientSource, LLMError, provider_key
from app.agent.metering import metered
from app.db import Database, Scope
from app.errors import AppError, NotFound, Unavailable
from app.insights import generation
from app.insights.facts import InsightFacts, gather, measure
from app.insights.generation import Worded
from app.models import Feedback, Insight
from app.repositories import feedback as feedback_repository
from app.repositories import insight as insight_repository
from app.schemas.feedback import FeedbackOut
from app.schemas.insight import GenerateInsightIn, InsightOut, Severity
from app.schemas.page import Cursor, Page, PageQuery
from app.services import portfolio as portfolio_service
from app.services.analytics import AnalyticsService

_cursor: Cursor[insight_repository.Key] = Cursor(insight_repository.Key)


class InsightNotFound(NotFound):
    code = "insight_not_found"
    detail = "There is no such insight."


class ProviderUnavailable(Unavailable):
    """May go better in a moment."""

    code = "provider_unavailable"


class ProviderFailed(AppError):
    """Will not go better by itself."""

    status = 502
    code = "provider_failed"


async def generate(
    database: Database, clients: ClientSource, scope: Scope, wanted: GenerateInsightIn, limits: Limits = STANDARD
) -> InsightOut:
    """No connection is held while the model writes."""
    async with database.session(scope) as session:
        measures = await measure(AnalyticsService(session), wanted.portfolio_id)
        choice = await routing_rules.choose(session, clients, scope, task="insight")
        await limits.check_budget(session, scope, choice)
    facts = gather(wanted.insight_type, measures)
    insight_id = uuid4()
    async with metered(database, choice, Account(scope, insight_id=insight_id), limits) as calls:
        worded = await _worded(calls, scope, facts, wanted.focus)
    async with database.session(scope) as session:
        await portfolio_service.find(session, wanted.portfolio_id)
        insight = _insight(scope, wanted, facts, worded)
        insight.id = insight_id
        await insight_repository.add(session, insight)
        return InsightOut.model_validate(insight)


async def find(session: AsyncSession, insight_id: UUID) -> InsightOut:
    found = await insight_repository.find(session, insight_id)
    if found is None:
        raise InsightNotFound
    (shown,) = await _shown(session, [found])
    return shown


async def list_page(session: AsyncSession, portfolio_id: UUID, page: PageQuery) -> Page[InsightOut]:
    await portfolio_service.find(session, portfolio_id)
    before = _cursor.decode(page.cursor)
    rows = await insight_repository.list_newest(session, portfolio_id=portfolio_id, before=before, limit=page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    return Page(
        items=await _shown(session, shown),
        next_cursor=None if last is None else _cursor.encode((last.created_at, last.id)),
    )


async def _shown(session: AsyncSession, rows: Sequence[Insight]) -> list[InsightOut]:
    opinions = await feedback_repository.list_of_insights(session, [row.id for row in rows])
    return [_out(row, opinions.get(row.id)) for row in rows]


def _out(insight: Insight, opinion: Feedback | None) -> InsightOut:
    feedback = None if opinion is None else FeedbackOut.model_validate(opinion)
    return InsightOut.model_validate(insight).model_copy(update={"feedback": feedback})


async def _worded(calls: ModelCalls, scope: Scope, facts: InsightFacts, focus: str | None) -> Worded:
    try:
        metadata = CallMetadata(task="insight", user_key=provider_key(scope.user_id))
        return await generation.word(calls, facts, focus, metadata)
    except BudgetExceeded as error:
        raise BudgetUsedUp from error
    except LLMError as error:
        raise (ProviderUnavailable if error.retryable else ProviderFailed)(error.message) from error


def _insight(scope: Scope, wanted: GenerateInsightIn, facts: InsightFacts, worded: Worded) -> Insight:
    severity: Severity = facts.findings[0].severity if facts.findings else "info"
    return Insight(
        user_id=scope.user_id,
        portfolio_id=wanted.portfolio_id,
        insight_type=wanted.insight_type,
        severity=severity,
        title=worded.text.title,
        summary=worded.text.summary,
        findings=[finding.model_dump(mode="json") for finding in facts.findings],
        recommendations=worded.text.recommendations,
        analysis=worded.text.analysis,
        evidence=facts.model_dump(mode="json"),
        as_of=facts.as_of,
        provider=worded.provider,
        model=worded.model,
        prompt_version=generation.prompt_version(wanted.insight_type),
        usage=worded.usage.model_dump(mode="json"),
    )
