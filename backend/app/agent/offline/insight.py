"""The words of an insight, from the facts that a model would be given (app/insights/generation.py)."""

from typing import Any

from pydantic import ValidationError

from app.agent.llm_client import BadRequest
from app.agent.offline.transcript import Transcript, marked_data
from app.agent.offline.wording import knowledge
from app.insights import wording
from app.insights.facts import InsightFacts


def _data(transcript: Transcript) -> dict[str, Any]:
    """That of the last question with facts: what comes after it asks to mend the answer."""
    asked = (marked_data(turn.question) for turn in (transcript.present, *reversed(transcript.earlier)))
    return next((data for data in asked if data), {})


def words(transcript: Transcript) -> str:
    """As the JSON object that any model is asked for."""
    try:
        facts = InsightFacts.model_validate(_data(transcript))
    except ValidationError as error:
        raise BadRequest("the facts of the insight have an unexpected shape") from error
    text = wording.word(facts)
    if transcript.passages:
        text = text.model_copy(
            update={"analysis": f"{text.analysis}\n\n{knowledge.pointed_to(transcript.passages[0])}"}
        )
    return text.model_dump_json()
