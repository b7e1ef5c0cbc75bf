"""`sigmasight mcp`: the tools for an assistant on this machine, over standard input and output."""

import asyncio

from mcp.server.stdio import stdio_server

from app import logging
from app.agent.embedding_choice import open_embedder
from app.agent.tools.catalogue import standard_registry
from app.config import Settings
from app.db import Database
from app.mcp.calls import Caller, Calls
from app.mcp.server import assistant_server
from app.services import auth


def serve(settings: Settings, email: str) -> None:
    """Until the assistant closes its end. Raises `UnknownUser`."""
    logging.configure(settings)
    asyncio.run(_serve(settings, email))


async def _serve(settings: Settings, email: str) -> None:
    async with Database(settings.database_url) as database:
        caller = Caller(await auth.scope_of(database, email), credential=None)
        embedder = open_embedder(settings)
        try:
            server = assistant_server(Calls(standard_registry(), database, embedder), lambda _context: caller)
            async with stdio_server() as (read, write):
                await server.run(read, write, server.create_initialization_options())
        finally:
            await embedder.close()
