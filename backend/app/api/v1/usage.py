"""What the analyst's model calls took and cost."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.deps import CurrentUser, SessionDep, SettingsDep, administrator
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.usage import UsageOut, UsageQuery
from app.services import usage

router = APIRouter(prefix="/agent/usage", tags=["usage"], responses=SIGNED_IN_ERRORS)


@router.get("", responses=errors(403))
async def get_usage(
    session: SessionDep, user: CurrentUser, settings: SettingsDep, query: Annotated[UsageQuery, Query()]
) -> UsageOut:
    """By day and by model; of a whole tenant, for its administrators, by person as well. And today's own budget."""
    if query.scope == "tenant":
        await administrator(user)
    return await usage.report(session, user.scope, query, settings.ai_daily_budget_usd)
