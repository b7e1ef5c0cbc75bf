import json
from collections.abc import AsyncIterator

import httpx
import pytest

from app.api.body_limit import MAX_BODY_BYTES

LOGIN = "/api/v1/auth/login"
JSON = {"content-type": "application/json"}
TOO_LARGE = json.dumps({"email": "ada@example.com", "password": "x" * MAX_BODY_BYTES}).encode()


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 1024 * 1024):
        yield body[start : start + 1024 * 1024]


@pytest.mark.parametrize("is_stated", [True, False], ids=["length_stated", "length_not_stated"])
async def test_a_body_beyond_the_limit_is_refused_before_anybody_signed_in(
    client: httpx.AsyncClient, is_stated: bool
) -> None:
    refused = await client.post(LOGIN, content=TOO_LARGE if is_stated else in_pieces(TOO_LARGE), headers=JSON)

    assert refused.status_code == 413
    assert (refused.json()["error"], refused.json()["detail"]) == ("too_large", "The body is larger than 8 MB.")
    assert refused.json()["request_id"]


async def test_what_is_stated_is_not_waited_for(client: httpx.AsyncClient) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("nobody reads it")
        yield b""

    headers = JSON | {"content-length": str(10**12)}
    assert (await client.post(LOGIN, content=never(), headers=headers)).status_code == 413


@pytest.mark.parametrize(
    "body", [b'{"email": "\xff"}', b"[" * 100_000, b'{"email": ' + b"9" * 5_000 + b"}", b"{"], ids=range(4)
)
async def test_a_body_that_cannot_be_read_is_told_so(client: httpx.AsyncClient, body: bytes) -> None:
    refused = await client.post(LOGIN, content=body, headers=JSON)

    assert (refused.status_code, refused.json()["error"]) == (400, "malformed_request")


async def test_the_longest_text_that_a_shape_takes_fits(signed_in: httpx.AsyncClient) -> None:
    # Spelt out by JSON, each of these takes 12 bytes
    document = {"title": "Long", "content": "\N{GRINNING FACE}" * 500_000}
    body = json.dumps({"documents": [document]}).encode()

    taken = await signed_in.post("/api/v1/agent/kb/index", content=body, headers=JSON)

    assert taken.status_code == 202
