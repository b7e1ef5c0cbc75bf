"""The questions of one message, each with what was said around it."""

import re
from collections.abc import Sequence

# Not after "vs." or "Inc.": a sentence ends with a word
_SENTENCE_END = re.compile(r"(?<=[?!])\s+|(?<=[a-z]{4}\.)\s+(?=[A-Z])|\s*\n+\s*")
_ASKS = re.compile(
    r"\?\W*$|^\W*(?:(?:and|also|then|please|next)[\s,]+)*"
    r"(?:what|which|who|when|where|why|how|show|list|give|tell|compare|explain|define|describe|calculate|compute)\b",
    re.IGNORECASE,
)


def parted(message: str) -> Sequence[str]:
    """What is said before the first question belongs to it, and what is said after a question to that one."""
    questions: list[str] = []
    before: list[str] = []
    for sentence in filter(None, _SENTENCE_END.split(message.strip())):
        if _ASKS.search(sentence):
            questions.append(" ".join([*before, sentence]))
            before = []
        elif questions:
            questions[-1] = f"{questions[-1]} {sentence}"
        else:
            before.append(sentence)
    return questions or [message]
