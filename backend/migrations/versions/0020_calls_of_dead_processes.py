"""Calls of models whose process died, where no turn tells of them: settled by the worker."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"
DOOR = "settle_expired_calls()"
INDEX = "ix_ai_usage_reserved_until"
# Of a model that costs nothing it is known what a call has cost, whatever came of it
BODY = (
    "with settled as (update public.ai_usage set outcome = 'broken_off', "
    "cost_usd = case provider when 'offline' then 0 end "
    "where outcome = 'open' and reserved_until < now() returning 1) select count(*) from settled"
)


def upgrade() -> None:
    op.create_index(INDEX, "ai_usage", ["reserved_until"], postgresql_where=sa.text("outcome = 'open'"))
    op.execute(
        f"create function {DOOR} returns bigint language sql volatile security definer "
        f"set search_path = pg_catalog as $$ {BODY} $$"
    )
    op.execute(f"revoke all on function {DOOR} from public")
    op.execute(f"grant execute on function {DOOR} to {APP}")


def downgrade() -> None:
    op.execute(f"drop function {DOOR}")
    op.drop_index(INDEX, table_name="ai_usage")
