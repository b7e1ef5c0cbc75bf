"""Every kind of question that the offline analyst knows."""

from app.agent.offline.intents.drivers import DRIVERS
from app.agent.offline.intents.holdings import HOLDINGS
from app.agent.offline.intents.intent import Intent
from app.agent.offline.intents.returns import RETURNS
from app.agent.offline.intents.risk import RISK
from app.agent.offline.intents.talk import DEFINITION, FALLBACK, GUARDS, TALK

MEASURED = (*HOLDINGS, *RETURNS, *RISK, *DRIVERS)

__all__ = ["DEFINITION", "FALLBACK", "GUARDS", "MEASURED", "TALK", "Intent"]
