from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.agent import document_questions
from app.schemas.base import Request, Schema
from app.schemas.line import ONE_LINE
from app.schemas.page import PageQuery

DocumentStatus = Literal["waiting", "indexing", "ready", "failed"]
MediaType = Literal["text/markdown", "text/plain", "application/pdf"]
# A bulk request in all; a longer text is sent as a file of its own
MAX_BULK_DOCUMENTS = 100
MAX_BULK_CHARS = 500_000

Title = Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f]+$")]
QuestionText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=document_questions.MAX_CHARS, pattern=r"^[^\x00-\x1f]+$"
    ),
]
Tags = Annotated[list[Tag], Field(max_length=20)]


class DocumentIn(Request):
    """A text to be indexed. The same `key` in the same scope replaces it; without one, the title is the key."""

    title: Title
    content: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BULK_CHARS)]
    media_type: Literal["text/markdown", "text/plain"] = "text/markdown"
    key: Title | None = None
    tags: Tags = []


class IndexIn(Request):
    """`scope` is `user` for oneself or `tenant` for everybody of the tenant, which takes an administrator."""

    scope: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "user"
    documents: Annotated[list[DocumentIn], Field(min_length=1, max_length=MAX_BULK_DOCUMENTS)]


class Question(Request):
    """One that a document answers: in the section whose path of headings this is, or anywhere where that is null."""

    text: QuestionText
    section: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None


class DocumentPatch(Request):
    """`content` brings the questions of its front matter; `questions` take the place of all that there are."""

    title: Title | None = None
    content: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BULK_CHARS)] | None = None
    tags: Tags | None = None
    questions: Annotated[list[Question], Field(max_length=document_questions.MAX_QUESTIONS)] | None = None


class SuggestIn(Request):
    """The path of headings of the section as its passages name it; empty for a text without headings."""

    section: Annotated[str, StringConstraints(max_length=200)] = ""


class SuggestedQuestions(Schema):
    """Drafts: the document is found under none of them before it is given them as its own."""

    section: str
    questions: list[str]


class DocumentError(Schema):
    code: str
    message: str


class DocumentOut(Schema):
    """While it is indexed, `chunks_embedded` of `chunks_to_embed` are done, and `chunk_count` former ones are served.

    `embedding_model` is that of the served passages; null before there are any.
    """

    id: UUID
    scope: str
    key: str
    title: str
    media_type: MediaType
    tags: list[str]
    status: DocumentStatus
    error: DocumentError | None
    embedding_model: str | None
    chunk_count: int
    chunks_to_embed: int
    chunks_embedded: int
    created_at: datetime
    updated_at: datetime


class ChunkOut(Schema):
    """A passage. `span_start` and `span_end` are the places of its text in the document's body."""

    id: UUID
    section: str
    content: str
    chunk_index: int
    span_start: int
    span_end: int


class DocumentWhole(DocumentOut):
    """`questions` are those under which its passages are found beside their own words."""

    body: str
    questions: list[Question]
    chunks: list[ChunkOut]


class UploadIn(Request):
    """The fields of an upload beside its file."""

    scope: Annotated[str, StringConstraints(min_length=1, max_length=60)] = "user"
    title: Title | None = None
    key: Title | None = None
    tags: Tags = []


class IndexAccepted(Schema):
    """What was taken. It is indexed in the background: each document says how far it is."""

    documents: list[DocumentOut]


class FoundPassage(Schema):
    """A rank is null where that half of the search did not find it. `is_used`: an answer would be given it."""

    chunk_id: UUID
    document_id: UUID
    scope: str
    title: str
    section: str
    content: str
    chunk_index: int
    vector_rank: int | None
    similarity: float
    text_rank: int | None
    text_score: float | None
    coverage: float
    rank: int
    score: float
    relevance: float
    is_used: bool


class SearchResult(Schema):
    """Everything that either half found, the best first; `threshold` is what `relevance` must reach to be used."""

    question: str
    embedding_model: str
    scopes: list[str]
    threshold: float
    passages: list[FoundPassage]


class DocumentQuery(PageQuery):
    scope: Annotated[str, Field(max_length=100, description="`user`, `tenant`, `global` or `page:NAME`")] | None = None


class SearchQuery(Request):
    q: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    page: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,80}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=40)] = 20


class Citation(Schema):
    """A passage that an answer rests on. `mark` is the number by which the answer names it: [1].

    `quote` is the passage as it was then; the document may have changed since, or be gone.
    """

    mark: int
    document_id: UUID
    chunk_id: UUID
    scope: str
    title: str
    section: str
    quote: str
    span_start: int
    span_end: int
