"""The marks around what is data: whatever it says, it is no instruction. Nothing inside can close them."""

import json
from collections.abc import Mapping

OPENING, CLOSING = "<data>", "</data>"


def marked(facts: Mapping[str, object]) -> str:
    return f"{OPENING}{inert(facts)}{CLOSING}"


def inert(facts: Mapping[str, object]) -> str:
    """As JSON without a single angle bracket that opens anything."""
    return json.dumps(facts, ensure_ascii=False).replace("<", "\\u003c")
