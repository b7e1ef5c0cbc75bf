"""Writes AgentCoPilot/faults.md from the table that the fault suite plays.

Run as `python -m scripts.write_faults`.
"""

from collections.abc import Sequence

from app.agent.failover import FINAL
from app.config import REPOSITORY_ROOT
from tests.agent.fault_table import BREAKS, ODDITIES, REFUSALS, UNREACHABLE, Fault, Oddity, Unreachable

OUTPUT = REPOSITORY_ROOT / "AgentCoPilot" / "faults.md"

_HEAD = """# Faults of a provider

Written by `make gen` from the table that the tests play (`backend/tests/agent/fault_table.py`). Do not edit it: a test
fails on a difference.

What goes wrong at a provider, and what a person then sees. `backend/tests/agent/test_fault_suite.py` plays each row in
both wire formats at three places of a turn: before there is any text, after some text, after a tool has answered.

Everywhere: the question and the text so far are kept, the stream ends in `done` or `error`, no tool runs twice. A step
of which text has been shown is asked once only, for it cannot be taken back; the numbers below are for the others. With
a second provider a row marked *yes* ends in an answer instead of its sentence.
"""

_FINAL_CODES = {error.code for error in FINAL}


def document() -> str:
    return "\n".join(
        [
            _HEAD,
            "## The request is refused",
            *_failures(REFUSALS),
            "## The stream breaks",
            *_failures(BREAKS),
            "## The provider is not reached",
            *_failures(UNREACHABLE),
            "## The model does something strange",
            "",
            "The turn goes on to an answer.",
            "",
            "| what | calls carried out | the model is told | the turn ends as |",
            "|---|---|---|---|",
            *(_oddity(oddity) for oddity in ODDITIES),
            "",
        ]
    )


def _failures(faults: Sequence[Fault | Unreachable]) -> list[str]:
    head = ["", "| what | times asked | second provider | what the person is told | code |", "|---|---|---|---|---|"]
    return [*head, *(_failure(fault) for fault in faults), ""]


def _failure(fault: Fault | Unreachable) -> str:
    seen = fault.seen
    is_passed_on = "no" if seen.code in _FINAL_CODES else "yes"
    retry = "; may be tried again" if seen.is_retryable else ""
    return f"| {fault.name} | {fault.tries} | {is_passed_on} | {seen.sentence} | `{seen.code}`{retry} |"


def _oddity(oddity: Oddity) -> str:
    told = ", ".join(f"`{code}`" for code in oddity.told) or "-"
    return f"| {oddity.name} | {len(oddity.windows)} | {told} | `{oddity.ends}` |"


if __name__ == "__main__":
    OUTPUT.write_text(document(), encoding="utf-8")
    print(f"Wrote {OUTPUT}")
