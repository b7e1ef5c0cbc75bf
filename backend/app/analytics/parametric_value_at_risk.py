"""Value at risk from the moments of returns instead of from their order: normal and Cornish-Fisher."""

import math

import numpy as np
from scipy.special import ndtri

from app.analytics.arrays import FloatArray
from app.analytics.beta import moves
from app.analytics.errors import Undefined, ZeroVariance
from app.analytics.returns import require_complete
from app.analytics.value_at_risk import TailRisk, require_level

# A month and a half: below that the standard deviation itself is uncertain by more than an eighth
MINIMUM_DAYS = 30
# Fourth moments hang on the few largest days; a year holds enough of them to mean something
MINIMUM_DAYS_FOR_MOMENTS = 252
# One day in 126 years; what the expansion does beyond it hardly moves a mean over the tail
_FAR_TAIL = -4.0


class CornishFisherOutOfRange(Undefined):
    def __init__(self, skewness: float, excess_kurtosis: float) -> None:
        super().__init__(
            f"The Cornish-Fisher expansion does not hold for a skewness of {skewness:.2f} and an excess kurtosis of "
            f"{excess_kurtosis:.2f}: its losses would shrink as the confidence grows."
        )


def normal_value_at_risk(returns: FloatArray, confidence: float, horizon_days: int = 1) -> TailRisk:
    """Value at risk and expected shortfall if returns were normal with the sample's mean and deviation.

    VaR = -(h mu + sqrt(h) sigma z), ES = -(h mu - sqrt(h) sigma phi(z) / (1 - c)), with z the (1 - c) quantile of the
    standard normal, phi its density, sigma with ddof 1, h the horizon of independent days.

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 30, no NaN
    confidence : float, above 0.5 and below 1
    horizon_days : int, 1 to 252

    Raises
    ------
    InsufficientData
        Fewer than 30 returns.
    """
    require_level(confidence, horizon_days)
    require_complete(returns, needed=MINIMUM_DAYS, measure="Normal value at risk")
    z = float(ndtri(1.0 - confidence))
    return _scaled(returns, confidence, horizon_days, quantile=z, tail_mean=_normal_tail_mean(z, confidence))


def cornish_fisher_value_at_risk(returns: FloatArray, confidence: float, horizon_days: int = 1) -> TailRisk:
    """Value at risk and expected shortfall with the normal quantile corrected for skewness S and excess kurtosis K.

    q = z + (z^2 - 1) S / 6 + (z^3 - 3 z) K / 24 - (2 z^3 - 5 z) S^2 / 36 takes the place of z (Cornish and Fisher,
    1937), and the mean of q over the tail, -phi(z) / (1 - c) x (1 + z S / 6 + (z^2 - 1) K / 24 - (2 z^2 - 1) S^2 / 36),
    that of the normal's (Maillard, 2012). S and K are the sample's third and fourth standardised moments. Over h
    independent days S shrinks by sqrt(h) and K by h.

    Parameters
    ----------
    returns : (T,) array of daily fractions, T >= 252, no NaN
    confidence : float, above 0.5 and below 1
    horizon_days : int, 1 to 252

    Raises
    ------
    InsufficientData
        Fewer than 252 returns.
    ZeroVariance
        The returns never change, so that they have no shape.
    CornishFisherOutOfRange
        q does not grow with z everywhere in the tail, down to four standard deviations.
    """
    require_level(confidence, horizon_days)
    require_complete(returns, needed=MINIMUM_DAYS_FOR_MOMENTS, measure="Cornish-Fisher value at risk")
    if not moves(returns[:, None])[0]:
        raise ZeroVariance("Cornish-Fisher value at risk", "the portfolio")
    skewness, kurtosis = _shape(returns)
    skewness, kurtosis = skewness / math.sqrt(horizon_days), kurtosis / horizon_days
    z = float(ndtri(1.0 - confidence))
    if not _grows_up_to(z, skewness, kurtosis):
        raise CornishFisherOutOfRange(skewness, kurtosis)
    quantile = z + (z**2 - 1) * skewness / 6 + (z**3 - 3 * z) * kurtosis / 24 - (2 * z**3 - 5 * z) * skewness**2 / 36
    correction = 1 + z * skewness / 6 + (z**2 - 1) * kurtosis / 24 - (2 * z**2 - 1) * skewness**2 / 36
    tail_mean = _normal_tail_mean(z, confidence) * correction
    return _scaled(returns, confidence, horizon_days, quantile=quantile, tail_mean=tail_mean)


def _normal_tail_mean(z: float, confidence: float) -> float:
    """Mean of a standard normal below its quantile z: -phi(z) / (1 - c)."""
    return -math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / (1.0 - confidence)


def _shape(returns: FloatArray) -> tuple[float, float]:
    """Skewness m3 / m2^1.5 and excess kurtosis m4 / m2^2 - 3, with m_k the mean of (r - mean)^k."""
    centred = returns - returns.mean()
    squares = np.square(centred)
    variance = float(squares.mean())
    return float((squares * centred).mean()) / variance**1.5, float(np.square(squares).mean()) / variance**2 - 3.0


def _grows_up_to(z: float, skewness: float, kurtosis: float) -> bool:
    """Whether the slope of the expansion, a x^2 + b x + c, is positive from the far tail up to z."""
    a = kurtosis / 8 - skewness**2 / 6
    b = skewness / 3
    c = 1 - kurtosis / 8 + 5 * skewness**2 / 36
    turning_point = -b / (2 * a) if a != 0 else z
    places = (_FAR_TAIL, z, min(max(turning_point, _FAR_TAIL), z))
    return all(a * x**2 + b * x + c > 0 for x in places)


def _scaled(
    returns: FloatArray, confidence: float, horizon_days: int, *, quantile: float, tail_mean: float
) -> TailRisk:
    mean = float(returns.mean()) * horizon_days
    deviation = float(np.std(returns, ddof=1)) * math.sqrt(horizon_days)
    return TailRisk(
        confidence=confidence,
        horizon_days=horizon_days,
        value_at_risk=0.0 - (mean + deviation * quantile),
        expected_shortfall=0.0 - (mean + deviation * tail_mean),
    )
