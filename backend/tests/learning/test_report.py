"""What a report says of answers, without a database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.learning import report, report_text
from app.learning.topics.finding import Topic, Topics
from app.repositories.learning_report import AnsweredQuestion, ToolUse

PERSON = uuid4()
UNTIL = datetime(2025, 3, 31, tzinfo=UTC)


def answered(days_ago: float = 1.0, **columns: Any) -> AnsweredQuestion:
    given: dict[str, Any] = {
        "message_id": uuid4(), "question_id": uuid4(), "user_id": PERSON, "question": "What is my beta?",
        "created_at": UNTIL - timedelta(days=days_ago), "provider": "offline", "model": "offline-analyst",
        "variant": None, "mode": "standard", "finish_reason": "stop", "cost_usd": 0.0, "total_ms": 1_000,
        "first_token_ms": 100, "figures": 1, "untraced": 0, "citations": 0, "tools": (), "rating": None, "reason": None,
    }  # fmt: skip
    return AnsweredQuestion(**given | columns)


def used(name: str, call: str = "a", error: str | None = None, duration_ms: int | None = 10) -> ToolUse:
    return ToolUse(name, call, error, duration_ms)


def one_topic(answers: list[AnsweredQuestion]) -> Topics:
    return Topics((Topic(("beta",), "What is my beta?", tuple(range(len(answers)))),), (), ())


def built(answers: list[AnsweredQuestion], topics: Topics | None = None) -> report.ReportBody:
    return report.build(answers, topics or one_topic(answers), is_cut=False)


def test_thumbs_are_counted_among_those_given() -> None:
    down = built([answered(rating="down", reason="missing"), answered(rating="up"), answered(), answered()])

    figures = down.topics[0].figures
    assert (figures.answers, figures.down.count, figures.down.total, figures.down.value) == (4, 1, 2, 0.5)
    assert down.topics[0].reasons == {"missing": 1}


@pytest.mark.parametrize(
    ("columns", "weakness"),
    [
        ({"rating": "down"}, "thumbs_down"),
        ({"untraced": 1}, "untraced_figures"),
        ({"finish_reason": "error"}, "failing"),
    ],
)
def test_a_topic_needs_work_where_chance_does_not_explain_it(columns: dict[str, Any], weakness: str) -> None:
    few = built([answered(**columns)])
    many = built([answered(**columns) for _ in range(8)])

    # One answer says nothing: its interval begins at 21 %
    assert few.topics[0].figures.answers == 1
    assert weakness in many.topics[0].weaknesses
    assert built([answered(rating="up") for _ in range(8)]).topics[0].weaknesses == []


def test_an_unknown_cost_is_not_nothing() -> None:
    figures = built([answered(cost_usd=None), answered(cost_usd=0.02)]).figures

    assert (figures.cost_usd, figures.answers_of_unknown_cost) == (0.02, 1)
    assert built([answered(cost_usd=None)]).figures.cost_usd is None


def test_tools_that_fail_repeat_or_are_left_out_are_told() -> None:
    beta = used("get_beta")
    answers = [answered(tools=(beta,)) for _ in range(6)]
    answers += [answered(tools=(used("get_gamma", error="unknown_tool"),)), answered(tools=(beta, beta))]

    topic = built(answers).topics[0]

    first, second = topic.tools
    assert (first.name, first.answers, first.calls, first.repeated, first.failed) == ("get_beta", 7, 8, 1, 0)
    assert (second.name, second.errors) == ("get_gamma", {"unknown_tool": 1})
    assert [(missing.name, missing.without) for missing in topic.missing_tools] == [("get_beta", 1)]


def test_a_topic_that_grows_beyond_chance_is_rising() -> None:
    growing = [answered(days_ago=2.0) for _ in range(12)]
    steady = [answered(days_ago=float(day)) for day in range(1, 41)]
    answers = sorted([*growing, *steady], key=lambda answer: answer.created_at, reverse=True)
    places = tuple(place for place, answer in enumerate(answers) if answer in growing)
    rest = tuple(sorted(set(range(len(answers))) - set(places)))
    topics = Topics((Topic(("rest",), "rest", rest), Topic(("grows",), "grows", places)), (), ())

    grows = built(answers, topics).topics[1]

    assert (grows.trend.direction, grows.trend.earlier, grows.trend.later) == ("rising", 0, 12)
    assert [(week.week.weekday(), week.answers) for week in grows.weeks] == [(0, 12)]


def test_answers_are_told_apart_by_model_and_by_variant() -> None:
    body = built([answered(model="a", variant="calm"), answered(model="b"), answered(model="b")])

    assert [(group.model, group.figures.answers) for group in body.by_model] == [("b", 2), ("a", 1)]
    assert {group.variant: group.figures.answers for group in body.by_variant} == {None: 2, "calm": 1}


def test_no_answers_make_a_report_that_says_so() -> None:
    body = built([], Topics((), (), ()))

    text = report_text.markdown(body, UNTIL - timedelta(days=1), UNTIL)
    assert body.figures.down.value is None
    assert "Nothing was asked in this time." in text


def test_what_people_wrote_is_not_rendered() -> None:
    text = "![x](https://evil.example/?q) | `code` <script>"
    answers = [answered(question=text, rating="down") for _ in range(8)]
    topics = Topics((Topic(("a|b",), text, tuple(range(8))),), (), ())

    shown = report_text.markdown(built(answers, topics), UNTIL - timedelta(days=1), UNTIL)

    assert "- `![x](https://evil.example/?q) / 'code' <script>` down" in shown
    assert len({line.count("|") for line in shown.splitlines() if line.startswith("| 1 |")}) == 1


def test_examples_are_different_questions_and_bad_ones_first() -> None:
    same = [answered(question="Same?") for _ in range(5)]
    bad = answered(question="Bad?", rating="down", message_id=UUID(int=1))

    examples = built([*same, bad]).topics[0].examples

    assert [example.question for example in examples] == ["Bad?", "Same?"]
