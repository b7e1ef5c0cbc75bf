"""Finding the figures of a text: what they show, to which precision, and what is no figure at all."""

import bisect
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from app.agent.grounding import numerals
from app.agent.grounding.numerals import Mark

Kind = Literal["money", "percent", "multiple", "number", "date"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_DATES = (
    re.compile(r"(?<![\w-])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?![\w-])"),
    re.compile(rf"(?<![\w.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH.format('m')},? (?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH.format('m')} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>\d{{4}})\b", re.I),
    re.compile(rf"\b{_MONTH.format('m')},? (?P<y>\d{{4}})\b", re.I),
    re.compile(rf"(?<![\w.,])(?P<d>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH.format('m')}\b", re.I),
    re.compile(rf"\b{_MONTH.format('m')} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\w%]|[.,]\d)"),
    re.compile(r"(?<![\w./])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?![\w/])"),
    re.compile(r"(?<![\w./])(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})(?![\w/])"),
)

_DATES_IN_DIGITS = (_DATES[0], *_DATES[-2:])
_MONTH_NAME = re.compile(_MONTH.format("month"), re.IGNORECASE)

# Names that hold a number, periods and the like, none of which says how much something is
_NAMES = re.compile(
    r"\b(?:S ?& ?P|SPX|Russell|Nasdaq|FTSE|(?:Euro ?)?Stoxx|Nikkei|DAX|CAC|Dow(?: Jones)?|TSX|ASX|CSI|KOSPI|Fortune"
    r"|Top)[ -]?\d{2,4}\b"
    r"|\b[QH][1-4](?:[ -/]?(?:FY)?\d{2,4})?\b|\bFY ?\d{2,4}\b|\b\d{1,2}-[KQ]\b|\b401\(k\)|\b60/40\b"
    r"|(?<![\w$\u20ac\u00a3.,])\d{1,3}[DWMY]\b(?!\w)",
    re.IGNORECASE,
)
_CURRENCIES = {
    "$": "USD", "us$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY", "dollars": "USD", "dollar": "USD",
    "euros": "EUR", "euro": "EUR", "pounds": "GBP", "francs": "CHF",
}  # fmt: skip
_CODES = "USD|EUR|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|HKD|SGD|INR|CNY|NZD"
_GAP = r"[ \u00a0\u202f]{0,3}"
_NUMERAL = re.compile(
    rf"(?P<open>\({_GAP})?"
    rf"(?P<sign>(?<![\w%)])[-+\u2212\u2013\u00b1](?=[^\s])|(?<=[|\s])[-+\u2212] (?=[\d$\u20ac\u00a3]))?"
    rf"(?:(?P<currency>US\$|[$\u20ac\u00a3\u00a5]|\b(?:{_CODES})\b){_GAP}(?P<late_sign>[-\u2212](?=\d))?)?"
    rf"(?<![\w.,'])(?P<digits>{numerals.PATTERN})"
    rf"(?:{_GAP}(?P<scale>(?i:thousand|million|billion|trillion|mn|mm|bn|tn|[kmbt]))(?![\w]))?"
    rf"(?:{_GAP}(?P<unit>%|\u00d7|(?i:percentage points?|percent|per cent|pct|pp|basis points?|bps?|times|x|-?fold)"
    r"(?!\w))"
    rf"|{_GAP}(?P<code>(?:{_CODES})\b|(?i:dollars?|euros?|pounds|francs)\b))?"
    rf"(?![\w])(?P<close>{_GAP}\))?"
)
_RANGE_END = re.compile(rf"{_GAP}(?:-|\u2013|\u2014|to|and){_GAP}$")
_NOUN = re.compile(
    r"[ \u00a0-]{1,3}(?:(?:open|trading|business|calendar|daily|long|short|different|other|more|further|distinct"
    r"|individual|current|separate|largest|smallest|such|common)[ -]){0,2}"
    r"(?P<noun>day|session|week|month|year|position|holding|stock|name|portfolio|sector|factor|share|contract|trade|scenario"
    r"|observation|gap|finding|insight|point|pair|unit|fund|instrument|lot)s?\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|approx\.?|circa|ca\.|some|~|\u2248|nearly|almost|close to)\W*$",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    r"(?:\bover|\bmore than|\babove|\bupwards? of|\bexceed\w*|\bat least|\bjust over)\W*$", re.IGNORECASE
)
_BELOW = re.compile(
    r"(?:\bunder|\bless than|\bbelow|\bjust under|\bnearly|\balmost|\bup to|\bat most)\W*$", re.IGNORECASE
)
_BOUND = re.compile(r"[<\u2264]\s*$")
# 95 days out of 100 are 95 %
_OUT_OF = re.compile(r"(?:[ \u00a0]\w+){0,2} (?:out of|in)(?: every)? 100\b")
_OF_HUNDRED = re.compile(r"(?:out of|in)(?: every)? $")
_ONE_IN = re.compile(r"\b(?:one|1)(?: day)? (?:in|out of)(?: every)? $", re.IGNORECASE)
_LAST_DAY = 31
# What stands before a figure and says how it is meant
_BEFORE_CHARS = 24
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or the parts of one that the text gives."""

    year: int | None
    month: int | None
    day: int | None

    def fits(self, date: dt.date) -> bool:
        return self.year in (None, date.year) and self.month in (None, date.month) and self.day in (None, date.day)

    @property
    def is_whole(self) -> bool:
        return None not in (self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as shown. `value` has no sign and percentages are fractions; `low` and `high` hold what it may round.

    `sign` is 0 where none is written. `is_bound` is set for "< 0.001", `one_in` for "one in 20".
    """

    start: int
    end: int
    kind: Kind
    value: float = 0.0
    low: float = 0.0
    high: float = 0.0
    sign: int = 0
    significant: int = 0
    is_whole: bool = False
    currency: str | None = None
    noun: str = ""
    is_bound: bool = False
    one_in: bool = False
    is_points: bool = False
    day: Day | None = None


def find(text: str, *, limit: int) -> tuple[list[Figure], int]:
    """Figures in order, and how many more there are. `text` is prose: code and addresses are blanked already."""
    mark = numerals.decimal_mark(text)
    dates = list(_dates(text))
    taken = sorted([(date.start, date.end) for date in dates] + [match.span() for match in _NAMES.finditer(text)])
    found = sorted([*dates, *_numbers(text, mark, taken)], key=lambda figure: figure.start)
    return found[:limit], max(0, len(found) - limit)


def _dates(text: str) -> Iterator[Figure]:
    taken: list[tuple[int, int]] = []
    has_months = _MONTH_NAME.search(text) is not None
    for pattern in _DATES if has_months else _DATES_IN_DIGITS:
        for match in pattern.finditer(text):
            day = _day(match.groupdict())
            if day is not None and not _overlaps(taken, match.span()):
                bisect.insort(taken, match.span())
                yield Figure(match.start(), match.end(), "date", day=day)


def _day(parts: dict[str, str | None]) -> Day | None:
    year, month, day = (parts.get(name) for name in "ymd")
    number = None if month is None else _month(month)
    if month is not None and number is None:
        return None
    found = Day(int(year) if year else None, number, int(day) if day else None)
    is_day = found.day is None or 1 <= found.day <= _LAST_DAY or found.year is not None
    return found if is_day else None


def _month(text: str) -> int | None:
    number = int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1
    return number if 1 <= number <= 12 else None


def _overlaps(taken: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    place = bisect.bisect_right(taken, (span[0], span[0]))
    before = place > 0 and taken[place - 1][1] > span[0]
    return before or (place < len(taken) and taken[place][0] < span[1])


def _numbers(text: str, mark: Mark, taken: list[tuple[int, int]]) -> Iterator[Figure]:
    matches = [match for match in _NUMERAL.finditer(text) if not _overlaps(taken, match.span("digits"))]
    for place, match in enumerate(matches):
        following = matches[place + 1] if place + 1 < len(matches) else None
        figure = _number(text, mark, match, following)
        if figure is not None:
            yield figure


def _number(text: str, mark: Mark, match: re.Match[str], following: re.Match[str] | None) -> Figure | None:
    unit, currency, scale = _measure(text, match, following)
    numeral = numerals.read(match["digits"], mark, numerals.SCALES[scale.lower()] if scale else 1.0)
    if numeral is None or (match["digits"] == "100" and _OF_HUNDRED.search(text[: match.start()][-_BEFORE_CHARS:])):
        return None
    noun = "" if unit or currency else _noun(text, match.end())
    if not (unit or currency or scale or noun or match["sign"]) and _is_year(match["digits"]):
        return Figure(*match.span("digits"), "date", day=Day(int(match["digits"]), None, None))
    before = text[max(0, match.start() - _BEFORE_CHARS) : match.start()]
    shown = _shown(numeral, before, unit=unit, currency=currency)
    start, end = _span(match)
    return replace(shown, start=start, end=end, sign=_sign(text, match), noun=noun)


def _measure(text: str, match: re.Match[str], following: re.Match[str] | None) -> tuple[str, str | None, str | None]:
    """Unit, currency and scale: the figure's own, or in a range those of its end."""
    unit, currency, scale = match["unit"] or "", match["currency"] or match["code"], match["scale"]
    if following is not None and _is_range(text, match, following):
        scale = scale or following["scale"]
        if not currency:
            unit = unit or following["unit"] or ""
            currency = None if unit else following["currency"] or following["code"]
    if not unit and _OUT_OF.match(text, match.end()):
        unit = "%"
    return unit.lower(), currency, scale


def _shown(numeral: numerals.Numeral, before: str, *, unit: str, currency: str | None) -> Figure:
    factor = 0.01 if unit.startswith(("%", "p")) else 0.0001 if unit.startswith("b") else 1.0
    kind: Kind = "percent" if factor < 1 else "multiple" if unit else "money" if currency else "number"
    low, high = _window(before, numeral)
    return Figure(
        start=0,
        end=0,
        kind=kind,
        value=numeral.value * factor,
        low=low * factor,
        high=high * factor,
        significant=numeral.significant,
        is_whole=numeral.is_whole,
        currency=_CURRENCIES.get(currency.lower(), currency) if currency else None,
        is_bound=_BOUND.search(before) is not None,
        one_in=_ONE_IN.search(before) is not None,
        is_points="point" in unit or unit == "pp",
    )


def _is_range(text: str, match: re.Match[str], following: re.Match[str]) -> bool:
    """3-5 %, $1 to $2 million: what stands behind the second figure holds for the first."""
    between = text[match.end() : following.start("digits")]
    between = between.rstrip("$\u20ac\u00a3")
    return not match["unit"] and bool(_RANGE_END.fullmatch(between))


def _span(match: re.Match[str]) -> tuple[int, int]:
    is_enclosed = match["open"] is not None and match["close"] is not None
    start = match.start() if is_enclosed or match["open"] is None else match.end("open")
    end = match.end() if is_enclosed or match["close"] is None else match.start("close")
    return start, end


def _sign(text: str, match: re.Match[str]) -> int:
    sign = match["sign"] or match["late_sign"] or ""
    if sign and sign in "-\u2212\u2013":
        return -1
    if match["open"] is not None and match["close"] is not None:
        # In a cell of its own it is negative; in a sentence it may be an aside
        before, after = text[: match.start()].rstrip(" "), text[match.end() :].lstrip(" ")
        if before.endswith("|") and after.startswith("|"):
            return -1
    return 1 if sign == "+" else 0


def _noun(text: str, end: int) -> str:
    match = _NOUN.match(text, end)
    noun = match["noun"].lower() if match else ""
    return "day" if noun == "session" else noun


def _is_year(digits: str) -> bool:
    return digits.isdigit() and len(digits) == 4 and _FIRST_YEAR <= int(digits) <= _LAST_YEAR


def _window(before: str, numeral: numerals.Numeral) -> tuple[float, float]:
    """What the figure may stand for: half a unit of its last digit, more where words say that it is rough."""
    value, half = numeral.value, numeral.step / 2
    if _ABOUT.search(before) and numeral.is_whole and numeral.significant > 1:
        half = max(half, _last_place(value) / 2)
    below = 2 * half if _ABOVE.search(before) is None and _BELOW.search(before) else half
    above = 2 * half if _ABOVE.search(before) else half
    slack = 1e-9 * max(abs(value), numeral.step)
    return value - below - slack, value + above + slack


def _last_place(value: float) -> float:
    """The place of the last digit that is not zero: 450,000 says tens of thousands."""
    place = 1.0
    while value and value % (place * 10) == 0:
        place *= 10
    return place


def as_percent(figure: Figure) -> Figure:
    """A bare number under a heading that says percent."""
    if figure.kind != "number":
        return figure
    return replace(figure, kind="percent", value=figure.value / 100, low=figure.low / 100, high=figure.high / 100)
