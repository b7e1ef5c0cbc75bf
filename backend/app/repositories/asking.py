"""A question on its way in: what decides whether it is taken, and what is stored of it, each in one round trip."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Interval, Table, Text, Uuid, bindparam, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Read, Scope, together
from app.models import Conversation, Message, Portfolio, RoutingRule, Run, RunEventRow
from app.repositories import message as message_repository
from app.repositories import user as user_repository
from app.repositories.insertion import into


class Talk(NamedTuple):
    """A conversation, held until the transaction ends: questions to one come one after the other."""

    id: UUID
    tenant_id: UUID
    user_id: UUID
    portfolio_id: UUID | None
    title: str
    mode: str
    summary: str | None
    summary_position: int


class Earlier(NamedTuple):
    """A run that was begun by a request with the same key."""

    id: UUID
    request_hash: str


class Rule(NamedTuple):
    """A routing rule, as far as it decides about a call."""

    id: UUID
    task: str | None
    mode: str | None
    share: int
    model: str
    variant: str


@dataclass(frozen=True, slots=True)
class Standing:
    """`begun_ago` has this person's newest runs; `portfolios` the names of those that were asked about.

    `may_ask` is False for somebody who may not sign in any more.
    """

    may_ask: bool
    talk: Talk | None
    earlier: Earlier | None
    is_being_answered: bool
    begun_ago: list[timedelta]
    rules: list[Rule]
    portfolios: dict[UUID, str]


def _named(columns: type[Any], source: Any) -> list[Any]:
    return [getattr(source, name) for name in columns._fields]


_CONVERSATION_ID = bindparam("conversation_id", type_=Uuid)
_USER_ID = bindparam("user_id", type_=Uuid)
_TALK = (
    select(*_named(Talk, Conversation))
    .where(Conversation.id == _CONVERSATION_ID, Conversation.deleted_at.is_(None))
    .with_for_update()
)
_EARLIER = select(Run.id, Run.request_hash).where(
    Run.user_id == _USER_ID, Run.idempotency_key == bindparam("idempotency_key", type_=Text)
)
_ACTIVE = select(Run.id).where(Run.conversation_id == _CONVERSATION_ID, Run.status == "running")
_BEGUN = (
    select(type_coerce(func.now() - Run.created_at, Interval).label("ago"))
    .where(Run.user_id == _USER_ID, Run.created_at > func.now() - bindparam("within", type_=Interval))
    .order_by(Run.created_at.desc())
    .limit(bindparam("most"))
)
_RULES = select(*_named(Rule, RoutingRule)).where(RoutingRule.is_enabled).order_by(RoutingRule.priority, RoutingRule.id)
_PORTFOLIOS = select(Portfolio.id, Portfolio.name).where(
    Portfolio.deleted_at.is_(None),
    Portfolio.id.in_(
        select(Conversation.portfolio_id)
        .where(Conversation.id == _CONVERSATION_ID)
        .union_all(select(bindparam("portfolio_id", type_=Uuid)))
    ),
)


async def find_standing(
    session: AsyncSession,
    scope: Scope,
    conversation_id: UUID,
    *,
    idempotency_key: str | None,
    portfolio_id: UUID | None,
    within: timedelta,
    most: int,
) -> Standing:
    """The conversation first: what is looked at after it stands still. `most` runs of the time `within` are told."""
    about = {"conversation_id": conversation_id}
    people, talks, earlier, active, begun, rules, portfolios = await together(
        session,
        [
            user_repository.read_active(scope.user_id),
            Read(_TALK, about),
            Read(_EARLIER, {"user_id": scope.user_id, "idempotency_key": idempotency_key}),
            Read(_ACTIVE, about),
            Read(_BEGUN, {"user_id": scope.user_id, "within": within, "most": most}),
            Read(_RULES, {}),
            Read(_PORTFOLIOS, about | {"portfolio_id": portfolio_id}),
        ],
    )
    return Standing(
        may_ask=bool(people),
        talk=Talk(*talks[0]) if talks else None,
        earlier=Earlier(*earlier[0]) if earlier else None,
        is_being_answered=bool(active),
        begun_ago=[row.ago for row in begun],
        rules=[Rule(*row) for row in rules],
        portfolios={row.id: row.name for row in portfolios},
    )


_TOUCH = (
    update(cast(Table, Conversation.__table__))
    .where(Conversation.id == _CONVERSATION_ID)
    .values(updated_at=func.clock_timestamp(), title=bindparam("title", type_=Text))
)
_RUN = (
    "id", "tenant_id", "user_id", "conversation_id", "user_message_id", "assistant_message_id", "replaces_message_id",
    "provider", "model", "variant", "mode", "idempotency_key", "request_hash", "lease_owner",
)  # fmt: skip
# By the database's clock: those of several machines differ
_BEGIN = into(Run, _RUN).values(lease_expires_at=func.clock_timestamp() + bindparam("lease", type_=Interval))
_START = into(RunEventRow, ("run_id", "user_id", "sequence", "type", "data"))


def ask(message: Message, title: str) -> list[Read]:
    """Stores the question; the rows of the first are its position."""
    return [
        message_repository.insertion(message),
        Read(_TOUCH, {"conversation_id": message.conversation_id, "title": title}),
    ]


def begin(run: Run, lease: timedelta, start: str, notice: Read) -> list[Read]:
    """Stores the run and its first event, whose data is JSON text, and tells of it when all is committed."""
    return [
        Read(_BEGIN, {name: getattr(run, name) for name in _RUN} | {"lease": lease}),
        Read(_START, {"run_id": run.id, "user_id": run.user_id, "sequence": 1, "type": "start", "data": start}),
        notice,
    ]
