import httpx


async def test_a_ready_service_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/health/ready", headers={"X-Request-ID": "abc"})

    assert answer.json() == {"status": "ok"}
    assert answer.headers["X-Request-ID"] == "abc"


async def test_an_unknown_route_answers_in_the_error_shape(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/nothing")

    assert answer.status_code == 404
    assert answer.json() == {
        "error": "not_found",
        "detail": "Not Found",
        "request_id": answer.headers["X-Request-ID"],
    }
