"""The model calls of one turn as they are made: what the ledger will hold, and what the reader is told of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from app.agent.ledger import BudgetExceeded, Purse
from app.agent.llm_client import CallMetadata, Choice, LLMMessage, ToolSpec
from app.agent.usage import ANSWERED, Call
from app.schemas.chat import Attempt


class Attempts:
    """Who was asked, and what came of it. Successive answers of one model are one entry."""

    def __init__(self) -> None:
        self.entries: list[Attempt] = []

    def note(self, choice: Choice, outcome: str) -> None:
        entry = Attempt(provider=choice.client.provider, model=choice.model, outcome=outcome)
        if outcome != ANSWERED or not self.entries or self.entries[-1] != entry:
            self.entries.append(entry)


Beginning: TypeAlias = Callable[[Call], Awaitable[None]]


class CallLog:
    """`beginning` is told of each call before it is made."""

    def __init__(self, variant: str | None, purse: Purse | None, beginning: Beginning | None = None) -> None:
        self.attempts = Attempts()
        self.calls: list[Call] = []
        self._variant = variant
        self._purse = purse
        self._beginning = beginning

    async def begin(
        self, candidate: Choice, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], metadata: CallMetadata
    ) -> Call:
        """The record of a call that may be made now. Raises `BudgetExceeded` where it may not."""
        call = Call(candidate, metadata.task, variant=self._variant)
        if self._purse is not None:
            try:
                await self._purse.reserve(call, messages, tools, metadata, earlier=self.calls)
            except BudgetExceeded as error:
                self.attempts.note(candidate, error.code)
                raise
        self.calls.append(call)
        if self._beginning is not None:
            await self._beginning(call)
        return call
