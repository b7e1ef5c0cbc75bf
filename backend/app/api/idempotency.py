"""The header by which a request that is sent twice is carried out once."""

from typing import Annotated

from fastapi import Depends, Header

from app.errors import Malformed

MAX_IDEMPOTENCY_KEY_CHARS = 200


async def idempotency_key(
    header: Annotated[
        str | None,
        Header(alias="Idempotency-Key", description="The same key with the same request is answered once"),
    ] = None,
) -> str | None:
    if header is not None and not (0 < len(header) <= MAX_IDEMPOTENCY_KEY_CHARS and header.isprintable()):
        raise Malformed("Idempotency-Key must be 1 to 200 printable characters.")
    return header


IdempotencyKey = Annotated[str | None, Depends(idempotency_key)]
