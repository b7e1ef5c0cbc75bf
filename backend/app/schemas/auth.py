from typing import Annotated, Literal
from uuid import UUID

from pydantic import EmailStr, StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.line import ONE_LINE

Role = Literal["user", "admin"]
# argon2 hashes whatever it is given: the upper bound keeps a megabyte password from being work for us
Password = Annotated[str, StringConstraints(min_length=10, max_length=200, strip_whitespace=False)]

DisplayName = Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE]


class RegisterIn(Request):
    email: EmailStr
    password: Password
    display_name: DisplayName


class LoginIn(Request):
    email: EmailStr
    password: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]


class RefreshIn(Request):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class AccountPatch(Request):
    """Only what is sent changes. Without memory nothing more is remembered, and what was remembered is not used."""

    display_name: DisplayName | None = None
    memory_enabled: bool | None = None


class ForgetIn(Request):
    """One's own password again: what is forgotten does not come back."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]


class TokenPair(Schema):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name, not a secret
    expires_in: int


class UserOut(Schema):
    id: UUID
    tenant_id: UUID
    email: str
    display_name: str
    role: Role
    memory_enabled: bool
