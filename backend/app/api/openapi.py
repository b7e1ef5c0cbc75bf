"""The API's description, with what FastAPI cannot see: the shapes inside the event streams."""

from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from app.schemas.chat import RunEvent

COMPONENT = "#/components/schemas/{model}"


def install(app: FastAPI) -> None:
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _add_run_events(generate())
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]  # the way that FastAPI documents for extending it


def _add_run_events(description: dict[str, Any]) -> None:
    """`RunEvent` as a component: what the web client's types of a stream are generated from."""
    events = TypeAdapter[RunEvent](RunEvent).json_schema(mode="serialization", ref_template=COMPONENT)
    shapes = events.pop("$defs")
    components = description["components"]["schemas"]
    components.update({name: shape for name, shape in shapes.items() if name not in components})
    components["RunEvent"] = events
