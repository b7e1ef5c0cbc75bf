"""Texts of one line: names and titles, which stand in lists, prompts and at a terminal."""

import re

from pydantic import AfterValidator

# Control characters, ends of lines, and what makes the text around it run the other way
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _is_one_line(text: str) -> str:
    if _NOT_IN_A_LINE.search(text):
        raise ValueError("must be one line, without control characters")
    return text


ONE_LINE = AfterValidator(_is_one_line)
