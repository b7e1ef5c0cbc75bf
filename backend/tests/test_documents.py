"""What the documents name must be there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "AgentCoPilot").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)[^)]*\)")
PATH = re.compile(r"`((?:backend|frontend|AgentCoPilot|scripts)/[\w./\[\](){},*-]+)`")
TARGET = re.compile(r"`make ([a-z]+)")


def names(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=names)
def test_links_lead_somewhere(document: Path) -> None:
    broken = [link for link in LINK.findall(document.read_text()) if not (document.parent / link).exists()]

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=names)
def test_named_paths_exist(document: Path) -> None:
    missing = [path for path in PATH.findall(document.read_text()) if not all(_exists(one) for one in _spelt_out(path))]

    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=names)
def test_named_commands_are_in_the_makefile(document: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))

    assert set(TARGET.findall(document.read_text())) <= targets


def _spelt_out(path: str) -> list[str]:
    """`a/{b,c}.py` names both."""
    braces = re.search(r"\{([^}]*)\}", path)
    if braces is None:
        return [path]
    return [path.replace(braces.group(0), choice) for choice in braces.group(1).split(",")]


def _exists(path: str) -> bool:
    return any(ROOT.glob(path)) if "*" in path else (ROOT / path).exists()
