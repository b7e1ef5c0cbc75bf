"""Open streams in which nothing happens: the model has said one word and is silent.

`kb_a_stream` is the resident memory of the server process beyond that before the first of them. Afterwards
`pg_stat_activity` is read every half second: `busiest` is the most connections of the server that were in a
transaction or a statement at any of these moments (renewing the leases of all runs is one, every two seconds).
SIGMASIGHT_BENCH_STREAMS says how many streams.
"""

import asyncio
import os
from pathlib import Path

import psycopg

from app.config import Settings
from benchmarks._chat import Stage, begin_conversations, question, seed, staged
from benchmarks._measuring import Row, publish
from benchmarks._provider import FOREVER
from benchmarks._readers import ask_all, opened, until_spoken
from benchmarks._server import Client

STREAMS = int(os.environ.get("SIGMASIGHT_BENCH_STREAMS", "500"))
# So many are opened at once: what is measured is how they stay open
AT_ONCE = 20
LOOKS = 20
BUSY = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and "


def resident_kb(process_id: int) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS")))


async def looked(settings: Settings) -> tuple[int, int]:
    """(the most that were busy at once, the most that were open)"""
    busy, connected = [], []
    async with await psycopg.AsyncConnection.connect(settings.database_url, autocommit=True) as connection:
        for _ in range(LOOKS):
            for found, condition in ((busy, "state <> 'idle'"), (connected, "true")):
                row = await (await connection.execute(f"{BUSY}{condition}".encode())).fetchone()
                found.append(int(row[0]) if row else 0)
            await asyncio.sleep(0.5)
    return max(busy), max(connected)


async def measure(stage: Stage, client: Client) -> Row:
    await seed(stage.settings)
    conversations = await begin_conversations(stage.settings, STREAMS + AT_ONCE)
    warming, idle = conversations[:AT_ONCE], conversations[AT_ONCE:]
    await ask_all(client, [question(one, "warming") for one in warming], AT_ONCE)
    before = resident_kb(client.process_id)
    streams = []
    for start in range(0, STREAMS, AT_ONCE):
        asked = [question(one, FOREVER) for one in idle[start : start + AT_ONCE]]
        streams += await asyncio.gather(*(opened(client.port, client.bearer, one) for one in asked))
        await asyncio.gather(*(until_spoken(reader) for reader, _ in streams[start:]))
    each = (resident_kb(client.process_id) - before) / STREAMS
    busy, connected = await looked(stage.settings)
    for _, writer in streams:
        writer.close()
    return {
        "streams": STREAMS, "kb_a_stream": each, "floor": None, "ratio_to_floor": None, "peer": None,
        "ratio_to_peer": None, "busiest": busy, "connections": connected,
    }  # fmt: skip


def main() -> None:
    with staged() as stage, stage.product() as product:
        row = asyncio.run(measure(stage, product))
    publish("idle_streams", [row])


if __name__ == "__main__":
    main()
