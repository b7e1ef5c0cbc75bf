"""What a model says, in each provider's wire format, and that provider's client at an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from app.agent.llm_claude import ClaudeClient
from app.agent.llm_openai import OpenAIClient
from app.config import Settings
from tests.agent import claude_wire, openai_wire

Event = dict[str, Any]
NetworkClient = OpenAIClient | ClaudeClient


@dataclass(frozen=True)
class Said:
    """A call as the model writes it: its arguments may be no JSON at all."""

    call_id: str
    arguments: str = '{"window": 63}'
    name: str = "get_beta"


class Wire(Protocol):
    name: str
    # What stands in a request that sends a step's reasoning back
    reasoning_mark: str

    def client(self, url: str, **settings: Any) -> NetworkClient: ...

    def move(self, client: NetworkClient, url: str) -> None:
        """The provider's address changes under its client, as when a machine goes away."""
        ...

    def step(self, *said: Said, words: str = "") -> list[Event]:
        """A whole step: words, then calls."""
        ...

    def words(self, text: str) -> list[Event]:
        """The beginning of an answer."""
        ...

    def half_call(self) -> list[Event]: ...

    def failed(self, kind: str) -> Event:
        """The provider gives up after its 200. `kind` is one of both providers' names for it, put apart by a bar."""
        ...

    def unheard_of(self, words: str) -> list[Event]:
        """A step with events and items of which nobody has heard."""
        ...

    def out_of_order(self, words: str) -> list[Event]: ...

    def cut(self, words: str) -> list[Event]:
        """An answer that reached the limit of its length."""
        ...

    def refusal(self, words: str) -> list[Event]: ...

    def reasoned(self, said: Said) -> list[Event]:
        """A call after reasoning that only this provider can read."""
        ...

    def count_outputs(self, request: Event) -> int:
        """How many outputs of tools a request shows to the model."""
        ...


class OpenAIWire:
    name: ClassVar[str] = "openai"
    reasoning_mark = "gAAA"

    def client(self, url: str, **settings: Any) -> OpenAIClient:
        given = {"openai_base_url": f"{url}/v1", "openai_model": "gpt-5-mini", **settings}
        return OpenAIClient(Settings(_env_file=None, **given))

    def move(self, client: NetworkClient, url: str) -> None:
        client._client.base_url = f"{url}/v1"

    def step(self, *said: Said, words: str = "") -> list[Event]:
        spoken = [openai_wire.delta(words)] if words else []
        calls = [openai_wire.item_done(_function_call(one)) for one in said]
        return [*spoken, *calls, openai_wire.completed()]

    def words(self, text: str) -> list[Event]:
        return [{"type": "response.created"}, openai_wire.delta(text)]

    def half_call(self) -> list[Event]:
        item = {**_function_call(Said("c1")), "arguments": ""}
        begun = {"type": "response.output_item.added", "item": item}
        return [begun, {"type": "response.function_call_arguments.delta", "item_id": item["id"], "delta": '{"win'}]

    def failed(self, kind: str) -> Event:
        error = {"code": kind.split("|")[0], "message": "x"}
        return {"type": "response.failed", "response": {"error": error}}

    def unheard_of(self, words: str) -> list[Event]:
        odd = [{"type": "response.hologram.delta", "delta": "x"}, openai_wire.item_done({"type": "hologram"})]
        return [*odd, *self.step(words=words)]

    def out_of_order(self, words: str) -> list[Event]:
        return [{**event, "sequence_number": -at} for at, event in enumerate(self.step(words=words))]

    def cut(self, words: str) -> list[Event]:
        ending = {"usage": openai_wire.USAGE, "incomplete_details": {"reason": "max_output_tokens"}}
        return [openai_wire.delta(words), {"type": "response.incomplete", "response": ending}]

    def refusal(self, words: str) -> list[Event]:
        return [{"type": "response.refusal.delta", "item_id": "msg_1", "delta": words}, openai_wire.completed()]

    def reasoned(self, said: Said) -> list[Event]:
        return [openai_wire.item_done(openai_wire.REASONING), *self.step(said)]

    def count_outputs(self, request: Event) -> int:
        return sum(item["type"] == "function_call_output" for item in request["input"])


class ClaudeWire:
    name: ClassVar[str] = "claude"
    reasoning_mark = "c2ln"

    def client(self, url: str, **settings: Any) -> ClaudeClient:
        return ClaudeClient(Settings(_env_file=None, anthropic_base_url=url, **settings))

    def move(self, client: NetworkClient, url: str) -> None:
        client._client.base_url = url

    def step(self, *said: Said, words: str = "") -> list[Event]:
        spoken = claude_wire.text_block(0, words) if words else []
        calls = [event for at, one in enumerate(said, start=1) for event in _tool_block(at, one)]
        return [claude_wire.message_start(), *spoken, *calls, *claude_wire.closing("tool_use" if said else "end_turn")]

    def words(self, text: str) -> list[Event]:
        return [claude_wire.message_start(), *claude_wire.text_block(0, text)]

    def half_call(self) -> list[Event]:
        return _tool_block(1, Said("c1", '{"win'))[:-1]

    def failed(self, kind: str) -> Event:
        return claude_wire.error(kind.split("|")[-1])

    def unheard_of(self, words: str) -> list[Event]:
        odd = [{"type": "hologram_start"}, claude_wire.block_start(9, {"type": "hologram"}), claude_wire.block_stop(9)]
        return [*odd, *self.step(words=words)]

    def out_of_order(self, words: str) -> list[Event]:
        late = [claude_wire.block_delta(8, type="text_delta", text="of no block"), claude_wire.block_stop(3)]
        return [*late, *claude_wire.text_block(5, words), claude_wire.message_start(), *claude_wire.closing()]

    def cut(self, words: str) -> list[Event]:
        return [*self.words(words), *claude_wire.closing("max_tokens")]

    def refusal(self, words: str) -> list[Event]:
        return [*self.words(words), *claude_wire.closing("refusal")]

    def reasoned(self, said: Said) -> list[Event]:
        thought = claude_wire.thinking_block(0, "Beta first.", self.reasoning_mark)
        return [*thought, *_tool_block(1, said), *claude_wire.closing("tool_use")]

    def count_outputs(self, request: Event) -> int:
        blocks = [block for message in request["messages"] for block in message["content"]]
        return sum(block["type"] == "tool_result" for block in blocks)


WIRES: Sequence[Wire] = (OpenAIWire(), ClaudeWire())


def other(wire: Wire) -> Wire:
    return next(one for one in WIRES if one is not wire)


def _function_call(said: Said) -> Event:
    identity = f"fc_{said.call_id}"
    call = openai_wire.function_call(said.call_id, said.arguments, identity)
    return {**call, "name": said.name}


def _tool_block(index: int, said: Said) -> list[Event]:
    return claude_wire.tool_block(index, said.call_id, said.arguments, name=said.name)
