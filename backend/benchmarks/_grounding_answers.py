"""True answers about the demo portfolios with the evidence behind them: the offline analyst's, and other wordings."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.agent.grounding import Document
from app.agent.llm_client import CallMetadata, Choice, SystemMessage, UserMessage
from app.agent.llm_offline import OfflineAnalyst
from app.agent.runtime import Turn
from app.agent.sections import Context, Section, piece
from app.agent.tools.catalogue import standard_registry
from app.agent.tools.contract import ToolContext
from app.db import Database
from app.repositories import portfolio as portfolio_repository
from app.schemas.chat import ToolResultEvent
from app.services import demo
from benchmarks._grounding_phrasings import Phrasing

QUESTIONS = (
    "Which portfolios do I have?", "Give me an overview of my portfolio", "What is my gross and net exposure?",
    "What do I own?", "How much Apple do I own?", "When did I buy Apple?", "Which positions made the most money?",
    "What am I short?", "What are my smallest positions?", "Top 10 holdings", "Compare my portfolios",
    "What should I know today?", "How has my portfolio performed?", "Did I beat the market?",
    "What is my annualized return?", "What was my worst day?", "How has my portfolio value developed over time?",
    "What moved today?", "Show the price history of Microsoft over the last year", "How risky is my portfolio?",
    "How risky is my portfolio compared with the market?", "Is my volatility rising?", "What is my beta?",
    "Which positions have the highest beta?", "How well am I hedged?", "What's the value at risk at 99% over 10 days?",
    "What is my expected shortfall?", "How much could I lose in a day?", "Maximum drawdown",
    "How long did it take to recover?", "How correlated are AAPL and MSFT?", "Which positions are most correlated?",
    "How concentrated is my portfolio?", "What is my sector exposure?", "How much technology do I have?",
    "Which positions contribute most to risk?", "What is my momentum exposure?", "Where did my profit come from?",
    "Run a stress test", "What is my Sharpe ratio?",
)  # fmt: skip
_ARGUMENTS: Mapping[str, dict[str, Any]] = {
    "get_prices_historical": {"symbol": "AAPL", "period": "1Y"},
    "simulate_trades": {"trades": [{"symbol": "AAPL", "quantity": -100}]},
}
# Their results hold every portfolio: said together with one portfolio's, a text must name which it means
_OF_ALL = frozenset({"compare_portfolios", "list_portfolios"})


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    documents: list[Document]


async def by_analyst(database: Database, limit: int) -> list[Answer]:
    """The offline analyst's, one for each question and portfolio."""
    contexts = await _contexts(database)
    asked = [(context, name, question) for question in QUESTIONS for name, context in contexts.items()]
    # Those of a smaller sample are spread over all questions
    return [await _asked(*asked[place]) for place in range(0, len(asked), -(-len(asked) // limit))]


async def by_tool(database: Database) -> list[dict[str, Document]]:
    """For each portfolio what every tool gives."""
    registry = standard_registry()
    found = []
    for context in (await _contexts(database)).values():
        documents = {}
        for name in registry.names:
            arguments = _ARGUMENTS.get(name, {})
            outcome = await registry.call(name, arguments, context)
            if outcome.result is not None:
                documents[name] = Document("tool", name, outcome.result, f"call_{name}", arguments)
        found.append(documents)
    return found


def worded(tools: list[dict[str, Document]], phrasings: Mapping[str, Phrasing], seed: int) -> Iterator[Answer]:
    """Without end: a few tools of one portfolio, a paragraph for each."""
    pick = random.Random(seed)  # noqa: S311 - a sample that is the same in every run
    single, several = sorted(set(phrasings) - _OF_ALL), sorted(set(phrasings) & _OF_ALL)
    while True:
        documents = pick.choice(tools)
        names = pick.sample(single, pick.randint(1, 4)) if pick.random() < 0.9 else [pick.choice(several)]
        paragraphs = [phrasings[name](documents[name].value, pick) for name in names]
        yield Answer("\n\n".join(paragraphs), [documents[name] for name in names])


async def _contexts(database: Database) -> dict[str, ToolContext]:
    """By the name of the portfolio that the page shows."""
    async with database.session(demo.DEMO.scope) as session:
        rows = await portfolio_repository.list_all(session)
    return {row.name: ToolContext(database, demo.DEMO.scope, row.id) for row in rows}


async def _asked(context: ToolContext, portfolio: str, question: str) -> Answer:
    page = {"portfolio": {"id": str(context.portfolio_id), "name": portfolio}}
    analyst = OfflineAnalyst()
    turn = Turn(Choice(analyst, analyst.default_model), standard_registry(), context, CallMetadata())
    asked = piece(
        SystemMessage(role="system", content=f"<data>{json.dumps(page)}</data>"),
        UserMessage(role="user", content=question),
    )
    events = [event async for event in turn.events(Context((Section("question", (asked,)),)))]
    results = [event.data for event in events if isinstance(event, ToolResultEvent) and event.data.error is None]
    arguments = {event.data.tool_call_id: event.data.tool_args for event in events if event.type == "tool_call"}
    documents = [
        Document("tool", data.tool_name, data.result, data.tool_call_id, arguments[data.tool_call_id])
        for data in results
    ]
    return Answer(turn.snapshot.text, [*documents, Document("question", "question", question)])
