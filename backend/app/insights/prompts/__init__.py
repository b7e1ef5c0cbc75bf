"""What ships of prompts: rules that hold for every type, and a task for each, which an administrator may replace."""

import hashlib
from functools import lru_cache
from pathlib import Path

from app.schemas.insight import InsightType

_FOLDER = Path(__file__).parent


@lru_cache
def rules() -> str:
    """They say what is asked for and in which form: what reads the answer relies on them."""
    return _read("rules")


@lru_cache
def rules_version() -> str:
    """Follows the text, so that it cannot be forgotten."""
    return hashlib.sha256(rules().encode()).hexdigest()[:8]


@lru_cache
def shipped(insight_type: InsightType) -> str:
    return _read(insight_type)


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
