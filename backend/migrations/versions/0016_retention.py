"""Conversations that are kept no longer, and what reports on questions hold of a person who wants to be forgotten."""

from collections.abc import Sequence

from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
CALLER = "nullif(current_setting('app.user_id', true), '')::uuid"
TENANT = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid"
# Whether an item of JSON names a message of the caller's
OWN_ITEM = f"exists (select from agent.messages m where m.id = (e ->> 'message_id')::uuid and m.user_id = {CALLER})"

DOORS = {
    # Those that were deleted by their person go after a month, whatever is kept otherwise
    "purge_conversations(older_than interval)": (
        "bigint",
        "with gone as (delete from agent.conversations c where c.deleted_at < now() - interval '30 days' "
        "or (older_than is not null and c.updated_at < now() - older_than and not exists ("
        "select from agent.runs r where r.conversation_id = c.id and r.status = 'running')) returning 1) "
        "select count(*) from gone",
    ),
    # A report can be made again without the person: those of a time in which they were answered go whole
    "forget_in_learning()": (
        "void",
        f"delete from public.ai_learning_reports p where p.{TENANT} and exists (select from agent.messages m "
        f"where m.user_id = {CALLER} and m.created_at >= p.since and m.created_at < p.until); "
        "update public.ai_learning_proposals p set proof = null, evidence = (select coalesce(jsonb_agg(e), '[]') "
        f"from jsonb_array_elements(p.evidence) e where not {OWN_ITEM}) where p.{TENANT} and exists ("
        "select from jsonb_array_elements(p.evidence || coalesce(p.proof #> '{before,held_out}', '[]') "
        "|| coalesce(p.proof #> '{before,unrelated}', '[]') || coalesce(p.proof #> '{after,held_out}', '[]') "
        f"|| coalesce(p.proof #> '{{after,unrelated}}', '[]')) e where {OWN_ITEM})",
    ),
}


def upgrade() -> None:
    for signature, (returns, body) in DOORS.items():
        op.execute(
            f"create function {signature} returns {returns} language sql volatile security definer "
            f"set search_path = pg_catalog as $$ {body} $$"
        )
        op.execute(f"revoke all on function {signature} from public")
        op.execute(f"grant execute on function {signature} to {APP}")


def downgrade() -> None:
    for signature in DOORS:
        op.execute(f"drop function {signature}")
