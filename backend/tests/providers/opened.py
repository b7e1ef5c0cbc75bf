from contextlib import AbstractAsyncContextManager
from typing import Protocol

from tests.agent.scripted import FakeToolBox
from tests.api.chat_fixtures import Chat


class OpenWithProvider(Protocol):
    """A running API whose model is a provider's server at an address."""

    def __call__(self, url: str, toolbox: FakeToolBox, **changes: object) -> AbstractAsyncContextManager[Chat]: ...
