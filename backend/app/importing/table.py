"""Finding a header in a sheet, and reading the rows under it by the names of their columns."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.importing.display import shown
from app.importing.errors import DuplicateHeaders
from app.importing.parsed import RowProblem
from app.importing.reader import Row

# Titles before the header: brokers write up to a dozen lines of them
HEADER_SEARCH_ROWS = 30


def normalised(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").split())


def names_of(row: Row) -> frozenset[str]:
    return frozenset(normalised(cell) for cell in row.cells if cell)


@dataclass(frozen=True, slots=True)
class Header:
    """Columns by normalised name. `written` is how the file spells them, for telling a person."""

    row: int
    positions: Mapping[str, int]
    written: Mapping[str, str]

    @classmethod
    def of(cls, row: Row) -> "Header":
        """Raises `DuplicateHeaders`: which of two columns is meant cannot be known."""
        named = [(normalised(cell), index) for index, cell in enumerate(row.cells) if cell]
        counts = Counter(name for name, _ in named)
        written = {normalised(cell): cell for cell in row.cells if cell}
        if repeated := [written[name] for name, count in counts.items() if count > 1]:
            raise DuplicateHeaders(row.number, repeated)
        return cls(row.number, dict(named), written)

    def __contains__(self, name: str) -> bool:
        return name in self.positions

    def first_of(self, *names: str) -> str:
        """The first of several spellings that the file has; the last one where it has none."""
        return next((name for name in names if name in self.positions), names[-1])

    def cell(self, row: Row, name: str) -> str:
        """Empty where the file has no such column, or the row ends before it."""
        position = self.positions.get(name)
        return row.cells[position] if position is not None and position < len(row.cells) else ""

    def label(self, name: str) -> str:
        return self.written.get(name, name)

    def refuse_overlong(self, row: Row) -> None:
        """A value beyond the last column means that the cells have shifted, often by an unquoted comma."""
        width = max(self.positions.values()) + 1
        extra = next((cell for cell in row.cells[width:] if cell), None)
        if extra is not None:
            reason = f"a value beyond the last column: the row has {len(row.cells)} cells, the header {width}"
            raise RowProblem(None, shown(extra), reason, "Put numbers and names that contain the separator in quotes.")


def find_header(rows: Iterable[Row], required: frozenset[str]) -> int | None:
    """Index of the first row that has all the names."""
    for index, row in enumerate(rows):
        if index >= HEADER_SEARCH_ROWS:
            return None
        if required <= names_of(row):
            return index
    return None
