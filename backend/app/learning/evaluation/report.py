"""What an evaluation found, for people (Markdown) and for programs (JSON)."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from app.learning.evaluation.scoring import Verdict
from app.learning.statistics import Share, mcnemar

SIGNIFICANT = 0.05


def share_of(verdicts: Sequence[Verdict]) -> Share:
    return Share(sum(verdict.is_passed for verdict in verdicts), len(verdicts))


def record(verdicts: Sequence[Verdict], **about: Any) -> dict[str, Any]:
    """JSON-ready; `about` says what was evaluated (provider, model)."""
    return {**about, "cases": [_case(verdict) for verdict in _in_order(verdicts)]}


def markdown(verdicts: Sequence[Verdict], **about: str) -> str:
    whole = share_of(verdicts)
    lines = [
        "# Evaluation",
        "",
        *(f"- {key}: {value}" for key, value in about.items()),
        f"- passed: {_shown(whole)}",
        f"- median time: {_median([verdict.answer.seconds for verdict in verdicts]):.2f} s",
        f"- cost: {_cost(verdicts)}",
        "",
        "| group | passed | of | share | 95 % interval |",
        "|---|---:|---:|---:|---|",
        *(_row(name, share_of(list(of))) for name, of in _grouped(verdicts)),
        "",
        *_failures(verdicts),
    ]
    return "\n".join(lines) + "\n"


def comparison(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Two records of the same cases; what only one of them has is left out, and counted."""
    first, second = ({case["id"]: case["passed"] for case in record["cases"]} for record in (before, after))
    both = [name for name in first if name in second]
    gained = [name for name in both if second[name] and not first[name]]
    lost = [name for name in both if first[name] and not second[name]]
    p_value = mcnemar(len(gained), len(lost))
    verdict = "more than chance" if p_value < SIGNIFICANT else "no more than chance would do"
    return "\n".join([
        "# Comparison",
        "",
        f"- before: {_shown(Share(sum(first[name] for name in both), len(both)))}",
        f"- after: {_shown(Share(sum(second[name] for name in both), len(both)))}",
        f"- exact McNemar test: p = {p_value:.3g}, {verdict}",
        f"- in one of them only, and left out: {len(first.keys() ^ second.keys())}",
        "",
        f"Gained ({len(gained)}): {', '.join(gained) or 'none'}",
        "",
        f"Lost ({len(lost)}): {', '.join(lost) or 'none'}",
        "",
    ])  # fmt: skip


def write(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _case(verdict: Verdict) -> dict[str, Any]:
    answer = verdict.answer
    return {
        "id": verdict.case.id,
        "group": verdict.case.group,
        "question": verdict.case.question,
        "passed": verdict.is_passed,
        "problems": list(verdict.problems),
        "tools": list(answer.tools),
        "answer": answer.text,
        "error": answer.error,
        "seconds": round(answer.seconds, 3),
        "cost_usd": answer.cost_usd,
    }


def _in_order(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return sorted(verdicts, key=lambda verdict: (verdict.case.group, verdict.case.id))


def _grouped(verdicts: Sequence[Verdict]) -> Iterator[tuple[str, Iterator[Verdict]]]:
    return groupby(_in_order(verdicts), key=lambda verdict: verdict.case.group)


def _row(name: str, share: Share) -> str:
    low, high = share.interval
    return f"| {name} | {share.count} | {share.total} | {share.value or 0:.0%} | {low:.0%} to {high:.0%} |"


def _shown(share: Share) -> str:
    low, high = share.interval
    return f"{share.count} of {share.total} ({share.value or 0:.1%}; 95 % interval {low:.1%} to {high:.1%})"


def _failures(verdicts: Sequence[Verdict]) -> Iterator[str]:
    failed = [verdict for verdict in _in_order(verdicts) if not verdict.is_passed]
    yield f"## Failed ({len(failed)})"
    for verdict in failed:
        yield f"- `{verdict.case.id}` {verdict.case.question!r}: {'; '.join(verdict.problems)}"


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0


def _cost(verdicts: Sequence[Verdict]) -> str:
    costs = [verdict.answer.cost_usd for verdict in verdicts]
    known = [cost for cost in costs if cost is not None]
    return f"${sum(known):.4f}" + (f" and {len(costs) - len(known)} answers of unknown cost" if None in costs else "")
