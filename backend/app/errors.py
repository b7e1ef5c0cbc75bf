"""Failures that a caller is told about.

AppError                         status, code, sentence; rendered in one place (app/api/errors.py)
├── Invalid              422     the request is well-formed and cannot be meant
│   └── InvalidField             and one field of it is to blame
├── Malformed            400     the request cannot be read
├── Unauthenticated      401
├── Forbidden            403
├── NotFound             404     also for what belongs to somebody else
├── Conflict             409
├── TooManyRequests      429     with Retry-After
└── Unavailable          503     with Retry-After

A concrete failure subclasses one of these and lives beside the code that raises it. Provider failures have a tree of
their own (`app.agent.llm_client`), and so have tool failures that the model may read and correct (`app.agent.tools`).
"""

from typing import ClassVar, Self

from pydantic import ValidationError


class AppError(Exception):
    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    detail: ClassVar[str] = "Something went wrong on our side."
    # Not only of the class: a limit knows how long this caller has to wait
    retry_after_seconds: int | None = None

    def __init__(self, detail: str | None = None) -> None:
        self.sentence = detail or self.detail
        super().__init__(self.sentence)


class Invalid(AppError):
    status = 422
    code = "invalid_request"
    detail = "The request cannot be carried out as it stands."


class InvalidField(Invalid):
    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")

    @classmethod
    def first_of(cls, error: ValidationError) -> Self:
        problem = error.errors()[0]
        return cls(str(problem["loc"][0]), problem["msg"])


class Malformed(AppError):
    status = 400
    code = "malformed_request"
    detail = "The request could not be read."


class Unauthenticated(AppError):
    status = 401
    code = "unauthenticated"
    detail = "Sign in to continue."


class Forbidden(AppError):
    status = 403
    code = "forbidden"
    detail = "Your role does not allow this."


class NotFound(AppError):
    status = 404
    code = "not_found"
    detail = "There is nothing here for you."


class Conflict(AppError):
    status = 409
    code = "conflict"
    detail = "This does not fit the present state."


class TooManyRequests(AppError):
    status = 429
    code = "too_many_requests"
    detail = "Too many requests. Wait a moment and try again."
    retry_after_seconds = 10


class Unavailable(AppError):
    status = 503
    code = "unavailable"
    detail = "The service is busy or restarting. Try again in a moment."
    retry_after_seconds = 5


class CannotStart(Exception):
    """Not for a caller but for the person at the terminal: one sentence, with the remedy."""
