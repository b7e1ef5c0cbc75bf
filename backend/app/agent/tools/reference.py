"""The tools as people read of them, derived from what a model is told and from what they answer."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from app.agent.tools.catalogue import TOOLS
from app.agent.tools.contract import Tool
from app.agent.tools.json_schema import parameters_of
from app.schemas.analytics import Measure

# What stands around every answer of the risk engine, described once
ENVELOPE = tuple(Measure.model_fields)
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} entries",
    "maxItems": "at most {} entries",
}


def reference() -> str:
    """All tools, in the order of the catalogue."""
    return "\n".join(line for tool in TOOLS for line in described(tool)).rstrip() + "\n"


def described(tool: Tool) -> Iterator[str]:
    """One tool as Markdown: when to use it, what it takes, what it gives."""
    yield f"## {tool.name}\n"
    yield f"{tool.description}\n"
    yield from _arguments(tool)
    yield from _answer(tool.output_model)


def _arguments(tool: Tool) -> Iterator[str]:
    schema = parameters_of(tool.input_model)
    if not schema["properties"]:
        yield "Takes nothing.\n"
        return
    yield "| takes | type | default | meaning |\n|---|---|---|---|"
    for name, field in schema["properties"].items():
        default = "required" if name in schema.get("required", ()) else _literal(field.get("default"))
        yield f"| `{name}` | {_type(field)} | {default} | {_cell(field.get('description', ''))} |"
    yield ""


def _answer(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema(mode="serialization")
    fields = schema["properties"]
    own = [name for name in fields if name not in ENVELOPE]
    around = " around them the [envelope](#the-envelope)" if all(name in fields for name in ENVELOPE) else ""
    named = ", ".join(f"`{name}`" for name in own)
    yield f"Gives {named};{around}." if around else f"Gives {named}."
    if about := schema.get("description"):
        yield f"\n{_line(about)}"
    yield ""


def _type(field: dict[str, Any]) -> str:
    choices = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    return _cell(" or ".join(dict.fromkeys(_one_type(choice) for choice in choices)))


def _one_type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(_literal(value) for value in field["enum"])
    kind = str(field.get("format", field.get("type", "any")))
    if kind == "array":
        kind = f"list of {_one_type(field['items'])}"
    limits = [words.format(field[key]) for key, words in _LIMITS.items() if key in field]
    return f"{kind}, {', '.join(limits)}" if limits else kind


def _literal(value: Any) -> str:
    return "none" if value is None else f"`{value}`"


def _cell(text: str) -> str:
    return _line(text).replace("|", "\\|")


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
