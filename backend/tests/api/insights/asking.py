"""Asking for insights, and the one model that answers."""

from typing import Any

import httpx
from fastapi import FastAPI

from app.agent.llm_client import Choice, Mode, Rule, Task
from app.config import Settings
from app.services import demo, token

WORDS: dict[str, Any] = {
    "title": "A title",
    "severity": "critical",
    "summary": "A summary.",
    "recommendations": ["Look."],
    "analysis": "An analysis.",
}
# One that fits each type of insight
ANSWER = {**WORDS, "findings": []}


class OneClient:
    """Whatever is asked for, this client answers."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.tasks: list[Task] = []

    @property
    def choices(self) -> list[Choice]:
        return [Choice(self.client, self.client.default_model)]

    def choose(self, *, task: Task, mode: Mode, model: str | None, rule: Rule | None) -> Choice:
        self.tasks.append(task)
        return Choice(self.client, self.client.default_model)

    async def close(self) -> None:
        pass


def client_of(account: demo.Account, app: FastAPI, settings: Settings) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token.issue(account.scope, settings).text}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers)


async def generate(
    client: httpx.AsyncClient, portfolio_id: str, *, key: str | None = None, **body: Any
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key is not None else {}
    sent = {"portfolio_id": portfolio_id, **body}
    return await client.post("/api/v1/insights/generate", json=sent, headers=headers)
