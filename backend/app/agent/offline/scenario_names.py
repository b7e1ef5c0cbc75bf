"""The named scenarios as people speak of them."""

import re

# "How do interest rates affect me?" asks for both
_EITHER_WAY = "affects?|impacts?|hurts?|changes?|move"
_SPOKEN = {
    "crash_2020": r"\b(covid|corona\w*|pandemic)\b|\b(crash|fall|march)\b.{0,12}\b2020\b|\b2020\b.{0,8}\bcrash\b",
    "late_2018": r"\bq4\b.{0,6}\b2018\b|\b(late|end of|fourth quarter( of)?|autumn( of)?|december)\W+2018\b",
    "first_half_2022": r"\b(first half of|early|h1)\W+2022\b|\b2022\b.{0,8}\b(bear|sell-?off|inflation)\b",
    "financial_crisis_2008": r"\b(2008|gfc|lehman)\b|\bfinancial crisis\b",
    "brexit_2016": r"\bbrexit\b",
    "volatility_spike": (
        r"\b(volatility|vol|vix)\b.{0,12}\b(spikes?|spiked|jumps?|explodes?|surges?|doubles?)\b|\bspike in (the )?vol"
    ),
    "momentum_crash": r"\bmomentum\b.{0,10}\bcrash\w*\b",
    "liquidity_squeeze": r"\bliquidity\b.{0,12}\b(squeeze|crisis|crunch|dries|dried)\b",
    "technology_selloff": r"\btech\w*\b.{0,10}\b(sell-?off|crash|bubble|wreck)\b",
    "bank_stress": r"\bbank(s|ing)?\b.{0,10}\b(stress|crisis|crash|run)\b",
    "rates_up_100bp": rf"\b(rates?|yields?)\b.{{0,12}}\b(rises?|rise|up|hikes?|increase\w*|higher|{_EITHER_WAY})\b",
    "rates_down_100bp": rf"\b(rates?|yields?)\b.{{0,12}}\b(falls?|fall|down|cuts?|decrease\w*|lower|{_EITHER_WAY})\b",
}
_PATTERNS = {key: re.compile(pattern, re.IGNORECASE) for key, pattern in _SPOKEN.items()}
# Whether anything of the kind is meant at all
ANY = "|".join(f"(?:{pattern})" for pattern in _SPOKEN.values())


def named(text: str) -> tuple[str, ...]:
    """Keys of the scenarios that a text speaks of."""
    return tuple(key for key, pattern in _PATTERNS.items() if pattern.search(text))
