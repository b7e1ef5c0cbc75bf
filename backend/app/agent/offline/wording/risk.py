"""Answers that need several measures side by side."""

from app.agent.offline.evidence import Evidence
from app.agent.offline.figures import name
from app.agent.offline.wording import beta, loss, spread, volatility
from app.agent.tools.results import VolatilityBrief
from app.schemas.analytics import Beta, Concentration, Drawdowns, ValueAtRisk


def versus_market(evidence: Evidence) -> str:
    swings, market = evidence.first(VolatilityBrief), evidence.first(Beta)
    points = [
        _point("Volatility", volatility.comparison(swings)) if swings is not None else "",
        _point("Beta", beta.short_sentence(market)) if market is not None else "",
        *_losses(evidence),
    ]
    return f"{_verdict(swings)}\n\n{_bullets(points)}" if any(points) else ""


def report(evidence: Evidence) -> str:
    swings, held = evidence.first(VolatilityBrief), evidence.first(Concentration)
    points = [
        _point("Volatility", volatility.comparison(swings)) if swings is not None else "",
        *_losses(evidence),
        _point("Concentration", spread.concentration_sentence(held)) if held is not None else "",
    ]
    return f"{_verdict(swings)}\n\n{_bullets(points)}" if any(points) else ""


def _losses(evidence: Evidence) -> list[str]:
    tail, falls = evidence.first(ValueAtRisk), evidence.first(Drawdowns)
    return [
        _point("A bad day", loss.value_at_risk_sentence(tail)) if tail is not None else "",
        _point("Drawdown", loss.drawdown_sentence(falls)) if falls is not None else "",
    ]


def _verdict(found: VolatilityBrief | None) -> str:
    if found is None or found.ratio_to_benchmark_252d is None:
        return "This is what can be said of the risk:"
    times, portfolio = found.ratio_to_benchmark_252d, name(found.portfolio_name)
    if abs(times - 1) < volatility.ALIKE:
        return f"**{portfolio} is about as risky as the market**, going by how much it swings."
    direction = "riskier" if times > 1 else "less risky"
    return f"**{portfolio} is {direction} than the market**, going by how much it swings."


def _point(title: str, sentence: str) -> str:
    return f"- **{title}.** {sentence}"


def _bullets(points: list[str]) -> str:
    return "\n".join(point for point in points if point)
