from datetime import date
from decimal import Decimal

import pytest

from app.importing.parsed import RowProblem
from app.importing.symbols import OptionContract, option_contract, security

CALL = OptionContract("AAPL", date(2023, 1, 20), "call", Decimal(150))


@pytest.mark.parametrize(
    "spelling",
    [
        "AAPL  230120C00150000",
        "AAPL230120C00150000",
        "-AAPL230120C150",
        " -AAPL230120C150",
        "AAPL 01/20/2023 150.00 C",
        "AAPL 20JAN23 150 C",
        "aapl 20jan23 150 c",
    ],
)
def test_each_spelling_of_a_contract_names_the_same_one(spelling: str) -> None:
    assert option_contract(spelling) == CALL
    assert security(spelling, "symbol").symbol == "AAPL  230120C00150000"


def test_a_strike_with_a_fraction_is_kept() -> None:
    found = option_contract("-F240119P12.5")

    assert found == OptionContract("F", date(2024, 1, 19), "put", Decimal("12.5"))
    assert found.occ_symbol == "F     240119P00012500"


@pytest.mark.parametrize(
    "text",
    ["AAPL", "AAPL231320C00150000", "AAPL 31FEB23 150 C", "AAPL 20XXX23 150 C", "AAPL230120C00000000", "A" * 9999],
)
def test_what_names_no_contract(text: str) -> None:
    assert option_contract(text) is None


@pytest.mark.parametrize("text", ["BRK.B", "BRK-B", "BRK/B", "BRK B", "brk.b", " Brk/b "])
def test_a_share_class_has_one_spelling(text: str) -> None:
    assert security(text, "symbol").symbol == "BRK-B"


@pytest.mark.parametrize("text", ["^GSPC", "EURUSD=X", "BTC-USD", "7203.T", "SP500"])
def test_symbols_of_indices_currencies_and_other_exchanges(text: str) -> None:
    assert security(text, "symbol").position_class == "PUBLIC"


@pytest.mark.parametrize(
    "text", ["=AAPL", "+=1", "-=1", "@AAPL", "AAPL!", "A\tB\x00", "-", "n/a", "'; --", "<b>", "AAPL|calc"]
)
def test_what_is_no_symbol(text: str) -> None:
    with pytest.raises(RowProblem):
        security(text, "symbol")
