"""What people ask, by topic, and how well it is answered."""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.models.learning import ProposalKind, ProposalStatus, ReportStatus
from app.schemas.base import Request, Schema
from app.schemas.page import PageQuery

Direction = Literal["rising", "steady", "falling"]
ProofVerdict = Literal["pending", "improved", "no_difference", "harmful"]
MeasuringStatus = Literal["waiting", "running", "done", "failed"]
# Why a topic needs work: most who judge its answers are unhappy, figures are from nowhere, turns fail
Weakness = Literal["thumbs_down", "untraced_figures", "failing"]

USUAL_DAYS = 90
MAX_DAYS = 366


class ReportIn(Request):
    """A report on the answers of so many days up to now."""

    days: Annotated[int, Field(ge=1, le=MAX_DAYS)] = USUAL_DAYS


class ShareOut(Schema):
    """`count` of `total`, with the 95 % Wilson interval from `low` to `high`; `value` is null where total is 0."""

    count: int
    total: int
    value: float | None
    low: float
    high: float


class AnswerFigures(Schema):
    """Of a set of answers. `down` is of those rated, `untraced` of those with figures; times are of whole turns.

    `cost_usd` is the sum of the known costs, null where none is known.
    """

    answers: int
    people: int
    down: ShareOut
    failed: ShareOut
    untraced: ShareOut
    untraced_figures: int
    cited: ShareOut
    cost_usd: float | None
    answers_of_unknown_cost: int
    median_ms: int | None
    p90_ms: int | None
    median_first_token_ms: int | None


class ToolFigures(Schema):
    """`repeated` counts calls with the same arguments as an earlier one of the same turn; `errors` are by code."""

    name: str
    answers: int
    calls: int
    failed: int
    repeated: int
    errors: dict[str, int]
    median_ms: int | None


class MissingTool(Schema):
    """A tool that most answers of the topic used, and so many did not."""

    name: str
    used: ShareOut
    without: int


class Trend(Schema):
    """Of the topic's share: in the older and the newer half of the answers' time. `p_value` is of an exact test."""

    earlier: int
    later: int
    p_value: float
    direction: Direction


class WeekCount(Schema):
    """`week` is its Monday."""

    week: dt.date
    answers: int


class Example(Schema):
    message_id: UUID
    question: str
    rating: Literal["up", "down"] | None
    reason: str | None


class TopicOut(Schema):
    """`number` names it within the report. `examples` are questions of it, thumbs down first.

    `message_ids` are its answers, the newest first, of a large topic not all.
    """

    number: int
    name: str
    terms: list[str]
    question: str
    figures: AnswerFigures
    trend: Trend
    weeks: list[WeekCount]
    reasons: dict[str, int]
    tools: list[ToolFigures]
    missing_tools: list[MissingTool]
    weaknesses: list[Weakness]
    examples: list[Example]
    message_ids: list[UUID]


class Named(Schema):
    """The answers of one model, or of one routing variant: null is none."""

    provider: str | None = None
    model: str | None = None
    variant: str | None = None
    figures: AnswerFigures


class ReportBody(Schema):
    """`unsorted` answers are alone with what they were asked; `unread` ones are in a script that the bundled embedding
    model has no words for. `is_cut`: there were more answers than are looked at, and the oldest were left out.
    """

    figures: AnswerFigures
    topics: list[TopicOut]
    unsorted: int
    unread: int
    is_cut: bool
    by_model: list[Named]
    by_variant: list[Named]
    tools: list[ToolFigures]


class ReportError(Schema):
    code: str
    message: str


class ReportOut(Schema):
    """`answers` and `topics` count what the report is about; null until it is ready."""

    id: UUID
    status: ReportStatus
    since: dt.datetime
    until: dt.datetime
    requested_by: UUID | None
    answers: int | None
    topics: int | None
    error: ReportError | None
    created_at: dt.datetime
    finished_at: dt.datetime | None


class ReportWhole(ReportOut):
    """`markdown` is the same for reading; both are null until the report is ready."""

    body: ReportBody | None
    markdown: str | None


class Evidence(Schema):
    """An answer that led to a proposal. Its figures are left out: they were true on one day, for one person."""

    message_id: UUID
    question: str
    answer: str
    rating: Literal["up", "down"] | None
    reason: str | None
    comment: str | None
    edited_text: str | None


class Deed(Schema):
    """Who did what with a proposal. `by` is null where the person is gone."""

    what: Literal["drafted", "edited", "approved", "rejected", "reverted", "measured"]
    by: UUID | None
    at: dt.datetime
    note: str | None = None


class Applied(Schema):
    """What approval has written; all null for a wanted tool, which somebody has to build."""

    document_id: UUID | None = None
    memory_id: UUID | None = None
    prompt_version_id: UUID | None = None
    former_prompt_version_id: UUID | None = None


class ProofAnswer(Schema):
    message_id: UUID
    question: str
    is_good: bool
    problems: list[str]


class FailedCase(Schema):
    case_id: str
    question: str
    problems: list[str]


class EvaluationRun(Schema):
    """The cases of the evaluation by their names: those that were answered well, and what was wrong with the others."""

    passed: list[str]
    failed: list[FailedCase]


class ProofRun(Schema):
    """How held-out questions of the topic and questions of others were answered at one time.

    `evaluation` is null where it was left out.
    """

    at: dt.datetime
    provider: str
    held_out: list[ProofAnswer]
    unrelated: list[ProofAnswer]
    evaluation: EvaluationRun | None = None


class Compared(Schema):
    """The same questions before and after: `p_value` is of an exact McNemar test, two-sided."""

    before: ShareOut
    after: ShareOut
    gained: int
    lost: int
    p_value: float
    is_significant: bool


class ProofOut(Schema):
    """`verdict` is `pending` until there is a run before and one after approval.

    `evaluation` is null unless both runs have asked it.
    """

    before: ProofRun | None = None
    after: ProofRun | None = None
    held_out: Compared | None = None
    unrelated: Compared | None = None
    evaluation: Compared | None = None
    verdict: ProofVerdict = "pending"


class Measuring(Schema):
    """The last measuring that was ordered: `done` of `total` questions are answered; `at` is its last news.

    `total` is 0 until it begins.
    """

    status: MeasuringStatus
    with_evaluation: bool
    done: int = 0
    total: int = 0
    error: ReportError | None = None
    ordered_at: dt.datetime
    at: dt.datetime


class MeasureIn(Request):
    """`with_evaluation`: also the product's own cases, in a database of their own with what the tenant has added."""

    with_evaluation: bool = True


class MeasurePlan(Schema):
    """What measuring will ask, and whom. Each question takes from one to `most_calls_a_question` calls of the model."""

    held_out_questions: int
    unrelated_questions: int
    evaluation_questions: int
    provider: str
    model: str
    is_free: bool
    most_calls_a_question: int


class ProposalOut(Schema):
    """`content` is the Markdown of a document, the words of a rule, what is added to the rules of every answer, or what
    a wanted tool should do. `expects` are words that a good answer to the topic's questions says.
    """

    id: UUID
    report_id: UUID | None
    topic: str
    kind: ProposalKind
    status: ProposalStatus
    title: str
    content: str
    expects: list[str]
    evidence: list[Evidence]
    held_out_questions: int
    unrelated_questions: int
    drafted_by: str
    applied: Applied | None
    proof: ProofOut | None
    measuring: Measuring | None
    history: list[Deed]
    created_at: dt.datetime
    updated_at: dt.datetime


class ProposalWhole(ProposalOut):
    """`markdown` is the proof for reading, null until something was measured."""

    markdown: str | None


class ProposalQuery(PageQuery):
    status: ProposalStatus | None = None
    report_id: UUID | None = None


ProposalTitle = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ProposalContent = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Phrase = Annotated[str, StringConstraints(min_length=2, max_length=80)]


class ProposalPatch(Request):
    """Only what is sent changes, and only while it is a draft."""

    title: ProposalTitle | None = None
    content: ProposalContent | None = None
    expects: Annotated[list[Phrase], Field(max_length=10)] | None = None


class ProposalNote(Request):
    """Why, for those who look at it later."""

    note: Annotated[str, StringConstraints(min_length=1, max_length=1_000)] | None = None


class Proposals(Schema):
    items: list[ProposalOut]
