"""What a question names: instruments, portfolios, sectors, windows, confidence, horizon."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from app.agent.offline import instruments, portfolio_names, scenario_names
from app.agent.offline.trades import AskedTrade, asked_trades

TRADING_DAYS = {"day": 1, "week": 5, "month": 21, "quarter": 63, "year": 252}
CALENDAR_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "nine": 9, "ten": 10, "twelve": 12}

PeriodLabel = Literal["1D", "1W", "1M", "3M", "6M", "YTD", "1Y", "3Y", "SI"]
_PERIODS_BY_DAYS: tuple[tuple[int, PeriodLabel], ...] = (
    (1, "1D"), (5, "1W"), (21, "1M"), (63, "3M"), (126, "6M"), (252, "1Y"), (756, "3Y"),
)  # fmt: skip

PERIOD_WORD = "_period"
_SPAN = re.compile(
    r"\b(?:(\d{1,4}|" + "|".join(_NUMBERS) + r")[\s-]*)?(trading day|day|week|month|quarter|year)s?\b", re.IGNORECASE
)
_CONFIDENCE = re.compile(r"\b(9\d(?:\.\d)?)\s*(?:%|percent|per cent)|\b(?:at|with)\s+(9\d(?:\.\d)?)\b", re.IGNORECASE)
_MOVE = re.compile(
    r"\b(falls?|fell|drops?|dropped|crash(?:es)?|loses?|declines?|down|rises?|rose|up|gains?)\b"
    r"\D{0,15}?(\d{1,2}(?:\.\d+)?)\s*(?:%|percent|per cent)",
    re.IGNORECASE,
)
_UPWARD = ("rise", "rose", "up", "gain")
_MONTHS = [name.casefold() for name in calendar.month_name]
_STRETCH = re.compile(
    rf"\b(?:in|of|during|for|over|through)\s+(?:(?P<month>{'|'.join(_MONTHS[1:])})\s+)?(?P<year>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)

SECTORS = {
    "Information Technology": ("information technology", "technology", "tech"),
    "Financials": ("financials", "financial", "banks", "banking"),
    "Health Care": ("health care", "healthcare", "pharma", "pharmaceuticals"),
    "Consumer Staples": ("consumer staples", "staples"),
    "Consumer Discretionary": ("consumer discretionary", "discretionary"),
    "Energy": ("energy", "oil"),
    "Industrials": ("industrials", "industrial"),
    "Materials": ("materials",),
    "Utilities": ("utilities",),
    "Real Estate": ("real estate", "reits"),
    "Communication Services": ("communication services", "communications", "telecom"),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A year or a month of the calendar, both days within it."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it names. `days` is its time span in trading days, `calendar_days` the same by calendar.

    `plain` is the text with names replaced by what they name, so that questions of one kind look alike.
    """

    text: str
    plain: str
    symbols: tuple[str, ...] = ()
    portfolios: tuple[str, ...] = ()
    sector: str | None = None
    days: int | None = None
    calendar_days: int | None = None
    period: PeriodLabel | None = None
    stretch: Stretch | None = None
    confidence: float | None = None
    side: Literal["long", "short"] | None = None
    # As a fraction, of the symbols or the sector that are named, or else of the market
    move: float | None = None
    scenarios: tuple[str, ...] = ()
    trades: tuple[AskedTrade, ...] = ()


def extract(text: str, names: Sequence[str] = ()) -> Asked:
    portfolios, rest = portfolio_names.taken_out(text, names)
    count, unit = _span(rest)
    days = count * TRADING_DAYS[unit] if unit else None
    mentions = instruments.mentions(rest)
    without_names = instruments.replaced(rest, mentions)
    return Asked(
        text=text,
        plain=_plain(without_names),
        symbols=tuple(dict.fromkeys(mention.symbol for mention in mentions)),
        portfolios=portfolios,
        sector=_sector(rest),
        days=days,
        calendar_days=count * CALENDAR_DAYS[unit] if unit else None,
        period=_period(rest, days),
        stretch=_stretch(rest),
        confidence=_confidence(rest),
        side=_side(rest),
        move=_move(rest),
        scenarios=scenario_names.named(rest),
        trades=asked_trades(without_names, [mention.symbol for mention in mentions]),
    )


def _plain(text: str) -> str:
    return _SPAN.sub(lambda match: f" {PERIOD_WORD} " if match[1] else match[0], text)


def _span(text: str) -> tuple[int, str]:
    match = _SPAN.search(text)
    if match is None:
        return 0, ""
    number, unit = (match[1] or "").lower(), match[2].lower().removeprefix("trading ")
    if not number and not re.search(rf"\b(last|past|previous|over (?:a|the)|one|a)\s+{match[0]}", text, re.IGNORECASE):
        return 0, ""
    return (int(number) if number.isdigit() else _NUMBERS.get(number, 1)), unit


def _period(text: str, days: int | None) -> PeriodLabel | None:
    lowered = text.casefold()
    if re.search(r"\bytd\b|year[\s-]to[\s-]date|\bthis year\b|so far this year", lowered):
        return "YTD"
    if re.search(
        r"\bsince (?:inception|the start|the beginning|i started)|all[\s-]time|\bever\b|\bin total\b", lowered
    ):
        return "SI"
    if re.search(r"\btoday\b|\byesterday\b|\bthe day\b", lowered):
        return "1D"
    if match := re.search(r"\bthis (week|month|quarter)\b", lowered):
        days = TRADING_DAYS[match[1]]
    if days is None:
        return None
    return min(_PERIODS_BY_DAYS, key=lambda period: abs(period[0] - days))[1]


def _stretch(text: str) -> Stretch | None:
    match = _STRETCH.search(text)
    if match is None:
        return None
    year, name = int(match["year"]), match["month"]
    first, last = (1, 12) if name is None else (_MONTHS.index(name.casefold()),) * 2
    return Stretch(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def _confidence(text: str) -> float | None:
    match = _CONFIDENCE.search(text)
    return float(match[1] or match[2]) / 100 if match else None


def _sector(text: str) -> str | None:
    lowered = text.casefold()
    for sector, spoken in SECTORS.items():
        if any(re.search(rf"\b{re.escape(word)}\b", lowered) for word in spoken):
            return sector
    return None


def _side(text: str) -> Literal["long", "short"] | None:
    short = re.search(r"\bshorts?\b|\bshorted\b", text, re.IGNORECASE)
    long = re.search(r"\blongs?\b(?!\s+(?:does|did|will|has|until|it))", text, re.IGNORECASE)
    if bool(short) == bool(long):
        return None
    return "short" if short else "long"


def _move(text: str) -> float | None:
    match = _MOVE.search(text)
    if match is None:
        return None
    size = float(match[2]) / 100
    return size if match[1].lower().startswith(_UPWARD) else -size
