"""What the runs of a process say is stored, and their leases renewed, in one statement for all of them."""

from collections.abc import Sequence

from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
# Past row-level security, for the runs are of many people. Who calls must name the holder of their leases, which is a
# process's secret; they learn nothing but which of the runs that they named are still theirs.
DOORS = {
    "append_run_events(owner text, run_ids uuid[], sequences integer[], types text[], contents jsonb[])": """
        with held as materialized (
            select r.id, r.user_id, r.is_stop_requested from agent.runs r
            where r.id = any(run_ids) and r.lease_owner = owner and r.status = 'running'
            order by r.id for share
        ), written as (
            insert into agent.run_events (run_id, user_id, sequence, type, data)
            select h.id, h.user_id, e.sequence, e.type, e.data
            from unnest(run_ids, sequences, types, contents) as e (run_id, sequence, type, data)
            join held h on h.id = e.run_id
            on conflict do nothing
        ), told as (
            select pg_notify('agent_runs', 'events:' || string_agg(h.id::text, ',')) from held h having count(*) > 0
        )
        select h.id, h.is_stop_requested from held h, (select count(*) from told) as notices
    """,
    "renew_run_leases(owner text, lease interval)": """
        update agent.runs r set lease_expires_at = clock_timestamp() + lease
        where r.lease_owner = owner and r.status = 'running'
        returning r.id, r.is_stop_requested
    """,
}


def upgrade() -> None:
    for signature, body in DOORS.items():
        op.execute(
            f"create function {signature} returns table (run_id uuid, is_stop_requested boolean) "
            f"language sql volatile security definer set search_path = pg_catalog as $$ {body} $$"
        )
        op.execute(f"revoke all on function {signature} from public")
        op.execute(f"grant execute on function {signature} to {APP}")


def downgrade() -> None:
    for signature in DOORS:
        op.execute(f"drop function {signature}")
