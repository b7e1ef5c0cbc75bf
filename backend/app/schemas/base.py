"""The two kinds of shapes that cross the HTTP boundary."""

from pydantic import BaseModel, ConfigDict


class Schema(BaseModel):
    """Something we send. NaN and infinity never leave: an unknown figure is `null`, with a reason beside it."""

    model_config = ConfigDict(from_attributes=True, allow_inf_nan=False)


class Request(BaseModel):
    """Something we are sent. Unknown fields are errors, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)
