from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, select

from app.config import Settings
from app.db import Database
from app.jobs import app as job_app
from app.models import Conversation, ModelUsage, PortfolioSnapshot, Run, RunEventRow, User
from tests.builders import make_instrument, make_portfolio, make_user, scope_of


async def defer(settings: Settings, name: str) -> None:
    queue = job_app.create_job_app(settings.database_url)
    async with queue.open_async():
        await queue.configure_task(name).defer_async(timestamp=0)


def jobs_left(settings: Settings) -> int:
    with psycopg.connect(settings.database_url) as connection:
        row = connection.execute("select count(*) from procrastinate_jobs").fetchone()
    assert row is not None
    return int(row[0])


async def test_the_nightly_job_rebuilds_everybodys_snapshots(settings: Settings, database: Database) -> None:
    await make_instrument(database, "SP500", [100.0, 101.0, 99.0])
    people = [await make_user(database), await make_user(database)]
    for person in people:
        await make_portfolio(database, person, opening_cash=1000)

    await defer(settings, "recompute_all_snapshots")
    await job_app.work(settings, until_idle=True)
    # The worker stopped when it had nothing to take, which may be before the first job had put others in line
    await job_app.work(settings, until_idle=True)

    for person in people:
        async with database.session(scope_of(person)) as session:
            navs = (await session.scalars(select(PortfolioSnapshot.nav))).all()
        assert navs == [1000.0] * 3
    assert jobs_left(settings) == 0


async def test_a_portfolio_that_is_waiting_is_not_queued_twice(settings: Settings, database: Database) -> None:
    portfolio = await make_portfolio(database, await make_user(database))
    queue = job_app.create_job_app(settings.database_url)
    async with queue.open_async():
        waiting = queue.configure_task(
            "recompute_snapshots", queueing_lock=f"snapshots:{portfolio.id}", schedule_in={"hours": 1}
        )
        await waiting.defer_async(portfolio_id=str(portfolio.id), user_id="", tenant_id="")

    await defer(settings, "recompute_all_snapshots")
    await job_app.work(settings, until_idle=True)

    assert jobs_left(settings) == 1


@pytest.fixture
async def run(database: Database, user: User) -> Run:
    conversation = Conversation(user_id=user.id, tenant_id=user.tenant_id, title="A question")
    async with database.session(scope_of(user)) as session:
        session.add(conversation)
        await session.flush()
        made = Run(
            user_id=user.id,
            tenant_id=user.tenant_id,
            conversation_id=conversation.id,
            user_message_id=uuid4(),
            assistant_message_id=uuid4(),
            status="completed",
            mode="standard",
            request_hash="",
            lease_owner="",
            lease_expires_at=func.now(),
        )
        session.add(made)
    return made


async def test_streams_are_forgotten_after_a_day(settings: Settings, database: Database, user: User, run: Run) -> None:
    async with database.session(scope_of(user)) as session:
        for sequence, age in enumerate((timedelta(hours=25), timedelta(hours=23)), start=1):
            created_at = func.now() - age
            session.add(
                RunEventRow(
                    run_id=run.id, sequence=sequence, user_id=user.id, type="message", data={}, created_at=created_at
                )
            )

    await defer(settings, "purge_run_events")
    await job_app.work(settings, until_idle=True)

    async with database.session(scope_of(user)) as session:
        assert (await session.scalars(select(RunEventRow.sequence))).all() == [2]


@pytest.mark.parametrize(("provider", "cost"), [("openai", None), ("offline", Decimal(0))])
async def test_what_a_dead_process_was_asking_of_a_model_stays_in_the_ledger(
    settings: Settings, database: Database, user: User, provider: str, cost: Decimal | None
) -> None:
    async with database.session(scope_of(user)) as session:
        for model, age in (("dead", -1), ("alive", 1)):
            session.add(
                ModelUsage(
                    user_id=user.id, tenant_id=user.tenant_id, task="insight", provider=provider, model=model,
                    outcome="open", reserved_until=func.now() + timedelta(minutes=age),
                )
            )  # fmt: skip

    await defer(settings, "settle_model_calls")
    await job_app.work(settings, until_idle=True)

    async with database.session(scope_of(user)) as session:
        calls = (await session.scalars(select(ModelUsage).order_by(ModelUsage.model.desc()))).all()
    assert [(call.model, call.outcome, call.cost_usd) for call in calls] == [
        ("dead", "broken_off", cost),
        ("alive", "open", None),
    ]
