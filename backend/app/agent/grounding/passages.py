"""An answer in pieces: sentences and table cells, each with the words around it that say what its figures are of.

Nothing is moved: what is not prose (code, addresses, marks of emphasis and lists) becomes blanks of the same length.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[int, int]

_CODE = re.compile(r"(?P<fence>`{3,}|~{3,}).*?(?:(?P=fence)|\Z)|(?P<tick>`{1,2})[^`\n]+(?P=tick)", re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>|)]+|(?<=\])\([^)\s]*\)|<[a-z/][^<>\n]{0,200}>", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+)?\d{1,3}[.)](?=[ \t])", re.MULTILINE)
_CITATION = re.compile(r"\[\^?\d{1,3}\]")
_MARKS = re.compile(r"[*`\\]|~~|^[ \t]*(?:#{1,6}(?=\s)|>|[-+*](?=[ \t]))", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{3,}:?[ \t]*(?:\|[ \t]*:?-{3,}:?[ \t]*)*\|?[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]")
_CELL_END = re.compile(r"(?<!\\)\|")
# A full stop ends a sentence where the next one begins; none of these abbreviations does
_SENTENCE_END = re.compile(
    r"(?<!\bInc)(?<!\bCorp)(?<!\bCo)(?<!\bLtd)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bapprox)(?<!\bca)(?<!\bNo)"
    r"[.!?](?=\s)[\s]+(?=[^\sa-z])"
)
# A sentence of a person; what goes on for longer is a list or a table
MAX_QUOTED_CHARS = 300


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, or the cell of a table. `row` is the cell's whole row, `head` the head of its column, `corner`
    that of the first one.

    `before` is what stands before a sentence in its paragraph; `lead` the block before this one.
    """

    span: Span
    row: Span | None = None
    head: Span | None = None
    corner: Span | None = None
    before: Span | None = None
    lead: Span | None = None
    is_item: bool = False

    @property
    def is_led(self) -> bool:
        """Whether the lead speaks of what this one is of."""
        return self.is_item or self.is_cell

    @property
    def is_cell(self) -> bool:
        return self.row is not None


def sentence_at(text: str, place: int) -> str:
    """The sentence, or the line, that stands there: what is quoted of a text in which a figure was found."""
    begun = [text.rfind("\n", 0, place) + 1, *(end.end() for end in _SENTENCE_END.finditer(text, 0, place))]
    start = max(*begun, place - MAX_QUOTED_CHARS // 2)
    line_end = text.find("\n", place)
    following = _SENTENCE_END.search(text, place)
    ends = [len(text) if line_end < 0 else line_end, len(text) if following is None else following.start() + 1]
    return text[start : min(*ends, start + MAX_QUOTED_CHARS)].strip()


def prose(text: str) -> str:
    """The text with blanks for whatever is not read."""
    for pattern in (_CODE, _ADDRESS, _CITATION, _LIST_NUMBER, _MARKS):
        text = pattern.sub(_blanks, text)
    return text


def passages(text: str, prose_text: str) -> list[Passage]:
    """In order of the text. `text` tells tables and blocks apart, `prose_text` where sentences end."""
    found: list[Passage] = []
    lead: Span | None = None
    lines = _lines(text)
    number = 0
    while number < len(lines):
        line = lines[number]
        if number + 1 < len(lines) and "|" in text[slice(*line)] and _RULE.match(text[slice(*lines[number + 1])]):
            end = _table_end(text, lines, number + 2)
            found += _cells(text, lines[number], lines[number + 2 : end], lead)
            number = end
            continue
        number += 1
        if not prose_text[slice(*line)].strip():
            continue
        is_item = _ITEM.match(text, line[0]) is not None
        found += _sentences(prose_text, line, lead, is_item=is_item)
        # The items of a list share what stands before the first
        if not is_item:
            lead = line if _introduces(text[slice(*line)]) or _precedes_table(text, lines, number) else None
    return found


def _introduces(line: str) -> bool:
    """Whether a line is the heading of what follows."""
    bare = line.strip().strip("*_ ")
    return (
        bare.endswith(":")
        or line.lstrip().startswith("#")
        or (line.strip().startswith("**") and line.strip().endswith("**"))
    )


def _precedes_table(text: str, lines: list[Span], number: int) -> bool:
    following = next((line for line in lines[number:] if text[slice(*line)].strip()), None)
    return following is not None and "|" in text[slice(*following)]


def _blanks(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _lines(text: str) -> list[Span]:
    spans, start = [], 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _table_end(text: str, lines: list[Span], number: int) -> int:
    while number < len(lines) and "|" in text[slice(*lines[number])]:
        number += 1
    return number


def _cells(text: str, header: Span, rows: list[Span], lead: Span | None) -> Iterator[Passage]:
    heads = _split(text, header)
    for cell in heads:
        yield Passage(cell, row=header, head=cell, lead=lead)
    for row in rows:
        for column, cell in enumerate(_split(text, row)):
            yield Passage(
                cell,
                row=row,
                head=heads[column] if column < len(heads) else None,
                corner=heads[0] if column and heads else None,
                lead=lead,
            )


def _split(text: str, line: Span) -> list[Span]:
    start, end = line
    content = text[start:end]
    indent = len(content) - len(content.lstrip())
    start += indent + (1 if content.lstrip().startswith("|") else 0)
    cells = []
    for mark in _CELL_END.finditer(text, start, end):
        cells.append((start, mark.start()))
        start = mark.end()
    if text[start:end].strip():
        cells.append((start, end))
    return cells


def _sentences(text: str, line: Span, lead: Span | None, *, is_item: bool) -> Iterator[Passage]:
    start, end = line
    first = start
    for mark in _SENTENCE_END.finditer(text, start, end):
        yield Passage((start, mark.end()), before=(first, start), lead=lead, is_item=is_item)
        start = mark.end()
    if start < end:
        yield Passage((start, end), before=(first, start), lead=lead, is_item=is_item)
