"""The perturbation test on a fixed sample; `make bench ONLY=grounding_perturbation` runs the whole.

Takes a few seconds: it checks some 250 answers, each as a turn would.
"""

from app.db import Database
from benchmarks._grounding_changes import KINDS
from benchmarks.grounding_perturbation import FALSE_GOAL, FLAGGED_GOAL, collect, tally

ANSWERS = 45


async def test_wrong_figures_are_flagged_and_true_ones_are_not(demo_world: Database) -> None:
    found = tally(await collect(demo_world, ANSWERS))
    by_kind = {kind: f"{found.flagged[kind]} of {found.made[kind]}" for kind in (*KINDS, "true")}
    print(by_kind)
    assert all(found.made[kind] > ANSWERS // 3 for kind in KINDS), by_kind
    assert found.share_of_changed >= FLAGGED_GOAL, by_kind
    assert found.share_of_true <= FALSE_GOAL, by_kind
