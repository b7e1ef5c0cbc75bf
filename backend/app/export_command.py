"""`sigmasight export`: what is kept of a person, as files."""

import asyncio
from pathlib import Path

from app.config import Settings
from app.db import Database
from app.import_command import UnknownUser
from app.repositories import user as user_repository
from app.services import personal_data


def conversations(settings: Settings, email: str, out: Path) -> int:
    """How many messages were written."""
    return asyncio.run(_conversations(settings, email, out))


async def _conversations(settings: Settings, email: str, out: Path) -> int:
    database, written = Database(settings.database_url), 0
    try:
        async with database.session() as session:
            found = await user_repository.find_credentials(session, email)
        if found is None:
            raise UnknownUser
        with out.open("w", encoding="utf-8") as file:
            async for line in personal_data.export(database, found.scope):
                file.write(line)
                written += 1
    finally:
        await database.close()
    return written
