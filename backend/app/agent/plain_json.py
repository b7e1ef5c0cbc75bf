"""JSON from a model, read strictly, and values made fit for PostgreSQL.

Python's reader takes NaN and 1e400, its strings hold half of a surrogate pair; jsonb and text take none of these, and
no NUL either.
"""

import json
import math
import re
from typing import Any

# More than any tool's arguments need; a model that runs away is stopped before its text is parsed
MAX_OBJECT_CHARS = 32_000

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_object(text: str) -> dict[str, Any] | None:
    """The JSON object in `text`, or None where it holds anything else."""
    if len(text) > MAX_OBJECT_CHARS:
        return None
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def storable(value: Any) -> Any:
    """The same value without characters that PostgreSQL cannot hold."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def storable_text(text: str) -> str:
    return _UNSTORABLE.sub("", text)


def join_surrogates(text: str) -> tuple[str, str]:
    """Pairs put together, and the first half of one that the next piece of text may complete."""
    held = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
    whole = text.removesuffix(held)
    if _UNSTORABLE.search(whole):
        whole = whole.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return whole, held


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
