"""Delivery: lanes of the outbox, one pace for all processes, and who runs.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = "state = 'waiting'"
OPEN = "state IN ('waiting', 'sending')"
SUBMITTED = sa.text("state = 'submitted'")
ROUND = ("prompted", "reminded", "lock_warned", "plan_asked", "briefed", "nudged", "calendar_warned")
DRAWN = ("week_summed", "team_summed", "unit_summed")
INDEXES = {
    "ix_outbox_waiting": (["lane", "not_before", "id"], WAITING),
    "ix_outbox_open_person": (["person_id", "id"], OPEN),
    "ix_outbox_open_group": (["group_id", "id"], OPEN),
}


def upgrade() -> None:
    op.add_column("outbox", sa.Column("lane", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("settled_at", Instant(), nullable=True))
    outbox = sa.table("outbox", sa.column("kind", sa.String), sa.column("lane", sa.SmallInteger))
    for lane, kinds in ((1, ROUND), (2, DRAWN)):
        op.execute(outbox.update().where(outbox.c.kind.in_(kinds)).values(lane=lane))
    for name, (columns, where) in INDEXES.items():
        op.create_index(
            name, "outbox", columns, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
        )
    op.drop_index("ix_days_state_submitted_at", table_name="days")
    op.create_index(
        "ix_days_waiting",
        "days",
        ["person_id", "submitted_at"],
        postgresql_where=SUBMITTED,
        sqlite_where=SUBMITTED,
    )
    unlogged = ["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else []
    op.create_table(
        "paces",
        sa.Column("chat_id", BIG, autoincrement=False, nullable=False),
        sa.Column("free_at", sa.Double(), nullable=False),
        sa.Column("held_until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name="pk_paces"),
        prefixes=unlogged,
    )
    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("ticked_at", Instant(), nullable=True),
        sa.Column("clock_ahead", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeats"),
    )


def downgrade() -> None:
    op.drop_table("heartbeats")
    op.drop_table("paces")
    op.drop_index("ix_days_waiting", table_name="days")
    op.create_index("ix_days_state_submitted_at", "days", ["state", "submitted_at"])
    for name in INDEXES:
        op.drop_index(name, table_name="outbox")
    op.drop_column("outbox", "settled_at")
    op.drop_column("outbox", "lane")
