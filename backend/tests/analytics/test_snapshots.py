from datetime import date

import numpy as np
import pytest

from app.analytics.errors import InvalidInput
from app.analytics.snapshots import CashFlow, Lot, daily_snapshots

# Monday to Thursday; the weekend of the 8th and 9th; Monday the 10th
DAYS = np.array(["2022-01-03", "2022-01-04", "2022-01-05", "2022-01-06", "2022-01-10"], dtype="datetime64[D]")
CLOSES = np.array([[50.0, np.nan], [48.0, np.nan], [45.0, 10.0], [47.0, 11.0], [46.0, 12.0]])
INCEPTION = date(2022, 1, 3)


def test_a_long_earns_from_its_entry_price_on() -> None:
    rows = daily_snapshots(DAYS, CLOSES, [Lot(0, 10, INCEPTION, 49.0)], [CashFlow(INCEPTION, 100.0)])
    assert rows.flow.tolist() == [590.0, 0, 0, 0, 0]
    assert rows.pnl.tolist() == [10.0, -20.0, -30.0, 20.0, -10.0]
    assert rows.nav.tolist() == [600.0, 580.0, 550.0, 570.0, 560.0]
    assert rows.daily_return.tolist() == pytest.approx([10 / 590, -20 / 600, -30 / 580, 20 / 550, -10 / 570])


def test_a_short_sold_at_50_and_now_at_45_shows_a_gain() -> None:
    # 1,500 of cash of which 500 are the proceeds of the short: a net value of 1,000
    rows = daily_snapshots(DAYS[:3], CLOSES[:3], [Lot(0, -10, INCEPTION, 50.0)], [CashFlow(INCEPTION, 1500.0)])
    assert rows.nav.tolist() == [1000.0, 1020.0, 1050.0]
    assert rows.pnl.tolist() == [0.0, 20.0, 30.0]
    assert rows.short_value.tolist() == [-500.0, -480.0, -450.0]
    assert rows.gross_exposure.tolist() == [500.0, 480.0, 450.0]
    assert rows.net_exposure.tolist() == [-500.0, -480.0, -450.0]


def test_an_exit_pays_into_cash_and_is_no_flow() -> None:
    lot = Lot(0, 10, INCEPTION, 50.0, exit_date=date(2022, 1, 5), exit_price=44.0)
    rows = daily_snapshots(DAYS, CLOSES, [lot], [])
    assert rows.flow.tolist() == [500.0, 0, 0, 0, 0]
    assert rows.cash.tolist() == [0, 0, 440.0, 440.0, 440.0]
    assert rows.pnl.tolist() == [0, -20.0, -40.0, 0, 0]
    assert rows.long_value.tolist() == [500.0, 480.0, 0, 0, 0]


def test_covering_a_short_takes_cash() -> None:
    lot = Lot(0, -10, INCEPTION, 50.0, exit_date=date(2022, 1, 5), exit_price=44.0)
    rows = daily_snapshots(DAYS, CLOSES, [lot], [CashFlow(INCEPTION, 1000.0)])
    assert rows.cash.tolist() == [1000.0, 1000.0, 560.0, 560.0, 560.0]
    assert rows.pnl.sum() == 60.0


def test_a_lot_bought_and_sold_on_one_day_leaves_its_profit() -> None:
    lot = Lot(0, 10, INCEPTION, 50.0, exit_date=INCEPTION, exit_price=51.0)
    rows = daily_snapshots(DAYS, CLOSES, [lot], [])
    assert (rows.pnl[0], rows.nav[0], rows.cash[0]) == (10.0, 510.0, 510.0)


def test_a_weekend_entry_takes_effect_on_the_next_trading_day() -> None:
    rows = daily_snapshots(DAYS, CLOSES, [Lot(0, 10, date(2022, 1, 8), 47.0)], [])
    assert rows.days.tolist() == [date(2022, 1, 10)]
    assert rows.pnl.tolist() == [-10.0]


def test_an_entry_before_the_first_price_counts_from_that_price_on() -> None:
    rows = daily_snapshots(DAYS, CLOSES, [Lot(1, 10, INCEPTION, 9.0)], [CashFlow(INCEPTION, 50.0)])
    assert rows.flow.tolist() == [50.0, 0, 90.0, 0, 0]
    assert rows.nav.tolist() == [50.0, 50.0, 150.0, 160.0, 170.0]
    assert rows.unpriced == ()


def test_a_lot_sold_before_its_first_price_still_counts_its_profit() -> None:
    lot = Lot(1, 10, INCEPTION, 9.0, exit_date=date(2022, 1, 4), exit_price=8.0)
    rows = daily_snapshots(DAYS, CLOSES, [lot], [])
    assert (rows.pnl.sum(), rows.nav[-1]) == (-10.0, 80.0)


def test_a_lot_without_any_price_is_left_out_and_named() -> None:
    never = np.column_stack([CLOSES[:, 0], np.full(5, np.nan)])
    rows = daily_snapshots(DAYS, never, [Lot(0, 1, INCEPTION, 50.0), Lot(1, 10, INCEPTION, 9.0)], [])
    assert rows.unpriced == (1,)
    assert rows.nav.tolist() == CLOSES[:, 0].tolist()


def test_a_purchase_after_the_last_close_is_held_at_that_close() -> None:
    rows = daily_snapshots(DAYS, CLOSES, [Lot(0, 1, date(2022, 1, 12), 50.0)], [CashFlow(date(2022, 1, 12), 10.0)])
    assert rows.days.tolist() == [date(2022, 1, 10)]
    assert (rows.flow.tolist(), rows.nav.tolist(), rows.pnl.tolist()) == ([60.0], [56.0], [-4.0])


def test_without_a_trading_day_nothing_can_be_booked() -> None:
    none, nothing = DAYS[:0], CLOSES[:0]
    assert daily_snapshots(none, nothing, [], []).nav.shape == (0,)
    with pytest.raises(InvalidInput):
        daily_snapshots(none, nothing, [], [CashFlow(INCEPTION, 1.0)])


def test_nothing_held_gives_no_rows() -> None:
    assert daily_snapshots(DAYS, CLOSES, [], []).nav.shape == (0,)


def test_a_short_without_stated_cash_has_no_return() -> None:
    rows = daily_snapshots(DAYS, CLOSES, [Lot(0, -10, INCEPTION, 50.0)], [])
    assert rows.nav.tolist() == [-500.0, -480.0, -450.0, -470.0, -460.0]
    assert np.isnan(rows.daily_return).all()


def test_a_withdrawal_is_no_loss() -> None:
    paid = [CashFlow(INCEPTION, 1000.0), CashFlow(date(2022, 1, 5), -400.0)]
    rows = daily_snapshots(DAYS, CLOSES, [], paid)
    assert rows.pnl.tolist() == [0.0] * 5
    assert rows.nav.tolist() == [1000.0, 1000.0, 600.0, 600.0, 600.0]


@pytest.mark.parametrize(
    "exit_", [{"exit_date": INCEPTION}, {"exit_price": 1.0}, {"exit_date": date(2021, 1, 1), "exit_price": 1.0}]
)
def test_half_an_exit_or_one_before_the_entry_is_refused(exit_: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Lot(0, 1, INCEPTION, 50.0, **exit_)


def test_days_out_of_order_are_refused() -> None:
    with pytest.raises(InvalidInput):
        daily_snapshots(DAYS[::-1], CLOSES, [], [])
