from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from app.agent.llm_client import get_llm_client
from app.agent.routing import Clients, PriceMissing, ProviderNotConfigured
from app.config import Settings
from app.errors import InvalidField
from tests.agent.scripted import ScriptedClient


def clients(**changes: Any) -> Clients:
    return Clients(Settings(_env_file=None).model_copy(update=changes), offline=ScriptedClient())


KEY = SecretStr("sk-test")


@pytest.mark.parametrize(
    ("settings", "asked", "model"),
    [
        ({}, {}, "scripted-1"),
        ({"openai_api_key": KEY}, {}, "gpt-5.4-mini"),
        ({"openai_base_url": "http://127.0.0.1:1/v1", "openai_model": "local"}, {}, "local"),
        ({"openai_api_key": KEY, "ai_provider": "offline"}, {}, "scripted-1"),
        ({"openai_api_key": KEY}, {"mode": "offline"}, "scripted-1"),
        ({"openai_api_key": KEY}, {"mode": "deep"}, "gpt-5.4"),
        ({"openai_api_key": KEY}, {"task": "heavy"}, "gpt-5.4"),
        ({"openai_api_key": KEY}, {"mode": "deep", "task": "summary"}, "gpt-5.4-mini"),
        ({}, {"mode": "deep"}, "scripted-1"),
        ({"openai_api_key": KEY}, {"mode": "offline", "model": "gpt-5.4-mini"}, "gpt-5.4-mini"),
        ({"openai_api_key": KEY}, {"model": "scripted-1"}, "scripted-1"),
        ({"anthropic_api_key": KEY}, {}, "claude-sonnet-5-5"),
        ({"anthropic_api_key": KEY}, {"mode": "research"}, "claude-opus-5-5"),
        ({"anthropic_base_url": "http://127.0.0.1:1", "claude_model": "local"}, {}, "local"),
        ({"openai_api_key": KEY, "anthropic_api_key": KEY}, {}, "gpt-5.4-mini"),
        ({"openai_api_key": KEY, "anthropic_api_key": KEY, "ai_provider": "claude"}, {}, "claude-sonnet-5-5"),
        ({"openai_api_key": KEY, "anthropic_api_key": KEY}, {"model": "claude-opus-5-5"}, "claude-opus-5-5"),
        ({"anthropic_api_key": KEY, "ai_provider": "offline"}, {}, "scripted-1"),
    ],
)  # fmt: skip
def test_who_answers(settings: dict[str, Any], asked: dict[str, Any], model: str) -> None:
    assert get_llm_client(clients(**settings), **asked).model == model


@pytest.mark.parametrize("settings", [{}, {"openai_api_key": KEY}])
def test_a_model_that_nobody_offers_cannot_be_asked_for(settings: dict[str, Any]) -> None:
    with pytest.raises(InvalidField, match="model: there is no such model here"):
        get_llm_client(clients(**settings), model="gpt-5-pro-max")


@pytest.mark.parametrize(
    ("failover", "asked", "order"),
    [
        ("none", {}, ["gpt-5.4-mini"]),
        ("providers", {}, ["gpt-5.4-mini", "claude-sonnet-5-5"]),
        ("offline", {}, ["gpt-5.4-mini", "claude-sonnet-5-5", "scripted-1"]),
        ("providers", {"mode": "deep"}, ["gpt-5.4", "claude-opus-5-5"]),
        ("providers", {"model": "claude-opus-5-5"}, ["claude-opus-5-5", "gpt-5.4"]),
        ("offline", {"mode": "offline"}, ["scripted-1"]),
    ],
)  # fmt: skip
def test_who_is_asked_next(failover: str, asked: dict[str, Any], order: list[str]) -> None:
    choice = get_llm_client(clients(openai_api_key=KEY, anthropic_api_key=KEY, ai_failover=failover), **asked)

    assert [choice.model, *(other.model for other in choice.fallbacks)] == order


def test_a_budget_needs_to_know_every_price() -> None:
    with pytest.raises(PriceMissing, match="local-model"):
        clients(openai_base_url="http://127.0.0.1:1/v1", openai_model="local-model", ai_daily_budget_usd=Decimal(1))
    clients(openai_api_key=KEY, anthropic_api_key=KEY, ai_daily_budget_usd=Decimal(1))


def test_list_prices_hold_at_the_providers_own_address() -> None:
    listed, own = clients(openai_api_key=KEY), clients(openai_base_url="http://127.0.0.1:1/v1")

    assert get_llm_client(listed).price is not None
    assert get_llm_client(own).price is None


def test_the_models_of_a_provider_share_its_circuit() -> None:
    source = clients(openai_api_key=KEY, anthropic_api_key=KEY)
    light, heavy = (get_llm_client(source, model=model) for model in ("gpt-5.4-mini", "gpt-5.4"))

    assert light.circuit is heavy.circuit
    assert light.circuit is not light.fallbacks[0].circuit


@pytest.mark.parametrize(("wanted", "variable"), [("openai", "OPENAI_API_KEY"), ("claude", "ANTHROPIC_API_KEY")])
def test_a_provider_that_is_not_described_is_refused_at_the_start(wanted: str, variable: str) -> None:
    with pytest.raises(ProviderNotConfigured, match=variable):
        clients(ai_provider=wanted)
