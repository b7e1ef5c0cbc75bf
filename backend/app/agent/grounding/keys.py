"""What a field's name says of its value: its unit, its subject, and what a text must say for it to be meant."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from app.agent.grounding import lexicon

Unit = Literal["money", "fraction", "number", "count", "day_count", "unknown"]

# By the last telling part of a path, first match wins
_UNITS: tuple[tuple[Unit, re.Pattern[str]], ...] = (
    ("money", re.compile(r"_amount$|_pnl$|^pnl$")),
    ("count", re.compile(r"_count$|^positions$|^observations$|^multiplier$|^series_step$|^duration_ms$|^total$")),
    ("day_count", re.compile(r"^days_to_|_days$|^days$")),
    (
        "number",
        re.compile(
            r"beta|^ratio_|_ratio$|ratio_to|t_stat|standard_error|effective|variance_inflation|^gamma$|^quantity|^delta$"
            r"|penalty"
        ),
    ),
    (
        "fraction",
        re.compile(
            r"return|weight|volatilit|_vol\b|^rolling|^values$|leverage|share|contribution|drawdown|^depth$|r_squared"
            r"|correlation|confidence|of_nav$|percentile|herfindahl|^hhi|alpha|p_value|^top_\d|^average$|rate$|growth"
            r"|forecast|annualized|^change$|value_at_risk|expected_shortfall|marginal|shock|yield|^factor_moves$"
            r"|liquidation|matrix"
        ),
    ),
    (
        "money",
        re.compile(
            r"nav|cash|value|amount|pnl|price|close|exposure|effect|direct|propagated|flow|^spot$|strike|theta|vega|^rho$"
            r"|^high$|^low$|cost|^worst$|target|asset|profit|loss|equity|balance|proceeds"
        ),
    ),
)
# These say how a figure stands to another, not what it is of: the part before tells that
_UNTELLING = frozenset({"value", "before", "after", "change", "values", "amount"})
_FACTOR_MOVE = re.compile(r"factor_moves\.(?:shocked|propagated)$")

_SUBJECT_KEYS = tuple((name, re.compile(keys)) for name, (keys, _) in lexicon.SUBJECTS.items())
_SUBJECT_WORDS = tuple((name, lexicon.stems(words)) for name, (_, words) in lexicon.SUBJECTS.items())
_DEMANDED = tuple((re.compile(keys), words) for keys, words in lexicon.DEMANDED)
_WORD = re.compile(r"[^\W\d][\w&/\u00b2'-]*|\u00b1")

# Sizes: a text gives them with a minus or without one
_MAGNITUDE = re.compile(r"drawdown|depth|value_at_risk|expected_shortfall|short_value")
# Fractions that are customarily written as plain numbers
_PLAIN = re.compile(r"correlation|average|r_squared|herfindahl|hhi|p_value|alpha|values|share|leverage|growth")
# What goes up and down: "fell 3 %" contradicts a rise of 3 %
_DIRECTED = re.compile(r"return|pnl|^change$|effect(?!ive)")
# The period that a name implies, by the labels of results
_PERIODS = {"total_": "SI", "benchmark_total_": "SI", "money_weighted_return": "SI", "day_": "1D"}
_WINDOW = re.compile(r"_(\d+)d(?:_|$)")
_LEVEL = re.compile(r"_(9\d(?:\.\d)?)_")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`days`, `confidence` and `period` are those in the field's name."""

    unit: Unit
    subjects: frozenset[str]
    demanded: tuple[re.Pattern[str], ...]
    is_magnitude: bool
    is_directed: bool
    is_growth: bool
    is_plain: bool
    days: int | None
    confidence: float | None
    period: str | None


@lru_cache(maxsize=4096)
def meaning(path: str) -> Meaning:
    """Of a path without indices, such as `get_beta.positions.beta`; its first part is the tool."""
    tool, *parts = path.split(".")
    telling = [part for part in parts if part not in _UNTELLING] or parts[-1:] or [tool]
    key = telling[-1]
    window, level = _WINDOW.search(key), _LEVEL.search(key)
    return Meaning(
        unit="fraction" if _FACTOR_MOVE.search(path) else _unit(telling),
        subjects=_subjects(key) or _subjects(tool),
        demanded=tuple(words for pattern, words in _DEMANDED if pattern.search(key)),
        is_magnitude=_MAGNITUDE.search(key) is not None,
        is_directed=_DIRECTED.search(key) is not None,
        is_growth=key.endswith("growth"),
        is_plain=_PLAIN.search(key) is not None,
        days=int(window[1]) if window else None,
        confidence=float(level[1]) / 100 if level else None,
        period=next((period for start, period in _PERIODS.items() if key.startswith(start)), None),
    )


def subjects_in(text: str) -> frozenset[str]:
    """What a text speaks of."""
    found: set[str] = set()
    for word in {*_WORD.findall(text), *lexicon.PHRASES.findall(text)}:
        found |= _subjects_of(word.lower())
    return frozenset(found)


def words_of(key: str) -> str:
    """A field's name as a person says it."""
    return key.replace("_", " ").replace("pnl", "profit and loss")


# Texts share their words: each is looked up once
@lru_cache(maxsize=20_000)
def _subjects_of(word: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _SUBJECT_WORDS if pattern.search(word))


def _subjects(key: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _SUBJECT_KEYS if pattern.search(key))


def _unit(telling: list[str]) -> Unit:
    for part in reversed(telling):
        for unit, pattern in _UNITS:
            if pattern.search(part):
                return unit
    return "unknown"
