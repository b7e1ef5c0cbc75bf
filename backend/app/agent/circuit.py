"""A provider that keeps failing is left alone for a while, so that nobody waits for it in vain.

Known to this process only: each replica finds out by itself.
"""

import time
from collections import deque
from collections.abc import Callable

FAILURES = 3
WITHIN_SECONDS = 60.0
REST_SECONDS = 30.0


class Circuit:
    """Opens at the third failure within a minute. A success in between shows that the provider works, and clears them.

    After its rest one call is let through as a probe. What comes of it is reported like any other call: a success
    closes the circuit, a failure lets it rest again.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._rests_until: float | None = None

    @property
    def is_open(self) -> bool:
        return self._rests_until is not None

    def admit(self) -> bool:
        """Whether a call should be made now."""
        now = self._clock()
        if self._rests_until is None:
            return True
        if now < self._rests_until:
            return False
        # A probe may be broken off and never report: the next one goes out after another rest
        self._rests_until = now + REST_SECONDS
        return True

    def failed(self) -> None:
        now = self._clock()
        self._failures.append(now)
        is_third = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_SECONDS
        if self.is_open or is_third:
            self._rests_until = now + REST_SECONDS

    def succeeded(self) -> None:
        self._failures.clear()
        self._rests_until = None
