"""How often somebody may try to sign in. In this process's memory: with n replicas the limits are n times as high."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network, ip_address

from app.errors import TooManyRequests

# A person mistypes a few times; a guesser gets 5 passwords a minute
ATTEMPTS_PER_ADDRESS = 10
SECONDS_PER_ATTEMPT_AND_ADDRESS = 12.0
# A household or an office stands behind one network address
ATTEMPTS_PER_HOST = 100
SECONDS_PER_ATTEMPT_AND_HOST = 0.5
# The least that one subscriber is given: whoever has one address of it has all of them
IPV6_PREFIX = 64
# About 2 MB; the longest unused is forgotten first
MAX_KEYS = 10_000


class TooManySignIns(TooManyRequests):
    code = "too_many_sign_ins"
    detail = "Too many attempts to sign in. Wait a moment and try again."


class AttemptLimit:
    """`burst` attempts at once, then one each `interval` seconds, for each key (a leaky bucket in one number)."""

    def __init__(self, burst: int, interval: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._tolerance = burst * interval
        self._interval = interval
        self._clock = clock
        self._emptied_at: OrderedDict[str, float] = OrderedDict()

    def check(self, key: str) -> None:
        """Count one attempt, or refuse it."""
        now = self._clock()
        filled_until = max(self._emptied_at.get(key, now), now) + self._interval
        excess = filled_until - now - self._tolerance
        if excess > 0:
            failure = TooManySignIns()
            failure.retry_after_seconds = math.ceil(excess)
            raise failure
        self._emptied_at[key] = filled_until
        self._emptied_at.move_to_end(key)
        if len(self._emptied_at) > MAX_KEYS:
            self._emptied_at.popitem(last=False)

    def forget(self, key: str) -> None:
        self._emptied_at.pop(key, None)


class SignInLimit:
    def __init__(self) -> None:
        self._addresses = AttemptLimit(ATTEMPTS_PER_ADDRESS, SECONDS_PER_ATTEMPT_AND_ADDRESS)
        self._hosts = AttemptLimit(ATTEMPTS_PER_HOST, SECONDS_PER_ATTEMPT_AND_HOST)

    def check(self, *, email: str, host: str) -> None:
        self._hosts.check(network_of(host))
        self._addresses.check(email.lower())

    def succeeded(self, email: str) -> None:
        self._addresses.forget(email.lower())


def network_of(host: str) -> str:
    """What one party has for itself: an IPv4 address, or the network around an IPv6 one."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), IPV6_PREFIX), strict=False))
