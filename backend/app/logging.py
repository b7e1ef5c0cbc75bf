"""Structured logs on stderr: JSON in production, coloured lines at a terminal. Contents of turns are never logged."""

import logging
import sys

import structlog

from app.config import Settings

# Anything under such a key is replaced, whoever logs it
SECRET_KEYS = ("password", "token", "secret", "api_key", "authorization", "cookie")


def configure(settings: Settings) -> None:
    level = logging.getLevelNamesMapping()[settings.log_level]
    is_production = settings.environment == "production"
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if is_production
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default prints every local variable: secrets and other people's data, for minutes on the event loop
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide_secrets,
            structlog.processors.format_exc_info if is_production else _keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _hide_secrets(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    for key in event:
        if any(secret in key.lower() for secret in SECRET_KEYS):
            event[key] = "[hidden]"
    return event


def _keep(
    _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return event
