"""The named stress scenarios: what is shocked, or which days are replayed. Data, no computation.

Shocks are simple returns at once; a style's is its return over the market's. Sizes are about the worst month of the
factor between 2014 and 2022, which held two crashes, unless the description says otherwise. What a scenario does not
name moves as it usually moves with what is named (see `stress`), or by name not at all: a factor shocked by zero stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from app.analytics.factors import FactorName

ScenarioCategory = Literal["market", "rates", "style", "sector", "volatility", "liquidity", "replay", "custom"]


@dataclass(frozen=True)
class Shocks:
    """What is set to move. All are fractions: -0.1 is a fall of 10 %.

    The most specific shock wins: a symbol's is the whole move of that holding, a sector's that of its other holdings,
    factors move the rest. `volatility` is added to the implied volatility of options (0.1 is ten points).
    `liquidation_cost` is lost on the gross value of every holding, long or short.
    """

    factors: Mapping[FactorName, float] = field(default_factory=dict)
    sectors: Mapping[str, float] = field(default_factory=dict)
    symbols: Mapping[str, float] = field(default_factory=dict)
    volatility: float = 0.0
    liquidation_cost: float = 0.0


@dataclass(frozen=True)
class ShockScenario:
    key: str
    name: str
    category: ScenarioCategory
    description: str
    shocks: Shocks


@dataclass(frozen=True)
class ReplayScenario:
    """From the close of `start` to the close of `end`, or of the last trading day before each."""

    key: str
    name: str
    description: str
    start: date
    end: date
    category: Literal["replay"] = "replay"


Scenario = ShockScenario | ReplayScenario


def _market(key: str, move: float, description: str) -> ShockScenario:
    return ShockScenario(key, f"Market {move:+.0%}", "market", description, Shocks(factors={"market": move}))


def _sector(key: str, name: str, sector: str, move: float) -> ShockScenario:
    description = f"Every holding in {sector} moves by {move:+.0%}; the others stay."
    return ShockScenario(key, name, "sector", description, Shocks(sectors={sector: move}))


MARKET_SCENARIOS = (
    _market("market_down_5", -0.05, "A bad week."),
    _market("market_down_10", -0.10, "A correction; styles move as they usually do with the market."),
    _market("market_down_20", -0.20, "A bear market's usual threshold."),
    _market("market_down_34", -0.34, "As deep as the five weeks to March 2020, with the usual move of the styles."),
    _market("market_up_10", 0.10, "A strong rally: what a short book loses."),
    _market("market_up_20", 0.20, "A recovery out of a crash."),
)

# A bond of more than twenty years has a duration of about 17: a point of yield is about 17 % of price
RATES_SCENARIOS = (
    ShockScenario(
        "rates_up_100bp", "Rates +1 point", "rates",
        "Long yields rise by one percentage point: long treasuries lose 17 %.",
        Shocks(factors={"treasuries": -0.17}),
    ),
    ShockScenario(
        "rates_down_100bp", "Rates -1 point", "rates",
        "Long yields fall by one percentage point: long treasuries gain 17 %.",
        Shocks(factors={"treasuries": 0.17}),
    ),
)  # fmt: skip

STYLE_SCENARIOS = (
    ShockScenario(
        "value_rotation", "Rotation into value", "style",
        "Value beats the market by 7 % and momentum trails it by 5 %, the market itself unmoved.",
        Shocks(factors={"market": 0.0, "value": 0.07, "momentum": -0.05}),
    ),
    ShockScenario(
        "growth_rally", "Rotation out of value", "style",
        "Value trails the market by 7 % and momentum beats it by 5 %, the market itself unmoved.",
        Shocks(factors={"market": 0.0, "value": -0.07, "momentum": 0.05}),
    ),
    ShockScenario(
        "momentum_crash", "Momentum crash", "style",
        "Momentum trails the market by 10 %, as last year's winners are sold.",
        Shocks(factors={"momentum": -0.10}),
    ),
    ShockScenario(
        "flight_to_safety", "Flight to safety", "style",
        "The market loses 10 %; minimum volatility beats it by 5 % and quality by 2 %.",
        Shocks(factors={"market": -0.10, "minimum_volatility": 0.05, "quality": 0.02}),
    ),
    ShockScenario(
        "low_quality_rally", "Low-quality rally", "style",
        "The market gains 8 %; quality trails it by 2 % and minimum volatility by 5 %.",
        Shocks(factors={"market": 0.08, "quality": -0.02, "minimum_volatility": -0.05}),
    ),
    ShockScenario(
        "small_caps_lag", "Smaller companies lag", "style",
        "The average stock trails the largest by 6 %, the market itself unmoved.",
        Shocks(factors={"market": 0.0, "size": -0.06}),
    ),
    ShockScenario(
        "small_caps_lead", "Smaller companies lead", "style",
        "The average stock beats the largest by 6 %, the market itself unmoved.",
        Shocks(factors={"market": 0.0, "size": 0.06}),
    ),
    ShockScenario(
        "defensives_sold", "Defensive stocks sold", "style",
        "Minimum volatility trails the market by 5 %, the market itself unmoved.",
        Shocks(factors={"market": 0.0, "minimum_volatility": -0.05}),
    ),
    ShockScenario(
        "quant_unwind", "Crowded styles unwound", "style",
        "Momentum and value both trail the market by 5 % and quality by 2 %, the market itself unmoved.",
        Shocks(factors={"market": 0.0, "momentum": -0.05, "value": -0.05, "quality": -0.02}),
    ),
)  # fmt: skip

SECTOR_SCENARIOS = (
    _sector("technology_selloff", "Technology sell-off", "Information Technology", -0.25),
    _sector("energy_slump", "Energy slump", "Energy", -0.30),
    _sector("energy_spike", "Energy spike", "Energy", 0.20),
    _sector("bank_stress", "Bank stress", "Financials", -0.25),
    _sector("drug_price_reform", "Drug price reform", "Health Care", -0.15),
    _sector("consumer_downturn", "Consumer downturn", "Consumer Discretionary", -0.20),
)

VOLATILITY_SCENARIOS = (
    ShockScenario(
        "volatility_spike", "Volatility spike", "volatility",
        "As in February 2018: the market loses 4 % in a day, implied volatility rises by 20 points.",
        Shocks(factors={"market": -0.04}, volatility=0.20),
    ),
    ShockScenario(
        "volatility_crush", "Volatility crush", "volatility",
        "The market gains 2 % and implied volatility falls by 8 points.",
        Shocks(factors={"market": 0.02}, volatility=-0.08),
    ),
)  # fmt: skip

LIQUIDITY_SCENARIOS = (
    ShockScenario(
        "wide_spreads", "Wide spreads", "liquidity",
        "Prices stay, but getting out of every position costs 1 % of it.",
        Shocks(liquidation_cost=0.01),
    ),
    ShockScenario(
        "liquidity_squeeze", "Liquidity squeeze", "liquidity",
        "The market loses 12 %, smaller companies 5 % more, and getting out costs 2 % of every position.",
        Shocks(factors={"market": -0.12, "size": -0.05}, liquidation_cost=0.02),
    ),
)  # fmt: skip

REPLAY_SCENARIOS = (
    ReplayScenario(
        "financial_crisis_2008", "2008 financial crisis", "From the peak of 2007 to the low of March 2009.",
        date(2007, 10, 9), date(2009, 3, 9),
    ),
    ReplayScenario(
        "growth_scare_2014", "October 2014 growth scare", "A fall of 7 % on fears for growth.",
        date(2014, 9, 18), date(2014, 10, 15),
    ),
    ReplayScenario(
        "august_2015", "August 2015", "China's devaluation: 11 % in six days.", date(2015, 8, 17), date(2015, 8, 25)
    ),
    ReplayScenario(
        "early_2016", "January and February 2016", "Oil at its low and fears for banks.",
        date(2015, 12, 29), date(2016, 2, 11),
    ),
    ReplayScenario(
        "brexit_2016", "Brexit vote", "The two days after the vote of June 2016.", date(2016, 6, 23), date(2016, 6, 27)
    ),
    ReplayScenario(
        "election_2016", "Late 2016 rotation", "After the election: value over momentum and defensives.",
        date(2016, 11, 8), date(2016, 12, 8),
    ),
    ReplayScenario(
        "early_2018", "First quarter of 2018", "The end of short volatility: 10 % in nine days.",
        date(2018, 1, 26), date(2018, 2, 8),
    ),
    ReplayScenario(
        "late_2018", "Fourth quarter of 2018", "Tightening: 20 % from peak to Christmas.",
        date(2018, 9, 20), date(2018, 12, 24),
    ),
    ReplayScenario(
        "crash_2020", "2020 crash", "34 % in five weeks.", date(2020, 2, 19), date(2020, 3, 23)
    ),
    ReplayScenario(
        "rebound_2020", "2020 rebound", "From the low, led by smaller companies.", date(2020, 3, 23), date(2020, 6, 8)
    ),
    ReplayScenario(
        "september_2020", "September 2020", "Technology leads a fall of 10 %.", date(2020, 9, 2), date(2020, 9, 23)
    ),
    ReplayScenario(
        "value_rotation_2020", "November 2020 value rotation", "The vaccine news: value beats momentum by 9 %.",
        date(2020, 11, 6), date(2020, 11, 30),
    ),
    ReplayScenario(
        "first_half_2022", "First half of 2022", "Inflation and rising rates: 24 % from the peak.",
        date(2022, 1, 3), date(2022, 6, 16),
    ),
    ReplayScenario(
        "autumn_2022", "August to October 2022", "The second leg of that year's fall: 17 %.",
        date(2022, 8, 16), date(2022, 10, 12),
    ),
)  # fmt: skip

SCENARIOS: tuple[Scenario, ...] = (
    *MARKET_SCENARIOS, *RATES_SCENARIOS, *STYLE_SCENARIOS, *SECTOR_SCENARIOS,
    *VOLATILITY_SCENARIOS, *LIQUIDITY_SCENARIOS, *REPLAY_SCENARIOS,
)  # fmt: skip
