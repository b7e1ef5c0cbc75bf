"""Lists come in pages. A cursor names the last row of a page, so that rows which come or go shift nothing."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from app.errors import InvalidField
from app.schemas.base import Request, Schema

Item = TypeVar("Item")
Key = TypeVar("Key")

MAX_PAGE_ROWS = 200


class Page(Schema, Generic[Item]):
    """One page of a list. `next_cursor` is opaque: send it back as `cursor` for the next page; null on the last."""

    items: list[Item]
    next_cursor: str | None = None


class PageQuery(Request):
    """The query parameters of every list."""

    cursor: Annotated[str, Field(max_length=400, description="`next_cursor` of the page before")] | None = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE_ROWS, description="Rows on a page")] = 50


class Cursor(Generic[Key]):
    """A list's sort key as text: `Cursor[tuple[datetime, UUID]](tuple[datetime, UUID])`."""

    def __init__(self, key_type: Any) -> None:
        self._adapter: TypeAdapter[Key] = TypeAdapter(key_type)

    def encode(self, key: Key) -> str:
        return urlsafe_b64encode(self._adapter.dump_json(key)).decode()

    def decode(self, text: str | None) -> Key | None:
        if text is None:
            return None
        try:
            return self._adapter.validate_json(urlsafe_b64decode(text.encode()))
        except (ValidationError, binascii.Error, UnicodeEncodeError) as error:
            raise InvalidField("cursor", "is not one that this list gave") from error
