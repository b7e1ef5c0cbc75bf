"""A chat turn, beside a bare endpoint that relays the same 200 deltas through the same SDK (the floor).

The provider, the product, the floor and the reader are a process each. `ms` is the median time to the first word, and
`added_ms` what of it is ours; with tools, `own_ms` is the whole turn without the provider's part. `turns_a_second` and
`processor_ms` (of the server process, for each turn) are compared with the floor's. Ours and the floor's take turns.

A question is never asked twice in the same words. SIGMASIGHT_BENCH_TURNS says how many there are of each kind.
"""

import asyncio
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from app.config import Settings
from app.db import Database
from app.repositories import portfolio as portfolio_repository
from app.services import demo
from benchmarks._chat import Measured, begin_conversations, fill, question, seed, staged
from benchmarks._measuring import Row, publish
from benchmarks._provider import WITH_TOOLS
from benchmarks._readers import ask_all
from benchmarks._server import Client

TURNS = int(os.environ.get("SIGMASIGHT_BENCH_TURNS", "200"))
ROUNDS = 4
STREAMS = (1, 20, 100)
LONG, SHORT = 200, 2
# About what a paragraph of an answer has
EARLIER_WORDS = "The volatility of the portfolio has been near its median over the last year. " * 6


@dataclass(frozen=True)
class Bench:
    settings: Settings
    provider: Client
    product: Client
    relay: Client

    async def compare(self, case: str, at_once: int, conversations: Sequence[str]) -> Row:
        ours, floor = Measured([]), Measured([])
        size = len(conversations) // ROUNDS
        for start in range(0, size * ROUNDS, size):
            questions = [question(one, case) for one in conversations[start : start + size]]
            await floor.add(self.relay, questions, at_once)
            await ours.add(self.product, questions, at_once)
        return _row(case, at_once, ours, floor)

    async def compare_tools(self, conversations: Sequence[str]) -> Row:
        """The provider's part is told by itself."""
        ours, floor = Measured([]), Measured([])
        spent: list[float] = []
        for conversation_id in conversations:
            asked = question(conversation_id, WITH_TOOLS)
            await floor.add(self.relay, [asked], 1)
            self.provider.ask_json("/spent")
            await ours.add(self.product, [asked], 1)
            spent.append(sum(self.provider.ask_json("/spent")))
        own = statistics.median(
            reading.whole - of_provider for reading, of_provider in zip(ours.readings, spent, strict=True)
        )
        return _row("two tools", 1, ours, floor) | {"own_ms": own}

    async def compare_lengths(self, each: int) -> list[Row]:
        """A conversation of two turns is the floor of one of two hundred."""
        short = await begin_conversations(self.settings, each)
        long = await begin_conversations(self.settings, each)
        await fill(self.settings, short, SHORT, EARLIER_WORDS)
        await fill(self.settings, long, LONG, EARLIER_WORDS)
        few, many = Measured([]), Measured([])
        for one, other in zip(short, long, strict=True):
            await few.add(self.product, [question(one, "so far")], 1)
            await many.add(self.product, [question(other, "so far")], 1)
        return [_row(f"{LONG} turns before, floor {SHORT}", 1, many, few)]


def _row(case: str, at_once: int, ours: Measured, floor: Measured) -> dict[str, str | int | float | None]:
    return {
        "case": case, "streams": at_once, "ms": ours.first_word, "floor": floor.first_word,
        "ratio_to_floor": ours.first_word / floor.first_word, "peer": None, "ratio_to_peer": None,
        "added_ms": ours.first_word - floor.first_word, "whole_ms": ours.whole, "own_ms": None,
        "turns_a_second": ours.rate, "rate_to_floor": ours.rate / floor.rate,
        "processor_ms": ours.processor_each, "processor_to_floor": ours.processor_each / floor.processor_each,
    }  # fmt: skip


async def warm(bench: Bench) -> None:
    """What is loaded at first use is no turn's."""
    for case in ("warming", WITH_TOOLS):
        for conversation_id in await begin_conversations(bench.settings, 3):
            asked = [question(conversation_id, case)]
            await ask_all(bench.product, asked, 1)
            await ask_all(bench.relay, asked, 1)


async def measure(bench: Bench) -> list[Row]:
    await warm(bench)
    rows: list[Row] = []
    for at_once in STREAMS:
        conversations = await begin_conversations(bench.settings, max(TURNS, at_once * ROUNDS))
        rows.append(await bench.compare("no tools", at_once, conversations))
    database = Database(bench.settings.database_url)
    async with database.session(demo.DEMO.scope) as session:
        portfolio_id = (await portfolio_repository.list_all(session))[0].id
    await database.close()
    rows.append(await bench.compare_tools(await begin_conversations(bench.settings, max(TURNS // 4, 5), portfolio_id)))
    rows += await bench.compare_lengths(max(TURNS // 8, 5))
    return rows


def main() -> None:
    with staged() as stage:
        asyncio.run(seed(stage.settings))
        with stage.product() as product, stage.relay() as relay:
            rows = asyncio.run(measure(Bench(stage.settings, stage.provider, product, relay)))
    publish("chat_turn", rows)


if __name__ == "__main__":
    main()
