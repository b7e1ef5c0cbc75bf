"""Which memories bear on a question."""

from typing import Any
from uuid import UUID

from app.agent import memory
from app.repositories.memory import Usable


def usable(content: str, **columns: Any) -> Usable:
    stated = {"scope": "user", "kind": "fact", "is_about_portfolio": False, "days": 0.0, **columns}
    number = stated.pop("number", 1)
    return Usable(id=UUID(int=number), content=content, **stated)


def order(*memories: Usable) -> list[str]:
    return [recalled.memory.content for recalled in memory.ranked(memories)]


def test_facts_count_where_they_are_near_and_the_nearest_first() -> None:
    near, nearer = usable("near", similarity=0.3), usable("nearer", similarity=0.5)

    assert order(near, usable("far", similarity=0.1), usable("nobody knows"), nearer) == ["nearer", "near"]


def test_preferences_and_rules_hold_whatever_is_asked() -> None:
    preference = usable("preference", kind="preference", similarity=0.0)

    assert order(usable("far", similarity=0.1), preference, usable("rule", kind="rule")) == ["rule", "preference"]


def test_what_is_about_the_portfolio_stands_before_what_is_general() -> None:
    general, own = usable("general", similarity=0.4), usable("own", similarity=0.3, is_about_portfolio=True)

    assert order(general, own) == ["own", "general"]


def test_of_two_that_are_as_near_the_one_that_was_used_lately_stands_first() -> None:
    old, recent = usable("old", similarity=0.4, days=400.0), usable("recent", similarity=0.4, days=1.0)

    assert order(old, recent) == ["recent", "old"]


def test_no_more_than_a_handful_is_recalled_and_the_order_is_the_same_every_time() -> None:
    many = [usable(str(number), number=number, kind="rule") for number in range(20)]

    assert order(*many) == order(*reversed(many)) == [str(number) for number in range(memory.MOST)]
