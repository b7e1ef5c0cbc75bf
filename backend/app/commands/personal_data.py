"""`sigmasight export`: what is kept of a person, as files."""

import asyncio
from pathlib import Path

from app.config import Settings
from app.db import Database
from app.services import auth, personal_data


def conversations(settings: Settings, email: str, out: Path) -> int:
    """How many messages were written."""
    return asyncio.run(_conversations(settings, email, out))


async def _conversations(settings: Settings, email: str, out: Path) -> int:
    written = 0
    async with Database(settings.database_url) as database:
        scope = await auth.scope_of(database, email)
        with out.open("w", encoding="utf-8") as file:
            async for line in personal_data.export(database, scope):
                file.write(line)
                written += 1
    return written
