"""A report for reading, in Markdown. What people wrote stands in code marks: it is shown, not rendered."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from app.schemas.learning import AnswerFigures, Named, ReportBody, ShareOut, ToolFigures, TopicOut

_WEAKNESSES = {
    "thumbs_down": "thumbs down",
    "untraced_figures": "figures without a source",
    "failing": "turns that fail",
}
_HEAD = "| answers | people | thumbs down | failed | untraced | cost | median | 90 % below |"
_RULE = "|---:|---:|---|---|---|---:|---:|---:|"


def markdown(body: ReportBody, since: datetime, until: datetime) -> str:
    lines = [
        "# What was asked, and how well it was answered",
        "",
        f"{since:%Y-%m-%d} to {until:%Y-%m-%d}. Shares have 95 % Wilson intervals; thumbs down are of the answers that "
        "were rated, untraced of those with figures.",
        "",
        *_whole(body),
        *_topics(body.topics),
        *_tools("Tools", body.tools),
        *_named("By model", "model", body.by_model),
        *_named("By routing variant", "variant", body.by_variant),
        *(line for topic in body.topics if topic.weaknesses for line in _poor(topic)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _whole(body: ReportBody) -> Iterator[str]:
    yield from (_HEAD, _RULE, f"| {_cells(body.figures)} |", "")
    if not body.figures.answers:
        yield "Nothing was asked in this time."
    if body.unsorted:
        yield f"In no topic, for too few others ask the like: {body.unsorted}."
    if body.unread:
        yield f"In a script that the bundled embedding model does not know: {body.unread}."
    if body.is_cut:
        yield "There were more answers than are looked at: the oldest are left out."
    yield ""


def _topics(topics: Sequence[TopicOut]) -> Iterator[str]:
    if not topics:
        return
    yield from ("## Topics", "", f"| | topic | trend | needs work {_HEAD}", f"|---:|---|---|---{_RULE}")
    for topic in topics:
        weak = ", ".join(_WEAKNESSES[name] for name in topic.weaknesses)
        yield f"| {topic.number} | {code(topic.name)} | {topic.trend.direction} | {weak} | {_cells(topic.figures)} |"
    yield ""


def _poor(topic: TopicOut) -> Iterator[str]:
    yield from (f"## Topic {topic.number}: {code(topic.name)}", "")
    yield f"Typical: {code(topic.question)}"
    if topic.reasons:
        yield f"Reasons given: {', '.join(f'{name} {count}' for name, count in topic.reasons.items())}"
    for missing in topic.missing_tools:
        yield f"Without `{missing.name}`, which most used: {missing.without}"
    yield ""
    yield from (f"- {code(example.question)} {example.rating or ''}".rstrip() for example in topic.examples)
    yield ""
    yield from _tools("", topic.tools)


def _tools(title: str, used: Sequence[ToolFigures]) -> Iterator[str]:
    if not used:
        return
    if title:
        yield from (f"## {title}", "")
    yield from ("| tool | answers | calls | failed | repeated | median |", "|---|---:|---:|---:|---:|---:|")
    for tool in used:
        times = _time(tool.median_ms)
        yield f"| {code(tool.name)} | {tool.answers} | {tool.calls} | {tool.failed} | {tool.repeated} | {times} |"
    yield ""


def _named(title: str, column: str, groups: Sequence[Named]) -> Iterator[str]:
    if not groups:
        return
    yield from (f"## {title}", "", f"| {column} {_HEAD}", f"|---{_RULE}")
    for group in groups:
        name = " ".join(filter(None, (group.provider, group.model, group.variant)))
        yield f"| {code(name) if name else 'none'} | {_cells(group.figures)} |"
    yield ""


def _cells(found: AnswerFigures) -> str:
    shares = (_share(found.down), _share(found.failed), _share(found.untraced))
    times = (_time(found.median_ms), _time(found.p90_ms))
    return " | ".join((str(found.answers), str(found.people), *shares, _cost(found), *times))


def _share(share: ShareOut) -> str:
    if share.value is None:
        return "-"
    return f"{share.count} of {share.total} ({share.low:.0%} to {share.high:.0%})"


def _cost(found: AnswerFigures) -> str:
    if found.cost_usd is None:
        return "-"
    unknown = f" + {found.answers_of_unknown_cost} unknown" if found.answers_of_unknown_cost else ""
    return f"${found.cost_usd:.4f}{unknown}"


def _time(milliseconds: int | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds / 1000:.1f} s"


def code(text: str) -> str:
    plain = text.replace("`", "'").replace("|", "/").replace("\n", " ")
    return f"`{plain}`"
