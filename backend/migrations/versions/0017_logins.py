"""A login that owns nothing can tell which schema it finds."""

from collections.abc import Sequence

from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

APP = "sigmasight_app"


def upgrade() -> None:
    op.execute(f"grant select on alembic_version to {APP}")


def downgrade() -> None:
    op.execute(f"revoke select on alembic_version from {APP}")
