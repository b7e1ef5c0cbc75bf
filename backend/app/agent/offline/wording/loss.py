"""Value at risk, expected shortfall and drawdowns."""

from app.agent.offline.entities import Asked
from app.agent.offline.evidence import Evidence, unknown
from app.agent.offline.figures import count, day, money, name, percent, prose, table
from app.schemas.analytics import Drawdown, Drawdowns, ValueAtRisk, ValueAtRiskLevel

FALLS_SHOWN = 5


def value_at_risk(evidence: Evidence) -> str:
    return "\n\n".join(_value_at_risk(evidence.asked, found) for found in evidence.every(ValueAtRisk))


def _value_at_risk(asked: Asked, found: ValueAtRisk) -> str:
    if not found.levels:
        return unknown("The value at risk", found, "levels")
    level = chosen_level(asked, found)
    lead = (
        f"The value at risk of {name(found.portfolio_name)} is "
        f"**{money(level.value_at_risk_amount, found.base_currency)}** ({percent(level.value_at_risk)} of net asset "
        f"value) at {percent(level.confidence, digits=0)} over {count(level.horizon_days, 'trading day')}: a larger "
        f"loss is to be expected on about {_share_of_days(level.confidence)} such periods. When it comes to that, the "
        f"average loss (expected shortfall) is {money(level.expected_shortfall_amount, found.base_currency)} "
        f"({percent(level.expected_shortfall)})."
    )
    return f"{_not_measured(asked, level)}{lead}\n\n{_levels(found)}\n\n{_method(found)}"


def expected_shortfall(evidence: Evidence) -> str:
    found = evidence.first(ValueAtRisk)
    if found is None:
        return ""
    if not found.levels:
        return unknown("The expected shortfall", found, "levels")
    level = chosen_level(evidence.asked, found)
    lead = (
        f"The expected shortfall of {name(found.portfolio_name)} is "
        f"**{money(level.expected_shortfall_amount, found.base_currency)}** ({percent(level.expected_shortfall)}) at "
        f"{percent(level.confidence, digits=0)} over {count(level.horizon_days, 'trading day')}: the average loss in "
        "the periods that are worse than the value at risk of "
        f"{money(level.value_at_risk_amount, found.base_currency)}."
    )
    return f"{_not_measured(evidence.asked, level)}{lead}\n\n{_levels(found)}\n\n{_method(found)}"


def possible_loss(evidence: Evidence) -> str:
    return "\n\n".join(
        part for part in (_bad_day(evidence.first(ValueAtRisk)), _deepest(evidence.first(Drawdowns))) if part
    )


def _bad_day(found: ValueAtRisk | None) -> str:
    if found is None:
        return ""
    if not found.levels:
        return unknown("A loss on a bad day", found, "levels")
    level = found.levels[0]
    lines = [
        f"On all but the worst {_tail(level.confidence)} of days {name(found.portfolio_name)} would not have lost more "
        f"than **{money(level.value_at_risk_amount, found.base_currency)}** ({percent(level.value_at_risk)}); on those "
        f"days it would have lost {money(level.expected_shortfall_amount, found.base_currency)} "
        f"({percent(level.expected_shortfall)}) on average."
    ]
    if found.worst_day is not None and found.worst_day_return is not None:
        lines.append(
            f"The worst day for today's holdings in the {found.window.trading_days} trading days looked at was "
            f"{day(found.worst_day)}, with {percent(found.worst_day_return, signed=True)}."
        )
    lines.append("It can be worse: history holds no upper limit.")
    return " ".join(lines)


def _deepest(found: Drawdowns | None) -> str:
    if found is None:
        return ""
    if found.max_drawdown is None:
        return unknown("The deepest fall", found, "max_drawdown")
    return f"The deepest fall from a peak that the portfolio has had is {percent(abs(found.max_drawdown))}."


def value_at_risk_sentence(found: ValueAtRisk) -> str:
    if not found.levels:
        return unknown("The value at risk", found, "levels")
    level = found.levels[0]
    return (
        f"The one-day value at risk at {percent(level.confidence, digits=0)} is "
        f"**{money(level.value_at_risk_amount, found.base_currency)}** ({percent(level.value_at_risk)} of net asset "
        "value)."
    )


def drawdown(evidence: Evidence) -> str:
    return "\n\n".join(_drawdown(found) for found in evidence.every(Drawdowns))


def _drawdown(found: Drawdowns) -> str:
    if found.max_drawdown is None:
        return unknown("The drawdown", found, "max_drawdown")
    if not found.worst:
        return f"{name(found.portfolio_name)} has never been below an earlier peak."
    deepest = found.worst[0]
    lead = (
        f"The maximum drawdown of {name(found.portfolio_name)} is **{percent(found.max_drawdown)}**: from the peak of "
        f"{day(deepest.start)} to the trough of {day(deepest.trough)}, {_recovered(deepest)}. {_now(found)}"
    )
    rows = [
        [
            day(fall.start),
            day(fall.trough),
            day(fall.recovery) if fall.recovery else "not yet",
            percent(fall.depth),
            f"{fall.days_to_trough:,}",
        ]
        for fall in found.worst[:FALLS_SHOWN]
    ]
    return f"{lead}\n\n{table(['Peak', 'Trough', 'Recovered', 'Depth', 'Days to trough'], rows, text_columns=3)}"


def current_drawdown(evidence: Evidence) -> str:
    found = evidence.first(Drawdowns)
    if found is None:
        return ""
    if found.current_drawdown is None:
        return unknown("The distance from the peak", found, "current_drawdown")
    return f"{_now(found)} The deepest it has been is {percent(abs(found.max_drawdown or 0.0))}."


def recovery(evidence: Evidence) -> str:
    found = evidence.first(Drawdowns)
    if found is None:
        return ""
    if not found.worst:
        return unknown("A recovery", found, "max_drawdown") if found.max_drawdown is None else _drawdown(found)
    deepest = found.worst[0]
    lead = (
        f"The deepest fall, {percent(abs(deepest.depth))} to the trough of {day(deepest.trough)}, is "
        f"{_recovered(deepest)}."
    )
    return f"{lead} {_now(found)}"


def drawdown_sentence(found: Drawdowns) -> str:
    if found.max_drawdown is None:
        return unknown("The drawdown", found, "max_drawdown")
    return f"The deepest fall from a peak so far is **{percent(abs(found.max_drawdown))}**. {_now(found)}"


def _now(found: Drawdowns) -> str:
    now = found.current_drawdown
    if now is None:
        return ""
    if now == 0:
        return "It stands at its peak."
    return f"It now stands {percent(abs(now))} below its peak."


def _recovered(fall: Drawdown) -> str:
    if fall.recovery is None:
        return "not recovered yet"
    days = "" if fall.days_to_recovery is None else f", {count(fall.days_to_recovery, 'trading day')} later"
    return f"recovered on {day(fall.recovery)}{days}"


def chosen_level(asked: Asked, found: ValueAtRisk) -> ValueAtRiskLevel:
    confidence, horizon = asked.confidence or 0.95, asked.days or 1
    return min(
        found.levels,
        key=lambda level: (abs(level.confidence - confidence), abs(level.horizon_days - horizon)),
    )


def _not_measured(asked: Asked, level: ValueAtRiskLevel) -> str:
    wanted = (asked.confidence or level.confidence, asked.days or level.horizon_days)
    if wanted == (level.confidence, level.horizon_days):
        return ""
    return "I have no figure for exactly what you ask; this is the nearest. "


def _levels(found: ValueAtRisk) -> str:
    rows = [
        [
            f"{percent(level.confidence, digits=0)}, {count(level.horizon_days, 'day')}",
            money(level.value_at_risk_amount, found.base_currency),
            percent(level.value_at_risk),
            money(level.expected_shortfall_amount, found.base_currency),
            percent(level.expected_shortfall),
        ]
        for level in found.levels
    ]
    return table(["Confidence, horizon", "Value at risk", "of NAV", "Expected shortfall", "of NAV"], rows)


def _method(found: ValueAtRisk) -> str:
    return f"Method: {prose(found.method)}."


def _share_of_days(confidence: float) -> str:
    return f"one in {round(1 / (1 - confidence))}"


def _tail(confidence: float) -> str:
    return percent(1 - confidence, digits=0)
