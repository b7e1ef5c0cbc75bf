"""A PostgreSQL that is there and says nothing: all of its processes are stopped, and go on afterwards."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from app.config import Settings


@contextmanager
def paused(settings: Settings) -> Iterator[None]:
    stopped: list[int] = []
    connection = psycopg.connect(settings.database_url, autocommit=True)
    try:
        postmaster = int(_value(connection, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))
        # First, so that it begins no other process meanwhile
        _stop(postmaster, stopped)
        backends = connection.execute("select pid from pg_stat_activity where pid <> pg_backend_pid()").fetchall()
        for (pid,) in [*backends, (connection.info.backend_pid,)]:
            _stop(pid, stopped)
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
        connection.close()


def _stop(pid: int, stopped: list[int]) -> None:
    os.kill(pid, signal.SIGSTOP)
    stopped.append(pid)


def _value(connection: psycopg.Connection[tuple[str]], statement: str) -> str:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]
