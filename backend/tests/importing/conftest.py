from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.importing import ParsedFile, parse

TODAY = date(2023, 1, 5)
SAMPLES = Path(__file__).parent / "samples"

Parse = Callable[[bytes], ParsedFile]


@pytest.fixture
def parsed() -> Parse:
    """A file read on a fixed day."""
    return lambda content: parse(content, TODAY)


@pytest.fixture
def sample(parsed: Parse) -> Callable[[str], ParsedFile]:
    return lambda name: parsed((SAMPLES / name).read_bytes())
