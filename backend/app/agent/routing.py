"""Which client and which model a call gets.

In this order: what was asked for, the mode, the task, the configured provider. The clients are built once for the
process and closed with it.
"""

from typing import NamedTuple

from app.agent.llm_claude import ClaudeClient
from app.agent.llm_client import Choice, LLMClient, Mode, Task
from app.agent.llm_openai import OpenAIClient
from app.config import Settings
from app.errors import CannotStart, InvalidField

# Work where a better answer is worth the wait
THOROUGH_MODES: frozenset[Mode] = frozenset({"deep", "research"})


class ProviderNotConfigured(CannotStart):
    """The settings ask for a provider that they do not describe: found at the start, not at the first question."""


class Models(NamedTuple):
    """A provider's client, with its model for a chat and the one for work that is worth a wait."""

    client: OpenAIClient | ClaudeClient
    standard: str
    heavy: str

    def choices(self) -> list[Choice]:
        return [Choice(self.client, self.standard), Choice(self.client, self.heavy)]


class Clients:
    def __init__(self, settings: Settings, offline: LLMClient) -> None:
        self._offline = Choice(offline, offline.default_model)
        self._providers = _providers(settings)

    def choose(self, *, task: Task, mode: Mode, model: str | None) -> Choice:
        if model is not None:
            return self._requested(model)
        if mode == "offline" or not self._providers:
            return self._offline
        first = self._providers[0]
        is_thorough = task == "heavy" or mode in THOROUGH_MODES
        return Choice(first.client, first.heavy if is_thorough else first.standard)

    async def close(self) -> None:
        for provider in self._providers:
            await provider.client.close()

    def _requested(self, model: str) -> Choice:
        # A closed list: a model's price is the operator's business
        choices = [*(choice for provider in self._providers for choice in provider.choices()), self._offline]
        known = {choice.model: choice for choice in choices}
        if model not in known:
            raise InvalidField("model", f"there is no such model here. There are: {', '.join(known)}")
        return known[model]


def _providers(settings: Settings) -> list[Models]:
    """Those that the settings describe, the one that is asked for first."""
    if settings.ai_provider == "offline":
        return []
    openai_key, claude_key = settings.openai_api_key.get_secret_value(), settings.anthropic_api_key.get_secret_value()
    found = []
    if openai_key or settings.openai_base_url:
        found.append(Models(OpenAIClient(settings), settings.openai_model, settings.openai_heavy_model))
    if claude_key or settings.anthropic_base_url:
        found.append(Models(ClaudeClient(settings), settings.claude_model, settings.claude_heavy_model))
    wanted = settings.ai_provider
    if wanted != "auto" and wanted not in [models.client.provider for models in found]:
        name = {"openai": "OPENAI", "claude": "ANTHROPIC"}[wanted]
        raise ProviderNotConfigured(f"SIGMASIGHT_AI_PROVIDER is {wanted}: set {name}_API_KEY, or {name}_BASE_URL")
    return sorted(found, key=lambda models: models.client.provider != wanted)
