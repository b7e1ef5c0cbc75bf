"""Every table, so that `Base.metadata` is whole wherever models are imported."""

from app.models.assistant_token import AssistantToken
from app.models.base import Base
from app.models.chat import Conversation, Message, Run, RunEventRow
from app.models.feedback import Feedback
from app.models.insight import Insight, InsightClaim, InsightTemplate
from app.models.instrument import Instrument, MarketDataState, Price, Split
from app.models.knowledge import KnowledgeChunk, KnowledgeLexeme, KnowledgeQuestion, KnowledgeScope, KnowledgeSource
from app.models.learning import LearningProposal, LearningReport, PromptVersion
from app.models.memory import Memory
from app.models.portfolio import CashFlow, Portfolio, PortfolioSnapshot, Position
from app.models.routing_rule import RoutingRule
from app.models.target_price import TargetPrice
from app.models.usage import ModelUsage
from app.models.user import RefreshToken, Tenant, User

__all__ = [
    "AssistantToken",
    "Base",
    "CashFlow",
    "Conversation",
    "Feedback",
    "Insight",
    "InsightClaim",
    "InsightTemplate",
    "Instrument",
    "KnowledgeChunk",
    "KnowledgeLexeme",
    "KnowledgeQuestion",
    "KnowledgeScope",
    "KnowledgeSource",
    "LearningProposal",
    "LearningReport",
    "MarketDataState",
    "Memory",
    "Message",
    "ModelUsage",
    "Portfolio",
    "PortfolioSnapshot",
    "Position",
    "Price",
    "PromptVersion",
    "RefreshToken",
    "RoutingRule",
    "Run",
    "RunEventRow",
    "Split",
    "TargetPrice",
    "Tenant",
    "User",
]
