"""Instruments in a question: by symbol, or by the name that people use for a company."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

SYMBOL_WORD = "_symbol"

# Capital letters that are not symbols in a question about a portfolio
_NOT_SYMBOLS = frozenset(
    """
    A I AI API CSV CVAR DD EPS ES ESG ETF ETFS EUR FAQ FX GDP HHI II III IPO IRA LLM NAV OK OLS P PDF PNL PL Q R R2 ROI
    SP SPX S SQL SSE TWR MWR US USA USD VAR YOY YTD Q1 Q2 Q3 Q4 CEO CFO SI VS AND OR THE FOR MY IN OF IS WHAT HOW
    """.split()  # noqa: SIM905 - words in a text are easier to read and to add to
)
_SYMBOL = re.compile(r"(?<![\w$])\$?([A-Z][A-Z0-9]{0,4}(?:[.\-][A-Z])?)(?![\w&])")
_LEGAL_FORMS = re.compile(
    r"\b(inc|incorporated|corporation|corp|company|co|plc|group|holdings|the|and|etf|ltd)\b\.?|& co\b|[.,]"
)
# Shorter names are too likely to be words
MIN_ALIAS_CHARS = 3
# First words of company names that are words, or names of others
_ORDINARY_WORDS = frozenset(("home", "best", "advanced", "general", "range", "bank", "size", "united", "procter"))


@dataclass(frozen=True, slots=True)
class Mention:
    start: int
    end: int
    symbol: str


def mentions(text: str) -> list[Mention]:
    """In the order of the text; of several at one place the longest ("johnson & johnson" over "johnson")."""
    found = [] if _is_shouted(text) else _symbols(text)
    aliases = _aliases()
    found += [
        Mention(match.start(), match.end(), aliases[match[0].lower()]) for match in _alias_pattern().finditer(text)
    ]
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda mention: (mention.start, -mention.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def replaced(text: str, found: list[Mention]) -> str:
    for mention in reversed(found):
        text = f"{text[: mention.start]} {SYMBOL_WORD} {text[mention.end :]}"
    return text


def _symbols(text: str) -> list[Mention]:
    return [
        Mention(match.start(), match.end(), match[1])
        for match in _SYMBOL.finditer(text)
        if match[1] not in _NOT_SYMBOLS and not _is_half_of_a_ratio(text, match)
    ]


def _is_half_of_a_ratio(text: str, match: re.Match[str]) -> bool:
    """As in "P/E"."""
    return len(match[1]) == 1 and "/" in (text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1])


def _is_shouted(text: str) -> bool:
    """All in capitals: then capitals say nothing."""
    return text.isupper() and " " in text.strip()


@lru_cache
def _aliases() -> dict[str, str]:
    """Of the bundled instruments: "johnson & johnson", "apple", "aapl"."""
    aliases: dict[str, str] = {}
    source = resources.files("app.market_data").joinpath("bundled", "instruments.csv")
    for row in csv.DictReader(source.read_text(encoding="utf-8").splitlines()):
        for alias in _spoken(row["symbol"], row["name"], row["asset_class"]):
            aliases.setdefault(alias, row["symbol"])
    return aliases


@lru_cache
def _alias_pattern() -> re.Pattern[str]:
    # Of several that begin at one place the first alternative wins: the longest
    longest_first = sorted(_aliases(), key=len, reverse=True)
    alternatives = "|".join(map(re.escape, longest_first))
    # ASCII: without it a long s would match an s, and not be found among the aliases
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE | re.ASCII)


def _spoken(symbol: str, name: str, asset_class: str) -> list[str]:
    if asset_class == "index":
        return []
    whole = " ".join(_LEGAL_FORMS.sub(" ", name.casefold()).split())
    # A fund's name begins with its house
    candidates = [whole, whole.split()[0], symbol.casefold()] if asset_class == "equity" else [whole, symbol.casefold()]
    return [alias for alias in candidates if len(alias) >= MIN_ALIAS_CHARS and alias not in _ORDINARY_WORDS]
