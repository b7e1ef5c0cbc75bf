"""What the model is shown: rules, what was said before, where the person is, the question.

What changes from turn to turn stands last, so that a provider's cache keeps the rest.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from app.agent import history, page_rules, token_estimate
from app.agent.llm_client import SystemMessage, UserMessage
from app.agent.marks import marked
from app.agent.rag import Query
from app.agent.sections import BUDGETS, Context, Piece, Section, piece
from app.agent.turn_knowledge import Marked, TurnKnowledge, shown
from app.agent.turn_memory import TurnMemory
from app.db import Database, Read, Scope
from app.repositories import memory as memory_repository
from app.repositories import prompt_version as prompt_repository
from app.schemas.chat import UiContext

# What is read for which part; only the rows of a part's last read are looked at
Wanted: TypeAlias = Mapping[str, Sequence[Read]]
Rows: TypeAlias = Sequence[list[Any]]

_SYSTEM_PROMPT = Path(__file__).parent / "prompts" / "system.md"


@dataclass(frozen=True, slots=True)
class PagePortfolio:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said up to and with a position, in short."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question. What was said before the position `before` is shown with it; `portfolio` is one of the person's."""

    conversation_id: UUID
    before: int
    text: str
    ui_context: UiContext | None
    portfolio: PagePortfolio | None
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a turn is shown, in the making. What needs no vector is read where the question is stored."""

    scope: Scope
    question: Question
    knowledge: TurnKnowledge | None = None
    memory: TurnMemory | None = None

    def reads(self) -> list[Read]:
        return _flat(self._first())

    async def context(self, database: Database, found: Rows, asked: Awaitable[Query | None]) -> Context:
        """`found` is what `reads` gave, `asked` the question as it is searched for."""
        rows, query = _named(self._first(), found), await asked
        usable = memory_repository.usable(rows["memories"])
        shelves = self.knowledge.read(self.scope, query, rows["sizes"]) if self.knowledge and query else {}
        second: Wanted = {"memories": self.memory.read_near(usable, query) if self.memory else [], **shelves}
        near = _named(second, await database.look(self.scope, _flat(second)) if _flat(second) else ())
        if self.knowledge and query is not None:
            await self.knowledge.record(database, self.scope, query)
        memories = self.memory.section(usable, near["memories"]) if self.memory else None
        passages = self.knowledge.given([near[name] for name in shelves], query) if self.knowledge and query else []
        return Context(
            (
                rules(),
                *(tenant_rules(added.content, added.id) for added in rows["prompt"]),
                *([history.summary(self.question.summary.text)] if self.question.summary else []),
                history.of_rows(rows["history"]),
                *([memories] if memories else []),
                *([knowledge(passages)] if passages else []),
                page(self.question, datetime.now(UTC)),
                Section("question", (piece(UserMessage(role="user", content=self.question.text)),)),
            )
        )

    def _first(self) -> Wanted:
        return {
            "history": [_read_history(self.question)],
            "prompt": [prompt_repository.read_active()],
            "memories": [self.memory.read_usable()] if self.memory else [],
            "sizes": [self.knowledge.read_sizes(self.scope)] if self.knowledge else [],
        }


def _read_history(question: Question) -> Read:
    after = question.summary.position if question.summary else 0
    return history.read(question.conversation_id, after=after, before=question.before)


def _flat(wanted: Wanted) -> list[Read]:
    return [read for of_name in wanted.values() for read in of_name]


def _named(wanted: Wanted, found: Rows) -> dict[str, list[Any]]:
    """The rows of the last read of each name; none where nothing was read for it."""
    rows = iter(found)
    named = {name: [next(rows) for _ in of_name] for name, of_name in wanted.items()}
    return {name: of_name[-1] if of_name else [] for name, of_name in named.items()}


@lru_cache
def rules() -> Section:
    text = _SYSTEM_PROMPT.read_text(encoding="utf-8").strip()
    return Section("rules", (piece(SystemMessage(role="system", content=text)),))


def tenant_rules(content: str, version_id: UUID) -> Section:
    """What an administrator adds for everybody of the tenant. It stands below the rules and cannot lift them."""
    text = f"Your tenant's administrator asks this of every answer, within the rules above:\n{content}"
    return Section("tenant_rules", (piece(SystemMessage(role="system", content=text), sources=[str(version_id)]),))


def knowledge(passages: Sequence[Marked]) -> Section:
    """As many of the best as fit. Whoever wrote them, they are data."""
    fitting = list(passages)
    while (found := _passages(fitting)).tokens > BUDGETS["knowledge"]:
        fitting.pop()
    return Section("knowledge", (found,), left_out=len(passages) - len(fitting))


def _passages(passages: Sequence[Marked]) -> Piece:
    text = f"Passages of the knowledge base:\n{marked({'passages': shown(passages)})}"
    return piece(
        SystemMessage(role="system", content=text),
        sources=[str(each.passage.chunk_id) for each in passages],
        scores=[round(each.passage.relevance, 3) for each in passages],
    )


def page(question: Question, now: datetime) -> Section:
    """What holds for this question only. Names and selections are other people's text, and are marked as such."""
    shown = marked(_facts(question, now))
    left_out = 0
    if token_estimate.of_text(shown) > BUDGETS["page"]:
        # The one part of it that has no bounds of its own
        shown, left_out = marked(_facts(question, now, with_selection=False)), 1
    rule = page_rules.of(question.ui_context.page if question.ui_context is not None else None)
    text = "\n".join(filter(None, [rule, f"Where the person is now:\n{shown}"]))
    return Section("page", (piece(SystemMessage(role="system", content=text)),), left_out=left_out, text=text)


def _facts(question: Question, now: datetime, *, with_selection: bool = True) -> dict[str, Any]:
    facts: dict[str, Any] = {"today": now.date().isoformat()}
    if question.portfolio is not None:
        facts["portfolio"] = {"id": str(question.portfolio.id), "name": question.portfolio.name}
    if question.ui_context is not None:
        fields = {"page", "route", "selection"} if with_selection else {"page", "route"}
        facts |= {key: value for key, value in question.ui_context.model_dump(include=fields).items() if value}
    return facts
