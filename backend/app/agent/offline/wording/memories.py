"""What is remembered of the person: noted, told, and named beside an answer that it bears on."""

from collections.abc import Sequence

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import prose
from app.agent.offline.transcript import KnownMemory
from app.agent.tools.results import Remembered

WHERE = "Settings, Memories"
NOTHING_STATED = (
    "Tell me in a sentence of its own what to keep in mind. For example: *Remember that I want no more than 5 % in any "
    "one stock.*"
)
# Facts named beside an answer
MAX_TOLD = 2


def noted(evidence: Evidence) -> str:
    notes = evidence.every(Remembered)
    if not notes:
        return "" if evidence.failed else NOTHING_STATED
    return "\n\n".join(_note(note) for note in notes)


def _note(note: Remembered) -> str:
    content = prose(note.content)
    if note.status == "known":
        return f"This is noted already: *{content}* Under {WHERE} you see whether it is confirmed."
    return f"Noted as a draft: *{content}* Confirm it under {WHERE}: until then it is not used."


def recalled(evidence: Evidence) -> str:
    everything = f"Everything that is remembered of you stands under {WHERE}, where you confirm, change or delete it."
    if not evidence.memories:
        return f"With this question I was given nothing that is remembered of you. {everything}"
    lines = "\n".join(f"- {prose(memory.text)}" for memory in evidence.memories)
    return f"With this question I was given:\n\n{lines}\n\n{everything}"


def told(memories: Sequence[KnownMemory]) -> list[str]:
    """Facts that lie near the question, as the person's own words: rules cannot weigh them."""
    facts = [memory for memory in memories if memory.kind == "fact"][:MAX_TOLD]
    return ["\n".join(f"> You told me: {prose(fact.text)}" for fact in facts)] if facts else []
