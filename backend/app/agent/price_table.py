"""What models cost: code computes it, from a table that the operator can state anew.

Prices change without notice and contracts differ, so these are the operator's to check against the provider's bill;
`SIGMASIGHT_AI_PRICE_FILE` names a JSON file whose prices win over these. A model that is in neither has no price, and
its calls an unknown cost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import CannotStart

PER_TOKENS = 1_000_000
LIST_VERSION = "list-2026-11"
_DATED = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8})$")


class PriceFileInvalid(CannotStart):
    """Found at the start: a wrong price would be found on the bill."""


@dataclass(frozen=True, slots=True)
class Price:
    """USD per million tokens, and the version of the table that says so."""

    input: Decimal
    cached_input: Decimal
    cache_write: Decimal
    output: Decimal
    version: str

    @property
    def is_free(self) -> bool:
        return not (self.input or self.cached_input or self.cache_write or self.output)

    def cost(self, *, input: int, cached_input: int, cache_write: int, output: int) -> Decimal:
        """Of tokens. What was cached, or written to the cache, is part of the input."""
        fresh = input - cached_input - cache_write
        return (
            fresh * self.input
            + cached_input * self.cached_input
            + cache_write * self.cache_write
            + output * self.output
        ) / PER_TOKENS

    def at_most(self, *, input_tokens: int, output_tokens: int) -> Decimal:
        """With nothing read from a cache, and all of it written to one."""
        dearest = max(self.input, self.cache_write)
        return (input_tokens * dearest + output_tokens * self.output) / PER_TOKENS


def _price(version: str, read: str, cached: str, output: str, *, write: str | None = None) -> Price:
    return Price(Decimal(read), Decimal(cached), Decimal(write or read), Decimal(output), version)


FREE = _price("free", "0", "0", "0")

_LIST = {
    "gpt-5": _price(LIST_VERSION, "1.25", "0.125", "10"),
    "gpt-5-mini": _price(LIST_VERSION, "0.25", "0.025", "2"),
    "gpt-5-nano": _price(LIST_VERSION, "0.05", "0.005", "0.40"),
    "gpt-5.1": _price(LIST_VERSION, "1.25", "0.125", "10"),
    "gpt-5.2": _price(LIST_VERSION, "1.75", "0.175", "14"),
    "gpt-5.4": _price(LIST_VERSION, "2.50", "0.25", "15"),
    "gpt-5.4-mini": _price(LIST_VERSION, "0.75", "0.075", "4.50"),
    "text-embedding-3-small": _price(LIST_VERSION, "0.02", "0.02", "0"),
    "claude-sonnet-5-5": _price(LIST_VERSION, "2", "0.20", "10", write="2.50"),
    "claude-opus-5-5": _price(LIST_VERSION, "4", "0.20", "20", write="5"),
}


@dataclass(frozen=True, slots=True)
class PriceTable:
    stated: Mapping[str, Price]

    def find(self, model: str, *, is_listed: bool) -> Price | None:
        """None where it is unknown: a server of one's own may give any model a listed name."""
        if model in self.stated:
            return self.stated[model]
        return _LIST.get(_DATED.sub("", model)) if is_listed else None


Usd = Annotated[Decimal, Field(ge=0, le=10_000)]


class _StatedPrice(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input: Usd
    cached_input: Usd | None = None
    cache_write: Usd | None = None
    output: Usd

    def price(self, version: str) -> Price:
        cached = self.input if self.cached_input is None else self.cached_input
        written = self.input if self.cache_write is None else self.cache_write
        return Price(self.input, cached, written, self.output, version)


class _PriceFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Annotated[str, Field(min_length=1, max_length=80)]
    models: dict[str, _StatedPrice]


def load(path: Path | None) -> PriceTable:
    if path is None:
        return PriceTable({})
    try:
        file = _PriceFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PriceFileInvalid(f"SIGMASIGHT_AI_PRICE_FILE: {path} cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise PriceFileInvalid(f"SIGMASIGHT_AI_PRICE_FILE: {place}: {first['msg']}") from error
    return PriceTable({model: stated.price(file.version) for model, stated in file.models.items()})
