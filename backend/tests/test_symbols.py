import pytest

from app.symbols import occ_root, symbol_key, yahoo_spelling


@pytest.mark.parametrize("spelling", ["BRK.B", "BRK-B", "BRK/B", "BRK B", " brk.b "])
def test_a_share_class_is_one_instrument_however_it_is_set_off(spelling: str) -> None:
    assert symbol_key(spelling) == "BRK-B"
    assert occ_root(spelling) == "BRKB"
    assert yahoo_spelling(spelling) == "BRK-B"


@pytest.mark.parametrize(
    ("ours", "yahoos"),
    [
        ("VOD-L", "VOD.L"),
        ("VOD.L", "VOD.L"),
        ("7203-T", "7203.T"),
        ("SHOP-TO", "SHOP.TO"),
        ("NOVO-B-CO", "NOVO-B.CO"),
        ("AAPL", "AAPL"),
        ("BTC-USD", "BTC-USD"),
        ("EURUSD=X", "EURUSD=X"),
        ("^GSPC", "^GSPC"),
        ("BF-A", "BF-A"),
    ],
)
def test_yahoo_sets_an_exchange_off_by_a_point_and_nothing_else(ours: str, yahoos: str) -> None:
    assert yahoo_spelling(ours) == yahoos


def test_a_root_has_room_for_six_letters() -> None:
    assert occ_root("ABCDEFGH") == "ABCDEF"
