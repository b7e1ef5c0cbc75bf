"""A server where whoever migrates is no superuser, as those of providers are."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import startup
from app.config import Settings
from app.database_requirements import Offer, problems_of
from app.db import APPLICATION_ROLE, Database
from app.embedded_postgres import EmbeddedPostgres
from app.errors import CannotStart
from app.models import Portfolio
from tests.builders import make_portfolio, make_user, scope_of
from tests.deployment.conftest import login, make_logins

Server = Callable[[], EmbeddedPostgres]
READY = Offer(
    login="owner",
    database="risk",
    vector="0.8.5",
    vector_on_offer="0.8.5",
    may_create_roles=False,
    has_role=True,
    may_take_role=True,
    may_create=True,
)


def settings_for(service: str, owner: str) -> Settings:
    return Settings(_env_file=None, environment="test", database_url=service, migration_database_url=owner)


async def test_one_login_migrates_and_another_serves_without_owning_anything(bare_server: Server) -> None:
    server = bare_server()
    make_logins(server)
    make_logins(server)
    owner, service = (login(server.url(), f"sigmasight_{name}") for name in ("owner", "service"))

    startup.migrate(settings_for(service, owner))
    startup.check_schema(service)

    database = Database(service)
    ada, eve = await make_user(database), await make_user(database)
    await make_portfolio(database, ada)
    async with database.session(scope_of(eve)) as session:
        assert (await session.scalars(select(Portfolio.id))).all() == []
    async with database.session(scope_of(ada)) as session:
        assert len((await session.scalars(select(Portfolio.id))).all()) == 1
    for statement in ("set role sigmasight_owner", "alter table portfolios disable row level security"):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            async with database.session() as session:
                await session.execute(text(statement))
    await database.close()


def test_an_owner_that_may_make_roles_makes_the_applications_own(bare_server: Server) -> None:
    server = bare_server()
    url = server.ensure_database()
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute("create role renter login createrole")
        administrator.execute("alter database sigmasight owner to renter")
        administrator.execute("create extension vector")
    renter = login(url, "renter")

    startup.migrate(settings_for(renter, ""))

    startup.check_schema(renter)
    with psycopg.connect(renter, options=f"-c role={APPLICATION_ROLE}") as connection:
        assert connection.execute("select count(*) from portfolios").fetchone() == (0,)


def test_what_an_administrator_has_to_do_is_told_before_anything_is_made(bare_server: Server) -> None:
    url = bare_server().ensure_database()
    with psycopg.connect(url, autocommit=True) as administrator:
        administrator.execute("create role guest login")
    guest = login(url, "guest")

    with pytest.raises(CannotStart) as refusal:
        startup.migrate(settings_for(guest, ""))

    for remedy in ("create extension vector", f"create role {APPLICATION_ROLE}", "owner to guest", "roles.sql"):
        assert remedy in str(refusal.value)
    with psycopg.connect(url) as connection:
        made = connection.execute("select count(*) from pg_tables where schemaname in ('public', 'agent')").fetchone()
    assert made == (0,)


def test_a_login_that_may_not_act_for_the_application_is_told_how_it_could(
    postgres: EmbeddedPostgres, database_url: str
) -> None:
    with psycopg.connect(database_url, autocommit=True) as administrator:
        administrator.execute("create role stranger login")
    try:
        with pytest.raises(CannotStart, match=f"`grant {APPLICATION_ROLE} to stranger`"):
            startup.check_schema(login(database_url, "stranger"))
    finally:
        with psycopg.connect(postgres.url("postgres"), autocommit=True) as administrator:
            administrator.execute("drop role stranger")


@pytest.mark.parametrize(
    ("offer", "may_add_vector", "problem"),
    [
        ({"vector": None, "vector_on_offer": None}, False, "has no extension `vector`: install pgvector"),
        ({"vector": "0.7.4"}, True, "`vector` is of version 0.7.4: 0.8 or newer"),
        ({"vector": None}, False, "`create extension vector`"),
        ({"has_role": False, "may_take_role": False}, True, "`create role sigmasight_app`"),
        ({"may_take_role": False}, True, "`grant sigmasight_app to owner`"),
        ({"may_create": False}, True, "`alter database risk owner to owner`"),
    ],
)
def test_each_thing_that_is_missing_has_its_remedy(
    offer: dict[str, str | bool | None], may_add_vector: bool, problem: str
) -> None:
    (found,) = problems_of(Offer(**({name: getattr(READY, name) for name in READY.__slots__} | offer)), may_add_vector)

    assert problem in found


def test_of_what_is_ready_nothing_is_said() -> None:
    assert problems_of(READY, may_add_vector=True) == []
