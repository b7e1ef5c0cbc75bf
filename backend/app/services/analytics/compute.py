"""Where the numbers are worked out: off the event loop when they take long, and only so many at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.services.analytics.book import Book

Answer = TypeVar("Answer")

# Two reports side by side; a third waits its turn instead of slowing down everybody's chat
CONCURRENT_COMPUTATIONS = 2
# A few series over ten years: above that some measures take longer than 5 ms, below it a thread costs what it saves
CELLS_OFF_THE_LOOP = 10_000
# Of lots without many prices: a value, a weight and a line of the answer for each
LOTS_OFF_THE_LOOP = 50

_pool = ThreadPoolExecutor(CONCURRENT_COMPUTATIONS, thread_name_prefix="analytics")


async def computed(book: Book, measure: Callable[[Book], Answer]) -> Answer:
    if book.panel.closes.size < CELLS_OFF_THE_LOOP and len(book.row.lots) < LOTS_OFF_THE_LOOP:
        return measure(book)
    return await asyncio.get_running_loop().run_in_executor(_pool, measure, book)
