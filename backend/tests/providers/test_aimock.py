"""A complete emulator of both wire formats: every event, index and sequence number, and faults on request."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.agent import model_call
from tests.agent.scripted import FakeToolBox, gives
from tests.providers.opened import OpenWithProvider, Spoken

HERE = Path(__file__).parent
EMULATOR = HERE / "node_modules/@copilotkit/aimock/dist/cli.js"

pytestmark = [
    pytest.mark.provider,
    pytest.mark.skipif(
        not EMULATOR.exists() or shutil.which("node") is None,
        reason="the emulator is not installed: run `npm ci` in backend/tests/providers",
    ),
]


@pytest.fixture(scope="module")
async def emulator_url() -> AsyncIterator[str]:
    port = _free_port()
    command = ["node", str(EMULATOR), "--port", str(port), "--fixtures", str(HERE / "aimock_turns.json")]
    options = ["--chunk-size", "3", "--log-level", "warn", "--strict"]
    process = await asyncio.create_subprocess_exec(*command, *options, stdout=subprocess.DEVNULL)
    await _until_listening(port)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    await process.wait()


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_call, "BASE_PAUSE_SECONDS", 0.0)


async def test_two_tools_then_text(open_with_provider: OpenWithProvider, emulator_url: str, spoken: Spoken) -> None:
    toolbox = FakeToolBox(get_beta=gives({"beta": 1.2}), get_volatility=gives({"volatility": 0.2}))
    async with open_with_provider(emulator_url, spoken, toolbox) as chat:
        reading = await chat.ask("two tools, please")
        again = await chat.ask("two tools, please, once more")

    done = reading.events[-1].data
    assert sorted(toolbox.calls[:2]) == [("get_beta", {"window": 63}), ("get_volatility", {"window": 21})]
    assert done["final_text"] == reading.text == "Beta is 1.2 and volatility 20 % — größer 📈 than the market's."
    assert (done["finish_reason"], done["tool_calls_count"]) == ("stop", 2)
    assert again.types[-1] == "done"


async def test_a_stream_that_is_cut_keeps_what_came(
    open_with_provider: OpenWithProvider, emulator_url: str, spoken: Spoken
) -> None:
    async with open_with_provider(emulator_url, spoken, FakeToolBox()) as chat:
        reading = await chat.ask("cut short")
        _, assistant = await chat.messages()

    error = reading.events[-1].data
    assert (error["code"], error["retryable"]) == ("provider_stream_cut", True)
    assert "This answer".startswith(reading.text) or reading.text.startswith("This answer")
    assert assistant["content"] == (reading.text or error["message"])


async def test_a_provider_that_was_busy_is_asked_again(
    open_with_provider: OpenWithProvider, emulator_url: str, spoken: Spoken
) -> None:
    async with open_with_provider(emulator_url, spoken, FakeToolBox()) as chat:
        reading = await chat.ask(f"busy once, {spoken}")

    outcomes = [attempt["outcome"] for attempt in reading.events[-1].data["attempts"]]
    assert (reading.text, outcomes) == ("Here I am.", ["provider_rate_limited", "answered"])


@pytest.mark.parametrize(
    ("question", "code", "is_retryable"),
    [("wrong key", "provider_unauthorized", False), ("out of order", "provider_overloaded", True)],
)
async def test_a_failure_is_named(
    open_with_provider: OpenWithProvider,
    emulator_url: str,
    spoken: Spoken,
    question: str,
    code: str,
    is_retryable: bool,
) -> None:
    async with open_with_provider(emulator_url, spoken, FakeToolBox()) as chat:
        reading = await chat.ask(question)
        user, assistant = await chat.messages()

    error = reading.events[-1].data
    assert (error["code"], error["retryable"]) == (code, is_retryable)
    assert (user["content"], assistant["content"]) == (question, error["message"])


async def test_a_turn_is_stopped_within_a_second(
    open_with_provider: OpenWithProvider, emulator_url: str, spoken: Spoken
) -> None:
    async with open_with_provider(emulator_url, spoken, FakeToolBox()) as chat:
        begun = await chat.ask("slowly", leave_after=2)
        await chat.stop(begun.run_id)
        rest = await chat.resume(begun.run_id, after=2)

    assert rest.events[-1].data["finish_reason"] == "stopped"


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def _until_listening(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                await writer.wait_closed()
                return
