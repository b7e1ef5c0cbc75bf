from dataclasses import replace
from datetime import date

from app.importing.errors import UnknownFormat, UnreadableJson
from app.importing.formats import FORMATS
from app.importing.parsed import ParsedFile
from app.importing.reader import JsonDocument, Sheet, read


def parse(data: bytes, today: date) -> ParsedFile:
    """Raises `FileRefused` where nothing can be made of the file; rows that cannot be taken are in the result."""
    found = read(data)
    for known in FORMATS:
        if known.recognise(found.document):
            parsed = known.parse(found.document, today)
            return replace(parsed, warnings=found.warnings + parsed.warnings)
    raise _unknown(found.document)


def _unknown(document: Sheet | JsonDocument) -> Exception:
    if isinstance(document, JsonDocument):
        return UnreadableJson("it is no Ghostfolio export, which has a list of activities")
    return UnknownFormat((known.label for known in FORMATS), document.rows[0].cells)
