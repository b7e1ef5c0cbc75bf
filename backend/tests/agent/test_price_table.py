"""What calls cost, against sums made by hand."""

from decimal import Decimal
from pathlib import Path

import pytest

from app.agent.llm_client import Choice, Overloaded, StreamCut, TimedOut, TokenUsage
from app.agent.price_table import FREE, PriceFileInvalid, PriceTable, load
from app.agent.usage import Call, total
from tests.agent.scripted import ScriptedClient

NONE = PriceTable({})


@pytest.mark.parametrize(
    ("model", "tokens", "usd"),
    [
        # 0.25 * 1,000,000 + 2 * 1,000,000
        ("gpt-5-mini", (1_000_000, 0, 0, 1_000_000), "2.25"),
        # 400 fresh * 1.25 + 600 cached * 0.125 + 50 * 10, per million
        ("gpt-5.1", (1_000, 600, 0, 50), "0.001075"),
        # 100 fresh * 2 + 700 cached * 0.20 + 200 written * 2.50 + 10 * 10, per million
        ("claude-sonnet-5-5", (1_000, 700, 200, 10), "0.00094"),
        ("gpt-5.1-2025-11-13", (0, 0, 0, 1), "0.00001"),
    ],
)
def test_a_cost_is_the_sum_of_its_tokens(model: str, tokens: tuple[int, int, int, int], usd: str) -> None:
    price = NONE.find(model, is_listed=True)
    assert price is not None
    read, cached, written, output = tokens

    assert price.cost(input=read, cached_input=cached, cache_write=written, output=output) == Decimal(usd)


def test_an_unknown_price_is_none_and_not_nothing() -> None:
    assert NONE.find("gpt-9", is_listed=True) is None
    assert NONE.find("gpt-5-mini", is_listed=False) is None
    assert FREE.is_free


def test_an_estimate_covers_what_a_call_can_cost() -> None:
    price = NONE.find("claude-opus-5-5", is_listed=True)
    assert price is not None
    most = price.at_most(input_tokens=1_000, output_tokens=500)

    # All of the input written to the cache: 1000 * 5 + 500 * 20, per million
    assert most == Decimal("0.015")
    assert price.cost(input=1_000, cached_input=0, cache_write=1_000, output=500) == most


def test_an_operators_prices_win(tmp_path: Path) -> None:
    file = tmp_path / "prices.json"
    file.write_text('{"version": "ours", "models": {"gpt-5-mini": {"input": 1, "output": 3}}}')
    price = load(file).find("gpt-5-mini", is_listed=True)

    assert price is not None
    assert (price.version, price.cost(input=10, cached_input=10, cache_write=0, output=1)) == (
        "ours",
        Decimal("0.000013"),
    )


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("{", "the file"),
        ('{"models": {}}', "version"),
        ('{"version": "x", "models": {"m": {"input": -1, "output": 1}}}', "models.m.input"),
        ('{"version": "x", "models": {"m": {"input": 1}}}', "models.m.output"),
        ('{"version": "x", "models": {"m": {"input": 1, "output": 1, "ouput": 2}}}', "models.m.ouput"),
    ],
)
def test_a_price_file_that_is_wrong_ends_the_start(tmp_path: Path, content: str, place: str) -> None:
    file = tmp_path / "prices.json"
    file.write_text(content)

    with pytest.raises(PriceFileInvalid, match=f"SIGMASIGHT_AI_PRICE_FILE: {place}"):
        load(file)


def test_a_price_file_that_is_missing_ends_the_start(tmp_path: Path) -> None:
    with pytest.raises(PriceFileInvalid, match="cannot be read"):
        load(tmp_path / "none.json")


def call(model: str = "gpt-5-mini", **used: int) -> Call:
    tokens = TokenUsage(type="usage", input=0, output=0, cached_input=0, reasoning=0) | used
    made = Call(Choice(ScriptedClient(), model, price=NONE.find(model, is_listed=True)), "chat")
    made.used = tokens if used else None  # type: ignore[assignment]
    return made


def test_a_turn_costs_what_its_calls_cost() -> None:
    usage = total([call(input=1_000_000), call(input=1_000_000, output=500_000, reasoning=9)])

    assert (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens) == (2_000_000, 500_000, 9)
    assert usage.cost_usd == 1.5


@pytest.mark.parametrize("unknown", [call(), call("gpt-9", input=5)], ids=["tokens", "price"])
def test_where_one_calls_cost_is_unknown_so_is_the_turns(unknown: Call) -> None:
    assert total([call(input=1_000_000), unknown]).cost_usd is None


def test_a_turn_without_a_call_has_no_cost_to_tell() -> None:
    assert total([]).cost_usd is None


def test_a_call_that_was_refused_at_the_door_costs_nothing() -> None:
    refused, timed_out, cut = call(), call(), call()
    refused.failed(Overloaded())
    timed_out.failed(TimedOut())
    cut.failed(StreamCut())

    assert (refused.cost_usd, timed_out.cost_usd, cut.cost_usd) == (Decimal(0), None, None)


def test_what_may_have_cost_something_is_charged_at_the_most() -> None:
    broken_off = call()
    broken_off.reserved_usd = Decimal("0.04")
    known = call(input=1_000_000)
    known.reserved_usd = Decimal("0.90")

    assert (broken_off.charged_usd, known.charged_usd) == (Decimal("0.04"), Decimal("0.25"))
