from fastapi import APIRouter

from app.api.v1 import (
    aggregate,
    analytics,
    assistant_tokens,
    auth,
    cash_flows,
    chat,
    data,
    feedback,
    health,
    importing,
    insight_templates,
    insights,
    knowledge,
    learning,
    memories,
    metrics,
    portfolios,
    positions,
    routing_rules,
    target_prices,
    usage,
)

router = APIRouter(prefix="/api/v1")
router.include_router(aggregate.router)
router.include_router(analytics.router)
router.include_router(assistant_tokens.router)
router.include_router(auth.router)
router.include_router(chat.router)
router.include_router(data.router)
router.include_router(feedback.router)
router.include_router(health.router)
router.include_router(portfolios.router)
router.include_router(importing.router)
# Before the insights, where `templates` would be read as an identifier
router.include_router(insight_templates.router)
router.include_router(insights.stream_router)
router.include_router(insights.router)
router.include_router(knowledge.router)
router.include_router(learning.router)
router.include_router(memories.router)
router.include_router(metrics.router)
router.include_router(positions.router)
router.include_router(cash_flows.router)
router.include_router(routing_rules.router)
router.include_router(usage.router)
router.include_router(target_prices.router)
