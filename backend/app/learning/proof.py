"""Whether a change has helped: the same questions before and after it, and those of other topics. Pure."""

import math
from collections.abc import Sequence
from typing import Any

from app.learning.answer_figures import share
from app.learning.evaluation.scoring import Answer
from app.learning.statistics import mcnemar
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import Compared, ProofAnswer, ProofOut, ProofRun

SIGNIFICANT = 0.05
# Of the words that a good answer is expected to say: nobody says a thing in all the same words
EXPECTED_SHARE = 0.5


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
    held_out = compare(found.before.held_out, found.after.held_out)
    unrelated = compare(found.before.unrelated, found.after.unrelated)
    found.held_out, found.unrelated = held_out, unrelated
    if unrelated.is_significant and unrelated.lost > unrelated.gained:
        found.verdict = "harmful"
    elif held_out.is_significant:
        found.verdict = "improved" if held_out.gained > held_out.lost else "harmful"
    else:
        found.verdict = "no_difference"
    return found


def compare(before: Sequence[ProofAnswer], after: Sequence[ProofAnswer]) -> Compared:
    """Of the questions that both have."""
    first, second = ({each.message_id: each.is_good for each in answers} for answers in (before, after))
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


def stored(proof: ProofOut | None, run: ProofRun, *, is_after: bool) -> dict[str, Any]:
    """A run before the change makes one after an earlier change worthless."""
    before = proof.before if is_after and proof is not None else None if is_after else run
    kept = ProofOut(before=before, after=run if is_after else None)
    return kept.model_dump(mode="json", include={"before", "after"})
