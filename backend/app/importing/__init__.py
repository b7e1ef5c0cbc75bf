"""Broker files to lots. Pure: bytes and a date in, a `ParsedFile` out; no database, no clock, no settings."""

from app.importing.parsed import ParsedFile
from app.importing.recognition import parse

__all__ = ["ParsedFile", "parse"]
