"""Which rule concerns a call, and whose share it is."""

from typing import Any, cast
from uuid import UUID, uuid4

import pytest

from app.agent.llm_client import Mode, Task, get_llm_client
from app.agent.routing_rules import matching, percentile
from app.db import Database
from app.models import RoutingRule, User
from app.repositories import routing_rule as routing_rule_repository
from tests.agent.test_routing import KEY, clients
from tests.builders import make_routing_rule, make_user, scope_of

ANYBODY = uuid4()


def rule(**columns: Any) -> RoutingRule:
    return RoutingRule(**{"id": uuid4(), "share": 100, "model": "gpt-5.4", "variant": "v"} | columns)


@pytest.mark.parametrize(
    ("rules", "task", "mode", "chosen"),
    [
        ([], "chat", "standard", None),
        ([{}], "chat", "standard", 0),
        ([{"task": "heavy"}, {"task": "chat"}], "chat", "standard", 1),
        ([{"mode": "deep"}, {"mode": "standard"}], "chat", "standard", 1),
        ([{"task": "chat", "mode": "deep"}], "chat", "standard", None),
        ([{"task": "chat", "mode": "deep"}], "chat", "deep", 0),
        ([{"share": 0}, {}], "chat", "standard", 1),
        ([{}, {}], "insight", "research", 0),
        # Who chose it wants nothing to leave this server
        ([{}], "chat", "offline", None),
    ],
)
def test_the_first_rule_that_concerns_a_call_decides(
    rules: list[dict[str, Any]], task: str, mode: str, chosen: int | None
) -> None:
    made = [rule(**columns) for columns in rules]
    found = matching(made, ANYBODY, task=cast(Task, task), mode=cast(Mode, mode))

    assert found is (None if chosen is None else made[chosen])


@pytest.mark.parametrize(
    ("asked", "model", "variant"),
    [
        ({}, "claude-opus-5-5", "v"),
        ({"mode": "deep"}, "claude-opus-5-5", "v"),
        ({"task": "heavy"}, "claude-opus-5-5", "v"),
        # An explicit request comes before any rule
        ({"model": "gpt-5.4-mini"}, "gpt-5.4-mini", None),
    ],
)
def test_a_rule_comes_before_mode_and_task_and_after_a_request(
    asked: dict[str, Any], model: str, variant: str | None
) -> None:
    source = clients(openai_api_key=KEY, anthropic_api_key=KEY)
    choice = get_llm_client(source, rule=rule(model="claude-opus-5-5"), **asked)

    assert (choice.model, choice.variant) == (model, variant)
    assert choice.fallbacks != ()


def test_a_rule_for_a_model_that_is_no_longer_there_is_passed_over() -> None:
    choice = get_llm_client(clients(openai_api_key=KEY), rule=rule(model="claude-opus-5-5"))

    assert (choice.model, choice.variant) == ("gpt-5.4-mini", None)


def test_a_share_is_of_that_many_people_and_always_of_the_same() -> None:
    rule_id = UUID(int=7)
    people = [UUID(int=number) for number in range(10_000)]
    inside = {person for person in people if percentile(person, rule_id) < 30}

    # Binomial: a standard deviation is 46 people, and four of them are passed once in 16,000 times
    assert abs(len(inside) - 3_000) < 4 * 46
    assert inside == {person for person in people if percentile(person, rule_id) < 30}
    assert inside < {person for person in people if percentile(person, rule_id) < 31}


def test_shares_of_different_rules_do_not_hang_together() -> None:
    people = [UUID(int=number) for number in range(10_000)]
    both = sum(percentile(person, UUID(int=1)) < 50 and percentile(person, UUID(int=2)) < 50 for person in people)

    # A quarter; a standard deviation is 43
    assert abs(both - 2_500) < 4 * 43


async def test_rules_are_asked_by_priority_and_only_while_enabled(database: Database) -> None:
    admin = await make_user(database, role="admin")
    for priority, is_enabled in ((30, True), (10, False), (20, True)):
        await make_routing_rule(database, admin, priority=priority, is_enabled=is_enabled)
    async with database.session(scope_of(admin)) as session:
        found = await routing_rule_repository.list_enabled(session)

    assert [one.priority for one in found] == [20, 30]


async def test_rules_are_the_whole_tenants_and_nobody_elses(database: Database, user: User) -> None:
    admin = await make_user(database, role="admin")
    colleague = await make_user(database, tenant_id=admin.tenant_id)
    await make_routing_rule(database, admin)
    seen = {}
    for person in (colleague, user):
        async with database.session(scope_of(person)) as session:
            seen[person.id] = len(await routing_rule_repository.list_enabled(session))

    assert seen == {colleague.id: 1, user.id: 0}
