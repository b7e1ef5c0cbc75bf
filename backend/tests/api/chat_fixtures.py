"""A person, a conversation and a running API whose model and tools are scripted."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx

from app.agent.turn_tools import ToolBox
from app.models import User
from tests.agent.scripted import ScriptedClient
from tests.api.chat_server import Reading, read


@dataclass(frozen=True)
class Chat:
    http: httpx.AsyncClient
    user: User
    conversation_id: str

    async def ask(
        self, question: str, *, key: str | None = None, leave_after: int | None = None, **body: Any
    ) -> Reading:
        headers = {"Idempotency-Key": key} if key is not None else {}
        sent = {"conversation_id": self.conversation_id, "text": question, **body}
        return await read(self.http, "POST", "/api/v1/chat/send", json=sent, headers=headers, leave_after=leave_after)

    async def resume(self, run_id: str, after: int | str | None = None) -> Reading:
        headers = {"Last-Event-ID": str(after)} if after is not None else {}
        return await read(self.http, "GET", f"/api/v1/chat/runs/{run_id}/events", headers=headers)

    async def messages(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/api/v1/chat/conversations/{self.conversation_id}/messages")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


OpenChat = Callable[[ScriptedClient, ToolBox], AbstractAsyncContextManager[Chat]]
