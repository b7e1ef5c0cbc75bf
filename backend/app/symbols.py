"""One instrument, many spellings: which of them are the same.

Our own spelling sets off whatever follows the name by a hyphen: a share class (`BRK-B`) and an exchange (`VOD-L`)
alike. Sources of prices and of contracts have theirs, and these come from ours.
"""

import re

SEPARATORS = "[./ _]+"
ROOT_CHARS = 6

_SEPARATORS = re.compile(SEPARATORS)
_PARTED = re.compile(r"([A-Z0-9]+(?:-[A-Z0-9]+)*)-([A-Z]{1,2})")
# What Yahoo adds for an exchange outside the United States. Single letters that are share classes there (A, B, C, K, U)
# are no exchange's
_EXCHANGE_NAMES = """
    L T V F AS AT AX BA BE BK BO BR CN CO CR DE DU HA HE HK HM IC IL IR IS JK JO KL KQ KS LS MC MI MU MX NE NS NZ OL PA
    PR QA RG SA SG SI SN SR SS ST SW SZ TA TL TO TW VI VN VS WA XC
"""
_EXCHANGES = frozenset(_EXCHANGE_NAMES.split())


def symbol_key(symbol: str) -> str:
    """Our own spelling, in which two names of one instrument are equal."""
    return _SEPARATORS.sub("-", symbol.strip().upper())


def occ_root(symbol: str) -> str:
    """What a contract on it is listed under: letters and digits only, six at most, so `BRKB` for `BRK-B`."""
    return "".join(filter(str.isalnum, symbol.upper()))[:ROOT_CHARS]


def yahoo_spelling(symbol: str) -> str:
    """A point before an exchange (`VOD.L`), a hyphen before a share class (`BRK-B`)."""
    key = symbol_key(symbol)
    parted = _PARTED.fullmatch(key)
    return f"{parted[1]}.{parted[2]}" if parted and parted[2] in _EXCHANGES else key
