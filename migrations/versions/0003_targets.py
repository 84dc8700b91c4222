"""Targets: how an SKP is agreed and reworded, its annexes, dated values, action steps, the e-Kinerja sheet.

Plans that stand here came by import and were in use: they count as agreed. As in 0002, tables that others
refer to are only added to.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "sheet_rows",
    "indicator_values",
    "action_steps",
    "plan_events",
    "expectations",
    "annex_lines",
)
NOTICES = (
    "plan_proposed",
    "plan_withdrawn",
    "plan_returned",
    "plan_agreed",
    "expectation_set",
    "value_reported",
    "value_decided",
)
"""Outbox kinds that the version before does not know."""
COLUMNS = {
    "indicators": ("lineage_id",),
    "plans": (
        "form",
        "state",
        "version",
        "agreed_version",
        "revision",
        "proposed_at",
        "agreed_at",
        "return_reason",
    ),
    "targets": (
        "perspective",
        "lineage_id",
        "since_version",
        "until_version",
        "pending",
        "replaces_id",
        "drop_asked",
        "created_at",
    ),
}


def upgrade() -> None:
    _create_tables()
    op.add_column("indicators", sa.Column("lineage_id", BIG, nullable=True))
    op.create_index("ix_indicators_lineage_id", "indicators", ["lineage_id"])
    op.add_column(
        "plans",
        sa.Column(
            "form",
            sa.Enum("jpt", "umum", name="planform", native_enum=False, length=32),
            nullable=False,
            server_default="umum",
        ),
    )
    op.add_column(
        "plans",
        sa.Column(
            "state",
            sa.Enum(
                "draft", "proposed", "returned", "agreed", name="planstate", native_enum=False, length=32
            ),
            nullable=False,
            server_default="agreed",
        ),
    )
    op.add_column("plans", sa.Column("version", BIG, nullable=False, server_default="1"))
    op.add_column("plans", sa.Column("agreed_version", BIG, nullable=False, server_default="1"))
    op.add_column("plans", sa.Column("revision", BIG, nullable=False, server_default="1"))
    op.add_column("plans", sa.Column("proposed_at", Instant(), nullable=True))
    op.add_column("plans", sa.Column("agreed_at", Instant(), nullable=True))
    op.add_column("plans", sa.Column("return_reason", sa.Text(), nullable=True))
    op.add_column(
        "targets",
        sa.Column(
            "perspective",
            sa.Enum(
                "penerima_layanan",
                "proses_bisnis",
                "penguatan_internal",
                "anggaran",
                name="perspective",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
    )
    op.add_column("targets", sa.Column("lineage_id", BIG, nullable=True))
    op.add_column("targets", sa.Column("since_version", BIG, nullable=False, server_default="1"))
    op.add_column("targets", sa.Column("until_version", BIG, nullable=True))
    op.add_column("targets", sa.Column("pending", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("targets", sa.Column("replaces_id", BIG, nullable=True))
    op.add_column("targets", sa.Column("drop_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("targets", sa.Column("created_at", Instant(), nullable=True))
    op.create_index("ix_targets_lineage_id", "targets", ["lineage_id"])
    op.execute("UPDATE plans SET agreed_at = created_at")
    op.execute("UPDATE targets SET until_version = 1 WHERE retired_at IS NOT NULL")


def _create_tables() -> None:
    op.create_table(
        "annex_lines",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "dukungan_sumber_daya",
                "skema_pertanggungjawaban",
                "konsekuensi",
                name="annexkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since_version", BIG, nullable=False),
        sa.Column("until_version", BIG, nullable=True),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("drop_asked", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name="fk_annex_lines_plan_id_plans", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_annex_lines"),
    )
    op.create_index("ix_annex_lines_plan_id", "annex_lines", ["plan_id"])
    op.create_table(
        "expectations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column(
            "behaviour",
            sa.Enum(
                "berorientasi_pelayanan",
                "akuntabel",
                "kompeten",
                "harmonis",
                "loyal",
                "adaptif",
                "kolaboratif",
                name="behaviour",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("set_by", BIG, nullable=True),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name="fk_expectations_plan_id_plans", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name="fk_expectations_set_by_people"),
        sa.PrimaryKeyConstraint("id", name="pk_expectations"),
    )
    op.create_index("ix_expectations_plan_id", "expectations", ["plan_id"])
    op.create_table(
        "plan_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "proposed",
                "withdrawn",
                "returned",
                "agreed",
                "imported",
                name="stepverdict",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name="fk_plan_events_by_id_people"),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name="fk_plan_events_plan_id_plans", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_plan_events"),
    )
    op.create_index("ix_plan_events_plan_id", "plan_events", ["plan_id"])
    op.create_table(
        "action_steps",
        sa.Column("id", BIG, nullable=False),
        sa.Column("target_id", BIG, nullable=False),
        sa.Column("quarter", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("goal", BIG, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.CheckConstraint("quarter between 1 and 4", name="ck_action_steps_quarter"),
        sa.ForeignKeyConstraint(
            ["target_id"], ["targets.id"], name="fk_action_steps_target_id_targets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_action_steps"),
    )
    op.create_index("ix_action_steps_target_id", "action_steps", ["target_id"])
    op.create_table(
        "indicator_values",
        sa.Column("id", BIG, nullable=False),
        sa.Column("indicator_id", BIG, nullable=False),
        sa.Column("number", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("reported", "confirmed", "returned", name="valuestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_indicator_values_decided_by_people"),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["indicators.id"],
            name="fk_indicator_values_indicator_id_indicators",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_indicator_values"),
    )
    op.create_index("ix_indicator_values_indicator_id", "indicator_values", ["indicator_id"])
    op.create_table(
        "sheet_rows",
        sa.Column("entry_id", BIG, nullable=False),
        sa.Column("step_id", BIG, nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("quantity", BIG, nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("copied_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_sheet_rows_entry_id_entries", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["action_steps.id"], name="fk_sheet_rows_step_id_action_steps", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("entry_id", name="pk_sheet_rows"),
    )
    op.create_index("ix_sheet_rows_step_id", "sheet_rows", ["step_id"])


def downgrade() -> None:
    outbox = sa.table("outbox", sa.column("kind"), sa.column("state"))
    op.execute(sa.delete(outbox).where(outbox.c.state == "waiting", outbox.c.kind.in_(NOTICES)))
    for table in TABLES:
        op.drop_table(table)
    for table in ("indicators", "targets"):
        op.drop_index(f"ix_{table}_lineage_id", table_name=table)
    op.execute("DELETE FROM targets WHERE pending")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
