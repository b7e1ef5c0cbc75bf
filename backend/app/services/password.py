"""Hashing and checking passwords: argon2id, off the event loop, a few at a time."""

from functools import cache

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# Each hash takes 64 MiB and several threads for tens of milliseconds: more at once would starve everything else
MAX_AT_ONCE = 2

_hasher = PasswordHasher()
_slots = CapacityLimiter(MAX_AT_ONCE)


async def hash_password(password: str) -> str:
    return await to_thread.run_sync(_hasher.hash, password, limiter=_slots)


async def is_right(password: str, password_hash: str | None) -> bool:
    """With no hash to check against it takes as long as with one, so that time does not tell which addresses exist."""
    matches = await to_thread.run_sync(_verify, password, password_hash, limiter=_slots)
    return matches and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _verify(password: str, password_hash: str | None) -> bool:
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")
