"""What `make` calls. Plain Python, so that a fresh clone needs nothing but Python, Node and make."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is read by whatever Python the machine has
    sys.exit(
        f"SigmaSight needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}. "
        "Install a newer one and name it: make demo PYTHON=python3.12"
    )

import argparse

import checks
import demo
import generate
from steps import Failed
from toolchain import Toolchain

COMMANDS = {
    "demo": demo.run,
    "dev": demo.run_for_development,
    "test": checks.test,
    "lint": checks.lint,
    "types": checks.types,
    "format": checks.reformat,
    "gen": generate.run_all,
    "bench": checks.bench,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    command = parser.parse_args().command
    try:
        return COMMANDS[command](Toolchain())
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
