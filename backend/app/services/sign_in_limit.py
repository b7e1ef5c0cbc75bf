"""How often somebody may try to sign in."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from app.errors import TooManyRequests
from app.services.attempt_limit import AttemptLimit

# A person mistypes a few times; a guesser gets 5 passwords a minute
ATTEMPTS_PER_ADDRESS = 10
SECONDS_PER_ATTEMPT_AND_ADDRESS = 12.0
# A household or an office stands behind one network address
ATTEMPTS_PER_HOST = 100
SECONDS_PER_ATTEMPT_AND_HOST = 0.5
# The least that one subscriber is given: whoever has one address of it has all of them
IPV6_PREFIX = 64


class TooManySignIns(TooManyRequests):
    code = "too_many_sign_ins"
    detail = "Too many attempts to sign in. Wait a moment and try again."


class SignInLimit:
    def __init__(self) -> None:
        self._addresses = AttemptLimit(ATTEMPTS_PER_ADDRESS, SECONDS_PER_ATTEMPT_AND_ADDRESS, TooManySignIns)
        self._hosts = AttemptLimit(ATTEMPTS_PER_HOST, SECONDS_PER_ATTEMPT_AND_HOST, TooManySignIns)

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
