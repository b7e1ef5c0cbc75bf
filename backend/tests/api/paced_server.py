"""An API process that can be killed: its model speaks at a pace that depends on the question alone."""

import asyncio
import multiprocessing
import random
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar

from fastapi import FastAPI

from app.agent import runs
from app.agent.llm_client import CallMetadata, Choice, LLMEvent, LLMMessage, ToolSpec
from app.config import Settings
from app.main import create_app
from app.server import Server, configured
from tests.agent.scripted import FakeToolBox, call, end, gives, text, usage

WORDS = 40


class PacedClient:
    provider: ClassVar[str] = "paced"
    default_model = "paced-1"

    def __init__(self, longest_pause: float) -> None:
        self._longest_pause = longest_pause

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        question = next(message["content"] for message in reversed(messages) if message["role"] == "user")
        pace = random.Random(question)  # noqa: S311 - the same pace for the same question
        is_first = messages[-1]["role"] != "tool"
        words = text("Let me ", "look.") if is_first else text(*(f"{number} " for number in range(WORDS)))
        for word in words:
            await asyncio.sleep(pace.uniform(0, self._longest_pause))
            yield word  # type: ignore[misc]
        if is_first:
            yield call("look", "c1")
        yield usage(1, 1)
        yield end("tool_calls" if is_first else "stop")


class PacedClients:
    def __init__(self, longest_pause: float) -> None:
        self._client = PacedClient(longest_pause)

    def choose(self, **_asked: Any) -> Choice:
        return Choice(self._client, "paced-1")

    async def close(self) -> None:
        pass


def paced_app(settings: Settings, longest_pause: float = 0.02) -> FastAPI:
    return create_app(settings, clients=PacedClients(longest_pause), toolbox=FakeToolBox(look=gives({"beta": 1.2})))


@dataclass(frozen=True)
class Killable:
    url: str
    process: BaseProcess


@contextmanager
def running(settings: Settings, longest_pause: float = 0.02, *, shutdown_seconds: int = 20) -> Iterator[Killable]:
    """Forked from a process that has imported everything, so that it is there at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(settings, longest_pause, shutdown_seconds, theirs), daemon=True)
    process.start()
    try:
        yield Killable(f"http://127.0.0.1:{ours.recv()}", process)
    finally:
        process.kill()
        process.join()


def _serve(settings: Settings, longest_pause: float, shutdown_seconds: int, report: Connection) -> None:
    runs.SHUTDOWN_SECONDS = shutdown_seconds
    asyncio.run(_serve_and_report(settings, longest_pause, shutdown_seconds, report))


async def _serve_and_report(
    settings: Settings, longest_pause: float, shutdown_seconds: int, report: Connection
) -> None:
    app = paced_app(settings, longest_pause)
    options = {"log_config": None, "timeout_graceful_shutdown": shutdown_seconds}
    server = Server(app, configured(app, host="127.0.0.1", port=0, **options))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event to wait for
        await asyncio.sleep(0.005)
    report.send(server.servers[0].sockets[0].getsockname()[1])
    await serving
