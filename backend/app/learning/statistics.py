"""Whether a share, or a difference of shares, is more than chance."""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, with its 95 % Wilson interval: sound for few trials, and near 0 and 1."""

    count: int
    total: int

    @property
    def value(self) -> float | None:
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """
        Centre (p + z^2 / 2n) / (1 + z^2 / n), half width z sqrt(p (1 - p) / n + z^2 / 4n^2) / (1 + z^2 / n)
        (Wilson, 1927). The whole of [0, 1] where there was no trial.
        """
        if not self.total:
            return 0.0, 1.0
        share, spread = self.count / self.total, Z_95**2 / self.total
        centre = (share + spread / 2) / (1 + spread)
        half = Z_95 * math.sqrt(share * (1 - share) / self.total + spread / (4 * self.total)) / (1 + spread)
        return max(0.0, centre - half), min(1.0, centre + half)


def mcnemar(gained: int, lost: int) -> float:
    """Two-sided exact p-value that pairs which changed went either way with equal chance (McNemar, 1947).

    Parameters
    ----------
    gained, lost : pairs that failed before and pass now, and the other way round; pairs that agree say nothing
    """
    changed = gained + lost
    if changed == 0:
        return 1.0
    tail = sum(math.comb(changed, k) for k in range(min(gained, lost) + 1))
    return min(1.0, float(2 * tail / 2**changed))


def binomial(count: int, total: int, share: float) -> float:
    """Two-sided exact p-value of `count` of `total` where each had the chance `share`: all that is no more likely."""
    if share in (0.0, 1.0):
        return 1.0 if count == round(share * total) else 0.0
    chances = [_chance(k, total, share) for k in range(total + 1)]
    # Of two that are equally likely one may come out smaller by rounding
    limit = chances[count] * (1 + 1e-9)
    return min(1.0, math.fsum(chance for chance in chances if chance <= limit))


def _chance(count: int, total: int, share: float) -> float:
    ways = math.lgamma(total + 1) - math.lgamma(count + 1) - math.lgamma(total - count + 1)
    return math.exp(ways + count * math.log(share) + (total - count) * math.log1p(-share))
