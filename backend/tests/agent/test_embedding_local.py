import asyncio

import numpy as np

from app.agent.embedding_local import LocalEmbedder

TEXTS = [
    "What is beta?",
    "How far the portfolio moves with its benchmark.",
    "Boil the egg for six minutes.",
    "word " * 900,
]


async def test_texts_of_like_meaning_lie_near_each_other() -> None:
    vectors = (await LocalEmbedder().embed_documents(TEXTS)).vectors
    question = (await LocalEmbedder().embed_query("How much does my portfolio move with the market?")).vectors[0]

    assert vectors.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    near, egg = vectors[1] @ question, vectors[2] @ question
    assert near > 0.5 > 0.15 > egg


async def test_a_text_has_one_vector_whatever_it_is_embedded_with() -> None:
    """Padding must not be seen. What is left is what int8 activations differ by from batch to batch."""
    together = (await LocalEmbedder().embed_documents(TEXTS)).vectors
    alone = [(await LocalEmbedder().embed_query(text)).vectors[0] for text in TEXTS]

    assert min((together * np.stack(alone)).sum(axis=1)) > 0.98


async def test_embedding_leaves_the_event_loop_free() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await LocalEmbedder().embed_documents(TEXTS * 8)
    counting.cancel()

    assert turns > 100
