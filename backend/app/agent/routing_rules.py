"""The administrator's rules, and which of them concerns a call.

A share is of people, not of calls: whoever falls into a rule's share stays there, so that variants can be compared.
"""

import hashlib
from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.llm_client import Choice, ClientSource, Mode, Rule, Task, get_llm_client
from app.db import Scope
from app.repositories import routing_rule as routing_rule_repository

log = structlog.get_logger()


class RoutingRule(Rule, Protocol):
    """A rule as it stands in the table."""

    @property
    def id(self) -> UUID: ...
    @property
    def task(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def share(self) -> int: ...


async def choose(
    session: AsyncSession,
    clients: ClientSource,
    scope: Scope,
    *,
    task: Task,
    mode: Mode = "standard",
) -> Choice:
    """Rules are read anew for each turn, in its own transaction: a change holds at once, in every process."""
    rules = await routing_rule_repository.list_enabled(session)
    return chosen(rules, clients, scope, task=task, mode=mode)


def chosen(
    rules: Sequence[RoutingRule],
    clients: ClientSource,
    scope: Scope,
    *,
    task: Task,
    mode: Mode,
    model: str | None = None,
) -> Choice:
    rule = matching(rules, scope.user_id, task=task, mode=mode)
    choice = get_llm_client(clients, task=task, mode=mode, model=model, rule=rule)
    if rule is not None and model is None and choice.variant is None:
        log.warning("routing_rule_without_model", rule_id=str(rule.id), model=rule.model)
    return choice


def matching(rules: Sequence[RoutingRule], user_id: UUID, *, task: Task, mode: Mode) -> RoutingRule | None:
    """The first of them, in their order. None is about `offline`: who chose it wants nothing to leave this server."""
    if mode == "offline":
        return None
    return next((rule for rule in rules if _concerns(rule, user_id, task, mode)), None)


def _concerns(rule: RoutingRule, user_id: UUID, task: Task, mode: Mode) -> bool:
    return rule.task in (None, task) and rule.mode in (None, mode) and percentile(user_id, rule.id) < rule.share


def percentile(user_id: UUID, rule_id: UUID) -> float:
    """Where a person stands among all as a rule sees them: from 0 up to 100, evenly, and always the same."""
    digest = hashlib.sha256(rule_id.bytes + user_id.bytes).digest()
    return int.from_bytes(digest[:6], "big") / 2**48 * 100
