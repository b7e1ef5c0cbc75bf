from typing import Any

from app.schemas.base import Schema


class ErrorOut(Schema):
    """The one shape of every error answer. `fields` names what was wrong in a request that failed validation."""

    error: str
    detail: str
    request_id: str
    fields: list[dict[str, Any]] | None = None
