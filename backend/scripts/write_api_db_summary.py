"""Writes AgentCoPilot/SIGMASIGHT_API_DB_SUMMARY.md from the API's own description and from the tables."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from app.cli import openapi_description
from app.config import REPOSITORY_ROOT
from app.models import Base

OUTPUT = REPOSITORY_ROOT / "AgentCoPilot" / "SIGMASIGHT_API_DB_SUMMARY.md"
METHODS = ("get", "post", "put", "patch", "delete")
# Reference data: the same for everybody
SHARED_TABLES = ("instruments", "market_data_state", "prices", "splits")

HEAD = """# SigmaSight: API and database

Written by `make gen` from the API's description and from the tables. Do not edit it: a test fails on a difference.

Every failure is answered in one shape: `{"error": code, "detail": sentence, "request_id": id, "fields"?: [...]}`.
"""

DATABASE_HEAD = """
## Database

PostgreSQL with pgvector; schemas `public` and `agent`. The application connects as a role that cannot bypass row-level
security. **own rows**: a row is seen and written only in a transaction bound to its person (`app.user_id`, and
`app.tenant_id` where the table has it). **shared**: reference data, the same for everybody. The job queue's own tables
(`procrastinate_*`) are not listed.
"""


def summary() -> str:
    return "\n".join([HEAD, *_endpoints(openapi_description()), DATABASE_HEAD, *_tables()]).rstrip() + "\n"


def _endpoints(description: dict[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = defaultdict(list)
    for path, item in description["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                by_tag[operation.get("tags", ["other"])[0]].append(_endpoint(method, path, operation))
    for tag in sorted(by_tag):
        yield f"## {tag[0].upper()}{tag[1:]}\n"
        yield "| endpoint | takes | gives | errors |\n|---|---|---|---|"
        yield from by_tag[tag]
        yield ""


def _endpoint(method: str, path: str, operation: dict[str, Any]) -> str:
    responses = operation["responses"]
    good = [f"{status} {_shape(answer)}".strip() for status, answer in responses.items() if status < "400"]
    bad = ", ".join(sorted(status for status in responses if status >= "400"))
    return f"| `{method.upper()} {path}` | {_takes(operation)} | {'; '.join(good)} | {bad} |"


def _takes(operation: dict[str, Any]) -> str:
    named = [
        f"`{parameter['name']}`" + ("" if parameter.get("required") else "?")
        for parameter in operation.get("parameters", [])
        if parameter["in"] in ("query", "header")
    ]
    body = _shape(operation["requestBody"]) if "requestBody" in operation else ""
    return ", ".join([*([body] if body else []), *named]) or "nothing"


def _shape(holder: dict[str, Any]) -> str:
    for kind, content in holder.get("content", {}).items():
        if kind == "text/event-stream":
            return "event stream"
        return _name(content.get("schema", {})) or kind
    return ""


def _name(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rsplit('/', 1)[-1]}`"
    if schema.get("type") == "array":
        return f"list of {_name(schema['items'])}"
    return str(schema.get("type", ""))


def _tables() -> Iterator[str]:
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.fullname):
        protection = "shared" if table.name in SHARED_TABLES else "own rows"
        yield f"### {table.fullname} ({protection})\n"
        yield "| column | type | null | default | key |\n|---|---|---|---|---|"
        for column in table.columns:
            default = _default(column)
            null = "yes" if column.nullable else ""
            yield f"| `{column.name}` | {_type(column)} | {null} | {default} | {_key(column)} |"
        yield ""
        yield from _rules(table)


def _type(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]  # SQLAlchemy's own


def _default(column: Column[Any]) -> str:
    default = column.server_default
    return f"`{getattr(default.arg, 'text', default.arg)}`" if default is not None and hasattr(default, "arg") else ""


def _key(column: Column[Any]) -> str:
    keys = ["primary"] if column.primary_key else []
    keys += sorted({f"→ {key.target_fullname}" for key in column.foreign_keys})
    return ", ".join(keys)


def _rules(table: Table) -> Iterator[str]:
    rules = [
        *(f"unique ({', '.join(c.name for c in rule.columns)})" for rule in _of(table, UniqueConstraint)),
        *(f"check `{rule.sqltext}`" for rule in _of(table, CheckConstraint)),
        *(f"{'unique ' if index.unique else ''}index `{index.name}`" for index in table.indexes),
    ]
    for rule in sorted(rules):
        yield f"- {rule}"
    if rules:
        yield ""


def _of(table: Table, kind: type[Any]) -> list[Any]:
    return [rule for rule in table.constraints if isinstance(rule, kind)]


if __name__ == "__main__":
    OUTPUT.write_text(summary(), encoding="utf-8")
    print(f"Wrote {OUTPUT}")
