"""What may be written to a terminal: names, documents and answers come from anywhere, and a terminal obeys."""

# All that moves the cursor, renames the window or answers back; a tabulator and the end of a line stay
_CONTROL = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)])


def plain(text: str) -> str:
    return text.translate(_CONTROL)
