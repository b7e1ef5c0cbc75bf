from pathlib import Path

import pytest
from rich.console import Console

from app.commands import knowledge as knowledge_command
from app.config import Settings
from app.db import Database
from app.errors import CannotStart
from app.models import User
from app.repositories import knowledge as knowledge_repository
from app.schemas.knowledge import SearchQuery
from app.services.auth import UnknownUser
from tests.agent.knowledge_base import WordEmbedder, make_document
from tests.builders import scope_of


@pytest.fixture(autouse=True)
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordEmbedder:
    made = WordEmbedder()
    monkeypatch.setattr(knowledge_command, "open_embedder", lambda _settings: made)
    return made


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules.md"
    path.write_text("---\nquestions:\n  - May I borrow?\n---\n# House rules\n\nNo leverage.")
    return path


async def test_a_file_is_indexed_for_its_person(
    settings: Settings, database: Database, user: User, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await knowledge_command._index(settings, [rules], user.email, "tenant", Console())

    assert "Indexed 1 documents with 1 passages; 0 failed." in capsys.readouterr().out
    async with database.session(scope_of(user)) as session:
        (source,) = await knowledge_repository.list_page(session, None, before=None, limit=9)
    assert (source.scope, source.key, source.title) == (f"tenant:{user.tenant_id}", "rules.md", "House rules")


async def test_what_ships_and_what_waits_is_indexed_without_files(
    settings: Settings, database: Database, user: User
) -> None:
    waiting = await make_document(database, scope_of(user), "Text.", knowledge_scope=f"user:{user.id}")

    assert await knowledge_command._index(settings, [], None, "user", Console())

    async with database.session(scope_of(user)) as session:
        found = await knowledge_repository.list_page(session, None, before=None, limit=200)
    assert len(found) > 30
    assert {source.status for source in found} == {"ready"}
    assert waiting.id in {source.id for source in found}


async def test_a_search_shows_both_ranks_and_what_is_used(
    settings: Settings, user: User, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await knowledge_command._index(settings, [rules], user.email, "user", Console())
    result = await knowledge_command._search(settings, SearchQuery(q="no leverage"), user.email)

    knowledge_command.show(result, Console(width=200))

    assert [passage.title for passage in result.passages if passage.is_used] == ["House rules"]
    assert "House rules" in capsys.readouterr().out


async def test_an_export_can_be_read_again(settings: Settings, user: User, rules: Path, tmp_path: Path) -> None:
    await knowledge_command._index(settings, [rules], user.email, "user", Console())

    (tmp_path / "out").mkdir()
    assert await knowledge_command._export(settings, tmp_path / "out", user.email) == 1

    (written,) = (tmp_path / "out").iterdir()
    assert written.name.startswith("user_rules.md_")
    assert written.read_text().startswith("---\ntitle: House rules\n")
    assert "\nquestions:\n  - May I borrow?\n---\n" in written.read_text()
    assert await knowledge_command._export(settings, tmp_path / "out", None) == 0


async def test_files_need_a_person_who_is_there(settings: Settings, rules: Path) -> None:
    with pytest.raises(CannotStart, match="--user"):
        knowledge_command.index_and_show(settings, [rules], None, "user")
    with pytest.raises(UnknownUser):
        await knowledge_command._index(settings, [rules], "nobody@example.com", "user", Console())
