"""How well a set of questions was answered, and by what."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from app.learning.statistics import Share
from app.repositories.learning_report import AnsweredQuestion, ToolUse
from app.schemas.learning import AnswerFigures, MissingTool, ShareOut, ToolFigures

# A tool that this share of a topic's answers used is one that its questions need
USUAL_SHARE = 0.6
# With fewer answers a share says nothing of what is usual
LEAST_ANSWERS = 5
MOST_TOOLS = 30


def share(count: int, total: int) -> ShareOut:
    found = Share(count, total)
    low, high = found.interval
    return ShareOut(count=count, total=total, value=found.value, low=low, high=high)


def figures(answers: Sequence[AnsweredQuestion]) -> AnswerFigures:
    rated = [answer for answer in answers if answer.rating is not None]
    with_figures = [answer for answer in answers if answer.figures]
    costs = [answer.cost_usd for answer in answers if answer.cost_usd is not None]
    return AnswerFigures(
        answers=len(answers),
        people=len({answer.user_id for answer in answers}),
        down=share(sum(answer.rating == "down" for answer in rated), len(rated)),
        failed=share(sum(answer.finish_reason == "error" for answer in answers), len(answers)),
        untraced=share(sum(answer.untraced > 0 for answer in with_figures), len(with_figures)),
        untraced_figures=sum(answer.untraced for answer in answers),
        cited=share(sum(answer.citations > 0 for answer in answers), len(answers)),
        cost_usd=math.fsum(costs) if costs else None,
        answers_of_unknown_cost=len(answers) - len(costs),
        median_ms=_quantile([answer.total_ms for answer in answers], 0.5),
        p90_ms=_quantile([answer.total_ms for answer in answers], 0.9),
        median_first_token_ms=_quantile([answer.first_token_ms for answer in answers], 0.5),
    )


def tools(answers: Sequence[AnsweredQuestion]) -> list[ToolFigures]:
    """The most used first."""
    uses: dict[str, list[ToolUse]] = defaultdict(list)
    repeated: Counter[str] = Counter()
    used_in: Counter[str] = Counter()
    for answer in answers:
        used_in.update({use.name for use in answer.tools})
        for (name, _), count in Counter((use.name, use.call) for use in answer.tools).items():
            repeated[name] += count - 1
        for use in answer.tools:
            uses[use.name].append(use)
    order = sorted(uses, key=lambda name: (-used_in[name], name))[:MOST_TOOLS]
    return [_tool(name, uses[name], used_in[name], repeated[name]) for name in order]


def missing_tools(answers: Sequence[AnsweredQuestion]) -> list[MissingTool]:
    """Tools without which some questions of a topic were answered, although most took them."""
    if len(answers) < LEAST_ANSWERS:
        return []
    used_in = Counter(name for answer in answers for name in {use.name for use in answer.tools if use.error is None})
    return [
        MissingTool(name=name, used=share(count, len(answers)), without=len(answers) - count)
        for name, count in used_in.most_common()
        if USUAL_SHARE * len(answers) <= count < len(answers)
    ]


def _tool(name: str, uses: Sequence[ToolUse], answers: int, repeated: int) -> ToolFigures:
    errors = Counter(use.error for use in uses if use.error is not None)
    return ToolFigures(
        name=name,
        answers=answers,
        calls=len(uses),
        failed=errors.total(),
        repeated=repeated,
        errors=dict(errors.most_common()),
        median_ms=_quantile([use.duration_ms for use in uses], 0.5),
    )


def _quantile(values: Iterable[int | None], at: float) -> int | None:
    """Of those that are known, the nearest that there is."""
    known = sorted(value for value in values if value is not None)
    return known[min(len(known) - 1, math.ceil(at * len(known)) - 1)] if known else None
