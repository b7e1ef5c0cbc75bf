from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from tests.agent.scripted import FakeToolBox
from tests.api.chat_fixtures import Chat

# The wire formats, by the providers that they come from
Spoken = Literal["openai", "claude"]


class OpenWithProvider(Protocol):
    """A running API whose model is at an address, behind a server that speaks one of the formats there."""

    def __call__(
        self, url: str, spoken: Spoken, toolbox: FakeToolBox, **changes: object
    ) -> AbstractAsyncContextManager[Chat]: ...
