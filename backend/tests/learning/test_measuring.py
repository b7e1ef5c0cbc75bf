from datetime import UTC, datetime, timedelta

from app.learning import measuring
from app.services.learning_proof import NotIndexedYet

NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_what_says_nothing_for_longer_than_it_can_take_was_broken_off() -> None:
    running = measuring.ordered(NOW, with_evaluation=True).model_copy(update={"status": "running"})
    stored = running.model_dump(mode="json")

    assert measuring.is_under_way(stored, NOW + measuring.BROKEN_OFF_AFTER)
    later = NOW + measuring.BROKEN_OFF_AFTER + timedelta(seconds=1)
    assert not measuring.is_under_way(stored, later)
    shown = measuring.shown(stored, later)
    assert shown is not None
    assert (shown.status, shown.error) == ("failed", measuring.BROKEN_OFF)


def test_what_waits_in_line_has_more_time() -> None:
    stored = measuring.ordered(NOW, with_evaluation=False).model_dump(mode="json")

    assert measuring.is_under_way(stored, NOW + measuring.FORGOTTEN_AFTER)
    assert not measuring.is_under_way(stored, NOW + measuring.FORGOTTEN_AFTER + timedelta(seconds=1))


def test_what_has_ended_stays_as_it_ended() -> None:
    stored = measuring.ordered(NOW, with_evaluation=False).model_dump(mode="json")
    later = NOW + timedelta(days=30)

    done = measuring.shown(measuring.done(stored, NOW), later)
    failed = measuring.shown(measuring.failed(stored, NotIndexedYet(), NOW), later)

    assert done is not None
    assert (done.status, done.error) == ("done", None)
    assert failed is not None
    assert failed.error is not None
    assert (failed.status, failed.error.code) == ("failed", NotIndexedYet.code)
    assert measuring.shown(None, later) is None
