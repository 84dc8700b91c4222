"""Growth: what hangs on an RHK and who cannot be written to are found by an index.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

UNREACHABLE = sa.text("unreachable_since IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_targets_parent_id", "targets", ["parent_id"])
    op.create_index(
        "ix_accounts_unreachable",
        "accounts",
        ["person_id"],
        postgresql_where=UNREACHABLE,
        sqlite_where=UNREACHABLE,
    )


def downgrade() -> None:
    op.drop_index("ix_accounts_unreachable", table_name="accounts")
    op.drop_index("ix_targets_parent_id", table_name="targets")
