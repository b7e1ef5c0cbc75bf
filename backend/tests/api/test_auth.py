import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from app.config import Settings
from app.db import Database
from app.models import RefreshToken, User
from app.services import token
from tests.builders import PASSWORD, auth_headers, make_user, scope_of

AUTH = "/api/v1/auth"


async def login(client: httpx.AsyncClient, user: User, password: str = PASSWORD) -> httpx.Response:
    return await client.post(f"{AUTH}/login", json={"email": user.email, "password": password})


async def refresh(client: httpx.AsyncClient, pair: dict[str, Any]) -> httpx.Response:
    return await client.post(f"{AUTH}/refresh", json={"refresh_token": pair["refresh_token"]})


async def age_used_links(database: Database, user: User) -> None:
    """As if the grace for a second use had passed."""
    async with database.session(scope_of(user)) as session:
        await session.execute(
            update(RefreshToken)
            .where(RefreshToken.used_at.is_not(None))
            .values(used_at=RefreshToken.used_at - timedelta(seconds=11))
        )


async def test_a_new_person_registers_signs_in_and_is_known(client: httpx.AsyncClient) -> None:
    wanted = {"email": "Grace@example.com", "password": "a long enough password", "display_name": "Grace"}
    registered = await client.post(f"{AUTH}/register", json=wanted)
    signed_in = await client.post(
        f"{AUTH}/login", json={"email": "grace@EXAMPLE.com", "password": "a long enough password"}
    )
    headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}

    me = await client.get(f"{AUTH}/me", headers=headers)

    assert registered.status_code == 201
    assert signed_in.json()["expires_in"] == 15 * 60
    assert me.json() == registered.json()
    assert (me.json()["display_name"], me.json()["role"]) == ("Grace", "user")
    assert "password" not in registered.text


async def test_an_address_registers_once_whatever_its_case(client: httpx.AsyncClient, user: User) -> None:
    wanted = {"email": user.email.upper(), "password": PASSWORD, "display_name": "Again"}

    answer = await client.post(f"{AUTH}/register", json=wanted)

    assert (answer.status_code, answer.json()["error"]) == (409, "email_taken")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("password", "short"),
        ("password", "x" * 201),
        ("display_name", ""),
        ("is_admin", True),
    ],
)
async def test_a_field_that_is_wrong_is_named_and_not_repeated(
    client: httpx.AsyncClient, field: str, value: object
) -> None:
    wanted = {"email": "grace@example.com", "password": PASSWORD, "display_name": "Grace"} | {field: value}

    answer = await client.post(f"{AUTH}/register", json=wanted)

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["fields"]] == [field]
    assert "x" * 50 not in answer.text


async def test_a_character_that_cannot_be_stored_is_refused(client: httpx.AsyncClient) -> None:
    wanted = {"email": "grace@example.com", "password": PASSWORD, "display_name": "Gra\0ce"}

    answer = await client.post(f"{AUTH}/register", json=wanted)

    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert "NUL" not in answer.text


class TestRegistrationSwitchedOff:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"registration_enabled": False})

    async def test_nobody_registers(self, client: httpx.AsyncClient) -> None:
        wanted = {"email": "grace@example.com", "password": PASSWORD, "display_name": "Grace"}

        answer = await client.post(f"{AUTH}/register", json=wanted)

        assert (answer.status_code, answer.json()["error"]) == (403, "registration_disabled")


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: httpx.AsyncClient, user: User
) -> None:
    wrong = await login(client, user, "not the password")
    unknown = await client.post(f"{AUTH}/login", json={"email": "nobody@example.com", "password": PASSWORD})

    assert wrong.status_code == unknown.status_code == 401
    assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


async def test_somebody_switched_off_does_not_sign_in(client: httpx.AsyncClient, database: Database) -> None:
    user = await make_user(database, is_active=False)

    assert (await login(client, user)).status_code == 401


async def test_a_token_of_somebody_switched_off_is_worth_nothing(
    client: httpx.AsyncClient, database: Database, user: User
) -> None:
    pair = (await login(client, user)).json()
    async with database.session(scope_of(user)) as session:
        await session.execute(update(User).values(is_active=False))

    me = await client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {pair['access_token']}"})

    assert me.status_code == (await refresh(client, pair)).status_code == 401


async def test_signing_in_renews_a_weak_hash(client: httpx.AsyncClient, database: Database, user: User) -> None:
    await login(client, user)

    async with database.session(scope_of(user)) as session:
        stored = await session.scalar(select(User.password_hash))
    assert stored is not None
    assert "m=65536" in stored
    assert (await login(client, user)).status_code == 200


async def test_the_eleventh_attempt_on_an_address_has_to_wait(client: httpx.AsyncClient, user: User) -> None:
    for _ in range(10):
        assert (await login(client, user, "not the password")).status_code == 401

    answer = await login(client, user)

    assert (answer.status_code, answer.json()["error"]) == (429, "too_many_sign_ins")
    assert 1 <= int(answer.headers["Retry-After"]) <= 12


async def test_a_refresh_token_is_stored_hashed_only(client: httpx.AsyncClient, database: Database, user: User) -> None:
    pair = (await login(client, user)).json()

    async with database.session(scope_of(user)) as session:
        stored = (await session.scalars(select(RefreshToken.token_hash))).one()
    assert len(stored) == 32
    assert pair["refresh_token"].encode() not in stored


async def test_each_refresh_gives_the_next_link(client: httpx.AsyncClient, database: Database, user: User) -> None:
    pair = (await login(client, user)).json()
    for _ in range(3):
        answer = await refresh(client, pair)
        assert answer.status_code == 200
        assert answer.json()["refresh_token"] != pair["refresh_token"]
        pair = answer.json()
        await age_used_links(database, user)

    me = await client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {pair['access_token']}"})
    assert me.status_code == 200


async def test_a_second_use_of_an_old_link_ends_the_chain(
    client: httpx.AsyncClient, database: Database, user: User
) -> None:
    stolen = (await login(client, user)).json()
    elsewhere = (await login(client, user)).json()
    current = (await refresh(client, stolen)).json()
    await age_used_links(database, user)

    reuse = await refresh(client, stolen)

    assert (reuse.status_code, reuse.json()["error"]) == (401, "invalid_refresh_token")
    assert (await refresh(client, current)).status_code == 401
    assert (await refresh(client, elsewhere)).status_code == 200


async def test_two_tabs_that_refresh_at_once_both_stay_signed_in(client: httpx.AsyncClient, user: User) -> None:
    pair = (await login(client, user)).json()

    answers = await asyncio.gather(*(refresh(client, pair) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["refresh_token"] for answer in answers}) == 4
    assert {(await refresh(client, answer.json())).status_code for answer in answers} == {200}


async def test_an_expired_link_is_refused(client: httpx.AsyncClient, database: Database, user: User) -> None:
    pair = (await login(client, user)).json()
    async with database.session(scope_of(user)) as session:
        await session.execute(update(RefreshToken).values(expires_at=datetime.now(UTC)))

    assert (await refresh(client, pair)).status_code == 401


async def test_signing_out_ends_this_chain_and_no_other(client: httpx.AsyncClient, user: User) -> None:
    here, elsewhere = (await login(client, user)).json(), (await login(client, user)).json()

    answer = await client.post(f"{AUTH}/logout", json={"refresh_token": here["refresh_token"]})
    again = await client.post(f"{AUTH}/logout", json={"refresh_token": here["refresh_token"]})

    assert answer.status_code == again.status_code == 204
    assert (await refresh(client, here)).status_code == 401
    assert (await refresh(client, elsewhere)).status_code == 200


async def test_an_unknown_refresh_token_is_refused(client: httpx.AsyncClient) -> None:
    assert (await refresh(client, {"refresh_token": "made up"})).status_code == 401


def _claims(user: User, **changed: object) -> dict[str, Any]:
    now = datetime.now(UTC)
    claims: dict[str, Any] = {"iss": token.ISSUER, "aud": token.AUDIENCE, "iat": now, "exp": now + timedelta(minutes=5)}
    return claims | {"sub": str(user.id), "tenant": str(user.tenant_id)} | changed


@pytest.mark.parametrize(
    ("changed", "algorithm"),
    [
        ({}, "none"),
        ({"exp": datetime.now(UTC) - timedelta(minutes=1)}, "HS256"),
        ({"aud": "somebody-else"}, "HS256"),
        ({"iss": "somebody-else"}, "HS256"),
        ({"sub": "not an id"}, "HS256"),
        ({"tenant": "00000000-0000-0000-0000-000000000000"}, "HS256"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused_with_one_sentence(
    app: FastAPI, client: httpx.AsyncClient, user: User, changed: dict[str, object], algorithm: str
) -> None:
    secret = app.state.settings.token_secret.get_secret_value() if algorithm != "none" else ""
    forged = jwt.encode(_claims(user, **changed), secret, algorithm=algorithm)

    answer = await client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {forged}"})

    assert answer.status_code == 401
    assert answer.json()["detail"] == token.InvalidAccessToken.detail
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_clock_that_was_put_back_turns_nobody_away(client: httpx.AsyncClient, user: User, app: FastAPI) -> None:
    """Tokens from before bear a time to come; how long they are good for still holds."""
    issued = datetime.now(UTC) + timedelta(hours=1)
    secret = app.state.settings.token_secret.get_secret_value()
    earlier = jwt.encode(_claims(user, iat=issued, exp=issued + timedelta(minutes=15)), secret, algorithm="HS256")

    assert (await client.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {earlier}"})).status_code == 200


async def test_a_token_signed_with_another_secret_is_refused(
    client: httpx.AsyncClient, user: User, settings: Settings
) -> None:
    other = Settings(_env_file=None, token_secret="x" * 40)

    answer = await client.get(f"{AUTH}/me", headers=auth_headers(user, other))

    assert answer.status_code == 401
