"""A page for the knowledge base from corrections of answers (app/learning/wording.py), in the words of the corrections.

Without a correction nothing is known of what would have been right: the page then says what was asked, and a person has
to write the rest.
"""

from typing import Any

from app.agent.offline.transcript import Transcript, marked_data


def words(transcript: Transcript) -> str:
    data = marked_data(transcript.present.question)
    judged = [each for each in data.get("answers") or [] if isinstance(each, dict)]
    corrected = [each for each in judged if each.get("correction")]
    return "\n\n".join(map(_section, corrected))


def _section(answer: dict[str, Any]) -> str:
    heading = " ".join(str(answer.get("question", "")).split()).rstrip("?.!")
    return f"## {heading}\n\n{answer['correction']}"
