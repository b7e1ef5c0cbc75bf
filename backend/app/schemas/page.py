from typing import Generic, TypeVar

from app.schemas.base import Schema

Item = TypeVar("Item")


class Page(Schema, Generic[Item]):
    """One page of a list. `next_cursor` is opaque: send it back as `cursor` for the next page; null on the last."""

    items: list[Item]
    next_cursor: str | None = None
