"""Where the figures of an answer come from.

`start` and `end` count UTF-16 code units of the text, as a browser's strings do; `text` is what stands there. Ratios in
`value` are fractions, as in the tool's result.
"""

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from app.schemas.base import Schema

SourceKind = Literal["tool", "question", "snippet", "facts"]
Operation = Literal["difference", "ratio", "share", "sum", "complement", "percent_change", "count"]


class Source(Schema):
    """One place in the evidence. `label` is its path as a person would say it."""

    kind: SourceKind
    tool_call_id: str | None = None
    name: str
    path: str
    label: str
    value: float | str
    as_of: dt.date | None = None


class Traced(Schema):
    status: Literal["traced"] = "traced"
    source: Source


class Derived(Schema):
    """One arithmetic step on values of one result."""

    status: Literal["derived"] = "derived"
    operation: Operation
    operands: list[Source]


class Untraced(Schema):
    status: Literal["untraced"] = "untraced"


Origin = Annotated[Traced | Derived | Untraced, Field(discriminator="status")]


class GroundedFigure(Schema):
    start: int
    end: int
    text: str
    origin: Origin


class Grounding(Schema):
    """`unchecked` figures stand beyond the limit of what is looked at; `is_corrected` says that the model was told of
    figures without a source, and this is what it then wrote.
    """

    figures: list[GroundedFigure] = []
    traced: int = 0
    derived: int = 0
    untraced: int = 0
    unchecked: int = 0
    is_corrected: bool = False
