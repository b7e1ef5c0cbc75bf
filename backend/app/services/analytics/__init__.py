"""The risk engine's answers about a portfolio: one module a measure, one door."""

from app.services.analytics.book import PortfolioNotFound
from app.services.analytics.request import RequestAnalytics
from app.services.analytics.service import AnalyticsService

__all__ = ["AnalyticsService", "PortfolioNotFound", "RequestAnalytics"]
