"""The API's description, with what FastAPI cannot see.

The shapes inside the event streams; that every body may be too large; and that failures are JSON also where the answer
is a stream or a file.
"""

from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from app.api.errors import errors
from app.schemas.chat import RunEvent
from app.schemas.insight_event import InsightEvent

COMPONENT = "#/components/schemas/{model}"
_ERROR = {"application/json": {"schema": {"$ref": COMPONENT.format(model="ErrorOut")}}}


def install(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = generate()
            _add_events(description, "RunEvent", RunEvent)
            _add_events(description, "InsightEvent", InsightEvent)
            for path in description["paths"].values():
                for operation in path.values():
                    _complete(operation)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents for extending it


def _complete(operation: dict[str, Any]) -> None:
    answers = operation["responses"]
    if "requestBody" in operation:
        answers.setdefault("413", {"description": errors(413)[413]["description"], "content": _ERROR})
    for answer in (answer for status, answer in answers.items() if int(status) >= 400):
        answer["content"] = _ERROR


def _add_events(description: dict[str, Any], name: str, union: Any) -> None:
    """The union as a component: what the web client's types of a stream are generated from."""
    events = TypeAdapter[Any](union).json_schema(mode="serialization", ref_template=COMPONENT)
    shapes = events.pop("$defs")
    components = description["components"]["schemas"]
    components.update({shape: body for shape, body in shapes.items() if shape not in components})
    components[name] = events
