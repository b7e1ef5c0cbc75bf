"""Every reference test runs on the bundled prices: real data."""

import pytest

from tests.bundled import DemoLot, Market, read_demo_lots, read_market

__all__ = ["DemoLot", "Market"]


@pytest.fixture(scope="session")
def market() -> Market:
    return read_market()


@pytest.fixture(scope="session")
def demo_lots() -> list[DemoLot]:
    return read_demo_lots()
