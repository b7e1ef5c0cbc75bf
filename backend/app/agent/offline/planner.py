"""Which tools to call next, or whom to ask back. Decided anew at each step from the conversation alone."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from app.agent import memory_statements
from app.agent.offline.entities import Asked
from app.agent.offline.intents import MEASURED, Intent
from app.agent.offline.portfolio_names import may_name_one
from app.agent.offline.trades import arguments, needs_positions
from app.agent.offline.transcript import CallRecord, Transcript, Turn
from app.agent.offline.understanding import Understood, understand

COMPARE = next(intent for intent in MEASURED if intent.name == "compare")
WHAT_IF = next(intent for intent in MEASURED if intent.name == "what_if")
# These need no portfolio, or choose for themselves
WITHOUT_PORTFOLIO = frozenset(
    {
        "list_portfolios",
        "compare_portfolios",
        "get_prices_historical",
        "get_recent_insights",
        "get_market_overview",
        "remember",
    }
)
# Instruments priced in one answer
MAX_SYMBOLS = 4


@dataclass(frozen=True, slots=True)
class PlannedCall:
    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One question of the message, and all the calls that answer it, made or not."""

    asked: Asked
    intents: tuple[Intent, ...]
    calls: tuple[PlannedCall, ...]

    def answered_by(self, made: Sequence[CallRecord]) -> list[CallRecord]:
        keys = {_key(call) for call in self.calls}
        return [call for call in made if _key(PlannedCall(call.name, call.arguments)) in keys]


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls still to be made in this turn; with none, it is time to answer. `choices`: portfolios to ask back about."""

    parts: tuple[Part, ...]
    calls: tuple[PlannedCall, ...] = ()
    choices: tuple[str, ...] = ()

    @property
    def intents(self) -> list[Intent]:
        return [intent for part in self.parts for intent in part.intents]


def make_plan(transcript: Transcript, offered: Collection[str]) -> Plan:
    known = _known_portfolios(transcript)
    parts = tuple(_part(understood, transcript) for understood in understand(transcript, known))
    list_call = PlannedCall("list_portfolios", {})
    is_listed = _listed(transcript) is not None
    if not is_listed and list_call.tool in offered and any(_needs_list(transcript, part) for part in parts):
        return Plan(parts, calls=(list_call,))
    if any(_has_to_choose(transcript, part) for part in parts):
        return Plan(parts, choices=tuple(_listed(transcript) or ()))
    made = {_key(PlannedCall(call.name, call.arguments)) for call in transcript.present.calls}
    wanted = {_key(call): call for part in parts for call in part.calls if call.tool in offered}
    return Plan(parts, calls=tuple(call for key, call in wanted.items() if key not in made))


def _part(understood: Understood, transcript: Transcript) -> Part:
    intents, asked = _over_portfolios(understood)
    calls = _what_if(asked, transcript.present) if WHAT_IF in intents else _calls(intents, asked)
    return Part(asked, intents, tuple(calls))


def _over_portfolios(understood: Understood) -> tuple[tuple[Intent, ...], Asked]:
    """A measure asked of several portfolios that is not worded one by one becomes a comparison."""
    needs_tool = any(set(intent.tools) - WITHOUT_PORTFOLIO for intent in understood.intents)
    several = len(understood.asked.portfolios) > 1
    repeatable = all(intent.is_repeatable for intent in understood.intents)
    if needs_tool and (understood.wants_all_portfolios or (several and not repeatable)):
        return (COMPARE,), understood.asked
    return understood.intents, understood.asked


def _needs_list(transcript: Transcript, part: Part) -> bool:
    if not _is_about_a_portfolio(part.intents):
        return False
    is_open = transcript.page_portfolio is None and not part.asked.portfolios
    return is_open or may_name_one(part.asked.plain)


def _has_to_choose(transcript: Transcript, part: Part) -> bool:
    needs_one = any(set(intent.tools) - WITHOUT_PORTFOLIO for intent in part.intents)
    if not needs_one or part.asked.portfolios or transcript.page_portfolio is not None:
        return False
    return len(_listed(transcript) or ()) > 1


def _is_about_a_portfolio(intents: tuple[Intent, ...]) -> bool:
    tools = {tool for intent in intents for tool in intent.tools}
    return bool(tools - WITHOUT_PORTFOLIO) or "compare_portfolios" in tools


def _calls(intents: tuple[Intent, ...], asked: Asked) -> Iterator[PlannedCall]:
    for intent in intents:
        for tool in intent.tools:
            yield from (PlannedCall(tool, arguments) for arguments in _arguments(tool, asked))


def _what_if(asked: Asked, present: Turn) -> Iterator[PlannedCall]:
    """The trades; where they are shares of what is held, that is looked up first."""
    where = {"portfolio": asked.portfolios[0]} if asked.portfolios else {}
    looked_up = next((call for call in present.calls if call.name == "get_positions"), None)
    if needs_positions(asked.trades) and looked_up is None:
        yield PlannedCall("get_positions", where)
    elif trades := arguments(asked.trades, _held(looked_up)):
        yield PlannedCall("simulate_trades", {**where, "trades": trades})


def _held(positions: CallRecord | None) -> dict[str, float]:
    """Signed units by symbol, of all lots together."""
    held: Counter[str] = Counter()
    for row in (positions.result or {}).get("positions", []) if positions else []:
        held[row["symbol"]] += row["quantity"]
    return dict(held)


def _arguments(tool: str, asked: Asked) -> Iterator[dict[str, Any]]:
    match tool:
        case "list_portfolios" | "get_market_overview":
            yield {}
        case "remember":
            yield from (asdict(statement) for statement in memory_statements.stated(asked.text))
        case "compare_portfolios":
            yield {"portfolios": list(asked.portfolios)} if len(asked.portfolios) > 1 else {}
        case "get_prices_historical":
            for symbol in asked.symbols[:MAX_SYMBOLS]:
                yield {"symbol": symbol, **_price_span(asked)}
        case _:
            options = _options(tool, asked)
            for portfolio in asked.portfolios:
                yield {"portfolio": portfolio, **options}
            if not asked.portfolios:
                yield options


def _price_span(asked: Asked) -> dict[str, Any]:
    if asked.stretch is not None:
        return {"start": asked.stretch.first.isoformat(), "end": asked.stretch.last.isoformat()}
    match asked.period:
        case None:
            return {}
        case "SI":
            return {"period": "MAX"}
        case "1D":
            return {"period": "1W"}
        case period:
            return {"period": period}


def _options(tool: str, asked: Asked) -> dict[str, Any]:
    match tool:
        case "get_value_at_risk":
            return _tail(asked)
        case "run_stress_test":
            return _stress(asked)
        case "get_pnl_attribution" if asked.stretch is not None:
            start = asked.stretch.first - timedelta(days=1)
            return {"start": start.isoformat(), "end": asked.stretch.last.isoformat()}
        case _:
            return {}


def _stress(asked: Asked) -> dict[str, Any]:
    if asked.move is not None and asked.symbols:
        return {"shocks": {"symbols": dict.fromkeys(asked.symbols, asked.move)}}
    if asked.move is not None and asked.sector is not None:
        return {"shocks": {"sectors": {asked.sector: asked.move}}}
    if asked.move is not None:
        return {"shocks": {"factors": {"market": asked.move}}}
    return {"scenarios": list(asked.scenarios)} if asked.scenarios else {}


def _tail(asked: Asked) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if asked.confidence is not None:
        options["confidence"] = asked.confidence
    if asked.days is not None:
        options["horizon_days"] = asked.days
    return options


def _known_portfolios(transcript: Transcript) -> list[str]:
    """Names seen so far, those of a full list first and in its order."""
    names = dict.fromkeys(_listed(transcript) or ())
    for call in _all_calls(transcript):
        named = (call.result or {}).get("portfolio_name")
        if isinstance(named, str):
            names[named] = None
    if transcript.page_portfolio is not None:
        names[transcript.page_portfolio] = None
    return list(names)


def _listed(transcript: Transcript) -> list[str] | None:
    """The names of the newest full list of portfolios in this conversation."""
    for call in reversed(list(_all_calls(transcript))):
        if call.name == "list_portfolios" and call.result is not None:
            return [str(row["name"]) for row in call.result.get("portfolios", []) if "name" in row]
    return None


def _all_calls(transcript: Transcript) -> Iterator[CallRecord]:
    for turn in (*transcript.earlier, transcript.present):
        yield from turn.calls


def _key(call: PlannedCall) -> str:
    return f"{call.tool} {sorted(call.arguments.items())}"
