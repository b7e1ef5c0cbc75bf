"""Commands as they are typed, on the test's database."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def environment(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("SIGMASIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SIGMASIGHT_AI_PROVIDER", "offline")
    # What a narrow terminal would break into lines
    monkeypatch.setenv("COLUMNS", "400")
