"""The two kinds of shapes that cross the HTTP boundary."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator

# PostgreSQL holds neither NUL nor half of a surrogate pair, in text or in JSON
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Schema(BaseModel):
    """Something we send. NaN and infinity never leave: an unknown figure is `null`, with a reason beside it."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False)


class Request(BaseModel):
    """Something we are sent. Unknown fields are errors, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)

    @field_validator("*", mode="after")
    @classmethod
    def _is_storable(cls, value: Any) -> Any:
        if any(_UNSTORABLE.search(text) for text in _texts(value)):
            raise ValueError("holds characters that are no text")
        return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(key)
            yield from _texts(item)
