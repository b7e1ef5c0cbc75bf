"""Which client and which model a call gets.

In this order: what was asked for, the mode, the task, the configured provider. The clients are built once for the
process and closed with it.
"""

from app.agent.llm_client import Choice, LLMClient, Mode, Task
from app.agent.llm_openai import OpenAIClient
from app.config import Settings
from app.errors import CannotStart, InvalidField

# Work where a better answer is worth the wait
THOROUGH_MODES: frozenset[Mode] = frozenset({"deep", "research"})


class ProviderNotConfigured(CannotStart):
    """The settings ask for a provider that they do not describe: found at the start, not at the first question."""


class Clients:
    def __init__(self, settings: Settings, offline: LLMClient) -> None:
        self._offline = Choice(offline, offline.default_model)
        self._openai = OpenAIClient(settings) if _wants_openai(settings) else None
        self._heavy_model = settings.openai_heavy_model

    def choose(self, *, task: Task, mode: Mode, model: str | None) -> Choice:
        if model is not None:
            return self._requested(model)
        if mode == "offline" or self._openai is None:
            return self._offline
        is_thorough = task == "heavy" or mode in THOROUGH_MODES
        return Choice(self._openai, self._heavy_model if is_thorough else self._openai.default_model)

    async def close(self) -> None:
        if self._openai is not None:
            await self._openai.close()

    def _requested(self, model: str) -> Choice:
        # A closed list: a model's price is the operator's business
        known = {choice.model: choice for choice in self._choices()}
        if model not in known:
            raise InvalidField("model", f"there is no such model here. There are: {', '.join(known)}")
        return known[model]

    def _choices(self) -> list[Choice]:
        if self._openai is None:
            return [self._offline]
        return [
            Choice(self._openai, self._openai.default_model),
            Choice(self._openai, self._heavy_model),
            self._offline,
        ]


def _wants_openai(settings: Settings) -> bool:
    is_described = bool(settings.openai_api_key.get_secret_value() or settings.openai_base_url)
    if settings.ai_provider == "openai" and not is_described:
        raise ProviderNotConfigured("SIGMASIGHT_AI_PROVIDER is openai: set OPENAI_API_KEY, or OPENAI_BASE_URL")
    return is_described and settings.ai_provider != "offline"
