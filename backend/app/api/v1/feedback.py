"""What a person thinks of an answer or an insight. Giving it again replaces it."""

from uuid import UUID

from fastapi import APIRouter, status

from app.api.deps import ScopeDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.feedback import FeedbackIn, FeedbackOut
from app.services import feedback

router = APIRouter(tags=["feedback"], responses=SIGNED_IN_ERRORS | errors(404))


@router.post("/agent/messages/{message_id}/feedback", responses=errors(429))
async def rate_message(session: SessionDep, scope: ScopeDep, message_id: UUID, given: FeedbackIn) -> FeedbackOut:
    return await feedback.rate_message(session, scope, message_id, given)


@router.delete("/agent/messages/{message_id}/feedback", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_from_message(session: SessionDep, message_id: UUID) -> None:
    await feedback.withdraw_from_message(session, message_id)


@router.post("/insights/{insight_id}/feedback", responses=errors(429))
async def rate_insight(session: SessionDep, scope: ScopeDep, insight_id: UUID, given: FeedbackIn) -> FeedbackOut:
    return await feedback.rate_insight(session, scope, insight_id, given)


@router.delete("/insights/{insight_id}/feedback", status_code=status.HTTP_204_NO_CONTENT)
async def withdraw_from_insight(session: SessionDep, insight_id: UUID) -> None:
    await feedback.withdraw_from_insight(session, insight_id)
