"""How benchmarks measure and what they print."""

import gc
import json
import time
import tracemalloc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

Value = str | int | float | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Timing:
    """Milliseconds, the best of several runs each: on the clock, and of the processor alone.

    What is measured here runs on one thread, so on an idle machine the two are the same; on a busy one the second
    still tells what the work costs.
    """

    wall: float
    cpu: float


def best_times(calls: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Timing]:
    """The best of `repeats` runs of each call. They take turns, so that a busy machine is unfair to all."""
    runs: dict[str, list[Timing]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            call()
            runs[name].append(Timing((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return {name: Timing(min(run.wall for run in of), min(run.cpu for run in of)) for name, of in runs.items()}


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
