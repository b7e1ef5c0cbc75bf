"""`sigmasight accounts`: how an installation without demo accounts gets its people."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from app.cli import app as cli
from app.config import Settings
from app.db import Database
from app.models import User
from app.repositories import user as user_repository
from app.schemas.auth import LoginIn
from app.services import auth
from tests.builders import PASSWORD


async def run(*arguments: str, types: str = "") -> Result:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["accounts", *arguments], types)


async def account(database: Database, email: str) -> User:
    async with database.session() as session:
        found = await user_repository.find_credentials(session, email)
    assert found is not None
    async with database.session(found.scope) as session:
        return await session.get_one(User, found.scope.user_id)


async def test_an_account_can_be_made_where_strangers_may_not_and_signs_in(
    database: Database, settings: Settings
) -> None:
    closed = settings.model_copy(update={"registration_enabled": False})

    done = await run("add", "grace@example.com", "--name", "Grace", types=f"{PASSWORD}\n{PASSWORD}\n")

    assert done.exit_code == 0, done.output
    assert PASSWORD not in done.output
    await auth.login(database, closed, LoginIn(email="grace@example.com", password=PASSWORD))


async def test_an_administrator_joins_the_tenant_of_somebody_else(database: Database, user: User) -> None:
    options = ["--name", "Grace", "--role", "admin", "--beside", user.email, "--password", PASSWORD]

    done = await run("add", "grace@example.com", *options)

    assert done.exit_code == 0, done.output
    made = await account(database, "grace@example.com")
    assert (made.tenant_id, made.role) == (user.tenant_id, "admin")


async def test_a_role_is_given_and_taken_away(database: Database, user: User) -> None:
    for role in ("admin", "user"):
        assert (await run("role", user.email, role)).exit_code == 0
        assert (await account(database, user.email)).role == role


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["role", "nobody@example.com", "admin"], "no account with this e-mail"),
        (["add", "a@example.com", "--name", "A", "--password", "short"], "password: "),
        (["add", "not an address", "--name", "A", "--password", PASSWORD], "email: "),
        (["add", "a@example.com", "--name", "A", "--password", PASSWORD, "--beside", "b@example.com"], "no account"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_sentence(arguments: list[str], complaint: str) -> None:
    done = await run(*arguments)

    assert done.exit_code == 1
    assert complaint in done.output
    assert len(done.output.strip().splitlines()) == 1


async def test_an_address_that_is_taken_is_refused(user: User) -> None:
    done = await run("add", user.email.upper(), "--name", "A", "--password", PASSWORD)

    assert done.exit_code == 1
    assert "Sign in instead" in done.output
