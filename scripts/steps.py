"""Telling what is being done and for how long: one live line at a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

REFRESH_SECONDS = 0.2
# Where nothing can be redrawn, a sign of life this often
REMINDER_SECONDS = 30.0
SHOWN_LOG_LINES = 40

_print_lock = threading.Lock()


class Failed(Exception):
    """A sentence for the person at the terminal, with the remedy."""


@contextmanager
def step(what: str) -> Iterator[None]:
    began = time.monotonic()
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(what, began, done), daemon=True)
    thread.start()
    outcome = "failed"
    try:
        yield
        outcome = "ok"
    finally:
        done.set()
        thread.join()
        _say(f"{outcome:<6}  {what} ({time.monotonic() - began:.1f} s)")


def run(what: str, command: Sequence[str], *, folder: Path, log: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command as one step. What it prints goes to its log, the end of which is shown if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with step(what), log.open("wb") as output:
        try:
            code = subprocess.run(
                command, cwd=folder, env=os.environ | (env or {}), stdout=output, stderr=subprocess.STDOUT, check=False
            ).returncode
        except OSError as error:
            raise Failed(f"{command[0]} cannot be run: {error}.") from error
        if code != 0:
            raise Failed(f"{what} failed (code {code}). The end of {log}:\n{tail(log)}")


def tail(log: Path, lines: int = SHOWN_LOG_LINES) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _show(what: str, began: float, done: threading.Event) -> None:
    is_live = sys.stdout.isatty()
    if not is_live:
        _say(f"{'...':<6}  {what}")
    while not done.wait(REFRESH_SECONDS if is_live else REMINDER_SECONDS):
        seconds = f"{time.monotonic() - began:.0f} s"
        if is_live:
            with _print_lock:
                print(f"\r\033[K{'...':<6}  {what} ({seconds})", end="", flush=True)
        else:
            _say(f"{'...':<6}  {what} (still, {seconds})")


def _say(line: str) -> None:
    with _print_lock:
        print(f"\r\033[K{line}" if sys.stdout.isatty() else line, flush=True)
