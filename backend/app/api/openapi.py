"""The API's description, with what FastAPI cannot see: the shapes inside the event streams."""

from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from app.schemas.chat import RunEvent
from app.schemas.insight_event import InsightEvent

COMPONENT = "#/components/schemas/{model}"


def install(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            description = generate()
            _add_events(description, "RunEvent", RunEvent)
            _add_events(description, "InsightEvent", InsightEvent)
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents for extending it


def _add_events(description: dict[str, Any], name: str, union: Any) -> None:
    """The union as a component: what the web client's types of a stream are generated from."""
    events = TypeAdapter[Any](union).json_schema(mode="serialization", ref_template=COMPONENT)
    shapes = events.pop("$defs")
    components = description["components"]["schemas"]
    components.update({shape: body for shape, body in shapes.items() if shape not in components})
    components[name] = events
