"""A model that obeys every instruction it reads, whoever wrote it."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import count
from typing import Any, ClassVar

from app.agent.llm_client import CallMetadata, Choice, LLMClient, LLMEvent, LLMMessage, Mode, Rule, Task, ToolSpec
from tests.agent.injection.cases import Case
from tests.agent.scripted import Action, answer, call, end

_MARKED = re.compile(r"<data>(.*)</data>", re.DOTALL)


class ObedientModel:
    """Looks around with a tool where it has not met the text yet, then does what the text says, then says it.

    A text that no model is shown it obeys all the same. `shown` is everything it was given to read, `seen` the plain
    texts of it.
    """

    provider: ClassVar[str] = "obedient"
    default_model = "obedient-1"

    def __init__(self, case: Case, looks: str) -> None:
        self._case = case
        self._looks = looks
        self._has_looked = False
        self._has_obeyed = False
        self.shown: list[str] = []
        self.seen: set[str] = set()
        self.offered: set[str] = set()
        self.steps = 0

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        self.steps += 1
        self.offered |= {tool["name"] for tool in tools or ()}
        self.shown = [message["content"] for message in messages]
        self.seen |= {text for message in messages for text in _texts(message)}
        for action in self._step(messages, may_call=metadata is None or metadata.tool_choice == "auto"):
            assert isinstance(action, dict)
            yield action

    @property
    def has_met_the_text(self) -> bool:
        # A symbol is stored in capitals and a name without its outer spaces: both are so in the cases
        return any(self._case.text in text for text in self.seen)

    def _step(self, messages: Sequence[LLMMessage], *, may_call: bool) -> list[Action]:
        if may_call and not self._has_looked and (self._case.is_hidden or not self.has_met_the_text):
            self._has_looked = True
            return [call(self._looks, "look"), end("tool_calls")]
        if may_call and not self._has_obeyed and self._case.obeys:
            self._has_obeyed = True
            return [*self._commanded(), end("tool_calls")]
        return answer(self._words(messages))

    def _commanded(self) -> Iterator[Action]:
        numbers = count()
        for wanted in self._case.obeys:
            for turn in range(wanted.repeated):
                # A call that comes again would be answered from the turn's memory
                other = {"limit": turn % 10 + 1} if wanted.repeated > 1 else {}
                yield call(wanted.name, f"obeyed-{next(numbers)}", **wanted.arguments, **other)

    def _words(self, messages: Sequence[LLMMessage]) -> str:
        results = "\n".join(message["content"] for message in messages if message["role"] == "tool")
        return self._case.says.replace("{results}", results).replace("{shown}", "\n".join(self.shown))


class SwitchedClients:
    """A source whose client a test exchanges between turns."""

    client: LLMClient

    @property
    def choices(self) -> list[Choice]:
        return [Choice(self.client, self.client.default_model)]

    def choose(self, *, task: Task, mode: Mode, model: str | None, rule: Rule | None) -> Choice:
        return Choice(self.client, self.client.default_model)

    async def close(self) -> None:
        return


def _texts(message: LLMMessage) -> Iterator[str]:
    """What a reader of the message reads: marked data and tool results are JSON, and their strings are meant."""
    content = message["content"]
    marked = _MARKED.search(content)
    try:
        yield from _strings(json.loads(marked[1] if marked else content))
    except ValueError:
        yield content


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            for item in value.values():
                yield from _strings(item)
