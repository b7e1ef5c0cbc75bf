import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from app.config import Settings
from app.db import Database
from app.jobs import app as job_app
from app.models import User
from tests.agent.knowledge_base import WordEmbedder, index_document
from tests.agent.test_document_text import pdf
from tests.builders import auth_headers, make_user, scope_of

KB = "/api/v1/agent/kb"
NOBODY = UUID(int=7)
BETA = {"title": "Beta", "content": "## Meaning\n\nBeta is the slope on the benchmark."}


@asynccontextmanager
async def client_of(app: FastAPI, user: User, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport, headers = httpx.ASGITransport(app), auth_headers(user, settings)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as opened:
        yield opened


async def index(
    client: httpx.AsyncClient, settings: Settings, document: dict[str, str], scope: str = "user"
) -> list[str]:
    answer = await client.post(f"{KB}/index", json={"scope": scope, "documents": [document]})
    assert answer.status_code == 202, answer.text
    await job_app.work(settings, until_idle=True)
    return [document["id"] for document in answer.json()["documents"]]


async def test_a_document_is_taken_indexed_and_found(signed_in: httpx.AsyncClient, settings: Settings) -> None:
    taken = await signed_in.post(f"{KB}/index", json={"documents": [BETA]})
    assert taken.status_code == 202
    (document,) = taken.json()["documents"]
    assert (document["status"], document["chunk_count"]) == ("waiting", 0)
    assert (await signed_in.get(f"{KB}/search", params={"q": "beta"})).json()["passages"] == []

    await job_app.work(settings, until_idle=True)

    read = (await signed_in.get(f"{KB}/documents/{document['id']}")).json()
    assert (read["status"], read["chunk_count"], read["embedding_model"]) == ("ready", 1, "all-MiniLM-L6-v2")
    assert read["chunks"][0]["content"] == read["body"][read["chunks"][0]["span_start"] :]
    found = (await signed_in.get(f"{KB}/search", params={"q": "Beta is the slope"})).json()
    (passage,) = found["passages"]
    assert (passage["document_id"], passage["vector_rank"], passage["text_rank"]) == (document["id"], 1, 1)
    assert passage["is_used"]
    assert passage["relevance"] >= found["threshold"]


async def test_a_pdf_is_taken_as_a_file(signed_in: httpx.AsyncClient, settings: Settings) -> None:
    file = ("rules.pdf", pdf("Beta is the slope."), "application/pdf")
    answer = await signed_in.post(f"{KB}/documents", files={"file": file}, data={"tags": ["rules", "risk"]})

    (document,) = answer.json()["documents"]
    assert (document["title"], document["key"], document["tags"]) == ("rules", "rules.pdf", ["rules", "risk"])
    await job_app.work(settings, until_idle=True)
    assert (await signed_in.get(f"{KB}/documents/{document['id']}")).json()["chunks"][0][
        "content"
    ] == "Beta is the slope."


async def test_the_same_key_replaces_and_the_same_text_changes_nothing(
    signed_in: httpx.AsyncClient, settings: Settings, embedder: WordEmbedder
) -> None:
    (first,) = await index(signed_in, settings, BETA)
    again = (await signed_in.post(f"{KB}/index", json={"documents": [BETA]})).json()["documents"][0]
    assert (again["id"], again["status"]) == (first, "ready")

    await index(signed_in, settings, {**BETA, "content": "Another text."})

    read = (await signed_in.get(f"{KB}/documents/{first}")).json()
    assert [chunk["content"] for chunk in read["chunks"]] == ["Another text."]


async def test_a_document_can_be_changed_and_deleted(signed_in: httpx.AsyncClient, settings: Settings) -> None:
    (document_id,) = await index(signed_in, settings, BETA)

    changed = await signed_in.patch(f"{KB}/documents/{document_id}", json={"title": "Slope", "content": "Beta, again."})
    assert (changed.json()["title"], changed.json()["status"], changed.json()["chunk_count"]) == ("Slope", "waiting", 1)
    await job_app.work(settings, until_idle=True)
    found = (await signed_in.get(f"{KB}/search", params={"q": "Beta, again."})).json()["passages"]
    assert [(passage["title"], passage["content"]) for passage in found] == [("Slope", "Beta, again.")]

    assert (await signed_in.delete(f"{KB}/documents/{document_id}")).status_code == 204
    assert (await signed_in.get(f"{KB}/documents/{document_id}")).status_code == 404
    assert (await signed_in.get(f"{KB}/search", params={"q": "Beta, again."})).json()["passages"] == []


async def test_documents_come_in_pages_newest_first(signed_in: httpx.AsyncClient, settings: Settings) -> None:
    for number in range(3):
        await signed_in.post(f"{KB}/index", json={"documents": [{"title": f"Number {number}", "content": "Text."}]})

    first = (await signed_in.get(f"{KB}/documents", params={"limit": 2, "scope": "user"})).json()
    rest = (await signed_in.get(f"{KB}/documents", params={"limit": 2, "cursor": first["next_cursor"]})).json()

    titles = [document["title"] for document in first["items"] + rest["items"]]
    assert titles == ["Number 2", "Number 1", "Number 0"]
    assert rest["next_cursor"] is None


async def test_only_an_administrator_adds_for_the_tenant_and_everybody_of_it_finds_it(
    app: FastAPI, database: Database, settings: Settings, user: User
) -> None:
    admin = await make_user(database, tenant_id=user.tenant_id, role="admin")
    stranger = await make_user(database)
    async with client_of(app, user, settings) as one, client_of(app, admin, settings) as two:
        refused = await one.post(f"{KB}/index", json={"scope": "tenant", "documents": [BETA]})
        assert (refused.status_code, refused.json()["error"]) == (403, "scope_not_yours")
        (document_id,) = await index(two, settings, BETA, scope="tenant")

        assert len((await one.get(f"{KB}/search", params={"q": "beta slope"})).json()["passages"]) == 1
        for refused in (
            await one.patch(f"{KB}/documents/{document_id}", json={"title": "Mine"}),
            await one.delete(f"{KB}/documents/{document_id}"),
        ):
            assert (refused.status_code, refused.json()["error"]) == (403, "document_not_changeable")
    async with client_of(app, stranger, settings) as third:
        assert (await third.get(f"{KB}/search", params={"q": "beta slope"})).json()["passages"] == []
        assert (await third.delete(f"{KB}/documents/{document_id}")).status_code == 404


@pytest.mark.parametrize("scope", ["global", "page:portfolio", f"tenant:{NOBODY}", f"user:{NOBODY}"])
async def test_a_scope_that_is_not_ones_own_is_refused(signed_in: httpx.AsyncClient, scope: str) -> None:
    for answer in (
        await signed_in.post(f"{KB}/index", json={"scope": scope, "documents": [BETA]}),
        await signed_in.post(f"{KB}/documents", files={"file": ("a.md", b"Text.")}, data={"scope": scope}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (403, "scope_not_yours")


async def test_what_ships_is_read_by_everybody_and_changed_by_nobody(
    app: FastAPI, database: Database, settings: Settings, user: User, embedder: WordEmbedder
) -> None:
    document_id = await index_document(database, embedder, None, "Beta is the slope.", knowledge_scope="global")
    admin = await make_user(database, tenant_id=user.tenant_id, role="admin")
    async with client_of(app, admin, settings) as client:
        assert (await client.get(f"{KB}/documents/{document_id}")).json()["scope"] == "global"
        assert (await client.patch(f"{KB}/documents/{document_id}", json={"title": "Mine"})).status_code == 403
        assert (await client.delete(f"{KB}/documents/{document_id}")).status_code == 403


@pytest.mark.parametrize(
    ("name", "content", "status", "detail"),
    [
        ("a.md", b"", 422, "no text in the document"),
        ("a.md", b"\x89PNG\x00\x00", 422, "called text and is none"),
        ("a.pdf", b"%PDF-1.7 broken", 422, "damaged or incomplete"),
        ("a.docx", b"PK", 422, "no known kind"),
        ("a.md", b"a" * 20_000_000, 413, "larger than 10 MB"),
    ],
    ids=["empty", "binary", "broken pdf", "unknown kind", "20 MB"],
)
async def test_a_file_that_cannot_be_taken_is_refused_by_name(
    signed_in: httpx.AsyncClient, name: str, content: bytes, status: int, detail: str
) -> None:
    answer = await signed_in.post(f"{KB}/documents", files={"file": (name, content)})

    assert answer.status_code == status
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"documents": []}, "documents"),
        ({"documents": [{"title": "", "content": "Text."}]}, "documents.0.title"),
        ({"documents": [{"title": "A", "content": "Text.", "tags": ["a\x00"]}]}, "documents.0.tags.0"),
        ({"scope": "everybody", "documents": [BETA]}, "scope"),
    ],
)
async def test_a_bad_field_is_named(signed_in: httpx.AsyncClient, body: dict[str, object], field: str) -> None:
    answer = await signed_in.post(f"{KB}/index", json=body)

    assert answer.status_code == 422
    assert field in answer.text


async def test_a_form_field_is_checked_like_any_other(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.post(f"{KB}/documents", files={"file": ("a.md", b"Text.")}, data={"title": "a\x00b"})

    assert answer.status_code == 422
    assert "title" in answer.text


async def test_a_page_selects_its_own_knowledge(
    signed_in: httpx.AsyncClient, database: Database, embedder: WordEmbedder
) -> None:
    await index_document(database, embedder, None, "Press the button.", knowledge_scope="page:portfolio", title="Help")

    async def found(**query: str) -> int:
        answer = await signed_in.get(f"{KB}/search", params={"q": "press the button", **query})
        return len(answer.json()["passages"])

    assert await asyncio.gather(found(), found(page="portfolio"), found(page="analyst")) == [0, 1, 0]


async def test_listing_takes_a_full_scope(signed_in: httpx.AsyncClient, user: User, database: Database) -> None:
    await index_document(database, WordEmbedder(), None, "Text.", knowledge_scope="global", title="Shipped")
    await index_document(
        database, WordEmbedder(), scope_of(user), "Text.", knowledge_scope=f"user:{user.id}", title="Own"
    )

    listed = {
        scope: [
            row["title"] for row in (await signed_in.get(f"{KB}/documents", params={"scope": scope})).json()["items"]
        ]
        for scope in ("global", "user", "tenant", f"user:{user.id}")
    }
    assert listed == {"global": ["Shipped"], "user": ["Own"], "tenant": [], f"user:{user.id}": ["Own"]}
