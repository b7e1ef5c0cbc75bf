"""Two runs side by side, as data and as text."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import pytest

from app.learning import proof, proof_text
from app.schemas.learning import EvaluationRun, FailedCase, ProofAnswer, ProofOut, ProofRun

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
CASES = 20


def answers(kind: str, good: int, total: int = 10) -> list[ProofAnswer]:
    return [
        ProofAnswer(
            message_id=uuid5(NAMESPACE_URL, f"{kind}/{number}"),
            question=f"{kind} `{number}`?",
            is_good=number < good,
            problems=[] if number < good else ["does not say 'gates'"],
        )
        for number in range(total)
    ]


def evaluation(good: int) -> EvaluationRun:
    names = [f"case-{number}" for number in range(CASES)]
    failed = [FailedCase(case_id=name, question=f"What is {name}?", problems=["did not call get_beta"])
              for name in names[good:]]  # fmt: skip
    return EvaluationRun(passed=names[:good], failed=failed)


def run(*, held_out: int, unrelated: int = 10, cases: int | None = CASES) -> ProofRun:
    return ProofRun(
        at=AT,
        provider="offline",
        held_out=answers("topic", held_out),
        unrelated=answers("other", unrelated),
        evaluation=None if cases is None else evaluation(cases),
    )


def told(before: ProofRun, after: ProofRun) -> ProofOut:
    found = proof.told(proof.stored(ProofOut(before=before), after, is_after=True))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (run(held_out=0), run(held_out=9), "improved"),
        (run(held_out=0), run(held_out=5), "no_difference"),
        (run(held_out=9), run(held_out=0), "harmful"),
        (run(held_out=0), run(held_out=9, unrelated=4), "harmful"),
        (run(held_out=0), run(held_out=9, cases=14), "harmful"),
        (run(held_out=0), run(held_out=9, cases=15), "improved"),
        (run(held_out=0, cases=5), run(held_out=9, cases=20), "improved"),
    ],
)
def test_what_is_won_on_the_topic_does_not_make_up_for_what_is_lost_elsewhere(
    before: ProofRun, after: ProofRun, verdict: str
) -> None:
    assert told(before, after).verdict == verdict


def test_the_evaluation_is_compared_only_where_both_runs_have_asked_it() -> None:
    both = told(run(held_out=0, cases=18), run(held_out=9, cases=16)).evaluation
    assert both is not None
    assert (both.before.count, both.after.count, both.gained, both.lost) == (18, 16, 0, 2)

    assert told(run(held_out=0, cases=None), run(held_out=9)).evaluation is None
    assert told(run(held_out=0), run(held_out=9, cases=None)).evaluation is None


def test_the_text_names_what_was_lost_and_renders_nothing_that_people_wrote() -> None:
    found = told(run(held_out=0), run(held_out=9, unrelated=9, cases=19))

    text = proof_text.markdown("Getting `out` | of it", found)

    assert text is not None
    assert text.startswith("# Before and after: `Getting 'out' / of it`\n\nIt helps")
    assert "| evaluation | 20 of 20 (84% to 100%) | 19 of 20 (76% to 99%) | 0 | 1 | 1 |" in text
    assert "| of the topic, held out | 0 of 10 (0% to 28%) | 9 of 10 (60% to 98%) | 9 | 0 | 0.00391 |" in text
    assert "- `other '9'?`: `does not say 'gates'`" in text
    assert "- `case-19`, `What is case-19?`: `did not call get_beta`" in text


def test_the_text_of_half_a_proof_says_what_is_missing() -> None:
    half = proof.told(proof.stored(None, run(held_out=3, cases=None), is_after=False))

    text = proof_text.markdown("Getting out", half)

    assert text is not None
    assert "Not known yet" in text
    assert "without the evaluation; good: 3 of 10 of the topic, 10 of 10 of other topics" in text
    assert proof_text.markdown("Getting out", None) is None
