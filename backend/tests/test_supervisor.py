"""The processes that `sigmasight demo` watches, with small programs in the place of API, worker and web app."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.config import REPOSITORY_ROOT

# As `sigmasight demo`, but with the programs that the test names
PROGRAM = """
import sys
from pathlib import Path
from app import startup, supervisor
from app.supervisor import Service

programs = sys.argv[2:]
supervisor.services = lambda *_args, **_options: [
    Service(f"part {number}", (sys.executable, "-c", program), Path("."))
    for number, program in enumerate(programs)
]
settings = startup.load_settings(environment="demo", home=Path(sys.argv[1]))
raise SystemExit(supervisor.run(settings, with_web=False, reset=False, reload=False))
"""
SLEEP = "import time; time.sleep(300)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)"
BREAKS = "import time; time.sleep(3); raise SystemExit('the reason why')"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sigmasight-home-") as folder:
        yield Path(folder)


def start(home: Path, *programs: str) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-u", "-c", PROGRAM, str(home), *programs],
        cwd=REPOSITORY_ROOT / "backend",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    seen = ""
    while words not in seen:
        line = process.stdout.readline()
        assert line, f"ended before it said {words!r}:\n{seen}"
        seen += line
    return seen


def left_behind(home: Path) -> list[str]:
    """Command lines of processes that still work in this folder."""
    command_lines = (" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    return [line for line in command_lines if str(home) in line]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_ends_everything_and_the_data_is_kept(home: Path, number: signal.Signals) -> None:
    demo = start(home, SLEEP, STUBBORN)
    said = read_until(demo, "Ctrl-C stops everything")

    demo.send_signal(number)
    rest, _ = demo.communicate(timeout=30)

    assert demo.returncode == 0
    assert "demo@sigmasight.example" in said
    assert "sigmasight-demo" in said
    assert rest.strip() == "Stopping."
    assert left_behind(home) == []
    assert (home / "postgres" / "PG_VERSION").exists()


def test_a_part_that_ends_ends_everything_with_its_last_words(home: Path) -> None:
    demo = start(home, SLEEP, BREAKS)

    said, _ = demo.communicate(timeout=90)

    assert demo.returncode == 1
    assert "The part 1 ended with code 1" in said
    assert "the reason why" in said
    assert left_behind(home) == []


def test_a_second_demo_from_the_same_folder_says_so(home: Path) -> None:
    first = start(home, SLEEP)
    read_until(first, "Ctrl-C stops everything")

    second = start(home, SLEEP)
    said, _ = second.communicate(timeout=60)
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=30)

    assert second.returncode != 0
    assert f"process {first.pid}" in said


def test_the_secret_of_tokens_is_made_once_and_is_nobody_elses_to_read(home: Path) -> None:
    secrets = []
    for _ in range(2):
        demo = start(home, SLEEP)
        read_until(demo, "Ctrl-C stops everything")
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=30)
        secrets.append((home / "token_secret").read_text())

    assert secrets[0] == secrets[1]
    assert len(secrets[0]) >= 48
    assert (home / "token_secret").stat().st_mode & 0o077 == 0
