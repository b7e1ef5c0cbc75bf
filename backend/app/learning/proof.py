"""Whether a change has helped: the same questions before and after it, those of its topic and of all others. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from app.learning.answer_figures import share
from app.learning.evaluation.scoring import Answer, Verdict
from app.learning.statistics import mcnemar
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import Compared, EvaluationRun, FailedCase, ProofAnswer, ProofOut, ProofRun, ProofVerdict

SIGNIFICANT = 0.05
# Of the words that a good answer is expected to say: nobody says a thing in all the same words
EXPECTED_SHARE = 0.5

Name = TypeVar("Name", str, UUID)


def held_out_problems(answer: Answer, expects: Sequence[str]) -> list[str]:
    if answer.error is not None:
        return [f"the turn failed: {answer.error}"]
    text = answer.text.lower()
    missing = [phrase for phrase in expects if phrase.lower() not in text]
    if len(expects) - len(missing) >= math.ceil(EXPECTED_SHARE * len(expects)):
        return []
    return [f"does not say {phrase!r}" for phrase in missing]


def unrelated_problems(answer: Answer, former: JudgedAnswer) -> list[str]:
    """As it was answered when nobody complained: with the same tools."""
    if answer.error is not None:
        return [f"the turn failed: {answer.error}"]
    if former.rating == "down":
        return []
    return [f"does not call {name}" for name in former.tools if name not in answer.tools]


def told(stored: dict[str, Any] | None) -> ProofOut | None:
    """With what follows from the runs that there are."""
    if stored is None:
        return None
    found = ProofOut.model_validate(stored)
    if found.before is None or found.after is None:
        return found
    before, after = found.before, found.after
    found.held_out = compare(_by_question(before.held_out), _by_question(after.held_out))
    found.unrelated = compare(_by_question(before.unrelated), _by_question(after.unrelated))
    if before.evaluation is not None and after.evaluation is not None:
        found.evaluation = compare(by_case(before.evaluation), by_case(after.evaluation))
    found.verdict = _verdict(found.held_out, [found.unrelated, found.evaluation])
    return found


def evaluation_run(verdicts: Iterable[Verdict]) -> EvaluationRun:
    ordered = sorted(verdicts, key=lambda verdict: verdict.case.id)
    return EvaluationRun(
        passed=[verdict.case.id for verdict in ordered if verdict.is_passed],
        failed=[
            FailedCase(case_id=verdict.case.id, question=verdict.case.question, problems=list(verdict.problems))
            for verdict in ordered
            if not verdict.is_passed
        ],
    )


def compare(first: Mapping[Name, bool], second: Mapping[Name, bool]) -> Compared:
    """Of the questions that both have, whether each was answered well."""
    both = [each for each in first if each in second]
    gained = sum(second[each] and not first[each] for each in both)
    lost = sum(first[each] and not second[each] for each in both)
    p_value = mcnemar(gained, lost)
    return Compared(
        before=share(sum(first[each] for each in both), len(both)),
        after=share(sum(second[each] for each in both), len(both)),
        gained=gained,
        lost=lost,
        p_value=p_value,
        is_significant=p_value < SIGNIFICANT,
    )


def by_case(run: EvaluationRun) -> dict[str, bool]:
    return dict.fromkeys(run.passed, True) | dict.fromkeys((each.case_id for each in run.failed), False)


def _by_question(answers: Iterable[ProofAnswer]) -> dict[UUID, bool]:
    return {each.message_id: each.is_good for each in answers}


def _verdict(held_out: Compared, others: Sequence[Compared | None]) -> ProofVerdict:
    if any(each is not None and each.is_significant and each.lost > each.gained for each in others):
        return "harmful"
    if not held_out.is_significant:
        return "no_difference"
    return "improved" if held_out.gained > held_out.lost else "harmful"


def stored(proof: ProofOut | None, run: ProofRun, *, is_after: bool) -> dict[str, Any]:
    """A run before the change makes one after an earlier change worthless."""
    before = proof.before if is_after and proof is not None else None if is_after else run
    kept = ProofOut(before=before, after=run if is_after else None)
    return kept.model_dump(mode="json", include={"before", "after"})
