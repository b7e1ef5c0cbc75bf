"""Questions that a document answers, suggested section by section. Nothing of it is stored but what it has cost."""

from dataclasses import replace
from uuid import UUID

import structlog

from app.agent import question_drafting, routing_rules
from app.agent.document_questions import DocumentQuestion
from app.agent.ledger import Account, BudgetExceeded
from app.agent.limits import BudgetUsedUp, Limits
from app.agent.llm_client import CallMetadata, Choice, ClientSource, LLMError, provider_key
from app.agent.llm_offline import OfflineAnalyst
from app.agent.metering import metered
from app.agent.question_drafting import Section
from app.db import Database, Scope
from app.errors import Conflict, InvalidField, Unavailable
from app.models import KnowledgeSource
from app.schemas.knowledge import SuggestedQuestions, SuggestIn
from app.services import knowledge

log = structlog.get_logger()


class ProviderNeeded(Conflict):
    code = "provider_needed"
    detail = "Suggesting questions takes an AI provider, and none is configured. You can still write them yourself."


class NotSuggested(Unavailable):
    code = "questions_not_suggested"
    detail = "The AI provider could not suggest questions. Try again in a moment."


async def suggest(
    database: Database,
    clients: ClientSource,
    limits: Limits,
    scope: Scope,
    source_id: UUID,
    wanted: SuggestIn,
    *,
    is_administrator: bool,
) -> SuggestedQuestions:
    """For one section. No connection is held while a model thinks."""
    async with database.session(scope) as session:
        source = await knowledge.find_own(session, scope, source_id, is_administrator=is_administrator)
        section = _section(source, wanted.section)
        choice = _of_providers(await routing_rules.choose(session, clients, scope, task="questions"))
        await limits.check_budget(session, scope, choice)
    known = [DocumentQuestion(**stored).text for stored in source.questions]
    metadata = CallMetadata(
        task="questions",
        user_key=provider_key(scope.user_id),
        max_output_tokens=question_drafting.MAX_OUTPUT_TOKENS,
    )
    try:
        async with metered(database, choice, Account(scope), limits) as calls:
            drafted = await question_drafting.draft(calls, section, known, metadata)
    except BudgetExceeded as error:
        raise BudgetUsedUp from error
    except (LLMError, TimeoutError) as error:
        log.warning("questions_not_suggested", document_id=str(source_id), cause=type(error).__name__)
        raise NotSuggested from error
    return SuggestedQuestions(section=wanted.section, questions=drafted)


def _section(source: KnowledgeSource, path: str) -> Section:
    found = {each.path: each for each in question_drafting.sections(source.title, source.body)}
    if path not in found:
        raise InvalidField("section", "the document has no such section")
    return found[path]


def _of_providers(choice: Choice) -> Choice:
    """Without the offline analyst, which knows nothing to ask."""
    asked = [each for each in (choice, *choice.fallbacks) if each.client.provider != OfflineAnalyst.provider]
    if not asked:
        raise ProviderNeeded
    return replace(asked[0], fallbacks=tuple(replace(each, fallbacks=()) for each in asked[1:]))
