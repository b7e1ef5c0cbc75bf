"""A proof for reading, in Markdown. What people wrote stands in code marks: it is shown, not rendered."""

from collections.abc import Iterator, Sequence

from app.learning.proof import by_case
from app.learning.report_text import code
from app.schemas.learning import Compared, EvaluationRun, ProofAnswer, ProofOut, ProofRun, ShareOut

_VERDICTS = {
    "pending": "Not known yet: it takes a run before approval and one after it.",
    "improved": "It helps: more of the topic's questions are answered well, and that is more than chance.",
    "no_difference": "No difference that is more than chance.",
    "harmful": "It harms: fewer questions are answered well than before, and that is more than chance.",
}


def markdown(title: str, found: ProofOut | None) -> str | None:
    if found is None:
        return None
    lines = [
        f"# Before and after: {code(title)}",
        "",
        _VERDICTS[found.verdict],
        "",
        *_runs(found),
        "",
        *_compared(found),
        *_changed(found),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _runs(found: ProofOut) -> Iterator[str]:
    for name, run in (("Before", found.before), ("After", found.after)):
        if run is not None:
            left_out = "" if run.evaluation else ", without the evaluation"
            yield f"- {name}: {run.at:%Y-%m-%d %H:%M} UTC, provider {code(run.provider)}{left_out}; good: {_good(run)}"


def _good(run: ProofRun) -> str:
    parts = [
        f"{sum(each.is_good for each in answers)} of {len(answers)} {what}"
        for answers, what in ((run.held_out, "of the topic"), (run.unrelated, "of other topics"))
    ]
    if run.evaluation is not None:
        passed, failed = len(run.evaluation.passed), len(run.evaluation.failed)
        parts.append(f"{passed} of {passed + failed} cases of the evaluation")
    return ", ".join(parts)


def _compared(found: ProofOut) -> Iterator[str]:
    rows: Sequence[tuple[str, Compared | None]] = (
        ("of the topic, held out", found.held_out),
        ("of other topics", found.unrelated),
        ("evaluation", found.evaluation),
    )
    if not any(compared for _, compared in rows):
        return
    yield from (
        "| questions | good before | good after | gained | lost | exact McNemar p |",
        "|---|---|---|---:|---:|---:|",
    )
    for name, compared in rows:
        if compared is not None:
            cells = (_share(compared.before), _share(compared.after), compared.gained, compared.lost)
            yield f"| {name} | {' | '.join(map(str, cells))} | {compared.p_value:.3g} |"
    yield from ("", "Shares have 95 % Wilson intervals; the test is of the same questions in pairs, two-sided.", "")


def _changed(found: ProofOut) -> Iterator[str]:
    before, after = found.before, found.after
    if before is None or after is None:
        return
    for what in ("held_out", "unrelated"):
        yield from _lost(what, getattr(before, what), getattr(after, what))
    if before.evaluation is not None and after.evaluation is not None:
        yield from _lost_cases(before.evaluation, after.evaluation)


def _lost(what: str, before: Sequence[ProofAnswer], after: Sequence[ProofAnswer]) -> Iterator[str]:
    was_good = {each.message_id for each in before if each.is_good}
    lost = [each for each in after if each.message_id in was_good and not each.is_good]
    if lost:
        yield from (f"## Lost: {what.replace('_', ' ')} ({len(lost)})", "")
        yield from (f"- {code(each.question)}: {code('; '.join(each.problems))}" for each in lost)
        yield ""


def _lost_cases(before: EvaluationRun, after: EvaluationRun) -> Iterator[str]:
    was_good = by_case(before)
    lost = [each for each in after.failed if was_good.get(each.case_id)]
    if lost:
        yield from (f"## Lost: evaluation ({len(lost)})", "")
        yield from (f"- {code(each.case_id)}, {code(each.question)}: {code('; '.join(each.problems))}" for each in lost)
        yield ""


def _share(share: ShareOut) -> str:
    return f"{share.count} of {share.total} ({share.low:.0%} to {share.high:.0%})"
