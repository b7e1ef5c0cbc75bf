"""Grounding an answer of 600 words with 40 figures against 20 tool results, of 5,000 leaves in all and of 5,000 each.

`ms` is the median of `check` from text and results to sources: nothing is prepared; `cpu_ms` is the same of the
processor alone. `floor` is the least that any checker does: one regular expression over the text, one walk over the
leaves into a dictionary by value, one look-up a figure; it knows neither units nor rows, and takes any leaf of the
value for a source. `traced` is how many of the figures found theirs.
"""

import datetime as dt
import random
import re
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

from app.agent.grounding import Document, check
from benchmarks._measuring import Row, Timing, publish

RESULTS = 20
FIGURES = 40
WORDS = 600
REPEATS = 25
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_FILLER = ["which", "is", "what", "the", "risk", "engine", "gives", "for", "the", "holdings", "of", "that", "portfolio"]


def results(leaves: int) -> list[Document]:
    pick = random.Random(7)  # noqa: S311 - the same in every run
    return [Document("tool", f"get_positions_{n}", _result(pick, n, leaves), f"call_{n}") for n in range(RESULTS)]


def _result(pick: random.Random, number: int, leaves: int) -> dict[str, Any]:
    """A tool's usual mixture: half in rows of holdings, half in a series of days."""
    start = dt.date(2015, 1, 1)
    rows = [
        {
            "symbol": f"S{number}X{place}",
            "name": f"Company {number} {place} Inc.",
            "quantity": float(pick.randint(1, 900)),
            "market_value": pick.uniform(1e3, 1e6),
            "weight": pick.uniform(-0.1, 0.2),
            "day_return": pick.gauss(0, 0.02),
            "unrealized_pnl": pick.gauss(0, 1e5),
            "price": pick.uniform(5, 900),
        }
        for place in range(leaves // 16)
    ]
    series = [
        {
            "date": str(start + dt.timedelta(days=day)),
            "nav": pick.uniform(1e5, 1e6),
            "daily_return": pick.gauss(0, 0.01),
        }
        for day in range(leaves // 6)
    ]
    return {
        "portfolio_name": "Growth",
        "base_currency": "USD",
        "as_of": "2022-12-28",
        "nav": pick.uniform(1e5, 1e6),
        "volatility_252d": pick.uniform(0.1, 0.4),
        "beta_252d": pick.uniform(0.5, 1.5),
        "positions": rows,
        "series": series,
    }


def answer(documents: Sequence[Document]) -> str:
    """Ten figures to a fact about a holding, four facts of a kind, between other words."""
    pick = random.Random(11)  # noqa: S311 - the same in every run
    sentences = []
    for _ in range(FIGURES // 4):
        row = pick.choice(pick.choice(documents).value["positions"])
        sentences.append(
            f"{row['symbol']} is worth ${row['market_value']:,.0f}, a weight of {row['weight'] * 100:.1f} % of net "
            f"asset value, at a price of ${row['price']:,.2f}, and moved {row['day_return'] * 100:+.2f} % on the day"
        )
    missing = WORDS - sum(len(sentence.split()) for sentence in sentences)
    words = (_FILLER * (missing // len(_FILLER) + 1))[:missing]
    share = len(words) // len(sentences)
    return " ".join(f"{s}, {' '.join(words[i * share : (i + 1) * share])}." for i, s in enumerate(sentences))


def bare(text: str, documents: Sequence[Document]) -> int:
    known: dict[float, Any] = {}
    waiting: list[Any] = [document.value for document in documents]
    while waiting:
        node = waiting.pop()
        for child in node.values() if isinstance(node, dict) else node:
            if type(child) is float:
                known[round(child, 2)] = node
            elif isinstance(child, dict | list):
                waiting.append(child)
    found = [float(match.replace(",", "")) for match in _NUMBER.findall(text)]
    return sum(round(value, 2) in known for value in found)


def medians(call: Callable[[], object]) -> Timing:
    call()
    runs = []
    for _ in range(REPEATS):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        runs.append(Timing((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return Timing(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs))


def row(leaves: int) -> Row:
    documents = results(leaves)
    text = answer(documents)
    grounding = check(text, documents)
    ours, floor = medians(lambda: check(text, documents)), medians(lambda: bare(text, documents))
    return {
        "words": len(text.split()), "figures": len(grounding.figures), "traced": grounding.traced, "results": RESULTS,
        "leaves": leaves * RESULTS, "ms": ours.wall, "cpu_ms": ours.cpu, "floor": floor.wall,
        "ratio_to_floor": ours.wall / floor.wall, "peer": None, "ratio_to_peer": None,
    }  # fmt: skip


if __name__ == "__main__":
    publish("grounding", [row(5_000 // RESULTS), row(5_000)])
