"""What goes wrong at a provider, and what a person then sees: the table of the fault suite and of the book."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.agent.model_call import MAX_TRIES
from tests.agent.provider_server import NO_HEADERS, STALL, Reply, failing, sse, stream
from tests.agent.wires import Said, Wire

# Where in a turn it happens: before there is any text, after some text, after a tool has answered
Position = Literal["at once", "after words", "after a tool"]
POSITIONS: Sequence[Position] = ("at once", "after words", "after a tool")


@dataclass(frozen=True)
class Seen:
    """What the person is told where nobody could answer. What had been said, and the question, are kept."""

    code: str
    sentence: str
    is_retryable: bool = False


LIMITED = Seen(
    "provider_rate_limited", "The AI provider is limiting requests right now. Try again in a moment.", is_retryable=True
)
OUT_OF_ORDER = Seen(
    "provider_overloaded",
    "The AI provider is overloaded or out of order. Try again in a moment.",
    is_retryable=True,
)
LATE = Seen("provider_timed_out", "The AI provider did not answer in time. Try again.", is_retryable=True)
CUT = Seen(
    "provider_stream_cut",
    "The connection to the AI provider broke in the middle of the answer. Try again.",
    is_retryable=True,
)
TOO_LONG = Seen("context_too_long", "This conversation has grown too long for the model. Start a new one.")
REJECTED = Seen(
    "provider_bad_request",
    "The AI provider did not accept the request. The operator finds the cause in the log.",
)
NO_MODEL = Seen(
    "provider_unknown_model",
    "The AI provider does not know the model that is set here. The operator must choose another.",
)
NO_KEY = Seen("provider_unauthorized", "The AI provider did not accept this server's key. The operator must check it.")


@dataclass(frozen=True)
class Fault:
    """`reply` is what comes instead of an answer; a fault `in_stream` comes after a 200, and so may follow text."""

    name: str
    seen: Seen
    reply: Callable[[Wire], Reply]
    tries: int = 1
    in_stream: bool = False
    # Those that wait for somebody are played to a client of little patience
    is_silent: bool = False


def _status(status: int, kind: str, seen: Seen, *, tries: int = 1, message: str = "x", **headers: str) -> Fault:
    named = f"{status} {kind}" + "".join(f", {name.replace('_', '-')}: {value}" for name, value in headers.items())

    def reply(_: Wire) -> Reply:
        return failing(status, {"type": kind, "code": kind, "message": message}, **headers)

    return Fault(named, seen, reply, tries)


def _page(status: int) -> Fault:
    return Fault(f"{status} with a page of HTML", OUT_OF_ORDER, lambda _: Reply(status, [b"<html>"]), MAX_TRIES)


def _tail(name: str, seen: Seen, chunks: Callable[[Wire], Sequence[bytes]], tries: int = MAX_TRIES) -> Fault:
    return Fault(name, seen, lambda wire: Reply(chunks=chunks(wire)), tries, in_stream=True)


REFUSALS: Sequence[Fault] = (
    _status(400, "invalid_request_error", REJECTED),
    _status(400, "exceed_context_size_error", TOO_LONG),
    _status(401, "authentication_error", NO_KEY),
    _status(402, "billing_error", NO_KEY),
    _status(403, "permission_error", NO_KEY),
    _status(404, "not_found_error", NO_MODEL),
    _status(408, "timeout_error", LATE),
    _status(409, "conflict", OUT_OF_ORDER, tries=MAX_TRIES),
    _status(413, "request_too_large", TOO_LONG),
    _status(422, "unprocessable", REJECTED),
    _status(429, "rate_limit_error", LIMITED, tries=MAX_TRIES),
    _status(429, "rate_limit_error", LIMITED, tries=MAX_TRIES, retry_after="0"),
    _status(429, "rate_limit_error", LIMITED, tries=1, retry_after="600"),
    _status(500, "api_error", OUT_OF_ORDER, tries=MAX_TRIES),
    _page(502),
    _status(503, "unavailable", OUT_OF_ORDER, tries=MAX_TRIES, retry_after="0"),
    _status(504, "timeout_error", OUT_OF_ORDER, tries=MAX_TRIES),
    _status(529, "overloaded_error", OUT_OF_ORDER, tries=MAX_TRIES),
    Fault("silence before the headers", LATE, lambda _: Reply(NO_HEADERS, [STALL]), is_silent=True),
    Fault("a connection closed before the headers", OUT_OF_ORDER, lambda _: Reply(NO_HEADERS), MAX_TRIES),
)

BREAKS: Sequence[Fault] = (
    Fault("silence in the stream", LATE, lambda _: Reply(chunks=[STALL]), in_stream=True, is_silent=True),
    _tail("a stream that ends without a word", CUT, lambda _: []),
    _tail("a stream cut in the middle of JSON", CUT, lambda wire: [sse(wire.words("lo")[-1])[:-20]]),
    _tail("a stream cut in the middle of a character", CUT, lambda _: [b'event: x\ndata: {"a": "\xc3\n\n']),
    _tail("a stream cut in a call's arguments", CUT, lambda wire: [sse(event) for event in wire.half_call()]),
    _tail("an event that is not JSON", CUT, lambda _: [b"event: x\ndata: {oops\n\n"]),
    _tail("an overload told in the stream", OUT_OF_ORDER, lambda wire: [sse(wire.failed("server_error|api_error"))]),
    _tail(
        "a rate limit told in the stream",
        LIMITED,
        lambda wire: [sse(wire.failed("rate_limit_exceeded|rate_limit_error"))],
    ),
    _tail(
        "a bad request told in the stream",
        REJECTED,
        lambda wire: [sse(wire.failed("invalid_request_error|invalid_request_error"))],
        tries=1,
    ),
)

FAULTS: Sequence[Fault] = (*REFUSALS, *BREAKS)


@dataclass(frozen=True)
class Unreachable:
    """The provider's address leads nowhere, in one of the ways in which that happens."""

    name: Literal[
        "a refused connection", "a name that is not found", "a failed TLS handshake", "a connection's silence"
    ]
    seen: Seen
    tries: int = MAX_TRIES


UNREACHABLE: Sequence[Unreachable] = (
    Unreachable("a refused connection", OUT_OF_ORDER),
    Unreachable("a name that is not found", OUT_OF_ORDER),
    Unreachable("a failed TLS handshake", OUT_OF_ORDER),
    Unreachable("a connection's silence", LATE, tries=1),
)


@dataclass(frozen=True)
class Oddity:
    """Something strange that a model does, and that its turn survives."""

    name: str
    replies: Callable[[Wire], Sequence[Reply]]
    # The windows that its calls are carried out for, and the errors that the model is told in place of a result
    windows: Sequence[int] = ()
    told: Sequence[str] = ()
    ends: Literal["stop", "length", "refused", "tool_limit"] = "stop"


ANSWER = "Beta is 1.2."


def _says(*said: Said) -> Callable[[Wire], Sequence[Reply]]:
    return lambda wire: [stream(*wire.step(*said)), stream(*wire.step(words=ANSWER))]


ODDITIES: Sequence[Oddity] = (
    Oddity("arguments that are half of JSON", _says(Said("c1", '{"win')), told=["invalid_arguments"]),
    Oddity("arguments that are no object", _says(Said("c1", "[63]")), told=["invalid_arguments"]),
    Oddity("an argument that is not a number", _says(Said("c1", '{"window": NaN}')), told=["invalid_arguments"]),
    Oddity("an argument of the wrong type", _says(Said("c1", '{"window": "many"}')), told=["invalid_arguments"]),
    Oddity("an argument that there is not", _says(Said("c1", '{"windov": 63}')), told=["invalid_arguments"]),
    Oddity("1 MB of arguments", _says(Said("c1", f'{{"window": "{"9" * 1_000_000}"}}')), told=["invalid_arguments"]),
    Oddity("a tool that there is not", _says(Said("c1", name="get_bêta of!")), told=["unknown_tool"]),
    Oddity("a call without an id", _says(Said("")), windows=[63]),
    Oddity(
        "the same call forty times",
        _says(*(Said(f"c{number}") for number in range(40))),
        windows=[63],
        told=["tool_limit"],
        ends="tool_limit",
    ),
    Oddity(
        "twelve tools at once",
        _says(*(Said(f"c{number}", f'{{"window": {number}}}') for number in range(1, 13))),
        windows=range(1, 13),
    ),
    Oddity("an empty answer", lambda wire: [stream(*wire.step()), stream(*wire.step(words=ANSWER))]),
    Oddity("events that nobody knows", lambda wire: [stream(*wire.unheard_of(ANSWER))]),
    Oddity("events out of their order", lambda wire: [stream(*wire.out_of_order(ANSWER))]),
    Oddity("an answer cut at its length", lambda wire: [stream(*wire.cut(ANSWER))], ends="length"),
    Oddity("a refusal in words", lambda wire: [stream(*wire.refusal(ANSWER))], ends="refused"),
    Oddity(
        "reasoning that is not taken back",
        lambda wire: [
            stream(*wire.reasoned(Said("c1"))),
            failing(400, {"type": "invalid_request_error", "code": "invalid", "message": "not this reasoning"}),
            stream(*wire.step(words=ANSWER)),
        ],
        windows=[63],
    ),
)
