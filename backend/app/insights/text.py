"""The words of an insight, as a model must give them."""

import json
from collections.abc import Collection
from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from app.schemas.base import Schema
from app.schemas.insight import Severity

MAX_TITLE_CHARS = 160
MAX_SUMMARY_CHARS = 1_200
MAX_RECOMMENDATIONS = 6
# Problems told to a model that is asked once more
MAX_PROBLEMS = 5


Recommendation = Annotated[str, StringConstraints(min_length=1, max_length=400)]


class Comment(Schema):
    """What a model says of one finding, which it names by its code."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str
    comment: Annotated[str, StringConstraints(min_length=1, max_length=600)]


class InsightText(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARS)]
    severity: Severity
    summary: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SUMMARY_CHARS)]
    findings: Annotated[list[Comment], Field(max_length=30)]
    recommendations: Annotated[list[Recommendation], Field(max_length=MAX_RECOMMENDATIONS)]
    analysis: Annotated[str, StringConstraints(min_length=1, max_length=12_000)]

    @property
    def whole(self) -> str:
        """All of its words."""
        comments = [comment.comment for comment in self.findings]
        return "\n\n".join([self.title, self.summary, *comments, *self.recommendations, self.analysis])


class InvalidInsightText(Exception):
    """What a model gave is not an insight; the message says why, for the model to correct."""


def parse(text: str, codes: Collection[str]) -> InsightText:
    """Take the JSON object out of an answer: models put fences and sentences around it.

    `codes` are those of the findings that there are: a model may speak of no others.
    """
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        raise InvalidInsightText("There is no JSON object in the answer.")
    try:
        found = InsightText.model_validate(json.loads(text[begin : end + 1]))
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
        ]
        raise InvalidInsightText("; ".join(problems)) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInsightText(f"The JSON cannot be read: {error}") from error
    _check_codes(found, codes)
    return found


def _check_codes(found: InsightText, codes: Collection[str]) -> None:
    invented = [comment.code for comment in found.findings if comment.code not in codes]
    if invented:
        known = ", ".join(codes) or "none"
        raise InvalidInsightText(f"findings: there is no finding {json.dumps(invented[0][:60])}. There are: {known}.")
