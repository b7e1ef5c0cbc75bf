"""When a provider is left alone, by a clock that the test turns."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agent.circuit import FAILURES, REST_SECONDS, WITHIN_SECONDS, Circuit


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(clock=clock)


def opened(circuit: Circuit) -> Circuit:
    for _ in range(FAILURES):
        circuit.failed()
    return circuit


def test_two_failures_leave_it_closed_and_a_third_opens_it(circuit: Circuit) -> None:
    circuit.failed()
    circuit.failed()
    assert circuit.admit()

    circuit.failed()
    assert circuit.is_open
    assert not circuit.admit()


def test_failures_that_lie_more_than_a_minute_apart_do_not_add_up(circuit: Circuit, clock: Clock) -> None:
    circuit.failed()
    circuit.failed()
    clock.now += WITHIN_SECONDS + 1
    circuit.failed()

    assert circuit.admit()


def test_a_success_in_between_shows_that_the_provider_works(circuit: Circuit) -> None:
    circuit.failed()
    circuit.failed()
    circuit.succeeded()
    circuit.failed()

    assert circuit.admit()


def test_after_its_rest_one_probe_is_let_through(circuit: Circuit, clock: Clock) -> None:
    opened(circuit)
    clock.now += REST_SECONDS

    assert [circuit.admit() for _ in range(3)] == [True, False, False]


def test_a_probe_that_succeeds_closes_it(circuit: Circuit, clock: Clock) -> None:
    opened(circuit)
    clock.now += REST_SECONDS
    circuit.admit()
    circuit.succeeded()

    assert [circuit.admit() for _ in range(3)] == [True, True, True]


def test_a_probe_that_fails_lets_it_rest_again(circuit: Circuit, clock: Clock) -> None:
    opened(circuit)
    clock.now += REST_SECONDS
    circuit.admit()
    circuit.failed()
    clock.now += REST_SECONDS - 1

    assert not circuit.admit()


def test_a_probe_that_never_reports_does_not_keep_it_open_for_good(circuit: Circuit, clock: Clock) -> None:
    opened(circuit)
    clock.now += REST_SECONDS
    circuit.admit()
    clock.now += REST_SECONDS

    assert circuit.admit()


Happening = tuple[Literal["failed", "succeeded", "admit"], float]
happenings = st.lists(
    st.tuples(
        st.sampled_from(["failed", "succeeded", "admit"]), st.floats(0, 2 * WITHIN_SECONDS, allow_subnormal=False)
    ),
    max_size=40,
)


@given(happenings)
def test_whatever_happens_it_opens_only_with_reason_and_always_lets_a_probe_through(history: list[Happening]) -> None:
    clock = Clock()
    circuit = Circuit(clock=clock)
    failed_at: list[float] = []
    for what, seconds in history:
        clock.now += seconds
        if what == "admit":
            circuit.admit()
        elif what == "failed":
            circuit.failed()
            failed_at.append(clock.now)
        else:
            circuit.succeeded()
            failed_at = []
        # Never open without three failures within a minute since the last success
        runs = zip(failed_at, failed_at[FAILURES - 1 :], strict=False)
        assert circuit.is_open == any(last - first <= WITHIN_SECONDS for first, last in runs)

    clock.now += REST_SECONDS
    assert circuit.admit()
