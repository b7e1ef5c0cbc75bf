"""The openai SDK over its default transport (httpx) and over aiohttp: the same bare relay of 200 deltas.

Both relays, the provider and the reader are a process each, and take turns. The default is the floor.
"""

import asyncio
import os

from benchmarks._chat import Measured, begin_questions, staged
from benchmarks._measuring import Row, publish
from benchmarks._server import Client

TURNS = int(os.environ.get("SIGMASIGHT_BENCH_TURNS", "200"))
ROUNDS = 4
STREAMS = (1, 20, 100)


async def compare(default: Client, other: Client, at_once: int) -> Row:
    floor, measured = Measured([]), Measured([])
    for _ in range(ROUNDS):
        questions = begin_questions(max(TURNS // ROUNDS, at_once))
        await floor.add(default, questions, at_once)
        await measured.add(other, questions, at_once)
    return {
        "transport": "aiohttp", "streams": at_once, "ms": measured.first_word, "floor": floor.first_word,
        "ratio_to_floor": measured.first_word / floor.first_word, "peer": None, "ratio_to_peer": None,
        "turns_a_second": measured.rate, "rate_to_floor": measured.rate / floor.rate,
        "processor_ms": measured.processor_each, "processor_to_floor": measured.processor_each / floor.processor_each,
    }  # fmt: skip


async def measure(default: Client, other: Client) -> list[Row]:
    return [await compare(default, other, at_once) for at_once in STREAMS]


def main() -> None:
    with staged() as stage, stage.relay() as default, stage.relay("aiohttp") as other:
        rows = asyncio.run(measure(default, other))
    publish("provider_transport", rows)


if __name__ == "__main__":
    main()
