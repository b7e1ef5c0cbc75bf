"""What would help a poor topic, from what was said about its answers. Pure, but for the words of a document.

One half of a topic's answers is what drafts are made from. The other half is held out, so that its questions can show
whether a change helps with questions that it was not made from.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.learning.topics.naming import STOP_WORDS
from app.learning.without_figures import without_figures
from app.models.learning import ProposalKind
from app.repositories.learning_proposal import JudgedAnswer
from app.schemas.learning import Evidence, TopicOut

MOST_EVIDENCE = 12
MAX_ANSWER_CHARS = 600
MAX_CORRECTION_CHARS = 3_000
# Said so often of a topic's answers, it is no matter of one person's taste
OFTEN = 2
MOST_EXPECTED = 5
# A word that most corrections say, and hardly any of the answers that were judged bad
EXPECTED_SHARE = 0.6
UNEXPECTED_SHARE = 0.2

_WORD = re.compile(r"[^\W\d_][\w'-]{3,}")
_RULES = {
    "unclear": "Answers about {topic}: begin with the answer in one plain sentence, and explain each term.",
    "too_long": "Answers about {topic}: three sentences at most, unless more is asked for.",
    "wrong_portfolio": "Questions about {topic}: name the portfolio, and ask which one where several may be meant.",
}
_UNTRACED = "Answers about {topic}: state no figure that no tool has given, and say which figure is missing."
_UNKNOWN_TOOL = "unknown_tool"


@dataclass(frozen=True, slots=True)
class Draft:
    """Of a `document` only the title: its words come from a model, or from the corrections themselves."""

    kind: ProposalKind
    title: str
    content: str = ""


def is_held_out(message_id: UUID) -> bool:
    """One half of all answers, the same one every time, and not by anything that they say."""
    return message_id.int.bit_count() % 2 == 0


def drafts(topic: TopicOut, judged: Sequence[JudgedAnswer]) -> list[Draft]:
    """A document always: what is not known cannot be said well. `judged` are not held out."""
    reasons = Counter(answer.reason for answer in judged if answer.reason is not None)
    found = [Draft("document", f"About {topic.name}")]
    found += [
        Draft("rule", f"How to answer about {topic.name}", rule.format(topic=topic.name))
        for reason, rule in _RULES.items()
        if reasons[reason] >= OFTEN
    ]
    if "untraced_figures" in topic.weaknesses:
        found.append(Draft("rule", f"Figures about {topic.name}", _UNTRACED.format(topic=topic.name)))
    if topic.missing_tools:
        names = " and ".join(f"`{missing.name}`" for missing in topic.missing_tools)
        text = f"For a question about {topic.name}, call {names} before you answer."
        found.append(Draft("prompt", f"Tools for {topic.name}", text))
    found += [_wanted(topic, tool.name) for tool in topic.tools if _UNKNOWN_TOOL in tool.errors]
    return found


def evidence(judged: Sequence[JudgedAnswer]) -> list[Evidence]:
    """The most telling first: corrections, thumbs down, the rest. The same said twice of the same is one of them."""
    order = sorted(judged, key=lambda answer: (answer.edited_text is None, answer.rating != "down"))
    told: dict[tuple[str, str | None], JudgedAnswer] = {}
    for answer in order:
        told.setdefault((answer.question, answer.edited_text), answer)
    return [
        Evidence(
            message_id=answer.message_id,
            question=answer.question,
            answer=without_figures(answer.answer)[:MAX_ANSWER_CHARS],
            rating="down" if answer.rating == "down" else "up" if answer.rating == "up" else None,
            reason=answer.reason,
            comment=answer.comment,
            edited_text=without_figures(answer.edited_text)[:MAX_CORRECTION_CHARS] if answer.edited_text else None,
        )
        for answer in list(told.values())[:MOST_EVIDENCE]
    ]


def expected_words(judged: Sequence[JudgedAnswer]) -> list[str]:
    """What a good answer says: words of most corrections that bad answers do not say."""
    good = [_words(without_figures(answer.edited_text)) for answer in judged if answer.edited_text]
    bad = [_words(answer.answer) for answer in judged if answer.rating == "down"]
    in_good = Counter(word for words in good for word in words)
    in_bad = Counter(word for words in bad for word in words)
    telling = [
        word
        for word, count in in_good.items()
        if count >= EXPECTED_SHARE * len(good) and in_bad[word] <= UNEXPECTED_SHARE * len(bad)
    ]
    # Of equals the longer one tells more
    return sorted(telling, key=lambda word: (-in_good[word], in_bad[word], -len(word), word))[:MOST_EXPECTED]


def _wanted(topic: TopicOut, name: str) -> Draft:
    asked = "\n".join(f"- {example.question}" for example in topic.examples)
    text = f"The analyst looked for a tool named `{name}`, which there is not, to answer questions such as:\n\n{asked}"
    return Draft("tool", f"A tool for {topic.name}", text)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if word not in STOP_WORDS}
