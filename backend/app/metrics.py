"""What this process counts, for Prometheus. Each replica counts for itself, and labels are few: no person's, no run's.

Names and outcomes come from closed sets: tools, models, failures' codes. A name that a model made up is not among them.
"""

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
OK = "ok"
# The code of a call of a tool that there is not: its name is the model's own
UNKNOWN_TOOL = "unknown_tool"

_registry = CollectorRegistry()

# From an answer of the offline analyst to a turn's limit of ten minutes
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0)

_turns = Counter("sigmasight_turns", "Turns that have ended, by how", ["outcome"], registry=_registry)
_turn_seconds = Histogram(
    "sigmasight_turn_seconds", "From the question to the end", buckets=_SECONDS, registry=_registry
)
_first_token_seconds = Histogram(
    "sigmasight_first_token_seconds", "From the question to the first word", buckets=_SECONDS, registry=_registry
)
_model_calls = Counter(
    "sigmasight_model_calls",
    "Calls of AI models, by how they ended",
    ["provider", "model", "outcome"],
    registry=_registry,
)
_tool_calls = Counter("sigmasight_tool_calls", "Tool calls, by how they ended", ["name", "outcome"], registry=_registry)
open_streams = Gauge("sigmasight_open_streams", "Readers of turns and insights", registry=_registry)
_connections = Gauge("sigmasight_database_connections", "Of this process's pool", ["state"], registry=_registry)
_waiting = Gauge("sigmasight_database_waiting", "Who waits for a connection of the pool", registry=_registry)
_is_up = Gauge("sigmasight_database_up", "Whether the database answered this request", registry=_registry)
_jobs = Gauge("sigmasight_jobs", "Background jobs of all processes, by state", ["state"], registry=_registry)


def turn(outcome: str, *, total_ms: int | None = None, first_token_ms: int | None = None) -> None:
    """The times of a turn that another process had begun are not known."""
    _turns.labels(outcome).inc()
    if total_ms is not None:
        _turn_seconds.observe(total_ms / 1000)
    if first_token_ms is not None:
        _first_token_seconds.observe(first_token_ms / 1000)


def model_call(provider: str, model: str, outcome: str) -> None:
    _model_calls.labels(provider, model, outcome).inc()


def tool_call(name: str, failure: str | None) -> None:
    _tool_calls.labels("unknown" if failure == UNKNOWN_TOOL else name, failure or OK).inc()


def connections(*, in_use: int, idle: int, waiting: int) -> None:
    _connections.labels("in_use").set(in_use)
    _connections.labels("idle").set(idle)
    _waiting.set(waiting)


def jobs(by_state: dict[str, int] | None) -> None:
    """None where the database does not tell: then the states are left out rather than shown as they were."""
    _is_up.set(by_state is not None)
    _jobs.clear()
    for state, count in (by_state or {}).items():
        _jobs.labels(state).set(count)


def exposition() -> bytes:
    return generate_latest(_registry)
