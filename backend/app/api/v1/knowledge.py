"""The knowledge base: documents in, passages out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, UploadFile, status
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.agent import document_text
from app.agent.document_text import MAX_BYTES, DocumentTooLarge
from app.agent.limits import Limits
from app.api.body_limit import limited_upload
from app.api.deps import Caller, CurrentUser, DatabaseDep, EmbedderDep, ScopeDep, SessionDep, SettingsDep, SignedIn
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.api.v1.routing_rules import ClientsDep
from app.jobs.app import defer_indexing
from app.models import KnowledgeSource
from app.schemas.knowledge import (
    DocumentOut,
    DocumentPatch,
    DocumentQuery,
    DocumentWhole,
    IndexAccepted,
    IndexIn,
    SearchQuery,
    SearchResult,
    SuggestedQuestions,
    SuggestIn,
    UploadIn,
)
from app.schemas.page import Page
from app.services import knowledge, question_suggestion

router = APIRouter(
    prefix="/agent/kb",
    tags=["knowledge"],
    responses=SIGNED_IN_ERRORS | errors(403),
    route_class=limited_upload(MAX_BYTES, DocumentTooLarge),
)


@router.post("/index", status_code=status.HTTP_202_ACCEPTED, responses=errors(409, 413))
async def index_documents(
    database: DatabaseDep, settings: SettingsDep, caller: Caller, wanted: IndexIn
) -> IndexAccepted:
    """Take texts in bulk. They are indexed in the background: `GET /agent/kb/documents/{id}` says how far each is.

    A document of the same `key` in the same scope is replaced; passages that have not changed are not embedded again,
    and the former ones are served until the last new one is there.
    """
    knowledge_scope = knowledge.writable_scope(caller.scope, wanted.scope, is_administrator=caller.is_administrator)
    async with database.session(caller.scope) as session:
        taken = [await knowledge.take_text(session, knowledge_scope, given) for given in wanted.documents]
    return await _put_in_line(settings.database_url, caller, taken)


@router.post("/documents", status_code=status.HTTP_202_ACCEPTED, responses=errors(409, 413))
async def upload_document(
    database: DatabaseDep,
    settings: SettingsDep,
    caller: Caller,
    file: UploadFile,
    scope: Annotated[str, Form()] = "user",
    title: Annotated[str | None, Form()] = None,
    key: Annotated[str | None, Form()] = None,
    tags: Annotated[list[str] | None, Form()] = None,
) -> IndexAccepted:
    """Take a file: Markdown, plain text or PDF, at most 10 MB. Its name is its key where none is given.

    `scope` is `user` for oneself or `tenant` for everybody of the tenant, which takes an administrator.
    """
    wanted = _upload(scope, title, key or file.filename, tags)
    knowledge_scope = knowledge.writable_scope(caller.scope, wanted.scope, is_administrator=caller.is_administrator)
    name = file.filename or ""
    media_type = document_text.media_type_of(name, file.content_type)
    text = await document_text.read(await file.read(), media_type, file_name=name, title=wanted.title)
    async with database.session(caller.scope) as session:
        taken = await knowledge.take(session, knowledge_scope, text, key=wanted.key, tags=wanted.tags)
    return await _put_in_line(settings.database_url, caller, [taken])


@router.get("/documents")
async def list_documents(
    session: SessionDep, scope: ScopeDep, wanted: Annotated[DocumentQuery, Query()]
) -> Page[DocumentOut]:
    """What one may read, newest first."""
    return await knowledge.list_page(session, scope, wanted)


@router.get("/documents/{document_id}", responses=errors(404))
async def get_document(session: SessionDep, document_id: UUID) -> DocumentWhole:
    """With its text and its passages; and while it is indexed, how far that is."""
    return await knowledge.read_whole(session, document_id)


@router.patch("/documents/{document_id}", responses=errors(404, 413))
async def change_document(
    database: DatabaseDep, settings: SettingsDep, caller: Caller, document_id: UUID, wanted: DocumentPatch
) -> DocumentOut:
    """Only the fields that are sent change. It is indexed anew, and served as it was until that is done."""
    async with database.session(caller.scope) as session:
        changed = await knowledge.change(
            session, caller.scope, document_id, wanted, is_administrator=caller.is_administrator
        )
    return (await _put_in_line(settings.database_url, caller, [changed])).documents[0]


@router.post("/documents/{document_id}/suggested-questions", responses=errors(404, 409, 429))
async def suggest_questions(
    database: DatabaseDep,
    settings: SettingsDep,
    clients: ClientsDep,
    caller: Caller,
    document_id: UUID,
    wanted: SuggestIn,
) -> SuggestedQuestions:
    """What a section answers, drafted by a model. Taken by `PATCH` with `questions`; nothing is found by drafts."""
    return await question_suggestion.suggest(
        database, clients, Limits.of(settings), caller.scope, document_id, wanted,
        is_administrator=caller.is_administrator,
    )  # fmt: skip


@router.delete("/documents/{document_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(404))
async def delete_document(session: SessionDep, user: CurrentUser, document_id: UUID) -> None:
    await knowledge.delete(session, user.scope, document_id, is_administrator=user.is_administrator)


@router.get("/search", responses=errors(502))
async def search(
    database: DatabaseDep, embedder: EmbedderDep, caller: Caller, query: Annotated[SearchQuery, Query()]
) -> SearchResult:
    """A preview: what each half of the search finds, how they are fused, and what an answer would be given."""
    return await knowledge.preview(database, embedder, caller.scope, query)


def _upload(scope: str, title: str | None, key: str | None, tags: list[str] | None) -> UploadIn:
    """As one shape the fields obey the rules of every other request: FastAPI reads those beside a file one by one."""
    try:
        return UploadIn(scope=scope, title=title, key=key, tags=tags or [])
    except ValidationError as error:
        problems = [{**problem, "loc": ("body", *problem["loc"])} for problem in error.errors()]
        raise RequestValidationError(problems) from error


async def _put_in_line(database_url: str, caller: SignedIn, taken: list[KnowledgeSource]) -> IndexAccepted:
    # After the commit: a job that begins before it would find nothing
    await defer_indexing(database_url, [(source.id, caller.scope) for source in taken if source.status == "waiting"])
    return IndexAccepted(documents=[DocumentOut.model_validate(source) for source in taken])
