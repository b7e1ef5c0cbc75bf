"""A person, a conversation and a running API whose model and tools are scripted."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI

from app.config import Settings
from app.db import Scope
from app.models import User
from tests.api.chat_server import Reading, events, read
from tests.builders import auth_headers, scope_of


@dataclass(frozen=True)
class Chat:
    http: httpx.AsyncClient
    app: FastAPI
    user: User
    conversation_id: str
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, question: str, *, key: str | None = None, leave_after: int | None = None, **body: Any
    ) -> Reading:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        sent = {"conversation_id": self.conversation_id, "text": question, **body}
        return await read(self.http, "POST", "/api/v1/chat/send", json=sent, headers=headers, leave_after=leave_after)

    async def ask_again(self, message_id: str, *, key: str | None = None, **body: Any) -> Reading:
        headers = self.headers | ({"Idempotency-Key": key} if key is not None else {})
        url = f"/api/v1/chat/messages/{message_id}/regenerate"
        return await read(self.http, "POST", url, headers=headers, **({"json": body} if body else {}))

    async def resume(self, run_id: str, after: int | str | None = None) -> Reading:
        headers = self.headers | ({"Last-Event-ID": str(after)} if after is not None else {})
        return await read(self.http, "GET", f"/api/v1/chat/runs/{run_id}/events", headers=headers)

    @property
    def scope(self) -> Scope:
        return scope_of(self.user)

    async def stop(self, run_id: str) -> dict[str, Any]:
        answer = await self.http.post(f"/api/v1/chat/runs/{run_id}/stop")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def conversation(self) -> dict[str, Any]:
        answer = await self.http.get(f"/api/v1/chat/conversations/{self.conversation_id}")
        return dict(answer.json())

    async def until_running(self) -> str:
        """The turn that runs in the conversation, as soon as there is one."""
        async with asyncio.timeout(10):
            while (run_id := (await self.conversation())["active_run_id"]) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return str(run_id)

    async def until(self, run_id: str, event_type: str) -> None:
        """Returns once a reader has seen such an event."""
        url = f"/api/v1/chat/runs/{run_id}/events"
        async with self.http.stream("GET", url, headers=self.headers) as response:
            async for event in events(response):
                if event.type == event_type:
                    return

    async def as_another(self, user: User, settings: Settings) -> "Chat":
        """The same server, used by somebody else."""
        http = self.http
        created = await http.post("/api/v1/chat/conversations", json={}, headers=auth_headers(user, settings))
        return Chat(http, self.app, user, created.json()["id"], auth_headers(user, settings))

    async def messages(self) -> list[dict[str, Any]]:
        answer = await self.http.get(f"/api/v1/chat/conversations/{self.conversation_id}/messages")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


OpenChat = Callable[..., AbstractAsyncContextManager[Chat]]
