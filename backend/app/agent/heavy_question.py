"""Whether a question asks for work that is worth the heavy model: a post-mortem, or a review of the whole portfolio.

Rules over the words, so that it costs nothing and can be explained. A mention is not a request: the work must be what a
sentence asks for, and nothing in that sentence may take it back.
"""

import re

from app.agent.llm_client import Task

_WORK = (
    r"(?:post[\s-]?mortem"
    r"|(?:full|complete|comprehensive|thorough|in[\s-]depth|detailed|deep|end[\s-]to[\s-]end)\s+"
    r"(?:(?:portfolio|risk|performance|monthly|30[\s-]day)\s+){0,2}(?:review|analysis|assessment|audit|report|work[\s-]?up)"
    r"|(?:monthly|30[\s-]day)\s+review)"
)
_ASKED = (
    r"(?:(?:give|write|do|run|prepare|make|create|produce|conduct|perform|carry out|draft|generate|show|send)"
    r"|(?:i|we)(?:'d| would)? (?:like|want|need|love)|(?:can|could|may) (?:i|we) (?:have|get|see)|let'?s (?:do|have))"
)
# Between the verb and its object: an article, for whom, of what length
_BETWEEN = r"(?:\s+(?:me|us|a|an|the|my|our|to|see|have|get|do|please|full|complete|\d+[\s-]day|monthly|portfolio))*\s+"
_REQUEST = re.compile(rf"\b{_ASKED}{_BETWEEN}{_WORK}\b")
# Nothing before it but how long or of what, and nothing after it but of what and please: the sentence is the request
_BARE = re.compile(
    rf"^(?:please[,\s]+)?(?:(?:a|an|the|my)\s+)?(?:\d+[\s-]day\s+|monthly\s+|portfolio\s+|full\s+|complete\s+)*{_WORK}"
    r"(?:\s+(?:of|on|for|over|about)\b[^?]*)?(?:[,\s]+please)?[\s.!]*$"
)
_WENT = re.compile(r"\bwhat went (?:right|well|wrong)\b.{0,80}\b(?:month|30 days|thirty days|four weeks)\b")
_TAKEN_BACK = re.compile(r"\b(?:no|not|don'?t|without|never|instead of|rather than|skip)\b|\bwhat (?:is|are|does)\b")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def task_of(question: str) -> Task:
    return "heavy" if any(_is_request(sentence) for sentence in _SENTENCE.split(_plain(question))) else "chat"


def _is_request(sentence: str) -> bool:
    if _TAKEN_BACK.search(sentence):
        return False
    return any(pattern.search(sentence) for pattern in (_REQUEST, _BARE, _WENT))


def _plain(question: str) -> str:
    return question.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip()
