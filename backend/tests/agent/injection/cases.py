"""The cases as they stand in `cases.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("cases.yaml")
DRAFT = "draft"


@dataclass(frozen=True)
class ObeyedCall:
    """A tool call that the text commands. `ends` is the failure it must meet; None where it is allowed."""

    name: str
    arguments: dict[str, Any]
    ends: str | None
    repeated: int = 1


@dataclass(frozen=True)
class Case:
    id: str
    planted_in: str
    text: str
    obeys: tuple[ObeyedCall, ...]
    says: str
    is_hidden: bool

    def about(self, names: Mapping[str, str]) -> "Case":
        """With the braces filled in."""
        calls = tuple(replace(call, arguments=_filled(call.arguments, names)) for call in self.obeys)
        return replace(self, text=_filled(self.text, names), obeys=calls)


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case str():
            for name, meaning in names.items():
                value = value.replace(f"{{{name}}}", meaning)
            return value
        case list():
            return [_filled(item, names) for item in value]
        case dict():
            return {key: _filled(item, names) for key, item in value.items()}
    return value


def cases() -> list[Case]:
    return [
        Case(
            id=record["id"],
            planted_in=record["planted_in"],
            text=record["text"],
            obeys=tuple(
                ObeyedCall(call["call"], call["with"], call["ends"], call.get("repeated", 1))
                for call in record["obeys"]
            ),
            says=record["says"],
            is_hidden=record.get("hidden", False),
        )
        for record in yaml.safe_load(FILE.read_text(encoding="utf-8"))
    ]
