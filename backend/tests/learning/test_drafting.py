from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from app.learning import drafting, report
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import TopicOut
from tests.learning.test_report import answered, one_topic, used


def judged(**columns: Any) -> JudgedAnswer:
    given: dict[str, Any] = {
        "message_id": uuid4(), "question": "Why is my beta 1.2?", "answer": "It is 1.2.", "rating": None,
        "reason": None, "comment": None, "edited_text": None, "tools": [],
    }  # fmt: skip
    return JudgedAnswer(**given | columns)


def topic(**columns: Any) -> TopicOut:
    answers = [answered(**columns) for _ in range(8)]
    return report.build(answers, one_topic(answers), is_cut=False).topics[0]


def test_a_reason_given_twice_becomes_a_rule() -> None:
    once, twice = ([judged(rating="down", reason="too_long")] * count for count in (1, 2))

    assert [draft.kind for draft in drafting.drafts(topic(), once)] == ["document"]
    assert [draft.kind for draft in drafting.drafts(topic(), twice)] == ["document", "rule"]


def test_figures_from_nowhere_become_a_rule() -> None:
    rule = drafting.drafts(topic(untraced=1), [])[-1]

    assert (rule.kind, "no figure that no tool has given" in rule.content) == ("rule", True)


def test_a_tool_that_is_left_out_is_asked_for_and_one_that_is_not_there_is_wanted() -> None:
    answers = [answered(tools=(used("get_beta"),)) for _ in range(6)]
    answers.append(answered(tools=(used("get_gamma", error="unknown_tool"),)))
    found = report.build(answers, one_topic(answers), is_cut=False).topics[0]

    drafts = {draft.kind: draft.content for draft in drafting.drafts(found, [])}

    assert "`get_beta`" in drafts["prompt"]
    assert "`get_gamma`" in drafts["tool"]


def test_evidence_has_no_figures_and_begins_with_corrections() -> None:
    found = drafting.evidence([judged(), judged(edited_text="Because tech weighs 45 %.", rating="down")])

    assert found[0].edited_text == "Because tech weighs \u2026."
    assert [each.answer for each in found] == ["It is \u2026."] * 2


def test_a_good_answer_says_what_corrections_say_and_bad_ones_do_not() -> None:
    answers = [
        judged(rating="down", answer="The notice period is unknown.", edited_text=f"Redemption gates apply, {word}.")
        for word in ("quarterly", "each time", "always")
    ]

    assert drafting.expected_words(answers) == ["redemption", "apply", "gates"]


def test_about_half_of_the_answers_are_held_out() -> None:
    ids = [uuid5(NAMESPACE_URL, str(number)) for number in range(400)]

    assert 140 < sum(map(drafting.is_held_out, ids)) < 260


def test_the_same_correction_of_the_same_question_is_told_once() -> None:
    said = [judged(edited_text=words) for words in ("Say the window.", "Say the window.", "Say why.")]

    assert [each.edited_text for each in drafting.evidence(said)] == ["Say the window.", "Say why."]
