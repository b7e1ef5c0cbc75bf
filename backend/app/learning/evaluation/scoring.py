"""Whether an answer is what its case asks for. Pure: the same answer gets the same verdict on every machine."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.agent.grounding import figures
from app.agent.grounding.figures import Figure
from app.learning.evaluation.case import Case, Expected, Unit

# An answer that only shows 0.8 for 0.77 says too little; one that shows 19 % for 19.3 % says enough
COARSEST = 0.15
MAX_FIGURES = 2_000

_KINDS: dict[Unit, frozenset[str]] = {
    "percent": frozenset({"percent", "number"}),
    "money": frozenset({"money", "number"}),
    "number": frozenset({"number", "multiple", "percent"}),
    "date": frozenset({"date"}),
}
_REFUSAL = re.compile(
    r"\b(?:can(?:no|['\u2019])t|can not|unable|not able|do(?:es)? not|(?:do|wo)n['\u2019]t|will not|no access|only)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. `error` is the code of a turn that failed."""

    text: str
    tools: tuple[str, ...]
    error: str | None = None
    seconds: float = 0.0
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`problems` is empty where the answer is good."""

    case: Case
    answer: Answer
    problems: tuple[str, ...]

    @property
    def is_passed(self) -> bool:
        return not self.problems


def judge(case: Case, answer: Answer) -> Verdict:
    if answer.error is not None:
        return Verdict(case, answer, (f"the turn failed: {answer.error}",))
    problems = (*_tools(case, answer), *_figures(case, answer.text), *_words(case, answer.text))
    return Verdict(case, answer, problems)


def _tools(case: Case, answer: Answer) -> Iterator[str]:
    called = set(answer.tools)
    for wanted in case.tools:
        choices = {wanted} if isinstance(wanted, str) else wanted
        if not choices & called:
            yield f"did not call {' or '.join(sorted(choices))}"
    for name in sorted(called & case.forbidden):
        yield f"called {name}"


def _figures(case: Case, text: str) -> Iterator[str]:
    found, _ = figures.find(text, limit=MAX_FIGURES)
    for expected in case.figures:
        if not any(_shows(figure, expected) for figure in found):
            yield f"does not state {expected.name}: {expected.value:.6g}"
    for day in case.dates:
        if not _names_day(found, date.fromisoformat(day)):
            yield f"does not name {day}"


def _shows(figure: Figure, expected: Expected) -> bool:
    if figure.kind not in _KINDS[expected.unit] or figure.high - figure.low > COARSEST * expected.value + 1e-12:
        return figure.value == expected.value and figure.kind == "number"
    slack = expected.tolerance * expected.value
    return figure.low - slack <= expected.value <= figure.high + slack


def _names_day(found: Sequence[Figure], day: date) -> bool:
    return any(figure.day is not None and figure.day.is_whole and figure.day.fits(day) for figure in found)


def _words(case: Case, text: str) -> Iterator[str]:
    for pattern in case.says:
        if not re.search(pattern, text):
            yield f"does not say {pattern!r}"
    if case.stance == "refuses" and not _REFUSAL.search(text):
        yield "does not say that it cannot"
    if case.stance == "asks" and "?" not in text:
        yield "does not ask which portfolio is meant"
