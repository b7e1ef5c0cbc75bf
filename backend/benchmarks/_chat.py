"""What benchmarks of chat turns start: a stand-in for the provider, the product's API, and bare relays beside it."""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from uuid import UUID

from app.config import Settings
from app.db import Database, Scope
from app.models import Conversation, Message
from app.services import demo, token
from benchmarks._database import fresh_database
from benchmarks._provider import HOST, MODEL
from benchmarks._readers import Question, Reading, ask_all
from benchmarks._relay_app import TRANSPORT_VARIABLE
from benchmarks._server import Client, running, serving

# No limit of the product's own is reached
UNLIMITED = "100000"
_numbers = count(1)


@dataclass
class Measured:
    readings: list[Reading]
    seconds: float = 0.0
    processor_ms: float = 0.0

    @property
    def first_word(self) -> float:
        return statistics.median(reading.first_word for reading in self.readings)

    @property
    def whole(self) -> float:
        return statistics.median(reading.whole for reading in self.readings)

    @property
    def rate(self) -> float:
        return len(self.readings) / self.seconds

    @property
    def processor_each(self) -> float:
        return self.processor_ms / len(self.readings)

    async def add(self, client: Client, questions: Sequence[Question], at_once: int) -> None:
        began, used = time.perf_counter(), processor_ms(client.process_id)
        self.readings += await ask_all(client, questions, at_once)
        self.seconds += time.perf_counter() - began
        self.processor_ms += processor_ms(client.process_id) - used


@dataclass(frozen=True)
class Stage:
    settings: Settings
    provider: Client
    variables: dict[str, str]
    bearer: str

    @contextmanager
    def product(self) -> Iterator[Client]:
        with serving(self.settings, self.bearer, **self.variables) as client:
            yield client

    @contextmanager
    def relay(self, transport: str = "") -> Iterator[Client]:
        variables = self.variables | {TRANSPORT_VARIABLE: transport}
        with serving(self.settings, self.bearer, "benchmarks._relay_app:create_app", **variables) as client:
            yield client


@contextmanager
def staged() -> Iterator[Stage]:
    with fresh_database() as settings, running(["benchmarks._provider"], dict(os.environ)) as provider:
        variables = {
            "OPENAI_BASE_URL": f"http://{HOST}:{provider.port}/v1",
            "SIGMASIGHT_OPENAI_MODEL": MODEL,
            "SIGMASIGHT_AI_PROVIDER": "openai",
            "SIGMASIGHT_AI_TURNS_PER_MINUTE": UNLIMITED,
        }
        yield Stage(settings, provider, variables, token.issue(demo.DEMO.scope, settings).text)


def question(conversation_id: str, case: str) -> Question:
    """Never twice in the same words."""
    return Question(conversation_id, f"How volatile are my {next(_numbers)} holdings, {case}?")


def begin_questions(number: int) -> list[Question]:
    """For a relay, which knows no conversations."""
    return [question("", "no tools") for _ in range(number)]


async def seed(settings: Settings) -> None:
    database = Database(settings.database_url)
    await demo.seed(database, settings)
    await database.close()


async def begin_conversations(settings: Settings, number: int, portfolio_id: UUID | None = None) -> list[str]:
    database, scope = Database(settings.database_url), demo.DEMO.scope
    async with database.session(scope) as session:
        rows = [_conversation(scope, portfolio_id) for _ in range(number)]
        session.add_all(rows)
    await database.close()
    return [str(row.id) for row in rows]


async def fill(settings: Settings, conversation_ids: list[str], turns: int, words: str) -> None:
    """Turns that were had before."""
    database, scope = Database(settings.database_url), demo.DEMO.scope
    for conversation_id in conversation_ids:
        async with database.session(scope) as session:
            for number in range(turns):
                for role in ("user", "assistant"):
                    session.add(_message(scope, conversation_id, role, f"{number} {words}"))
                    await session.flush()
    await database.close()


def _conversation(scope: Scope, portfolio_id: UUID | None) -> Conversation:
    return Conversation(
        tenant_id=scope.tenant_id, user_id=scope.user_id, title="Measured", mode="standard", portfolio_id=portfolio_id
    )


def _message(scope: Scope, conversation_id: str, role: str, words: str) -> Message:
    return Message(
        user_id=scope.user_id,
        conversation_id=UUID(conversation_id),
        role=role,
        content=words,
        parts=[{"type": "text", "text": words}],
        finish_reason="stop" if role == "assistant" else None,
        tokens=len(words) // 4,
    )


def processor_ms(process_id: int) -> float:
    """Of a process and its threads so far, as Linux counts it."""
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, system = int(fields[11]), int(fields[12])
    return (user + system) * 1000 / os.sysconf("SC_CLK_TCK")
