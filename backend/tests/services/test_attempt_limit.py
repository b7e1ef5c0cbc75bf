import pytest

from app.services import attempt_limit
from app.services.attempt_limit import AttemptLimit
from app.services.sign_in_limit import TooManySignIns


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_let_through_and_then_one_each_interval() -> None:
    clock = Clock()
    limit = AttemptLimit(3, 10.0, TooManySignIns, clock=clock)
    for _ in range(3):
        limit.check("ada")

    with pytest.raises(TooManySignIns) as refused:
        limit.check("ada")
    assert refused.value.retry_after_seconds == 10
    limit.check("eve")

    clock.now += 10
    limit.check("ada")
    with pytest.raises(TooManySignIns):
        limit.check("ada")


def test_waiting_long_gives_no_more_than_the_burst() -> None:
    clock = Clock()
    limit = AttemptLimit(2, 10.0, TooManySignIns, clock=clock)
    limit.check("ada")
    clock.now += 1_000_000
    limit.check("ada")
    limit.check("ada")

    with pytest.raises(TooManySignIns):
        limit.check("ada")


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_limit, "MAX_KEYS", 5)
    limit = AttemptLimit(1, 10.0, TooManySignIns, clock=Clock())
    for number in range(100):
        limit.check(str(number))

    with pytest.raises(TooManySignIns):
        limit.check("99")
    limit.check("0")
