"""The shipped pages, read plainly: front matter, then sections under second-level headings."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

import app.agent

FOLDER = Path(next(iter(app.agent.__path__))) / "knowledge"

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_SECTION = re.compile(r"^## (.+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    heading: str
    text: str

    @property
    def words(self) -> int:
        return len(self.text.split())


@dataclass(frozen=True)
class KnowledgePage:
    """`before` is what stands above the first section: nothing, on a sound page."""

    name: str
    front_matter: dict[str, Any]
    before: str
    sections: tuple[Section, ...]

    @property
    def running_text(self) -> str:
        """Headings and sections with single spaces, as a claim's words are looked for."""
        return " ".join(" ".join(f"{section.heading} {section.text}" for section in self.sections).split())


def page(path: Path) -> KnowledgePage:
    found = _FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path.name} has no front matter")
    before, *parts = _SECTION.split(found[2])
    sections = tuple(Section(heading, text.strip()) for heading, text in zip(parts[::2], parts[1::2], strict=True))
    return KnowledgePage(path.stem, yaml.safe_load(found[1]), before.strip(), sections)


@cache
def pages() -> tuple[KnowledgePage, ...]:
    return tuple(page(path) for path in sorted(FOLDER.glob("*.md")))
