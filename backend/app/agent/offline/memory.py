"""What of a message is worth keeping, by rules instead of a model; as the JSON object that any model is asked for."""

import json
from dataclasses import asdict

from app.agent import memory_statements
from app.agent.offline.transcript import Transcript, marked_data


def words(transcript: Transcript) -> str:
    message = str(marked_data(transcript.present.question).get("message", ""))
    return json.dumps({"memories": [asdict(statement) for statement in memory_statements.stated(message)]})
