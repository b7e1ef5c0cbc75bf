"""The browser tests, against a whole product of their own: free ports, a folder that is thrown away."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from steps import Failed, run, step, tail
from toolchain import BACKEND, FRONTEND, LOGS

LOG = LOGS / "browser-tests.log"
STACK_LOG = LOGS / "browser-tests-stack.log"
START_SECONDS = 180.0
STOP_SECONDS = 20.0
SYSTEM_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def test() -> tuple[bool, list[Failed]]:
    """Whether the tests ran, and what failed."""
    chromium = _find() or _install()
    if chromium is None:
        return False, []
    try:
        with _stack() as web_url:
            env = {"WEB_URL": web_url, "CHROMIUM_PATH": chromium}
            run("Browser tests", ["npm", "run", "--silent", "e2e"], folder=FRONTEND, log=LOG, env=env)
    except Failed as failure:
        return LOG.exists(), [failure]
    return True, []


def _find() -> str | None:
    stated = os.environ.get("CHROMIUM_PATH")
    if stated:
        if not Path(stated).exists():
            raise Failed(f"CHROMIUM_PATH names {stated}, which does not exist.")
        return stated
    return next((path for name in SYSTEM_BROWSERS if (path := shutil.which(name))), None)


def _install() -> str | None:
    LOG.unlink(missing_ok=True)
    try:
        if os.geteuid() == 0 and shutil.which("apt-get"):
            run("Package lists", ["apt-get", "update"], folder=FRONTEND, log=LOGS / "apt.log")
            command = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
            run("Chromium from Debian", command, folder=FRONTEND, log=LOGS / "apt.log")
            return shutil.which("chromium")
        run(
            "Chromium from Playwright",
            ["npx", "playwright", "install", "chromium"],
            folder=FRONTEND,
            log=LOGS / "browser.log",
        )
    except Failed as failure:
        print(failure)
        return None
    return _playwrights_own()


def _playwrights_own() -> str | None:
    script = "process.stdout.write(require('@playwright/test').chromium.executablePath())"
    found = subprocess.run(["node", "-e", script], cwd=FRONTEND, capture_output=True, text=True, check=False)
    return found.stdout if found.returncode == 0 and Path(found.stdout).exists() else None


@contextmanager
def _stack() -> Iterator[str]:
    """The product as `make demo` runs it, with data that nobody else sees."""
    api_port, web_port = _free_port(), _free_port()
    home = Path(tempfile.mkdtemp(prefix="sigmasight-browser-"))
    env = os.environ | {
        "SIGMASIGHT_HOME": str(home),
        "SIGMASIGHT_AI_PROVIDER": "offline",
        "API_PORT": str(api_port),
        "WEB_PORT": str(web_port),
    }
    STACK_LOG.parent.mkdir(parents=True, exist_ok=True)
    with STACK_LOG.open("wb") as output:
        command = [str(BACKEND / ".venv" / "bin" / "sigmasight"), "demo"]
        stack = subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    web_url = f"http://127.0.0.1:{web_port}"
    try:
        with step("A demo for the browser"):
            _wait_until_announced(stack)
        yield web_url
    finally:
        _stop(stack)
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_announced(stack: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while "SigmaSight is running." not in STACK_LOG.read_text(encoding="utf-8", errors="replace"):
        if stack.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"The demo for the browser tests did not start. The end of {STACK_LOG}:\n{tail(STACK_LOG)}")
        time.sleep(0.2)


def _stop(stack: subprocess.Popen[bytes]) -> None:
    stack.send_signal(signal.SIGINT)
    try:
        stack.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(stack.pid, signal.SIGKILL)
        raise Failed(f"The demo did not stop within {STOP_SECONDS:.0f} s of Ctrl-C.") from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
