"""JSON schemas as every provider takes them: no `$ref`, no titles."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode


def parameters_of(model: type[BaseModel]) -> dict[str, Any]:
    return _schema_of(model, "validation")


def answer_of(model: type[BaseModel]) -> dict[str, Any]:
    return _schema_of(model, "serialization")


def _schema_of(model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
    schema = model.model_json_schema(mode=mode)
    definitions = schema.pop("$defs", {})
    inlined: dict[str, Any] = _inline(schema, definitions)
    # The class's docstring is for readers of the code; the tool's own is what the model reads
    inlined.pop("description", None)
    inlined.setdefault("properties", {})
    return inlined


def _inline(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = definitions[node["$ref"].rsplit("/", 1)[-1]]
        siblings = {key: value for key, value in node.items() if key != "$ref"}
        return _inline({**target, **siblings}, definitions)
    return {
        key: _inline_properties(value, definitions) if key == "properties" else _inline(value, definitions)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }


def _inline_properties(properties: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Properties are names, not keywords: one that is called `title` stays."""
    return {name: _inline(schema, definitions) for name, schema in properties.items()}
