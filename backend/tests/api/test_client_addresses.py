"""Who asks, where a web server asks for them: by its word, and by nobody else's."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from ipaddress import ip_network

import httpx
import pytest
import structlog
from structlog.testing import capture_logs

from app.config import Settings
from app.main import create_app
from app.services import sign_in_limit
from tests.api.chat_server import serving

ATTEMPTS = 2
HOUR = 3600.0
# The test's own connections come from here
WEB_SERVER = "127.0.0.1"


@pytest.fixture(autouse=True)
def few_attempts_from_one_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in_limit, "ATTEMPTS_PER_HOST", ATTEMPTS)
    monkeypatch.setattr(sign_in_limit, "SECONDS_PER_ATTEMPT_AND_HOST", HOUR)


def api(settings: Settings, *trusted: str) -> AbstractAsyncContextManager[str]:
    networks = tuple(ip_network(name) for name in trusted)
    return serving(create_app(settings.model_copy(update={"trusted_proxies": networks})))


async def attempts(url: str, *told: str) -> list[int]:
    """One to sign in for each `X-Forwarded-For`, each with another account, so that only the host's limit is met."""
    return [await attempt(url, number, {"x-forwarded-for": value}) for number, value in enumerate(told)]


async def attempt(url: str, number: int, headers: Mapping[str, str]) -> int:
    body = {"email": f"nobody-{number}@example.com", "password": "not the password"}
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return (await client.post("/api/v1/auth/login", json=body, headers=headers)).status_code


async def test_two_people_behind_one_web_server_have_limits_of_their_own(settings: Settings) -> None:
    async with api(settings, WEB_SERVER) as url:
        eve = await attempts(url, *["203.0.113.9"] * (ATTEMPTS + 1))
        ada = await attempts(url, "203.0.113.10")

    assert eve == [401] * ATTEMPTS + [429]
    assert ada == [401]


async def test_who_is_not_the_web_server_is_counted_by_their_own_address(settings: Settings) -> None:
    async with api(settings, "192.0.2.1", "10.0.0.0/8") as url:
        answers = await attempts(url, *(f"203.0.113.{number}" for number in range(ATTEMPTS + 1)))

    assert answers == [401] * ATTEMPTS + [429]


async def test_what_a_browser_put_before_a_trusted_hop_is_not_believed(settings: Settings) -> None:
    """A proxy adds the address that it sees at the end; only as far as all that follows is trusted is it looked at."""
    async with api(settings, WEB_SERVER, "10.0.0.0/8") as url:
        answers = await attempts(
            url, *(f"198.51.100.{number}, 203.0.113.9, 10.0.0.7" for number in range(ATTEMPTS + 1))
        )
        other = await attempts(url, "203.0.113.9, 203.0.113.10, 10.0.0.7")

    assert answers == [401] * ATTEMPTS + [429]
    assert other == [401]


async def test_all_addresses_of_one_ipv6_network_are_one_host(settings: Settings) -> None:
    async with api(settings, WEB_SERVER) as url:
        neighbours = await attempts(url, *(f"2001:db8:0:1::{number}" for number in range(1, ATTEMPTS + 2)))
        others = await attempts(url, "2001:db8:0:2::1")

    assert neighbours == [401] * ATTEMPTS + [429]
    assert others == [401]


@pytest.mark.parametrize("said", ["", ",", "not an address", "1.2.3.4.5", "[::1", "x" * 5_000])
async def test_a_web_server_that_says_nothing_of_use_gets_an_answer(settings: Settings, said: str) -> None:
    async with api(settings, WEB_SERVER) as url:
        assert await attempts(url, said) == [401]


async def test_a_refused_attempt_is_logged_with_the_address_and_without_the_account(settings: Settings) -> None:
    async with api(settings, WEB_SERVER) as url:
        with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
            await attempts(url, *["203.0.113.9"] * (ATTEMPTS + 1))

    refused = [(line["code"], line["client"]) for line in logs if line["event"] == "sign_in_refused"]
    assert refused == [("wrong_credentials", "203.0.113.9")] * ATTEMPTS + [("too_many_sign_ins", "203.0.113.9")]
    assert "nobody" not in str(logs)


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_one_party_has_for_itself(host: str, network: str) -> None:
    assert sign_in_limit.network_of(host) == network


def test_trusted_proxies_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TRUSTED_PROXIES", "10.0.0.0/8, fd12::/16 ,::1")
    assert [str(network) for network in Settings(_env_file=None).trusted_proxies] == [
        "10.0.0.0/8",
        "fd12::/16",
        "::1/128",
    ]

    monkeypatch.setenv("API_TRUSTED_PROXIES", "")
    assert Settings(_env_file=None).trusted_proxies == ()


@pytest.mark.parametrize("wrong", ["web", "10.0.0.1/8", "*", "10.0.0.0/33"])
def test_a_proxy_that_is_no_address_ends_the_start(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("API_TRUSTED_PROXIES", f"127.0.0.1,{wrong}")

    with pytest.raises(ValueError, match="API_TRUSTED_PROXIES"):
        Settings(_env_file=None)
