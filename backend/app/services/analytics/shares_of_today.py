"""Lots in the shares that prices are in: what splits have made of the quantities, strikes and prices that were entered.

A split of N for 1 makes N shares of one and N contracts of one, at an Nth of price and strike. After an odd one (3 for
2, 1 for 8) a contract is on an odd number of shares; here it is so many contracts on the usual number, worth the same.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from app.analytics.arrays import DateArray, FloatArray
from app.analytics.option_history import Contract, spot_on, trailing_volatility
from app.analytics.prices import fill_forward
from app.analytics.splits import Split, contract_reading, factors_since, share_reading
from app.importing.symbols import OptionContract
from app.repositories.holding import HoldingsRow, LotRow, OptionRow, contract_name
from app.repositories.price import PricePanel


@dataclass(frozen=True, eq=False)
class _Instrument:
    """One that has split: `closes` without gaps, `adjusted_closes` as they are, `splits` up to its newest price."""

    days: DateArray
    closes: FloatArray
    adjusted_closes: FloatArray
    splits: tuple[Split, ...]

    def close_on(self, day: date) -> float | None:
        return spot_on(day, self.days, self.closes)

    def volatility_on(self, day: date) -> float:
        """Of the days up to it; NaN where they are too few."""
        row = int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right"))
        return float(trailing_volatility(self.adjusted_closes[:row])[-1]) if row else float("nan")


def in_shares_of_today(row: HoldingsRow, panel: PricePanel) -> HoldingsRow:
    if not row.splits:
        return row
    instruments = {symbol: _instrument(row, panel, symbol) for symbol in {symbol for symbol, _ in row.splits}}
    return replace(row, lots=tuple(_restated(lot, instruments.get(lot.moves_with or "")) for lot in row.lots))


def _instrument(row: HoldingsRow, panel: PricePanel, symbol: str) -> _Instrument:
    column = panel.symbols.index(symbol)
    closes = panel.closes[:, [column]]
    priced = np.flatnonzero(np.isfinite(closes[:, 0]))
    newest = panel.dates[priced[-1]].item() if len(priced) else date.min
    return _Instrument(
        days=panel.dates,
        closes=fill_forward(closes).closes[:, 0],
        adjusted_closes=panel.adjusted_closes[:, column],
        # A split that the prices do not know of yet is no part of them
        splits=tuple(split for of, split in row.splits if of == symbol and split.day <= newest),
    )


def _restated(lot: LotRow, instrument: _Instrument | None) -> LotRow:
    """Where nothing tells in which shares a lot is stated, it stays as it was entered."""
    if instrument is None:
        return lot
    factors = factors_since(instrument.splits, lot.entry_date)
    reading = _reading(lot, instrument, factors)
    if reading is None:
        return replace(lot, split_factor=None)
    if reading == 0:
        return lot
    factor = factors[reading]
    whole = replace(
        lot,
        quantity=lot.quantity * factor,
        entry_price=lot.entry_price / factor,
        exit_price=_exit_price(lot, instrument, reading),
        split_factor=factor,
    )
    return whole if lot.option is None else _with_strike(whole, lot.option, lot.option.strike / factor)


def _reading(lot: LotRow, instrument: _Instrument, factors: tuple[float, ...]) -> int | None:
    close = instrument.close_on(lot.entry_date)
    if lot.option is None:
        return share_reading(factors, lot.entry_price, close)
    contract = Contract(lot.option.option_type, lot.option.strike, lot.option.expiry)
    volatility = lot.option.volatility or instrument.volatility_on(lot.entry_date)
    return contract_reading(factors, contract, lot.entry_date, lot.entry_price, close, volatility)


def _exit_price(lot: LotRow, instrument: _Instrument, reading: int) -> float | None:
    """An exit is stated in shares of its day, or of a later one in which the entry is stated too."""
    if lot.exit_date is None or lot.exit_price is None:
        return lot.exit_price
    factors = factors_since(instrument.splits, lot.exit_date)
    own = None
    if lot.option is None and lot.exit_price > 0:
        own = share_reading(factors, lot.exit_price, instrument.close_on(lot.exit_date))
    return lot.exit_price / factors[min(reading, len(factors) - 1) if own is None else own]


def _with_strike(lot: LotRow, terms: OptionRow, strike: float) -> LotRow:
    """Named as the exchange names it after the split."""
    restated = replace(terms, strike=strike)
    thousandths = Decimal(round(strike * 1000)) / 1000
    contract = OptionContract(terms.underlying_symbol, terms.expiry, terms.option_type, thousandths)
    underlying = lot.name.removesuffix(contract_name("", terms))
    return replace(lot, symbol=contract.occ_symbol, name=contract_name(underlying, restated), option=restated)
