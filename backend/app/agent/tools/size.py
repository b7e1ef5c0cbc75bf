"""Keeping a result small enough for a model's context.

Tools limit their lists on purpose and say so. This is the last line of defence for what nobody expected to be large.
"""

import json
from typing import Any

MAX_RESULT_BYTES = 60_000
# Below this a list is no longer what makes a result large
MIN_LIST_LENGTH = 8
NOTICE_KEY = "truncated"
TEXT_KEY = "text"


def encoded_size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def fit(result: dict[str, Any], limit: int = MAX_RESULT_BYTES) -> dict[str, Any]:
    """Halve the largest top-level lists until the result fits; the notice names what was cut."""
    if encoded_size(result) <= limit:
        return result
    cut = dict(result)
    lengths = {key: len(value) for key, value in result.items() if isinstance(value, list)}
    while encoded_size(cut) > limit:
        key = _largest_list(cut)
        if key is None:
            return _cut_text(result, limit)
        cut[key] = cut[key][: len(cut[key]) // 2]
        cut[NOTICE_KEY] = _notice(cut, lengths)
    return cut


def is_text(result: Any) -> bool:
    """Whether only the beginning of it is left."""
    return isinstance(result, dict) and set(result) == {NOTICE_KEY, TEXT_KEY}


def _largest_list(result: dict[str, Any]) -> str | None:
    sizes = {
        key: encoded_size(value)
        for key, value in result.items()
        if isinstance(value, list) and len(value) >= MIN_LIST_LENGTH
    }
    return max(sizes, key=lambda key: sizes[key], default=None)


def _notice(cut: dict[str, Any], lengths: dict[str, int]) -> str:
    shortened = [
        f"{key}: first {len(cut[key])} of {length}" for key, length in lengths.items() if len(cut[key]) < length
    ]
    return "The result was too large. Shown are " + "; ".join(shortened) + ". Ask for less to see the rest."


def _cut_text(result: dict[str, Any], limit: int) -> dict[str, Any]:
    text = json.dumps(result, ensure_ascii=False)
    # A third of the limit: quoting the text once more may double its quotation marks and backslashes
    return {
        NOTICE_KEY: "The result was too large. Shown is its beginning, as text. Ask for less.",
        TEXT_KEY: text.encode()[: limit // 3].decode(errors="ignore"),
    }
