"""Names and ids as every provider takes them.

One model's call is another's history: an id that a compatible server made up, or the name of a tool that there is not,
would have the whole conversation refused.
"""

import hashlib
import re
from collections.abc import Iterable

MAX_CHARS = 64

_ACCEPTED = re.compile(rf"[a-zA-Z0-9_-]{{1,{MAX_CHARS}}}")
_OTHER = re.compile(r"[^a-zA-Z0-9_-]")
_DIGEST_CHARS = 8


def accepted(name: str) -> str:
    """The name itself where it is accepted, and otherwise always the same other one, alike and its own."""
    if _ACCEPTED.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARS]
    return f"{_OTHER.sub('_', name)[: MAX_CHARS - _DIGEST_CHARS - 1]}_{digest}"


class CallIds:
    """The call ids of one request. Those in a provider's own items stay as it wrote them, and so do their outputs'."""

    def __init__(self) -> None:
        self._verbatim: set[str] = set()

    def keep(self, ids: Iterable[str]) -> None:
        self._verbatim.update(ids)

    def sent(self, call_id: str) -> str:
        return call_id if call_id in self._verbatim else accepted(call_id)
