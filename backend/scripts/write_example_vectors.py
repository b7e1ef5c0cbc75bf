"""Writes what the bundled model makes of the example questions that subjects are learnt from.

Run as `python -m scripts.write_example_vectors`.
"""

import asyncio

from app.agent.embedding_local import LocalEmbedder
from app.learning.topics import example_vectors, subjects


async def write() -> None:
    """Only where the examples have changed: the last digits are not those of every processor."""
    examples = subjects.examples()
    if example_vectors.FILE.exists() and example_vectors.kept(examples) is not None:
        return
    found = await LocalEmbedder().embed_documents([example.question for example in examples])
    example_vectors.keep(examples, found.vectors)


if __name__ == "__main__":
    asyncio.run(write())
    print(f"{example_vectors.FILE} is of today's examples")
