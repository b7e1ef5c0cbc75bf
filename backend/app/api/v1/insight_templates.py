"""The prompts of insights, for administrators: versions are added and activated, never changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import Administrator, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.insight_template import InsightTemplateIn, InsightTemplateOut, InsightTemplateQuery
from app.schemas.page import Page
from app.services import insight_template

router = APIRouter(prefix="/insights/templates", tags=["insights"], responses=SIGNED_IN_ERRORS | errors(403))


@router.get("")
async def list_insight_templates(
    session: SessionDep, _administrator: Administrator, wanted: Annotated[InsightTemplateQuery, Query()]
) -> Page[InsightTemplateOut]:
    """Those that ship and the tenant's own, newest first."""
    return await insight_template.list_page(session, wanted)


@router.post("", status_code=status.HTTP_201_CREATED, responses=errors(409))
async def add_insight_template(
    session: SessionDep, administrator: Administrator, wanted: InsightTemplateIn
) -> InsightTemplateOut:
    """A version for the tenant, used from now on if asked for."""
    return await insight_template.add(session, administrator.scope, wanted)


@router.post("/{template_id}/activate", responses=errors(404, 409))
async def activate_insight_template(
    session: SessionDep, administrator: Administrator, template_id: UUID
) -> InsightTemplateOut:
    """Use this one from now on: a version of the tenant's own, or again the one that ships."""
    return await insight_template.activate(session, administrator.scope, template_id)
