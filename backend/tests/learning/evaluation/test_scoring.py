"""What counts as stating a figure, using a tool, refusing and asking."""

import json
from typing import Any

import pytest

from app.learning.evaluation import report
from app.learning.evaluation.case import Case, Expected
from app.learning.evaluation.cases import ALL
from app.learning.evaluation.scoring import Answer, judge


def _problems(text: str, called: tuple[str, ...] = (), /, **case: Any) -> tuple[str, ...]:
    return judge(Case("c", "g", "?", **case), Answer(text, called)).problems


@pytest.mark.parametrize(
    ("text", "value", "unit", "is_stated"),
    [
        ("It is 19.3 %.", 0.19296, "percent", True),
        ("It is 19 %.", 0.19296, "percent", True),
        ("It is 19.4 %.", 0.19296, "percent", False),
        ("It is 1.93 %.", 0.19296, "percent", False),
        ("Your beta is **0.78**.", 0.7777, "number", True),
        ("Your beta is 0.8.", 0.7777, "number", True),
        ("Your beta is 1.", 0.7777, "number", False),
        ("Worth $400,705.68.", 400_705.68, "money", True),
        ("Worth about $401K.", 400_705.68, "money", True),
        ("Worth 0.4 million dollars.", 400_705.68, "money", False),
        ("A loss of $6,389.", 6_389.02, "money", True),
        ("A loss of 6,389 %.", 6_389.02, "money", False),
        ("You hold 400 shares.", 400.0, "number", True),
        ("You hold 4,000 shares.", 400.0, "number", False),
        ("No figure at all.", 0.2, "percent", False),
    ],
)
def test_a_figure_counts_at_the_precision_shown(text: str, value: float, unit: Any, is_stated: bool) -> None:
    assert (not _problems(text, figures=(Expected("it", value, unit),))) is is_stated


def test_a_day_counts_in_any_notation() -> None:
    for text in ("as of 2022-12-28", "as of 28 December 2022", "as of December 28, 2022"):
        assert _problems(text, dates=("2022-12-28",)) == ()
    assert _problems("as of 2022-12-27", dates=("2022-12-28",)) == ("does not name 2022-12-28",)


def test_one_of_a_set_of_tools_is_enough_and_a_forbidden_one_is_too_much() -> None:
    wanted: tuple[str | frozenset[str], ...] = ("a", frozenset({"b", "c"}))

    assert _problems("Yes.", ("c", "a"), tools=wanted) == ()
    assert _problems("Yes.", ("a",), tools=wanted) == ("did not call b or c",)
    assert _problems("Yes.", ("a",), forbidden=frozenset({"a"})) == ("called a",)


def test_refusing_and_asking_have_to_be_said() -> None:
    assert _problems("I cannot know that.", stance="refuses") == ()
    assert _problems("It will rise.", stance="refuses") == ("does not say that it cannot",)
    assert _problems("Which portfolio do you mean?", stance="asks") == ()
    assert _problems("Your beta is 1.", stance="asks") == ("does not ask which portfolio is meant",)


def test_a_turn_that_failed_fails_its_case() -> None:
    verdict = judge(Case("c", "g", "?"), Answer("", (), error="provider_overloaded"))

    assert verdict.problems == ("the turn failed: provider_overloaded",)


def test_a_comparison_pairs_the_cases_and_says_whether_it_is_chance() -> None:
    def found(passed: str) -> dict[str, Any]:
        cases = [Case(str(i), "g", "?") for i in range(len(passed))]
        answers = [Answer("Yes.", (), error=None if mark == "1" else "timed_out") for mark in passed]
        return json.loads(report.write(report.record([judge(c, a) for c, a in zip(cases, answers, strict=True)])))  # type: ignore[no-any-return]

    better = report.comparison(found("0000000011"), found("1111111011"))
    same = report.comparison(found("01"), found("10"))

    assert "Gained (7): 0, 1, 2, 3, 4, 5, 6" in better
    assert "p = 0.0156, more than chance" in better
    assert "p = 1, no more than chance would do" in same


def test_cases_are_many_and_each_asks_for_something() -> None:
    assert len({case.id for case in ALL}) == len(ALL)
    loose = [
        case.id
        for case in ALL
        if case.group != "small talk"
        and not (case.tools or case.figures or case.says or case.dates or case.stance != "answers")
    ]
    assert loose == []
