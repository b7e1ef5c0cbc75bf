"""Bodies that are JSON, or nearly, and meant to do harm. Refused in our words, whoever sends them."""

import httpx
import pytest

DEEP = 1_000_000
REFUSED = (400, 413, 422)
# One that anybody reaches, and two that a person does
ROUTES = ["/api/v1/auth/login", "/api/v1/portfolios", "/api/v1/chat/conversations"]
BODIES = {
    "deep list": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"email":' * DEEP + b"1" + b"}" * DEEP,
    "never closed": b"[" * DEEP,
    "not a number": b'{"email": NaN, "name": NaN, "title": NaN}',
    "beyond a float": b'{"email": 1e400, "name": 1e400, "title": 1e400}',
    "a number without end": b'{"email": ' + b"9" * 100_000 + b', "name": 1, "title": 1}',
    "a character that cannot be stored": b'{"email": "a\\u0000@b.example", "name": "a\\u0000b", "title": "a\\u0000b"}',
    "half of a character": b'{"email": "\\ud800", "name": "\\ud800", "title": "\\ud800"}',
    "bytes that are no text": b'{"email": "\xff\xfe", "name": "\xff", "title": "\xff"}',
    "20 MB of text": b'{"email": "' + b"x" * 20_000_000 + b'", "name": "", "title": ""}',
}
TOLD_BY_OTHERS = ("Traceback", "psycopg", "sqlalchemy", "recursion", "xxxxxxxx")


@pytest.mark.parametrize("name", BODIES)
async def test_it_is_refused_in_our_words(signed_in: httpx.AsyncClient, name: str) -> None:
    for route in ROUTES:
        answer = await signed_in.post(route, content=BODIES[name], headers={"Content-Type": "application/json"})

        assert answer.status_code in REFUSED, answer.text[:300]
        assert set(answer.json()) >= {"error", "detail", "request_id"}
        assert not [word for word in TOLD_BY_OTHERS if word.lower() in answer.text.lower()]


async def test_of_a_key_that_is_there_twice_the_last_counts(signed_in: httpx.AsyncClient) -> None:
    """As every reader of JSON here takes it: none checks one value and stores the other."""
    body = b'{"title": "First", "title": "Second"}'
    answer = await signed_in.post(ROUTES[2], content=body, headers={"Content-Type": "application/json"})

    assert answer.json()["title"] == "Second"
