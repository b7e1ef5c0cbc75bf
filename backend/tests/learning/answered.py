"""Questions with their answers, as turns leave them behind."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.db import Database
from app.models import Conversation, Feedback, Message, Run, User
from tests.builders import scope_of

NOW = datetime.now(UTC)


def tool(name: str, *, error: str | None = None, **arguments: Any) -> dict[str, Any]:
    return {
        "type": "tool",
        "tool_call_id": uuid4().hex,
        "tool_name": name,
        "tool_args": arguments,
        "result": None if error else {"value": 1},
        "error": {"code": error, "message": "It failed."} if error else None,
        "duration_ms": 20,
    }


async def make_conversation(database: Database, user: User, **columns: Any) -> UUID:
    conversation = Conversation(user_id=user.id, tenant_id=user.tenant_id, title="Questions", **columns)
    async with database.session(scope_of(user)) as session:
        session.add(conversation)
    return conversation.id


async def make_answer(
    database: Database,
    user: User,
    conversation_id: UUID,
    question: str,
    *,
    rating: str | None = None,
    reason: str | None = None,
    edited_text: str | None = None,
    tools: Sequence[dict[str, Any]] = (),
    untraced: int = 0,
    days_ago: float = 1.0,
    answer: str = "An answer.",
    message_id: UUID | None = None,
    **columns: Any,
) -> UUID:
    """The identifier of the answer."""
    at = NOW - timedelta(days=days_ago)
    ids = {"run_id": uuid4(), "user_message_id": uuid4(), "assistant_message_id": message_id or uuid4()}
    columns = {"provider": "offline", "model": "offline-analyst", "finish_reason": "stop"} | columns
    owned = {"user_id": user.id, "conversation_id": conversation_id, "run_id": ids["run_id"], "created_at": at}
    run = Run(
        id=ids.pop("run_id"), user_id=user.id, tenant_id=user.tenant_id, conversation_id=conversation_id,
        mode="standard", status="completed", request_hash="", lease_owner="", lease_expires_at=at, created_at=at, **ids,
    )  # fmt: skip
    said = Message(
        id=run.assistant_message_id,
        role="assistant",
        content=answer,
        parts=list(tools),
        grounding={"traced": 1, "derived": 0, "untraced": untraced, "figures": []},
        timings={"first_token_ms": 300, "total_ms": 2_000, "step_ms": []},
        **owned,
        **columns,
    )
    async with database.session(scope_of(user)) as session:
        session.add_all([run, Message(id=run.user_message_id, role="user", content=question, **owned)])
        await session.flush()
        session.add(said)
        await session.flush()
        if rating is not None:
            opinion = {"rating": rating, "reason": reason, "edited_text": edited_text}
            session.add(Feedback(message_id=said.id, user_id=user.id, tenant_id=user.tenant_id, **opinion))
    return said.id
