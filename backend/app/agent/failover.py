"""The model calls of one turn: where the first candidate fails, the next one goes on with what there is.

Messages and tool results are neutral, so any candidate can take up a turn between two steps. Within a step it can as
long as the reader has seen nothing of it.
"""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing

from app.agent.call_log import Beginning, CallLog
from app.agent.ledger import Purse
from app.agent.llm_client import CallMetadata, Choice, ContextTooLong, LLMError, LLMEvent, LLMMessage, Refused, ToolSpec
from app.agent.model_call import stream_step
from app.agent.usage import total
from app.schemas.chat import Usage

# Another model would not do better: what is too long must be cut first, and a refusal is an answer. A bad request is
# not among them, for what one provider does not accept may be right for the other.
FINAL = (ContextTooLong, Refused)


class ModelCalls:
    """Who has answered a step answers the rest of the turn, too: a person should not hear two voices in turn."""

    def __init__(self, choice: Choice, purse: Purse | None = None, beginning: Beginning | None = None) -> None:
        self.log = CallLog(choice.variant, purse, beginning)
        self.answering = choice
        self._candidates = [choice, *choice.fallbacks]

    async def stream_step(
        self, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], metadata: CallMetadata
    ) -> AsyncGenerator[LLMEvent, None]:
        """The events of one step, of whoever could give them."""
        failures: list[LLMError] = []
        for candidate in self._admitted():
            has_begun = False
            try:
                stream = stream_step(candidate, messages, tools, metadata, self.log)
                async with aclosing(stream) as events:
                    async for event in events:
                        if not has_begun:
                            has_begun = True
                            self._stay_with(candidate)
                        yield event
            except LLMError as error:
                if has_begun or isinstance(error, FINAL):
                    raise
                failures.append(error)
            else:
                return
        # What may go better in a moment is the more useful thing to be told
        raise min(failures, key=lambda error: not error.retryable)

    def usage(self) -> Usage:
        return total(self.log.calls)

    def _admitted(self) -> Iterator[Choice]:
        """Those whose circuit is closed; or else the first all the same: one try is better than being sent away."""
        is_anybody_asked = False
        for candidate in self._candidates:
            if candidate.circuit.admit():
                is_anybody_asked = True
                yield candidate
            else:
                self.log.attempts.note(candidate, "circuit_open")
        if not is_anybody_asked:
            yield self._candidates[0]

    def _stay_with(self, candidate: Choice) -> None:
        self.answering = candidate
        self._candidates = self._candidates[self._candidates.index(candidate) :]
