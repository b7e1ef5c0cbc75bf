"""Which client and which model a call gets, and who is asked when that one fails.

In this order: what was asked for, an administrator's rule, the mode, the task, the configured provider. The clients are
built once for the process and closed with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

from app.agent import price_table
from app.agent.circuit import Circuit
from app.agent.llm_claude import ClaudeClient
from app.agent.llm_client import Choice, LLMClient, Mode, Rule, Task
from app.agent.llm_openai import OpenAIClient
from app.agent.price_table import FREE, PriceTable
from app.config import Settings
from app.errors import CannotStart, InvalidField

# Work where a better answer is worth the wait
THOROUGH_MODES: frozenset[Mode] = frozenset({"deep", "research"})
# Of these nobody reads the very words
LIGHT_TASKS: frozenset[Task] = frozenset({"summary", "memory"})


class ProviderNotConfigured(CannotStart):
    """The settings ask for a provider that they do not describe: found at the start, not at the first question."""


class PriceMissing(CannotStart):
    """A budget cannot be kept with a model that costs nobody knows what."""


NetworkClient = OpenAIClient | ClaudeClient


@dataclass(frozen=True, slots=True)
class Provider:
    """A client with the models that are offered of it: one for chat, one for what is worth the wait."""

    client: NetworkClient
    standard: Choice
    heavy: Choice

    @classmethod
    def of(cls, client: NetworkClient, heavy_model: str, prices: PriceTable, *, is_listed: bool) -> Self:
        """`is_listed`: at the provider's own address, where its list prices hold."""
        # What is out of order is the provider, whichever of its models was asked
        circuit = Circuit()

        def choice(model: str) -> Choice:
            return Choice(client, model, circuit=circuit, price=prices.find(model, is_listed=is_listed))

        return cls(client, choice(client.default_model), choice(heavy_model))

    def choice(self, *, is_thorough: bool) -> Choice:
        return self.heavy if is_thorough else self.standard


class Clients:
    def __init__(self, settings: Settings, offline: LLMClient) -> None:
        self._offline = Choice(offline, offline.default_model, price=FREE)
        # The first is the one that is asked where nothing else is said
        self._providers = tuple(_providers(settings))
        self._failover = settings.ai_failover
        if settings.ai_daily_budget_usd is not None:
            self._require_prices()

    @property
    def choices(self) -> list[Choice]:
        """All that may be asked for: a closed list, for a model's price is the operator's business."""
        offered = [choice for provider in self._providers for choice in (provider.standard, provider.heavy)]
        return [*offered, self._offline]

    def choose(self, *, task: Task, mode: Mode, model: str | None, rule: Rule | None) -> Choice:
        if model is not None:
            return self._with_fallbacks(self._requested(model))
        if rule is not None and (ruled := self._known().get(rule.model)) is not None:
            return replace(self._with_fallbacks(ruled), variant=rule.variant)
        if mode == "offline" or not self._providers:
            return self._offline
        is_thorough = task == "heavy" or (mode in THOROUGH_MODES and task not in LIGHT_TASKS)
        return self._with_fallbacks(self._providers[0].choice(is_thorough=is_thorough))

    async def close(self) -> None:
        for provider in self._providers:
            await provider.client.close()

    def _require_prices(self) -> None:
        for choice in self.choices:
            if choice.price is None:
                raise PriceMissing(
                    f"SIGMASIGHT_AI_DAILY_BUDGET_USD is set, and what {choice.model} costs is not known: "
                    "state it in SIGMASIGHT_AI_PRICE_FILE"
                )

    def _requested(self, model: str) -> Choice:
        known = self._known()
        if model not in known:
            offered = ", ".join(choice.model for choice in self.choices)
            raise InvalidField("model", f"there is no such model here. There are: {offered}")
        return known[model]

    def _known(self) -> dict[str, Choice]:
        # The earlier provider keeps a name that two of them use
        return {choice.model: choice for choice in reversed(self.choices)}

    def _with_fallbacks(self, first: Choice) -> Choice:
        return replace(first, fallbacks=tuple(self._fallbacks(first)))

    def _fallbacks(self, first: Choice) -> Iterator[Choice]:
        """The other providers' models of the same weight, then the offline analyst where it may stand in."""
        if first is self._offline or self._failover == "none":
            return
        is_thorough = any(first is provider.heavy for provider in self._providers)
        for provider in self._providers:
            if provider.client is not first.client:
                yield provider.choice(is_thorough=is_thorough)
        if self._failover == "offline":
            yield self._offline


def _providers(settings: Settings) -> list[Provider]:
    """Those that the settings describe, the one that is asked for first."""
    if settings.ai_provider == "offline":
        return []
    openai_key, claude_key = settings.openai_api_key.get_secret_value(), settings.anthropic_api_key.get_secret_value()
    prices = price_table.load(settings.ai_price_file)
    found = []
    if openai_key or settings.openai_base_url:
        is_listed = not settings.openai_base_url
        found.append(Provider.of(OpenAIClient(settings), settings.openai_heavy_model, prices, is_listed=is_listed))
    if claude_key or settings.anthropic_base_url:
        is_listed = not settings.anthropic_base_url
        found.append(Provider.of(ClaudeClient(settings), settings.claude_heavy_model, prices, is_listed=is_listed))
    wanted = settings.ai_provider
    if wanted != "auto" and wanted not in [provider.client.provider for provider in found]:
        name = {"openai": "OPENAI", "claude": "ANTHROPIC"}[wanted]
        raise ProviderNotConfigured(f"SIGMASIGHT_AI_PROVIDER is {wanted}: set {name}_API_KEY, or {name}_BASE_URL")
    return sorted(found, key=lambda provider: provider.client.provider != wanted)
