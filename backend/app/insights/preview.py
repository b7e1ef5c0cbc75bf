"""The readable part of a JSON answer while it is still being written.

Only a preview: what is stored is the whole answer once it was checked.
"""

import json

from app.agent.llm_client import PARAGRAPH
from app.agent.plain_json import join_surrogates, storable_text

# In the order in which a model is asked for them
SHOWN = ("summary", "analysis")
_UNICODE_ESCAPE_CHARS = 6


class Preview:
    """Takes the text in pieces and gives what each adds to the strings of the outermost object that are shown."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_key = False
        self._key = ""
        self._in_string = False
        self._escape = ""
        self._held = ""
        self._has_shown = False
        self._separator = ""

    def feed(self, delta: str) -> str:
        read = "".join(self._string(char) if self._in_string else self._structure(char) for char in delta)
        whole, self._held = join_surrogates(self._held + read)
        return storable_text(whole)

    def _structure(self, char: str) -> str:
        match char:
            case "{" | "[":
                self._depth += 1
                self._is_key = char == "{"
            case "}" | "]":
                self._depth -= 1
            case ",":
                self._is_key = self._depth == 1
            case ":":
                self._is_key = False
            case '"' if self._depth > 0:
                self._begin_string()
        return ""

    def _begin_string(self) -> None:
        self._in_string = True
        if self._depth != 1:
            return
        if self._is_key:
            self._key = ""
        elif self._key in SHOWN:
            self._separator = PARAGRAPH if self._has_shown else ""

    def _string(self, char: str) -> str:
        if self._escape:
            return self._escaped(char)
        if char == "\\":
            self._escape = char
            return ""
        if char == '"':
            self._in_string = False
            return ""
        return self._take(char)

    def _escaped(self, char: str) -> str:
        self._escape += char
        if self._escape.startswith("\\u") and len(self._escape) < _UNICODE_ESCAPE_CHARS:
            return ""
        escape, self._escape = self._escape, ""
        try:
            return self._take(json.loads(f'"{escape}"'))
        except ValueError:
            # The whole answer will be refused for it
            return ""

    def _take(self, char: str) -> str:
        if self._depth != 1:
            return ""
        if self._is_key:
            self._key += char
            return ""
        if self._key not in SHOWN:
            return ""
        separator, self._separator, self._has_shown = self._separator, "", True
        return separator + char
