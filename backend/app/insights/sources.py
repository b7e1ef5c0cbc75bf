"""Where the figures of an insight's words come from: its facts, or what the tools gave for its question."""

from collections.abc import Sequence

from app.agent import grounding
from app.agent.grounding import Document
from app.insights.facts import InsightFacts
from app.insights.text import InsightText
from app.schemas.grounding import Grounding, Untraced

# Figures named to a model that is asked once more
MAX_NAMED = 10
# A draft is no evidence: it may have figures of its own
_NO_EVIDENCE = {"answer", "looked_up"}


def of_analysis(text: InsightText, facts: InsightFacts, beside: Sequence[Document] = ()) -> Grounding:
    """`beside` is what the model was given besides the facts."""
    return grounding.check(text.analysis, [*_evidence(facts), *beside])


def untraced(text: InsightText, facts: InsightFacts, beside: Sequence[Document] = ()) -> list[str]:
    """The figures anywhere in the words that have no source, each once."""
    whole = text.whole
    found = grounding.check(whole, [*_evidence(facts), *beside])
    return list(dict.fromkeys(figure.text for figure in found.figures if isinstance(figure.origin, Untraced)))


def _evidence(facts: InsightFacts) -> list[Document]:
    known = Document("facts", "facts", facts.model_dump(mode="json", exclude=_NO_EVIDENCE))
    looked_up = [Document("tool", found.tool, found.result, arguments=found.arguments) for found in facts.looked_up]
    return [known, *looked_up]
