"""Why a figure cannot be given.

AnalyticsError
├── InvalidInput              the caller's mistake: a wrong shape, a NaN, a parameter outside its range
└── Undefined                 sound input for which the measure has no answer; shown to people as the reason
    ├── InsufficientData      too few observations
    ├── ZeroVariance          a series that does not move, where the measure divides by its variance
    ├── NonPositiveNav        weights of a net asset value of zero or below mean nothing
    └── NoExposure            nothing is held (or nothing that can be valued)
"""


class AnalyticsError(Exception):
    """Base of every failure of this package."""


class InvalidInput(AnalyticsError):
    """The caller passed something that no portfolio can produce."""


class Undefined(AnalyticsError):
    """The measure has no value for this input. The message is a sentence that a person can read."""


class InsufficientData(Undefined):
    def __init__(self, measure: str, *, needed: int, had: int) -> None:
        self.needed = needed
        self.had = had
        super().__init__(f"{measure} needs at least {needed} daily returns; there are {had}.")


class ZeroVariance(Undefined):
    def __init__(self, measure: str, series: str) -> None:
        super().__init__(f"{measure} is undefined because {series} did not move.")


class NonPositiveNav(Undefined):
    def __init__(self, nav: float) -> None:
        self.nav = nav
        super().__init__(f"Net asset value is {nav:,.2f}; weights and ratios to it are undefined at zero or below.")


class NoExposure(Undefined):
    def __init__(self) -> None:
        super().__init__("The portfolio holds no position that can be valued.")
