import numpy as np

from app.analytics.errors import NonPositiveNav
from app.analytics.sector_exposure import sector_exposures
from app.schemas.analytics import SectorExposure, SectorWeight
from app.services.analytics.book import Book
from app.services.analytics.envelope import Reasons, coverage_of_valued, envelope, window_of

# Funds and whatever has no sector of its own
NO_SECTOR = "No sector"


def sector_exposure(book: Book) -> SectorExposure:
    values = np.array([holding.exposure for holding in book.holdings], dtype=np.float64)
    rows = sector_exposures([holding.sector or NO_SECTOR for holding in book.holdings], values)
    gross, nav, reasons = float(np.abs(values).sum()), book.value.nav, Reasons()
    if rows and not nav > 0:
        reasons.unavailable["sectors.net_weight"] = str(NonPositiveNav(nav))
    return SectorExposure(
        **envelope(
            book,
            method="Market values by sector of the instrument; net weight of NAV, gross weight of gross exposure",
            window=window_of(book.panel.dates[-1:]),
            covered=coverage_of_valued(book),
            reasons=reasons,
        ),
        sectors=[
            SectorWeight(
                sector=row.sector,
                long_value=row.long_value,
                short_value=row.short_value,
                net_value=row.net_value,
                net_weight=row.net_value / nav if nav > 0 else None,
                gross_weight=row.gross_value / gross if gross > 0 else None,
                positions=row.positions,
            )
            for row in rows
        ],
    )
