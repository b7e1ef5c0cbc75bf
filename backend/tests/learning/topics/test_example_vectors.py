import numpy as np

from app.agent.embedding_local import LocalEmbedder
from app.learning.topics import example_vectors, subjects

# Every so many of the examples are read by the model again
STEP = 200
# The model rounds as its batch and its processor make it; two questions that differ are seldom above 0.9
ALIKE = 0.97


async def test_what_is_kept_is_what_the_model_makes_of_the_examples() -> None:
    """Red after a change of the examples: `make gen` writes the file."""
    examples = subjects.examples()
    kept = example_vectors.kept(examples)
    assert kept is not None

    read = await LocalEmbedder().embed_documents([example.question for example in examples[::STEP]])

    assert len(kept) == len(examples)
    assert np.einsum("ij,ij->i", kept[::STEP], read.vectors).min() > ALIKE


def test_what_is_kept_of_other_examples_is_not_taken() -> None:
    examples = subjects.examples()

    assert example_vectors.kept(examples[1:]) is None
    assert example_vectors.kept((examples[1], examples[0], *examples[2:])) is None
