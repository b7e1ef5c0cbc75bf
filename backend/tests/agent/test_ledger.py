"""The ledger and the daily budget, in a real PostgreSQL."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.agent import ledger
from app.agent.ledger import Account, BudgetExceeded, Purse
from app.agent.limits import Limits
from app.agent.llm_client import CallMetadata, Choice, LLMMessage, TokenUsage, UserMessage
from app.agent.metering import metered
from app.agent.price_table import FREE, Price
from app.agent.usage import Call
from app.db import Database
from app.models import ModelUsage, User
from app.repositories import usage as usage_repository
from tests.agent.scripted import ScriptedClient, answer
from tests.builders import make_user, scope_of

# 20,000 tokens of output, as much as is reserved for it, cost 0.20
PRICE = Price(Decimal(0), Decimal(0), Decimal(0), Decimal(10), "test")
RESERVED = Decimal("0.20")
MESSAGES: list[LLMMessage] = [UserMessage(role="user", content="What is my beta?")]


def a_call(price: Price | None = PRICE) -> Call:
    return Call(Choice(ScriptedClient(), "scripted-1", price=price), "chat")


def answered(call: Call, *, output: int) -> Call:
    call.used = TokenUsage(type="usage", input=100, output=output, cached_input=40, reasoning=10)
    call.answered()
    return call


def account_of(user: User) -> Account:
    return Account(scope_of(user), run_id=uuid4())


def purse_of(database: Database, user: User, budget: str) -> Purse:
    return Purse(database, account_of(user), Decimal(budget))


async def reserve(purse: Purse, call: Call, *earlier: Call) -> None:
    await purse.reserve(call, MESSAGES, [], CallMetadata(), earlier=earlier)


async def rows(database: Database, user: User) -> list[ModelUsage]:
    async with database.session(scope_of(user)) as session:
        return list((await session.scalars(select(ModelUsage).order_by(ModelUsage.created_at))).all())


async def today(database: Database, user: User) -> tuple[Decimal, Decimal]:
    async with database.session(scope_of(user)) as session:
        return await usage_repository.spent_today(session, user.id)


async def test_fifty_turns_at_once_cannot_pass_a_budget(database: Database, user: User) -> None:
    purse = purse_of(database, user, "1.10")
    outcomes = await asyncio.gather(*(reserve(purse, a_call()) for _ in range(50)), return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetExceeded)]
    assert (outcomes.count(None), len(refused)) == (5, 45)
    assert await today(database, user) == (Decimal(0), 5 * RESERVED)


async def test_what_a_call_did_cost_takes_its_reservations_place(database: Database, user: User) -> None:
    purse = purse_of(database, user, "0.30")
    first, second = a_call(), a_call()
    await reserve(purse, first)
    with pytest.raises(BudgetExceeded):
        await reserve(purse, a_call())
    await reserve(purse, second, answered(first, output=1_000))

    assert await today(database, user) == (Decimal("0.01"), RESERVED)
    settled, reserved = await rows(database, user)
    assert (settled.outcome, settled.cost_usd, settled.charged_usd) == ("answered", Decimal("0.01"), Decimal("0.01"))
    assert (settled.input_tokens, settled.cached_input_tokens, settled.output_tokens) == (100, 40, 1_000)
    assert (reserved.outcome, reserved.cost_usd, reserved.charged_usd) == ("open", None, RESERVED)


async def test_a_reservation_that_nobody_settles_expires(database: Database, user: User) -> None:
    purse = purse_of(database, user, "0.30")
    await reserve(purse, a_call())
    async with database.session(scope_of(user)) as session:
        await session.execute(text("update ai_usage set reserved_until = now() - interval '1 second'"))
    await reserve(purse, a_call())

    assert await today(database, user) == (Decimal(0), RESERVED)


async def test_yesterdays_calls_do_not_count(database: Database, user: User) -> None:
    purse = purse_of(database, user, "0.30")
    spent = a_call()
    await reserve(purse, spent)
    async with database.session(scope_of(user)) as session:
        await ledger.write(session, account_of(user), [answered(spent, output=25_000)])
        await session.execute(text("update ai_usage set created_at = created_at - interval '1 day'"))

    await reserve(purse, a_call())
    assert await today(database, user) == (Decimal(0), RESERVED)


async def test_a_call_that_was_broken_off_is_charged_at_the_most_it_can_cost(database: Database, user: User) -> None:
    purse = purse_of(database, user, "0.50")
    broken_off = a_call()
    await reserve(purse, broken_off)
    async with database.session(scope_of(user)) as session:
        await ledger.write(session, account_of(user), [broken_off])

    assert await today(database, user) == (RESERVED, Decimal(0))
    assert (await rows(database, user))[0].cost_usd is None


async def test_everybody_has_a_budget_of_their_own(database: Database, user: User) -> None:
    colleague = await make_user(database, tenant_id=user.tenant_id)
    await reserve(purse_of(database, user, "0.20"), a_call())
    await reserve(purse_of(database, colleague, "0.20"), a_call())

    with pytest.raises(BudgetExceeded):
        await reserve(purse_of(database, user, "0.20"), a_call())


async def test_what_costs_nothing_needs_no_budget(database: Database, user: User) -> None:
    await reserve(purse_of(database, user, "0.01"), a_call(FREE))

    assert await rows(database, user) == []


async def test_what_costs_nobody_knows_what_is_refused(database: Database, user: User) -> None:
    with pytest.raises(BudgetExceeded):
        await reserve(purse_of(database, user, "1000"), a_call(None))


async def test_writing_twice_is_writing_once(database: Database, user: User) -> None:
    account, calls = account_of(user), [answered(a_call(), output=7), a_call()]
    for _ in range(2):
        async with database.session(scope_of(user)) as session:
            await ledger.write(session, account, calls)

    written = await rows(database, user)
    assert sorted(row.outcome for row in written) == ["answered", "broken_off"]
    assert {row.run_id for row in written} == {account.run_id}


async def test_a_reservation_lasts_longer_than_a_turn(database: Database, user: User) -> None:
    await reserve(purse_of(database, user, "1"), a_call())
    row = (await rows(database, user))[0]

    assert row.reserved_until is not None
    assert row.reserved_until - row.created_at == ledger.RESERVED_FOR > timedelta(minutes=10)


@pytest.mark.parametrize("stranger", ["another tenant's", "the same tenant's"])
async def test_nobody_sees_another_persons_calls(database: Database, user: User, stranger: str) -> None:
    tenant: dict[str, Any] = {"tenant_id": user.tenant_id} if stranger == "the same tenant's" else {}
    other = await make_user(database, role="admin", **tenant)
    async with database.session(scope_of(user)) as session:
        await ledger.write(session, account_of(user), [answered(a_call(), output=7)])

    assert await rows(database, other) == []


def test_the_estimate_grows_with_what_is_shown(database: Database) -> None:
    price = Price(Decimal(1), Decimal(1), Decimal(1), Decimal(0), "test")
    long: list[LLMMessage] = [UserMessage(role="user", content="beta " * 1_000_000)]

    # A million words are at least a million tokens, and a dollar a million is the price
    assert ledger._at_most(price, long, [], CallMetadata()) >= 1


async def test_a_call_outside_a_turn_is_in_the_ledger_before_it_is_made(database: Database, user: User) -> None:
    account, gate = Account(scope_of(user), insight_id=uuid4()), asyncio.Event()
    client = ScriptedClient([gate, *answer("Fine.")])

    async def work() -> None:
        async with (
            metered(database, Choice(client, "scripted-1", price=PRICE), account, Limits()) as calls,
            aclosing(calls.stream_step(MESSAGES, [], CallMetadata(task="insight"))) as events,
        ):
            async for _ in events:
                pass

    working = asyncio.create_task(work())
    while not client.asked:  # noqa: ASYNC110 - until the provider is asked
        await asyncio.sleep(0)
    (before,) = await rows(database, user)
    gate.set()
    await working
    (after,) = await rows(database, user)

    assert (before.outcome, before.insight_id, before.charged_usd) == ("open", account.insight_id, Decimal(0))
    assert (after.id, after.outcome, after.output_tokens) == (before.id, "answered", 10)


async def test_a_call_that_is_reserved_for_has_one_row(database: Database, user: User) -> None:
    client = ScriptedClient(answer("Fine."))
    limits = Limits(daily_budget_usd=Decimal(1))
    async with (
        metered(database, Choice(client, "scripted-1", price=PRICE), account_of(user), limits) as calls,
        aclosing(calls.stream_step(MESSAGES, [], CallMetadata())) as events,
    ):
        await anext(events)
        open_rows = [row.outcome for row in await rows(database, user)]
        async for _ in events:
            pass

    assert open_rows == ["open"]
    assert [row.outcome for row in await rows(database, user)] == ["answered"]
