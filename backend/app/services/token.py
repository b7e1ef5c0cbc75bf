"""Access tokens: short-lived, signed, naming a person and a tenant; both are checked against the database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from app.config import Settings
from app.db import Scope
from app.errors import Unauthenticated

ALGORITHM = "HS256"
AUDIENCE = "sigmasight-api"
ISSUER = "sigmasight"
CLOCK_SKEW_SECONDS = 10


class InvalidAccessToken(Unauthenticated):
    """One sentence for every cause: which check failed is nobody's business."""

    code = "invalid_token"
    detail = "The access token is missing, expired or not valid. Sign in again."


@dataclass(frozen=True, slots=True)
class AccessToken:
    text: str
    expires_in: int


def issue(scope: Scope, settings: Settings) -> AccessToken:
    now = datetime.now(UTC)
    lifetime = timedelta(minutes=settings.access_token_minutes)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(scope.user_id),
        "tenant": str(scope.tenant_id),
        "iat": now,
        "exp": now + lifetime,
    }
    text = jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm=ALGORITHM)
    return AccessToken(text=text, expires_in=int(lifetime.total_seconds()))


def verify(text: str, settings: Settings) -> Scope:
    try:
        claims = jwt.decode(
            text,
            settings.token_secret.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=CLOCK_SKEW_SECONDS,
            # When it was issued decides nothing; a clock that was put back would turn everybody away
            options={"require": ["exp", "sub", "aud", "iss", "tenant"], "verify_iat": False},
        )
        return Scope(user_id=UUID(claims["sub"]), tenant_id=UUID(claims["tenant"]))
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise InvalidAccessToken from error
