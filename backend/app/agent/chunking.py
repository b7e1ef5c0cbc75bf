"""A document cut into passages: by its headings where it has some, between sentences where a section is long.

Pure text in, passages out. A span gives the places of a passage's characters in the document's body.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Words and marks. About 300 of a chat model's tokens; the bundled embedding model reads 256 of its own, title included
MAX_TOKENS = 200
SECTION_SEPARATOR = " \u203a "
MAX_TITLE_CHARS = 200

_TOKEN = re.compile(r"\w+|[^\w\s]")
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_FENCE = re.compile(r"[ \t]*(```|~~~)")
# The body is normalised (`document_text`): no run of blank lines or spaces can make this slow
_SENTENCE_END = re.compile(r"(?<=[.!?:;])[\"')\]]*\s+|\n\n|\n(?=[ \t]*(?:[-*|]|\d+\.)[ \t])")


@dataclass(frozen=True, slots=True)
class Chunk:
    """`section` is the path of headings below the document's title."""

    section: str
    content: str
    span: tuple[int, int]

    def embedded_text(self, title: str) -> str:
        """What the embedding is of: without its title a passage does not say what it is about."""
        heading = SECTION_SEPARATOR.join(filter(None, (title, self.section)))
        return f"{heading}\n{self.content}"

    def digest(self, title: str) -> str:
        return hashlib.sha256(self.embedded_text(title).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int


def count_tokens(text: str) -> int:
    return sum(1 for _ in _TOKEN.finditer(text))


def split(body: str, title: str = "") -> list[Chunk]:
    """Passages in their order; none is empty. A heading that is the document's title is in no section's path."""
    return [chunk for section, start, end in _sections(body, title) for chunk in _cut(body, section, start, end)]


def _sections(body: str, title: str) -> Iterator[tuple[str, int, int]]:
    """Each section's path, and where its text begins and ends."""
    path: list[tuple[int, str]] = []
    start = 0
    for level, name, first, last in _headings(body):
        yield _joined(path), start, first
        path = [(depth, above) for depth, above in path if depth < level]
        if name != title:
            path.append((level, name))
        start = last
    yield _joined(path), start, len(body)


def _headings(body: str) -> Iterator[tuple[int, str, int, int]]:
    """Level, name, beginning and end of each heading. A line of code may begin like one."""
    place, fence = 0, ""
    for line in body.splitlines(keepends=True):
        if mark := _FENCE.match(line):
            fence = "" if fence == mark[1] else fence or mark[1]
        elif not fence and (heading := _HEADING.match(line)):
            yield len(heading[1]), heading[2].rstrip("# \t\n"), place, place + len(line)
        place += len(line)


def _joined(path: list[tuple[int, str]]) -> str:
    return SECTION_SEPARATOR.join(name for _, name in path)[:MAX_TITLE_CHARS]


def _cut(body: str, section: str, start: int, end: int) -> Iterator[Chunk]:
    """In parts of about one length: otherwise a section a little too long ends in a scrap that matches anything."""
    pieces = list(_pieces(body, start, end))
    left = sum(piece.tokens for piece in pieces)
    group: list[_Piece] = []
    size = 0
    for piece in pieces:
        if group and (size + piece.tokens > MAX_TOKENS or size + piece.tokens / 2 > _goal(left)):
            yield _chunk(body, section, group)
            left -= size
            group, size = [], 0
        group.append(piece)
        size += piece.tokens
    if group:
        yield _chunk(body, section, group)


def _goal(left: int) -> float:
    """The size of the next part where so much is left."""
    return left / -(-left // MAX_TOKENS)


def _chunk(body: str, section: str, group: list[_Piece]) -> Chunk:
    start, end = group[0].start, group[-1].end
    return Chunk(section, body[start:end], (start, end))


def _pieces(body: str, start: int, end: int) -> Iterator[_Piece]:
    """Sentences; and of what has no sentences, runs of words."""
    for first, last in _sentences(body, start, end):
        if count_tokens(body[first:last]) <= MAX_TOKENS:
            yield _piece(body, first, last)
        else:
            yield from _runs(body, first, last)


def _sentences(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for mark in _SENTENCE_END.finditer(body, start, end):
        yield from _trimmed(body, first, mark.start())
        first = mark.end()
    yield from _trimmed(body, first, end)


def _runs(body: str, start: int, end: int) -> Iterator[_Piece]:
    tokens = list(_TOKEN.finditer(body, start, end))
    for place in range(0, len(tokens), MAX_TOKENS):
        run = tokens[place : place + MAX_TOKENS]
        yield _Piece(run[0].start(), run[-1].end(), len(run))


def _piece(body: str, start: int, end: int) -> _Piece:
    return _Piece(start, end, count_tokens(body[start:end]))


def _trimmed(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    text = body[start:end]
    if stripped := text.strip():
        begin = start + text.index(stripped)
        yield begin, begin + len(stripped)
