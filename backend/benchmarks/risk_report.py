"""The full risk report of 20, 500 and 5,000 positions over ten years of days.

`ms` is ours from closes to every figure, `floor` the same mathematics in bare numpy; the two are checked against each
other first. `shared_ms` is ours for the measures that the peers have too, `peer` the faster of the two peers for those;
`ratio_to_peer` compares these. All are processor time, which is the time on the clock where the machine is idle;
`wall_ms` is what the clock said. `peak_to_input` is the most memory held at once, the closes included, over the closes.
"""

import numpy as np

from benchmarks import _risk_report_floor as floor
from benchmarks import _risk_report_ours as ours
from benchmarks._measuring import Row, best_times, peak_bytes, publish
from benchmarks._risk_report_inputs import DAYS, Inputs, make_inputs
from benchmarks._risk_report_peers import SharedMeasures

REPEATS = {20: 15, 500: 9, 5_000: 5}
# A loop over thousands of series takes them long; a few runs tell enough
PEER_REPEATS = {20: 7, 500: 3, 5_000: 1}
# At 5,000 positions it takes a minute, where the faster peer takes a second
MOST_FOR_QUANTSTATS = 500


def check(given: Inputs) -> None:
    """Ours and the floor give the same figures, or neither time means anything."""
    done, (figures, vectors) = ours.report(given), floor.report(given)
    for name, expected in figures.items():
        np.testing.assert_allclose(done.figures[name], expected, rtol=1e-6, atol=1e-10, err_msg=name)
    for name, expected_vector in vectors.items():
        np.testing.assert_allclose(done.vectors[name], expected_vector, rtol=1e-6, atol=1e-7, err_msg=name)


def measure(positions: int) -> Row:
    given = make_inputs(positions)
    check(given)
    calls = {"ours": lambda: ours.report(given), "floor": lambda: floor.report(given)}
    times = best_times(calls, REPEATS[positions])
    peak = (given.size + peak_bytes(calls["ours"])) / given.size
    shared = SharedMeasures(given)
    np.testing.assert_allclose(shared.ours(), shared.empyrical(), rtol=1e-8)
    loops = {"ours": shared.ours, "empyrical": shared.empyrical}
    if positions <= MOST_FOR_QUANTSTATS:
        loops["quantstats"] = shared.quantstats
    peers = {name: timing.cpu for name, timing in best_times(loops, PEER_REPEATS[positions]).items()}
    shared_ours = peers.pop("ours")
    peer = min(peers.values())
    return {
        "positions": positions, "days": DAYS, "wall_ms": times["ours"].wall, "ms": times["ours"].cpu,
        "floor": times["floor"].cpu, "ratio_to_floor": times["ours"].cpu / times["floor"].cpu,
        "shared_ms": shared_ours, "peer": peer, "ratio_to_peer": shared_ours / peer,
        "empyrical_ms": peers["empyrical"], "quantstats_ms": peers.get("quantstats"), "peak_to_input": peak,
    }  # fmt: skip


def main() -> None:
    publish("risk_report", [measure(positions) for positions in REPEATS])


if __name__ == "__main__":
    main()
