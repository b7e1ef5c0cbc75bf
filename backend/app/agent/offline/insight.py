"""The words of an insight, from the facts that a model would be given (app/insights/generation.py)."""

from pydantic import ValidationError

from app.agent.llm_client import BadRequest
from app.agent.offline.transcript import Transcript, marked_data
from app.insights import wording
from app.insights.facts import InsightFacts


def words(transcript: Transcript) -> str:
    """As the JSON object that any model is asked for."""
    try:
        facts = InsightFacts.model_validate(marked_data(transcript.present.question))
    except ValidationError as error:
        raise BadRequest("the facts of the insight have an unexpected shape") from error
    return wording.word(facts).model_dump_json()
