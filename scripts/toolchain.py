"""From Python and Node to everything the product needs; nothing is done twice."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

from steps import Failed, run, step

ROOT = Path(__file__).resolve().parents[1]
BACKEND = ROOT / "backend"
FRONTEND = ROOT / "frontend"
TOOLS = ROOT / ".tools"
HOME = Path(os.environ.get("SIGMASIGHT_HOME") or ROOT / ".sigmasight").resolve()
LOGS = HOME / "logs"

# What Next.js asks for
NODE_NEEDED = (20, 9)
WEB_SOURCES = ("src", "public")
STAMP = ".sigmasight-stamp"


class Toolchain:
    """Each method makes sure of one thing, in a step of its own if there is something to do."""

    def backend(self, *, with_tests: bool) -> None:
        inputs = [BACKEND / "uv.lock", BACKEND / "pyproject.toml"]
        wanted = _digest(inputs, platform.python_version())
        environment = BACKEND / ".venv"
        # What tests need includes what a demo needs
        kinds = ("tests",) if with_tests else ("tests", "demo")
        if any(_read(environment / f"{STAMP}-{kind}") == wanted for kind in kinds):
            return
        options = () if with_tests else ("--no-dev",)
        command = [*self._uv(), "sync", "--frozen", "--inexact", "--compile-bytecode", "--python", sys.executable]
        run("Python packages", [*command, *options], folder=BACKEND, log=LOGS / "uv.log")
        (environment / f"{STAMP}-{kinds[-1]}").write_text(wanted)

    def frontend(self) -> None:
        _install_node_packages("Node packages", FRONTEND)

    def provider_emulator(self) -> None:
        """What the backend's tests speak to in the place of a model's provider."""
        _install_node_packages("Provider emulator", BACKEND / "tests" / "providers")

    def web_build(self) -> None:
        self.frontend()
        wanted = _digest(_web_sources(), _node_version())
        stamp = FRONTEND / ".next" / STAMP
        if _read(stamp) == wanted and (FRONTEND / ".next" / "BUILD_ID").exists():
            return
        telemetry = {"NEXT_TELEMETRY_DISABLED": "1"}
        run("Web app build", ["npm", "run", "build"], folder=FRONTEND, log=LOGS / "build.log", env=telemetry)
        stamp.write_text(wanted)

    def python(self, module: str, *arguments: str) -> list[str]:
        """A command in the backend's environment."""
        return [str(BACKEND / ".venv" / "bin" / "python"), "-m", module, *arguments]

    def _uv(self) -> list[str]:
        own = TOOLS / "bin" / "uv"
        for candidate in (shutil.which("uv"), str(own)):
            if candidate is not None and _runs([candidate, "--version"]):
                return [candidate]
        with step("uv, which installs the Python packages"):
            _install_uv()
        return [str(own)]


def _install_node_packages(what: str, folder: Path) -> None:
    wanted = _digest([folder / "package-lock.json"], _node_version())
    stamp = folder / "node_modules" / STAMP
    if _read(stamp) == wanted:
        return
    command = ["npm", "ci", "--no-audit", "--no-fund"]
    run(what, command, folder=folder, log=LOGS / "npm.log")
    stamp.write_text(wanted)


def _install_uv() -> None:
    try:
        venv.create(TOOLS, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, ImportError) as error:
        raise Failed(
            "This Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv"
        ) from error
    command = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"uv could not be installed from PyPI. Is the network there? pip says:\n{done.stderr.strip()}")


def _node_version() -> str:
    remedy = f"Install Node.js {NODE_NEEDED[0]}.{NODE_NEEDED[1]} or newer, or leave the web app out: make demo WEB=0"
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Failed(f"Node.js or its npm is missing. {remedy}")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if found < NODE_NEEDED:
        raise Failed(f"Node.js {version} is too old. {remedy}")
    return version


def _web_sources() -> list[Path]:
    below = [path for folder in WEB_SOURCES for path in (FRONTEND / folder).rglob("*") if path.is_file()]
    settings = [path for path in FRONTEND.iterdir() if path.suffix in (".ts", ".mjs", ".json", ".js")]
    return [*below, *settings]


def _digest(paths: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        # Written by the build itself
        if path.name in ("next-env.d.ts",) or path.suffix == ".tsbuildinfo":
            continue
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    digest.update("\0".join(more).encode())
    return digest.hexdigest()


def _read(stamp: Path) -> str | None:
    return stamp.read_text() if stamp.exists() else None


def _runs(command: list[str]) -> bool:
    # A version manager's shim may be there without what it stands for
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False
