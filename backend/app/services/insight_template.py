"""By which prompts insights are written: those that ship, or a tenant's own versions."""

from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import Conflict, NotFound, Unavailable
from app.models import InsightTemplate
from app.repositories import insight_template as template_repository
from app.schemas.insight import InsightType
from app.schemas.insight_template import InsightTemplateIn, InsightTemplateOut, InsightTemplateQuery
from app.schemas.page import Cursor, Page

_cursor: Cursor[template_repository.Key] = Cursor(template_repository.Key)


class TemplateNotFound(NotFound):
    code = "insight_template_not_found"
    detail = "There is no such template."


class TemplateReplaced(Conflict):
    code = "insight_template_replaced"
    detail = "A newer version of this template ships now. Add this text as a version of your own to use it."


class TemplateVersionTaken(Conflict):
    code = "insight_template_version_taken"
    detail = "Somebody else has just added a version. Look at it, and add yours again."


class TemplatesMissing(Unavailable):
    code = "insight_templates_missing"
    detail = "The templates that ship are not in the database. The operator must run `sigmasight migrate`."


async def used(session: AsyncSession, insight_type: InsightType) -> InsightTemplate:
    found = await template_repository.find_used(session, insight_type)
    if found is None:
        raise TemplatesMissing
    return found


def name_of(template: InsightTemplate) -> str:
    """As an insight names the version that it was written by."""
    whose = "" if template.tenant_id is None else "own-"
    return f"{template.insight_type}-{whose}{template.version}"


async def list_page(session: AsyncSession, wanted: InsightTemplateQuery) -> Page[InsightTemplateOut]:
    before = _cursor.decode(wanted.cursor)
    rows = await template_repository.list_page(
        session, insight_type=wanted.insight_type, before=before, limit=wanted.limit + 1
    )
    shown = rows[: wanted.limit]
    last = shown[-1] if len(rows) > wanted.limit else None
    in_use = await _in_use(session)
    return Page(
        items=[_out(row, in_use) for row in shown],
        next_cursor=None if last is None else _cursor.encode((last.created_at, last.id)),
    )


async def add(session: AsyncSession, scope: Scope, wanted: InsightTemplateIn) -> InsightTemplateOut:
    version = await template_repository.newest_version(session, scope.tenant_id, wanted.insight_type) + 1
    template = InsightTemplate(
        tenant_id=scope.tenant_id,
        insight_type=wanted.insight_type,
        version=version,
        prompt=wanted.prompt,
        created_by=scope.user_id,
    )
    try:
        await template_repository.add(session, template)
    except IntegrityError as error:
        raise TemplateVersionTaken from error
    return await activate(session, scope, template.id) if wanted.activate else _out(template, await _in_use(session))


async def activate(session: AsyncSession, scope: Scope, template_id: UUID) -> InsightTemplateOut:
    """Also back again: an older version of one's own, or the one that ships."""
    template = await template_repository.find(session, template_id)
    if template is None:
        raise TemplateNotFound
    if template.tenant_id is None and not template.is_active:
        raise TemplateReplaced
    own = None if template.tenant_id is None else template.id
    await template_repository.activate_only(session, scope.tenant_id, template.insight_type, own)
    await session.refresh(template)
    return _out(template, await _in_use(session))


async def _in_use(session: AsyncSession) -> set[UUID]:
    return {template.id for template in await template_repository.list_used(session)}


def _out(template: InsightTemplate, in_use: set[UUID]) -> InsightTemplateOut:
    return InsightTemplateOut.model_validate(
        {
            **{field: getattr(template, field, None) for field in InsightTemplateOut.model_fields},
            "is_shipped": template.tenant_id is None,
            "is_used": template.id in in_use,
        }
    )
