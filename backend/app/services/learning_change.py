"""What an approved proposal writes, and how it is taken back: a document, a tenant's rule, a version of the prompt."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.document_questions import MAX_CHARS, DocumentQuestion
from app.agent.document_text import DocumentText
from app.db import Scope
from app.errors import Conflict, InvalidField
from app.models import LearningProposal
from app.repositories import prompt_version as prompt_repository
from app.schemas.learning import Applied, Evidence
from app.schemas.memory import MAX_CONTENT_CHARS, MemoryIn
from app.services import knowledge, memory
from app.services.knowledge_indexing import DocumentNotFound
from app.services.memory import MemoryNotFound

MAX_PROMPT_CHARS = 2_000
TAG = "learned"


class LaterPrompt(Conflict):
    code = "later_prompt_version"
    detail = "A later change of the prompt builds on this one. Take that back first."


async def apply(session: AsyncSession, scope: Scope, proposal: LearningProposal) -> Applied:
    """In the caller's transaction: all of it or nothing. Raises what the knowledge base or the memories refuse."""
    match proposal.kind:
        case "document":
            return await _document(session, scope, proposal)
        case "rule":
            return await _rule(session, scope, proposal.content)
        case "prompt":
            return await _prompt(session, scope, proposal.content)
        case _:
            return Applied()


async def take_back(session: AsyncSession, scope: Scope, applied: Applied) -> None:
    """What somebody has deleted since is gone already."""
    if applied.document_id is not None:
        try:
            await knowledge.delete(session, scope, applied.document_id, is_administrator=True)
        except DocumentNotFound:
            return
    if applied.memory_id is not None:
        try:
            await memory.delete(session, applied.memory_id, is_administrator=True)
        except MemoryNotFound:
            return
    if applied.prompt_version_id is not None:
        await _former_prompt(session, applied)


def applied_of(proposal: LearningProposal) -> Applied:
    return Applied.model_validate(proposal.applied or {})


async def _document(session: AsyncSession, scope: Scope, proposal: LearningProposal) -> Applied:
    if not proposal.content.strip():
        raise InvalidField("content", "is empty: nobody has said yet how such questions are to be answered")
    judged = [Evidence.model_validate(each) for each in proposal.evidence]
    questions = dict.fromkeys(" ".join(each.question.split())[:MAX_CHARS] for each in judged)
    text = DocumentText(
        proposal.title, proposal.content, "text/markdown", tuple(DocumentQuestion(question) for question in questions)
    )
    key = f"learning:{proposal.id}"
    taken = await knowledge.take(session, f"tenant:{scope.tenant_id}", text, key=key, tags=[TAG])
    return Applied(document_id=taken.id)


async def _rule(session: AsyncSession, scope: Scope, content: str) -> Applied:
    if len(memory.line(content)) > MAX_CONTENT_CHARS:
        raise InvalidField("content", f"a rule has at most {MAX_CONTENT_CHARS} characters")
    wanted = MemoryIn(content=content, kind="rule", tags=[TAG], scope="tenant")
    return Applied(memory_id=(await memory.add(session, scope, wanted)).id)


async def _prompt(session: AsyncSession, scope: Scope, content: str) -> Applied:
    """After what the tenant has added before: one change does not undo another."""
    former = await prompt_repository.find_active(session)
    whole = "\n".join(filter(None, (former.content if former else "", content.strip())))
    if len(whole) > MAX_PROMPT_CHARS:
        raise InvalidField(
            "content", f"with what was added before there would be more than {MAX_PROMPT_CHARS} characters"
        )
    added = await prompt_repository.add_active(session, scope.tenant_id, whole, scope.user_id)
    return Applied(prompt_version_id=added.id, former_prompt_version_id=former.id if former else None)


async def _former_prompt(session: AsyncSession, applied: Applied) -> None:
    """Only where no later version is in use: what was added after it stays."""
    active = await prompt_repository.find_active(session)
    if active is not None and active.id != applied.prompt_version_id:
        raise LaterPrompt
    await prompt_repository.use(session, applied.former_prompt_version_id)
