"""The one place where failures become answers: `{"error", "detail", "request_id"}`."""

from collections.abc import Mapping
from typing import Any, cast, get_args

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from app.api import collisions
from app.errors import AppError, Invalid, InvalidField, Malformed, Unavailable
from app.models.portfolio import PositionClass
from app.schemas.error import ErrorOut

log = structlog.get_logger()

# What a route may answer besides its own shape; `responses=errors(404, 409)` lists them in OpenAPI
_MEANING = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "The role does not allow this",
    404: "Not there, or somebody else's",
    409: "Does not fit the present state",
    413: "Too large",
    422: "A field is missing or out of range",
    429: "Too many requests",
    502: "The AI provider failed",
    503: "Busy or restarting",
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": ErrorOut, "description": _MEANING[status]} for status in statuses}


SIGNED_IN_ERRORS = errors(400, 401, 422, 503)


def install(app: FastAPI) -> None:
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(PoolTimeoutError, _database_error)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_exception_handler(StaleDataError, _database_error)
    app.add_exception_handler(Exception, _unexpected)


def answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    fields: list[dict[str, Any]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {"error": code, "detail": detail, "request_id": request_id(request)}
    if fields is not None:
        body["fields"] = fields
    return JSONResponse(body, status_code=status, headers=headers)


def request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


async def _app_error(request: Request, error: Exception) -> JSONResponse:
    failure = cast(AppError, error)
    headers: dict[str, str] = {}
    if failure.retry_after_seconds is not None:
        headers["Retry-After"] = str(failure.retry_after_seconds)
    if failure.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    fields = [{"field": failure.field, "problem": failure.problem}] if isinstance(failure, InvalidField) else None
    return answer(request, failure.status, failure.code, failure.sentence, fields=fields, headers=headers)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    failure = cast(RequestValidationError, error)
    problems = failure.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return answer(request, Malformed.status, Malformed.code, "The body is not valid JSON.")
    # What was sent is not sent back: it may be a password, and it may be large
    fields = [{"field": _field_name(problem["loc"]), "problem": problem["msg"]} for problem in problems[:20]]
    detail = "; ".join(f"{field['field']}: {field['problem']}" for field in fields[:3])
    return answer(request, 422, "invalid_request", detail, fields=fields)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    failure = cast(HTTPException, error)
    codes = {400: Malformed.code, 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    code = codes.get(failure.status_code, "http_error")
    return answer(request, failure.status_code, code, str(failure.detail), headers=failure.headers)


async def _database_error(request: Request, error: Exception) -> JSONResponse:
    if collisions.is_collision(error):
        collisions.note(request)
    if isinstance(error, PoolTimeoutError | OperationalError):
        log.warning("database_unavailable", cause=type(error).__name__)
        return await _app_error(request, Unavailable("The database does not answer. Try again in a moment."))
    if isinstance(error, DataError):
        return await _app_error(request, Invalid("The request holds a character or a number that cannot be stored."))
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected_error", exc_info=error, path=request.url.path)
    return answer(request, AppError.status, AppError.code, AppError.detail)


def _field_name(location: tuple[int | str, ...]) -> str:
    inner = location[1:] if location and location[0] in ("body", "query", "path", "header") else location
    # A body that is one of several kinds has the kind's name first, which is no field
    inner = inner[1:] if inner and inner[0] in get_args(PositionClass) else inner
    return ".".join(str(part) for part in inner) or str(location[0] if location else "body")
