"""The summary of older turns without a model: what was asked, in the person's own words."""

from app.agent.offline.transcript import Transcript, marked_data

MAX_QUESTION_CHARS = 160
# The oldest questions go first
MAX_LINES = 20


def words(transcript: Transcript) -> str:
    data = marked_data(transcript.present.question)
    before, turns = data.get("summary"), data.get("turns")
    lines = before.splitlines() if isinstance(before, str) else []
    lines += [_line(turn) for turn in turns or [] if isinstance(turn, dict)]
    return "\n".join(lines[-MAX_LINES:])


def _line(turn: dict[str, object]) -> str:
    question = " ".join(str(turn.get("user", "")).split())
    shown = question if len(question) <= MAX_QUESTION_CHARS else question[: MAX_QUESTION_CHARS - 1] + "\u2026"
    return f"- Asked: {shown}"
