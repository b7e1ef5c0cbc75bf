"""One module for each kind of file, behind one protocol."""

from datetime import date
from typing import ClassVar, Protocol

from app.importing.formats.fidelity import Fidelity
from app.importing.formats.ghostfolio import Ghostfolio
from app.importing.formats.interactive_brokers import InteractiveBrokers
from app.importing.formats.schwab import Schwab
from app.importing.formats.template import Template
from app.importing.formats.vanguard import Vanguard
from app.importing.parsed import FormatName, ParsedFile
from app.importing.reader import JsonDocument, Sheet


class Format(Protocol):
    """Recognised by headers and structure, never by the file's name."""

    name: ClassVar[FormatName]
    label: ClassVar[str]

    def recognise(self, document: Sheet | JsonDocument) -> bool: ...

    def parse(self, document: Sheet | JsonDocument, today: date) -> ParsedFile:
        """Only for a document that was recognised."""
        ...


# The template comes last: its few columns are a part of what some brokers export
FORMATS: tuple[Format, ...] = (
    InteractiveBrokers(), Fidelity(), Schwab(), Vanguard(), Ghostfolio(), Template(),
)  # fmt: skip
