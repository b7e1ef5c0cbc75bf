"""`make gen`: everything here that is written by a program. Tests fail where one of them is out of date."""

from __future__ import annotations

from steps import run
from toolchain import BACKEND, FRONTEND, LOGS, Toolchain

BACKEND_SCRIPTS = (
    "write_contract_fixture",
    "write_api_db_summary",
    "write_tool_reference",
    "write_faults",
    "write_example_vectors",
)


def run_script(tools: Toolchain, name: str) -> None:
    run(name, tools.python(f"scripts.{name}"), folder=BACKEND, log=LOGS / f"{name}.log")


def run_all(tools: Toolchain) -> int:
    tools.backend(with_tests=True)
    tools.frontend()
    run("openapi.json", tools.python("app.cli", "openapi"), folder=BACKEND, log=LOGS / "openapi.log")
    for name in BACKEND_SCRIPTS:
        run_script(tools, name)
    run("Web client", ["npm", "run", "gen"], folder=FRONTEND, log=LOGS / "gen.log")
    return 0
