"""The questions of one message, each with what was said around it."""

import re
from collections.abc import Sequence

# Not after "vs." or "Inc.": a sentence ends with a word
_SENTENCE_END = re.compile(
    r"(?<=[?!])\s+|(?<=[a-z]{4}\.)\s+(?=[A-Z])|\s*\n+\s*"
    r"|,\s+(?=(?i:and (?:what|which|who|when|where|why|how))\b)"
)
_ASKS = re.compile(
    r"\?\W*$|^\W*(?:(?:and|also|then|please|next)[\s,]+)*"
    r"(?:what|which|who|when|where|why|how|show|list|give|tell|compare|explain|define|describe|calculate|compute)\b",
    re.IGNORECASE,
)
# "Is it good?" is asked of what was asked before
_LEANS = re.compile(
    r"^\W*(?:and )?(?:is|are|was|does|do|should|would) (?:it|that|this|they|those)(?: \w+){1,3}\W*$", re.IGNORECASE
)


def parted(message: str) -> Sequence[str]:
    """What is said before the first question belongs to it, and what is said after a question to that one."""
    questions: list[str] = []
    before: list[str] = []
    for sentence in filter(None, _SENTENCE_END.split(message.strip())):
        if _ASKS.search(sentence) and not (questions and _LEANS.search(sentence)):
            questions.append(" ".join([*before, sentence]))
            before = []
        elif questions:
            questions[-1] = f"{questions[-1]} {sentence}"
        else:
            before.append(sentence)
    return questions or [message]
