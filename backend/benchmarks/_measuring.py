"""How benchmarks measure and what they print."""

import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

Value = str | int | float | None
Row = Mapping[str, Value]


def best_times(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Milliseconds of each call, the best of `repeats`. They take turns, so that a busy machine is unfair to all."""
    best = dict.fromkeys(calls, float("inf"))
    for _ in range(repeats):
        for name, call in calls.items():
            gc.collect()
            begin = time.perf_counter()
            call()
            best[name] = min(best[name], (time.perf_counter() - begin) * 1000)
    return best


def peak_bytes(call: Callable[[], object]) -> int:
    """The most memory that the call held at once beyond what there was before it, arrays included."""
    gc.collect()
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def publish(name: str, rows: Sequence[Row]) -> None:
    """Print the rows as a table, and as the last line as one JSON object."""
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(_shown(value) for value in row.values()))
    Console(width=200).print(table)
    print(json.dumps({"name": name, "rows": rows}))


def _shown(value: Value) -> str:
    if value is None:
        return "-"
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
