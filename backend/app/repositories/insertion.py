"""Rows as statements that are put together once, and their values as the driver takes them."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from app.models.base import Base


@lru_cache(maxsize=100)
def into(model: type[Base], names: tuple[str, ...]) -> Insert:
    """A row with these columns; the others take what the database gives them."""
    table = cast(Table, model.__table__)
    return insert(table).values({name: bindparam(name, type_=table.c[name].type) for name in names})


def values(row: Base, names: Sequence[str]) -> dict[str, Any]:
    """JSON as text. What is None is null, and not the JSON of that name."""
    table = row.__table__
    given = {name: getattr(row, name) for name in names}
    return {
        name: json.dumps(value) if isinstance(table.c[name].type, JSONB) and value is not None else value
        for name, value in given.items()
    }
