"""On whose behalf a run is: asked at the terminal, where nobody has signed in."""

from collections.abc import Sequence

from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
DOOR = "run_scope(wanted uuid)"


def upgrade() -> None:
    op.execute(f"""
        create function {DOOR} returns table (user_id uuid, tenant_id uuid)
        language sql stable security definer set search_path = pg_catalog
        as $$ select r.user_id, r.tenant_id from agent.runs r where r.id = wanted $$
    """)
    op.execute(f"revoke all on function {DOOR} from public")
    op.execute(f"grant execute on function {DOOR} to {APP}")


def downgrade() -> None:
    op.execute(f"drop function {DOOR}")
