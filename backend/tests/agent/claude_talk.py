"""A Claude client on recorded replies, and what the tests of it say to it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from app.agent.llm_claude import ClaudeClient
from app.agent.llm_client import (
    AssistantMessage,
    AssistantToolCall,
    LLMEvent,
    LLMMessage,
    ProviderItems,
    SystemMessage,
    ToolMessage,
    ToolSpec,
    UserMessage,
)
from app.config import Settings
from tests.agent.provider_server import Provider, Reply, provider

SONNET = "claude-sonnet-5-5"
RULES = SystemMessage(role="system", content="Be short.")
HERE = SystemMessage(role="system", content="Where the person is now: Growth")
QUESTION: list[LLMMessage] = [RULES, HERE, UserMessage(role="user", content="How risky is it?")]
TOOL = ToolSpec(name="get_beta", description="Beta", parameters={"type": "object", "properties": {}})
SECRET = "sk-ant-verysecret123"
CACHED = {"type": "ephemeral"}


@asynccontextmanager
async def opened(*replies: Reply, **settings: Any) -> AsyncIterator[tuple[ClaudeClient, Provider]]:
    async with provider(*replies) as server:
        url = server.url.removesuffix("/v1")
        client = ClaudeClient(
            Settings(_env_file=None, anthropic_base_url=url, anthropic_api_key=SECRET, **settings)  # type: ignore[call-arg]
        )
        yield client, server
        await client.close()


async def collect(client: ClaudeClient, messages: Sequence[LLMMessage] = QUESTION, **request: Any) -> list[LLMEvent]:
    return [event async for event in client.stream_response(messages, **request)]


def called(ids: Sequence[str], kept: ProviderItems | None = None, name: str = "get_beta") -> list[LLMMessage]:
    """A step with a call for each id, and their outputs."""
    made = [AssistantToolCall(id=call_id, name=name, arguments={"window": 63}) for call_id in ids]
    step = AssistantMessage(role="assistant", content="", tool_calls=made)
    if kept is not None:
        step["provider_items"] = kept
    outputs = [ToolMessage(role="tool", tool_call_id=call_id, name=name, content='{"beta": 1.2}') for call_id in ids]
    return [step, *outputs]
