"""Thumbs, comments and corrections on answers and insights. What is learned from them is decided elsewhere."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import Invalid, InvalidField, NotFound, TooManyRequests
from app.repositories import feedback as feedback_repository
from app.repositories import message as message_repository
from app.repositories.feedback import Target
from app.schemas.feedback import FeedbackIn, FeedbackOut
from app.services import insight as insight_service

# Nobody judges more answers than this by reading them
MAX_PER_HOUR = 120


class MessageNotFound(NotFound):
    code = "message_not_found"
    detail = "There is no such message."


class NotAnAnswer(Invalid):
    code = "not_an_answer"
    detail = "Feedback is given on the analyst's answers, not on questions."


class TooMuchFeedback(TooManyRequests):
    code = "too_much_feedback"
    detail = f"More than {MAX_PER_HOUR} ratings within an hour. Wait a while and go on then."
    retry_after_seconds = 600


async def rate_message(session: AsyncSession, scope: Scope, message_id: UUID, given: FeedbackIn) -> FeedbackOut:
    return await _rate(session, scope, await _answer(session, message_id), given)


async def rate_insight(session: AsyncSession, scope: Scope, insight_id: UUID, given: FeedbackIn) -> FeedbackOut:
    return await _rate(session, scope, await _insight(session, insight_id), given)


async def withdraw_from_message(session: AsyncSession, message_id: UUID) -> None:
    await feedback_repository.remove(session, await _answer(session, message_id))


async def withdraw_from_insight(session: AsyncSession, insight_id: UUID) -> None:
    await feedback_repository.remove(session, await _insight(session, insight_id))


async def _answer(session: AsyncSession, message_id: UUID) -> Target:
    message = await message_repository.find(session, message_id)
    if message is None:
        raise MessageNotFound
    if message.role != "assistant":
        raise NotAnAnswer
    return feedback_repository.on_message(message_id)


async def _insight(session: AsyncSession, insight_id: UUID) -> Target:
    await insight_service.find(session, insight_id)
    return feedback_repository.on_insight(insight_id)


async def _rate(session: AsyncSession, scope: Scope, target: Target, given: FeedbackIn) -> FeedbackOut:
    if given.reason is not None and given.rating == "up":
        raise InvalidField("reason", "belongs to a thumb down")
    since = datetime.now(UTC) - timedelta(hours=1)
    if await feedback_repository.count_since(session, scope.user_id, since) >= MAX_PER_HOUR:
        raise TooMuchFeedback
    columns = given.model_dump() | {"user_id": scope.user_id, "tenant_id": scope.tenant_id}
    return FeedbackOut.model_validate(await feedback_repository.upsert(session, target, columns))
