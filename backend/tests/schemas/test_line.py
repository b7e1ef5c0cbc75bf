from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.schemas.auth import AccountPatch, RegisterIn
from app.schemas.base import Request
from app.schemas.chat import ConversationIn, ConversationPatch
from app.schemas.insight import InsightPatch
from app.schemas.knowledge import DocumentIn, DocumentPatch, UploadIn
from app.schemas.portfolio import PortfolioIn, PortfolioPatch
from app.schemas.position import PrivatePositionIn

NAMED: list[tuple[type[Request], str]] = [
    (AccountPatch, "display_name"),
    (RegisterIn, "display_name"),
    (ConversationIn, "title"),
    (ConversationPatch, "title"),
    (InsightPatch, "title"),
    (DocumentIn, "title"),
    (DocumentPatch, "title"),
    (UploadIn, "key"),
    (PortfolioIn, "name"),
    (PortfolioPatch, "name"),
    (PrivatePositionIn, "name"),
]
SHAPES = pytest.mark.parametrize(("shape", "field"), NAMED, ids=[f"{shape.__name__}.{name}" for shape, name in NAMED])


def problems(shape: type[Request], field: str, text: str) -> list[str]:
    """Those of the field; others may be missing."""
    try:
        TypeAdapter[Any](shape).validate_python({field: text})
    except ValidationError as error:
        return [problem["msg"] for problem in error.errors() if problem["loc"] == (field,)]
    return []


@SHAPES
@pytest.mark.parametrize("text", ["a\nb", "a\x1b[2J", "a\x9bb", "\u202egnp.exe", "a\u2028b", "a\u2066b"], ids=ascii)
def test_a_name_is_one_line_and_steers_nothing(shape: type[Request], field: str, text: str) -> None:
    assert problems(shape, field, text) == ["Value error, must be one line, without control characters"]


@SHAPES
@pytest.mark.parametrize("text", ["Größe & <b>", "تقاعد", "👩\u200d🚀 fund", "a\u00a0b"], ids=ascii)
def test_a_name_may_be_in_any_script(shape: type[Request], field: str, text: str) -> None:
    assert problems(shape, field, text) == []
