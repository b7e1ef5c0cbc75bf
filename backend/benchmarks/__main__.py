"""Run every benchmark, or the one that ONLY names, each in a process of its own so that none warms another's memory."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path


def names() -> list[str]:
    found = pkgutil.iter_modules([str(Path(__file__).parent)])
    return sorted(module.name for module in found if not module.name.startswith("_"))


def main() -> int:
    only = os.environ.get("ONLY", "")
    if only and only not in names():
        print(f"There is no benchmark {only!r}. There are: {', '.join(names())}.", file=sys.stderr)
        return 2
    failed = [name for name in ([only] if only else names()) if not _run(name)]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _run(name: str) -> bool:
    print(f"\n{name}", flush=True)
    # The name is that of a module in this folder
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
