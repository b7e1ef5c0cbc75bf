"""`make demo` and `make dev`: set up what is missing, then hand over to `sigmasight demo`."""

from __future__ import annotations

import os
import socket
import sys
import urllib.error
import urllib.request

from steps import Failed
from toolchain import BACKEND, HOME, Toolchain

DEFAULT_PORTS = {"API_PORT": 8000, "WEB_PORT": 3000}


def run(tools: Toolchain) -> int:
    return _run(tools, for_development=False)


def run_for_development(tools: Toolchain) -> int:
    return _run(tools, for_development=True)


def _run(tools: Toolchain, *, for_development: bool) -> int:
    with_web = _flag("WEB", default=True)
    for name in DEFAULT_PORTS if with_web else ("API_PORT",):
        check_port(name)
    tools.backend(with_tests=for_development)
    if with_web:
        tools.frontend() if for_development else tools.web_build()
    arguments = ["demo", "--web" if with_web else "--no-web"]
    arguments += ["--reset"] * _flag("RESET", default=False) + ["--reload"] * for_development
    command = BACKEND / ".venv" / "bin" / "sigmasight"
    sys.stdout.flush()
    # In the place of this process, so that Ctrl-C has one addressee
    os.execve(command, [str(command), *arguments], os.environ | {"SIGMASIGHT_HOME": str(HOME)})


def check_port(name: str) -> None:
    port = _port(name)
    if not _is_taken(port):
        return
    if name == "API_PORT" and _is_ours(port):
        raise Failed(
            f"SigmaSight answers on port {port} already: another demo is running. Stop it with Ctrl-C in its terminal"
            f"{_by_process_id()}, or give this one ports and a folder of its own: make demo API_PORT={port + 1} "
            f"WEB_PORT={_port('WEB_PORT') + 1} SIGMASIGHT_HOME=.sigmasight-2"
        )
    raise Failed(f"Port {port} is taken by another program. Choose another one: make demo {name}={port + 1}")


def _port(name: str) -> int:
    stated = os.environ.get(name) or str(DEFAULT_PORTS[name])
    if not stated.isdecimal() or not 1 <= int(stated) <= 65535:
        raise Failed(f"{name} must be a port between 1 and 65535, not {stated!r}.")
    return int(stated)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _is_ours(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/api/v1/health/live", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _by_process_id() -> str:
    """How to end what a demo of this folder left behind if it was killed without a chance to clean up."""
    lock = HOME / "demo.lock"
    noted = lock.read_text().split() if lock.exists() else []
    alive = [pid for pid in noted if pid.isdecimal() and _is_alive(int(pid))]
    return f" (or: kill {' '.join(alive)})" if alive else ""


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _flag(name: str, *, default: bool) -> bool:
    stated = os.environ.get(name, "").lower()
    return default if not stated else stated not in ("0", "no", "false", "off")
