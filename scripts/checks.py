"""`make test` and its parts. Each check's output is in its log; the runners' own summaries close the run."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import browser
from steps import Failed, run, tail
from toolchain import BACKEND, FRONTEND, LOGS, ROOT, Toolchain

SUMMARY_LINES = 6
# Each has a database server of its own; the frontend's checks leave the second core free after a while
TEST_PROCESSES = 2
# From the backend's folder, where the linters' settings are
SCRIPTS = "../scripts"


@dataclass(frozen=True)
class Check:
    name: str
    command: Sequence[str]
    folder: Path

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name.lower().replace(' ', '-')}.log"

    def run(self) -> None:
        run(self.name, self.command, folder=self.folder, log=self.log)


def lint(tools: Toolchain) -> int:
    _set_up(tools)
    return _report(_run_all(_backend_lint(tools)) + _run_all(_frontend_lint()))


def types(tools: Toolchain) -> int:
    _set_up(tools)
    return _report(_run_all(_backend_types(tools)) + _run_all(_frontend_types()))


def reformat(tools: Toolchain) -> int:
    tools.backend(with_tests=True)
    fix = Check("Ruff fixes", tools.python("ruff", "check", "--fix", ".", SCRIPTS), BACKEND)
    return _report(_run_all([Check("Ruff format", tools.python("ruff", "format", ".", SCRIPTS), BACKEND), fix]))


def bench(tools: Toolchain) -> int:
    tools.backend(with_tests=True)
    modules = sorted(path.stem for path in (BACKEND / "benchmarks").glob("[!_]*.py"))
    only = os.environ.get("ONLY")
    if only and only not in modules:
        raise Failed(f"There is no benchmark {only!r}. There are: {', '.join(modules) or 'none'}.")
    for name in [only] if only else modules:
        command = tools.python(f"benchmarks.{name}")
        if os.spawnve(os.P_WAIT, command[0], command, os.environ | {"PYTHONPATH": str(BACKEND)}) != 0:
            raise Failed(f"The benchmark {name} failed.")
    return 0


def test(tools: Toolchain) -> int:
    _set_up(tools)
    tools.provider_emulator()
    backend = [*_backend_lint(tools), *_backend_types(tools), _backend_tests(tools)]
    frontend = [*_frontend_lint(), *_frontend_types(), _frontend_tests()]
    # Two lanes, as most of the frontend's checks use one core
    with ThreadPoolExecutor(2) as pool:
        lanes = [pool.submit(_run_all, lane) for lane in (backend, frontend)]
        failures = [failure for lane in lanes for failure in lane.result()]
    tools.web_build()
    ran, more = browser.test()
    failures += more
    for check in (_backend_tests(tools), _frontend_tests()):
        _show_summary(check)
    if ran:
        print(tail(browser.LOG, SUMMARY_LINES))
    else:
        print("\n*** THE BROWSER TESTS DID NOT RUN: no Chromium is here and none could be installed. ***\n")
    return _report(failures)


def _set_up(tools: Toolchain) -> None:
    tools.backend(with_tests=True)
    tools.frontend()


def _backend_lint(tools: Toolchain) -> list[Check]:
    return [
        Check("Ruff", tools.python("ruff", "check", ".", SCRIPTS), BACKEND),
        Check("Ruff format", tools.python("ruff", "format", "--check", ".", SCRIPTS), BACKEND),
        Check("Import rules", [str(BACKEND / ".venv" / "bin" / "lint-imports")], BACKEND),
    ]


def _backend_types(tools: Toolchain) -> list[Check]:
    return [
        Check("Python types", tools.python("mypy"), BACKEND),
        Check("Script types", tools.python("mypy", "--strict", "."), ROOT / "scripts"),
    ]


def _backend_tests(tools: Toolchain) -> Check:
    return Check("Backend tests", tools.python("pytest", "-q", "-n", str(TEST_PROCESSES)), BACKEND)


def _frontend_lint() -> list[Check]:
    return [Check("ESLint", ["npm", "run", "--silent", "lint"], FRONTEND)]


def _frontend_types() -> list[Check]:
    return [Check("TypeScript", ["npm", "run", "--silent", "types"], FRONTEND)]


def _frontend_tests() -> Check:
    return Check("Frontend tests", ["npm", "run", "--silent", "test"], FRONTEND)


def _run_all(checks: Sequence[Check]) -> list[Failed]:
    """All of them, whether or not one fails: a person wants to know everything at once."""
    failures = []
    for check in checks:
        try:
            check.run()
        except Failed as failure:
            failures.append(failure)
    return failures


def _show_summary(check: Check) -> None:
    print(f"\n{check.name}\n{tail(check.log, SUMMARY_LINES)}")


def _report(failures: Sequence[Failed]) -> int:
    for failure in failures:
        print(f"\n{failure}", file=sys.stderr)
    return 1 if failures else 0
