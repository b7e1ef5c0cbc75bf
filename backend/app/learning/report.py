"""A report on what is asked and how well it is answered, from the answers and their topics. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from app.learning.answer_figures import figures, missing_tools, tools
from app.learning.statistics import binomial
from app.learning.topics.finding import Topic, Topics
from app.repositories.learning_report import AnsweredQuestion
from app.schemas.learning import (
    AnswerFigures,
    Direction,
    Example,
    Named,
    ReportBody,
    TopicOut,
    Trend,
    Weakness,
    WeekCount,
)

SIGNIFICANT = 0.05
# Of a topic's answers that are judged, have figures or were begun: where even the lower end of the interval is above it
POOR_SHARE = 0.2
MOST_TOPICS = 100
MOST_EXAMPLES = 8
# Answers of one topic that a report names, for proposals and proofs: more prove nothing more
MOST_NAMED = 200
MOST_GROUPS = 50
MAX_QUESTION_CHARS = 300


def build(answers: Sequence[AnsweredQuestion], topics: Topics, *, is_cut: bool) -> ReportBody:
    """`answers` are the newest first, and what the topics' places count."""
    return ReportBody(
        figures=figures(answers),
        topics=[_topic(number, topic, answers) for number, topic in enumerate(topics.topics[:MOST_TOPICS], 1)],
        unsorted=len(topics.unsorted) + sum(len(topic.places) for topic in topics.topics[MOST_TOPICS:]),
        unread=len(topics.unread),
        is_cut=is_cut,
        by_model=_by_model(answers),
        by_variant=_by_variant(answers),
        tools=tools(answers),
    )


def _topic(number: int, topic: Topic, answers: Sequence[AnsweredQuestion]) -> TopicOut:
    own = [answers[place] for place in topic.places]
    found = figures(own)
    return TopicOut(
        number=number,
        name=", ".join(topic.terms[:3]) or _short(topic.nearest),
        terms=list(topic.terms),
        question=_short(topic.nearest),
        figures=found,
        trend=_trend(own, answers),
        weeks=_weeks(own),
        reasons=dict(Counter(answer.reason for answer in own if answer.reason is not None).most_common()),
        tools=tools(own),
        missing_tools=missing_tools(own),
        weaknesses=weaknesses(found),
        examples=_examples(own),
        message_ids=[answer.message_id for answer in own[:MOST_NAMED]],
    )


def weaknesses(found: AnswerFigures) -> list[Weakness]:
    shares: dict[Weakness, float] = {
        "thumbs_down": found.down.low,
        "untraced_figures": found.untraced.low,
        "failing": found.failed.low,
    }
    return [name for name, low in shares.items() if low > POOR_SHARE]


def _trend(own: Sequence[AnsweredQuestion], answers: Sequence[AnsweredQuestion]) -> Trend:
    """Whether more of what is asked is of the topic than was: its later answers against the later share of all."""
    first, last = answers[-1].created_at, answers[0].created_at
    middle = first + (last - first) / 2
    later = sum(answer.created_at > middle for answer in own)
    later_of_all = sum(answer.created_at > middle for answer in answers) / len(answers)
    p_value = binomial(later, len(own), later_of_all)
    direction: Direction = "steady"
    if p_value < SIGNIFICANT:
        direction = "rising" if later > later_of_all * len(own) else "falling"
    return Trend(earlier=len(own) - later, later=later, p_value=p_value, direction=direction)


def _weeks(own: Iterable[AnsweredQuestion]) -> list[WeekCount]:
    days = (answer.created_at.date() for answer in own)
    counted = Counter(day - timedelta(days=day.weekday()) for day in days)
    return [WeekCount(week=week, answers=counted[week]) for week in sorted(counted)]


def _examples(own: Sequence[AnsweredQuestion]) -> list[Example]:
    """Different questions; those with a thumb down first."""
    ordered = sorted(own, key=lambda answer: answer.rating != "down")
    different = {answer.question: answer for answer in reversed(ordered)}
    return [
        Example(
            message_id=answer.message_id,
            question=_short(answer.question),
            rating="down" if answer.rating == "down" else "up" if answer.rating == "up" else None,
            reason=answer.reason,
        )
        for answer in list(reversed(different.values()))[:MOST_EXAMPLES]
    ]


def _by_model(answers: Sequence[AnsweredQuestion]) -> list[Named]:
    groups: dict[tuple[str | None, str | None], list[AnsweredQuestion]] = defaultdict(list)
    for answer in answers:
        groups[answer.provider, answer.model].append(answer)
    largest = sorted(groups.items(), key=lambda item: -len(item[1]))[:MOST_GROUPS]
    return [Named(provider=provider, model=model, figures=figures(own)) for (provider, model), own in largest]


def _by_variant(answers: Sequence[AnsweredQuestion]) -> list[Named]:
    groups: dict[str | None, list[AnsweredQuestion]] = defaultdict(list)
    for answer in answers:
        groups[answer.variant].append(answer)
    largest = sorted(groups.items(), key=lambda item: -len(item[1]))[:MOST_GROUPS]
    return [Named(variant=variant, figures=figures(own)) for variant, own in largest]


def _short(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= MAX_QUESTION_CHARS else line[: MAX_QUESTION_CHARS - 1] + "\u2026"
