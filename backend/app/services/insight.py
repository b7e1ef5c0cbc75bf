"""Insights: facts are computed, worded by a model, and stored whole or not at all."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.ledger import BudgetExceeded
from app.agent.limits import BudgetUsedUp
from app.agent.llm_client import CallMetadata, LLMError, provider_key
from app.agent.metering import metered
from app.agent.usage import added
from app.db import Scope, together
from app.errors import AppError, InvalidField, NotFound, Unavailable
from app.insights import background, generation, prompts, sources
from app.insights.background import Background
from app.insights.detectors.finding import SEVERITIES
from app.insights.generation import MAX_OUTPUT_TOKENS, Order, Worded
from app.insights.kinds import KINDS
from app.insights.wording import severity_of
from app.models import Feedback, Insight
from app.repositories import feedback as feedback_repository
from app.repositories import insight as insight_repository
from app.repositories import memory as memory_repository
from app.schemas.feedback import FeedbackOut
from app.schemas.insight import InsightOut, InsightPatch, InsightQuery, Severity
from app.schemas.insight_event import (
    InsightDoneData,
    InsightDoneEvent,
    InsightEvent,
    InsightStartData,
    InsightStartEvent,
)
from app.schemas.page import Cursor, Page
from app.services import insight_facts, insight_request
from app.services import portfolio as portfolio_service
from app.services.insight_facts import Gathered
from app.services.insight_request import Desk, Taken

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


async def generate(desk: Desk, taken: Taken) -> AsyncGenerator[InsightEvent, None]:
    """What happens, as it happens; `done` carries the insight, which is stored by then."""
    is_stored = False
    try:
        yield _start(taken)
        async with aclosing(_events(desk, taken)) as events:
            async for event in events:
                is_stored = isinstance(event, InsightDoneEvent)
                yield event
    except BudgetExceeded as error:
        raise BudgetUsedUp from error
    except LLMError as error:
        raise (ProviderUnavailable if error.retryable else ProviderFailed)(error.message) from error
    finally:
        if not is_stored:
            await insight_request.release(desk, taken)


async def replayed(stored: Insight) -> AsyncGenerator[InsightEvent, None]:
    """The stream of an insight that was written before."""
    yield InsightStartEvent(data=InsightStartData.model_validate(stored))
    yield InsightDoneEvent(data=InsightDoneData(insight=InsightOut.model_validate(stored)))


async def find(session: AsyncSession, insight_id: UUID) -> InsightOut:
    (shown,) = await _shown(session, [await _found(session, insight_id)])
    return shown


async def change(session: AsyncSession, insight_id: UUID, wanted: InsightPatch) -> InsightOut:
    insight = await _found(session, insight_id)
    for name, value in wanted.model_dump(exclude_unset=True).items():
        if value is None:
            raise InvalidField(name, "must not be null")
        setattr(insight, name, value)
    await session.flush()
    (shown,) = await _shown(session, [insight])
    return shown


async def list_page(session: AsyncSession, portfolio_id: UUID, wanted: InsightQuery) -> Page[InsightOut]:
    await portfolio_service.find(session, portfolio_id)
    rows = await insight_repository.list_newest(
        session,
        portfolio_id=portfolio_id,
        insight_type=wanted.insight_type,
        with_dismissed=wanted.with_dismissed,
        before=_cursor.decode(wanted.cursor),
        limit=wanted.limit + 1,
    )
    shown = rows[: wanted.limit]
    last = shown[-1] if len(rows) > wanted.limit else None
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


async def _found(session: AsyncSession, insight_id: UUID) -> Insight:
    found = await insight_repository.find(session, insight_id)
    if found is None:
        raise InsightNotFound
    return found


def _start(taken: Taken) -> InsightStartEvent:
    return InsightStartEvent(
        data=InsightStartData(
            portfolio_id=taken.wanted.portfolio_id,
            insight_type=taken.wanted.insight_type,
            provider=taken.choice.client.provider,
            model=taken.choice.model,
        )
    )


async def _events(desk: Desk, taken: Taken) -> AsyncGenerator[InsightEvent, None]:
    gathered: Gathered | None = None
    async with aclosing(insight_facts.gather(desk, taken)) as steps:
        async for step in steps:
            if isinstance(step, Gathered):
                gathered = step
            else:
                yield step
    if gathered is None:
        raise RuntimeError("gathering ended without facts")
    beside = await _background(desk, taken)
    order = Order(gathered.facts, taken.prompt, taken.wanted.focus, beside)
    worded: Worded | None = None
    async with (
        metered(desk.database, taken.choice, taken.account, desk.limits) as calls,
        aclosing(generation.word(calls, order, _metadata(taken))) as parts,
    ):
        async for part in parts:
            if isinstance(part, Worded):
                worded = part
            else:
                yield part
    if worded is None:
        raise RuntimeError("wording ended without words")
    grounding = await asyncio.to_thread(sources.of_analysis, worded.text, gathered.facts, beside.evidence)
    insight = _insight(taken, gathered, worded)
    insight.grounding = grounding.model_dump(mode="json")
    insight.citations = [citation.model_dump(mode="json") for citation in beside.cited(worded.text.whole)]
    insight.memories = [memory.model_dump(mode="json") for memory in beside.memories]
    stored = await _store(desk, taken.scope, insight)
    yield InsightDoneEvent(data=InsightDoneData(insight=stored))


async def _background(desk: Desk, taken: Taken) -> Background:
    wanted = taken.wanted
    return await background.gather(
        desk.database,
        desk.embedder,
        taken.scope,
        portfolio_id=wanted.portfolio_id,
        question=wanted.question or KINDS[wanted.insight_type].asks,
        with_own_memories=desk.remembers,
    )


def _metadata(taken: Taken) -> CallMetadata:
    key = provider_key(taken.scope.user_id)
    return CallMetadata(task="insight", user_key=key, max_output_tokens=MAX_OUTPUT_TOKENS)


async def _store(desk: Desk, scope: Scope, insight: Insight) -> InsightOut:
    async with desk.database.session(scope) as session:
        # It may have been deleted while the model wrote
        await portfolio_service.find(session, insight.portfolio_id)
        await insight_repository.add(session, insight)
        await together(session, [memory_repository.use([UUID(memory["id"]) for memory in insight.memories])])
        # In the same transaction: there is no moment at which the key is free and the insight not there
        await insight_repository.release(session, insight.user_id, str(insight.idempotency_key))
        return InsightOut.model_validate(insight)


def _insight(taken: Taken, gathered: Gathered, worded: Worded) -> Insight:
    facts, text = gathered.facts, worded.text
    comments = {comment.code: comment.comment for comment in text.findings}
    findings = [finding.model_copy(update={"comment": comments.get(finding.code)}) for finding in facts.findings]
    return Insight(
        id=taken.insight_id,
        user_id=taken.scope.user_id,
        portfolio_id=taken.wanted.portfolio_id,
        insight_type=taken.wanted.insight_type,
        severity=_graver(severity_of(facts), text.severity),
        title=text.title,
        summary=text.summary,
        findings=[finding.model_dump(mode="json") for finding in findings],
        recommendations=text.recommendations,
        analysis=text.analysis,
        question=taken.wanted.question,
        evidence=facts.model_dump(mode="json"),
        as_of=facts.as_of,
        provider=worded.provider,
        model=worded.model,
        template_id=taken.template_id,
        prompt_version=f"{taken.template_name}-{prompts.rules_version()}",
        usage=added(gathered.usage, worded.usage).model_dump(mode="json"),
        is_scheduled=taken.is_scheduled,
        idempotency_key=taken.key,
        request_hash=insight_request.request_hash(taken),
    )


def _graver(found: Severity, said: Severity) -> Severity:
    """A model may take things more seriously than the detectors, never less."""
    return max(found, said, key=SEVERITIES.index)
