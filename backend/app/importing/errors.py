"""Why a whole file is refused. A single row that cannot be taken is a `RowProblem`.

FileRefused                  422
├── FileTooLarge             413
├── NotATextFile             a spreadsheet, an archive, a picture
├── EmptyFile
├── TooManyRows, TooManyColumns, LineTooLong
├── UnreadableCsv, UnreadableJson
├── DuplicateHeaders
├── MissingColumns
└── UnknownFormat
"""

from collections.abc import Iterable

from app.errors import Invalid
from app.importing.display import sentence_list, shown

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
# A record of the widest known export has about 1,500 characters
MAX_LINE_CHARS = 32_768
# A quoted cell may hold line breaks; a quote that is never closed must not swallow the file
MAX_LINES_A_RECORD = 100


class FileRefused(Invalid):
    code = "file_refused"


class FileTooLarge(FileRefused):
    status = 413
    code = "too_large"
    detail = f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it, or leave out what is not a position."


class NotATextFile(FileRefused):
    code = "not_a_text_file"

    def __init__(self, kind: str, remedy: str) -> None:
        super().__init__(f"This is {kind}, not a CSV or JSON file. {remedy}")


class EmptyFile(FileRefused):
    code = "empty_file"
    detail = "The file is empty. Export it again, or start from the CSV template."


class TooManyRows(FileRefused):
    code = "too_many_rows"
    detail = f"The file has more than {MAX_ROWS:,} rows. Split it into smaller files."


class TooManyColumns(FileRefused):
    code = "too_many_columns"

    def __init__(self, row: int) -> None:
        super().__init__(
            f"Row {row} has more than {MAX_COLUMNS} columns. Check that the file is an export of positions."
        )


class LineTooLong(FileRefused):
    code = "line_too_long"

    def __init__(self, line: int) -> None:
        super().__init__(
            f"Line {line} is longer than {MAX_LINE_CHARS:,} characters, or a quote before it was never closed."
        )


class UnreadableCsv(FileRefused):
    code = "unreadable_csv"

    def __init__(self, row: int) -> None:
        super().__init__(
            f"The CSV cannot be read at row {row}: a quote was opened and not closed, or a cell is too long."
        )


class UnreadableJson(FileRefused):
    code = "unreadable_json"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The JSON cannot be read: {reason}.")


class DuplicateHeaders(FileRefused):
    code = "duplicate_headers"

    def __init__(self, row: int, names: Iterable[str]) -> None:
        named = sentence_list(shown(name) for name in names)
        super().__init__(f"Row {row} has the same column more than once: {named}. Remove or rename one of each.")


class MissingColumns(FileRefused):
    code = "missing_columns"

    def __init__(self, label: str, missing: Iterable[str], found: Iterable[str]) -> None:
        super().__init__(
            f"This looks like {label}, but lacks {sentence_list(missing)}. "
            f"It has {sentence_list(shown(name) for name in found)}."
        )


class UnknownFormat(FileRefused):
    code = "unknown_format"

    def __init__(self, labels: Iterable[str], first_row: Iterable[str]) -> None:
        cells = sentence_list(shown(cell) for cell in first_row) or "nothing"
        super().__init__(
            f"No known format has this layout; the first row has {cells}. Known are {sentence_list(labels)}. "
            "The template's columns are symbol, quantity, entry_date, entry_price, and portfolio where there are "
            "several, parted by commas, semicolons or tabs."
        )
