"""The first schema.

Revision ID: 0001
Revises: nothing
"""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("chat_id", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", BIG, autoincrement=False, nullable=False),
        sa.Column("message_id", BIG, nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "kind", "subject_id", name="pk_cards"),
    )
    op.create_index("ix_cards_message", "cards", ["chat_id", "message_id"])
    op.create_table(
        "dialogues",
        sa.Column("chat_id", BIG, autoincrement=False, nullable=False),
        sa.Column("step", sa.String(length=40), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("chat_id", name="pk_dialogues"),
    )
    op.create_table(
        "failed_updates",
        sa.Column("id", BIG, nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("replayed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_failed_updates"),
        sa.UniqueConstraint("reference", name="uq_failed_updates_reference"),
    )
    op.create_table(
        "seen_updates",
        sa.Column("bot_id", BIG, autoincrement=False, nullable=False),
        sa.Column("update_id", BIG, autoincrement=False, nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("card_kind", sa.String(length=20), nullable=True),
        sa.Column("card_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("bot_id", "update_id", name="pk_seen_updates"),
    )
    op.create_index("ix_seen_updates_seen_at", "seen_updates", ["seen_at"])
    op.create_table(
        "units",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_units"),
        sa.UniqueConstraint("name", name="uq_units_name"),
    )
    op.create_table(
        "holidays",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("national", "joint_leave", "office", name="holidaykind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("seed_key", sa.String(length=240), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name="fk_holidays_unit_id_units", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_holidays"),
        sa.UniqueConstraint("day", "kind", "unit_id", "name", name="uq_holidays_day_kind_unit_id_name"),
        sa.UniqueConstraint("seed_key", name="uq_holidays_seed_key"),
    )
    op.create_index("ix_holidays_day", "holidays", ["day"])
    op.create_table(
        "people",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("staff_number", sa.String(length=40), nullable=True),
        sa.Column("rank", sa.String(length=100), nullable=True),
        sa.Column("position", sa.String(length=200), nullable=True),
        sa.Column(
            "employment",
            sa.Enum("pns", "pppk", "honorer", name="employment", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("unit_id", BIG, nullable=True),
        sa.Column("supervisor_id", BIG, nullable=True),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column(
            "pattern",
            sa.Enum("five_days", "six_days", "shift", name="pattern", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("prompt_time", sa.Time(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["supervisor_id"], ["people.id"], name="fk_people_supervisor_id_people"),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name="fk_people_unit_id_units"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("nip", name="uq_people_nip"),
        sa.UniqueConstraint("staff_number", name="uq_people_staff_number"),
    )
    op.create_index("ix_people_supervisor_id", "people", ["supervisor_id"])
    op.create_index("ix_people_unit_id", "people", ["unit_id"])
    op.create_table(
        "accounts",
        sa.Column("user_id", BIG, autoincrement=False, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("chat_id", BIG, nullable=False),
        sa.Column("joined_at", Instant(), nullable=False),
        sa.Column("unreachable_since", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_accounts_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name="pk_accounts"),
        sa.UniqueConstraint("chat_id", name="uq_accounts_chat_id"),
        sa.UniqueConstraint("person_id", name="uq_accounts_person_id"),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("subject_id", BIG, nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name="fk_audit_events_actor_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_subject", "audit_events", ["subject", "subject_id"])
    op.create_table(
        "days",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("work_date", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "approved",
                "recorded",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("first_submitted_at", Instant(), nullable=True),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("outcomes_asked", sa.Boolean(), nullable=False),
        sa.Column("copied_from", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_days_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_days"),
        sa.UniqueConstraint("person_id", "work_date", name="uq_days_person_id_work_date"),
    )
    op.create_index("ix_days_state_submitted_at", "days", ["state", "submitted_at"])
    op.create_table(
        "invitations",
        sa.Column("id", BIG, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("used_by", BIG, nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_invitations_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_invitations_token_hash"),
    )
    op.create_index("ix_invitations_person_id", "invitations", ["person_id"])
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "sending",
                "sent",
                "failed",
                "uncertain",
                name="outboxstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("claimed_at", Instant(), nullable=True),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("message_id", BIG, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_outbox_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_person_id", "outbox", ["person_id"])
    op.create_index("ix_outbox_state_not_before", "outbox", ["state", "not_before"])
    op.create_table(
        "plans",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("year", BIG, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_plans_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("person_id", "year", name="uq_plans_person_id_year"),
    )
    op.create_table(
        "roles",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "staff", "supervisor", "admin", "observer", name="rolename", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_roles_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_roles"),
    )
    op.create_table(
        "rounds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("work_date", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("prompt", "queue_notice", name="roundkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("sent", "skipped", "unneeded", name="roundstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_rounds_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rounds"),
        sa.UniqueConstraint("person_id", "work_date", "kind", name="uq_rounds_person_id_work_date_kind"),
    )
    op.create_table(
        "schedules",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column(
            "kind",
            sa.Enum("prompt", "queue_notice", name="roundkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("work_date", sa.Date(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("stale_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_schedules_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_schedules"),
    )
    op.create_index("ix_schedules_due_at", "schedules", ["due_at"])
    op.create_table(
        "targets",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column(
            "section",
            sa.Enum("utama", "tambahan", name="section", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("parent_id", BIG, nullable=True),
        sa.Column("parent_text", sa.Text(), nullable=True),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["targets.id"], name="fk_targets_parent_id_targets", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name="fk_targets_plan_id_plans", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
    )
    op.create_index("ix_targets_plan_id", "targets", ["plan_id"])
    op.create_table(
        "entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "approved",
                "recorded",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("quantity", BIG, nullable=True),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("minutes", BIG, nullable=True),
        sa.Column("target_id", BIG, nullable=True),
        sa.Column("outside_plan", sa.Boolean(), nullable=False),
        sa.Column(
            "link_source",
            sa.Enum(
                "suggested", "accepted", "chosen", "copied", name="linksource", native_enum=False, length=32
            ),
            nullable=True,
        ),
        sa.Column("confident", sa.Boolean(), nullable=False),
        sa.Column("outcome_skipped", sa.Boolean(), nullable=False),
        sa.Column("repeat_noted", sa.Boolean(), nullable=False),
        sa.Column("source_chat_id", BIG, nullable=True),
        sa.Column("source_message_id", BIG, nullable=True),
        sa.Column("source_index", BIG, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_entries_day_id_days", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name="fk_entries_target_id_targets"),
        sa.PrimaryKeyConstraint("id", name="pk_entries"),
    )
    op.create_index("ix_entries_day_id", "entries", ["day_id"])
    op.create_index("ix_entries_source", "entries", ["source_chat_id", "source_message_id"])
    op.create_index("ix_entries_target_id", "entries", ["target_id"])
    op.create_table(
        "indicators",
        sa.Column("id", BIG, nullable=False),
        sa.Column("target_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column(
            "aspect",
            sa.Enum("kuantitas", "kualitas", "waktu", "biaya", name="aspect", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("goal", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("goal_text", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(
            ["target_id"], ["targets.id"], name="fk_indicators_target_id_targets", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_indicators"),
    )
    op.create_index("ix_indicators_target_id", "indicators", ["target_id"])
    op.create_table(
        "decisions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("day_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column(
            "verdict",
            sa.Enum("approve", "return", "reopen", name="verdict", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason_code", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("decided_by", BIG, nullable=False),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_decisions_day_id_days", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_decisions_decided_by_people"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_decisions_entry_id_entries", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_day_id", "decisions", ["day_id"])
    op.create_index("ix_decisions_decided_at", "decisions", ["decided_at"])
    op.create_index("ix_decisions_entry_id", "decisions", ["entry_id"])
    op.create_table(
        "evidence",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column(
            "kind",
            sa.Enum("photo", "document", "link", name="evidencekind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("file_id", sa.String(length=200), nullable=True),
        sa.Column("file_unique_id", sa.String(length=100), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=True),
        sa.Column("mime_type", sa.String(length=120), nullable=True),
        sa.Column("size", BIG, nullable=True),
        sa.Column("album", sa.String(length=64), nullable=True),
        sa.Column("source_message_id", BIG, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("stored_at", Instant(), nullable=True),
        sa.Column("fetch_attempts", BIG, nullable=False),
        sa.Column("fetch_after", Instant(), nullable=True),
        sa.Column("failed_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_evidence_entry_id_entries", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_evidence_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_album", "evidence", ["album"])
    op.create_index("ix_evidence_entry_id", "evidence", ["entry_id"])
    op.create_index("ix_evidence_fetch_after", "evidence", ["fetch_after"])
    op.create_index("ix_evidence_person_id", "evidence", ["person_id"])
    op.create_table(
        "feedback",
        sa.Column("id", BIG, nullable=False),
        sa.Column("from_id", BIG, nullable=False),
        sa.Column("to_id", BIG, nullable=False),
        sa.Column("entry_id", BIG, nullable=True),
        sa.Column("target_id", BIG, nullable=True),
        sa.Column("day_id", BIG, nullable=True),
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
            nullable=True,
        ),
        sa.Column(
            "kind",
            sa.Enum("berkala", "insidentil", name="feedbackkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "tone",
            sa.Enum("apresiasi", "perbaikan", "arahan", name="tone", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name="fk_feedback_day_id_days", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name="fk_feedback_entry_id_entries", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"], name="fk_feedback_from_id_people"),
        sa.ForeignKeyConstraint(
            ["target_id"], ["targets.id"], name="fk_feedback_target_id_targets", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["to_id"], ["people.id"], name="fk_feedback_to_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_from_id", "feedback", ["from_id"])
    op.create_index("ix_feedback_to_id_given_at", "feedback", ["to_id", "given_at"])


def downgrade() -> None:
    op.drop_table("feedback")
    op.drop_table("evidence")
    op.drop_table("decisions")
    op.drop_table("indicators")
    op.drop_table("entries")
    op.drop_table("targets")
    op.drop_table("schedules")
    op.drop_table("rounds")
    op.drop_table("roles")
    op.drop_table("plans")
    op.drop_table("outbox")
    op.drop_table("invitations")
    op.drop_table("days")
    op.drop_table("audit_events")
    op.drop_table("accounts")
    op.drop_table("people")
    op.drop_table("holidays")
    op.drop_table("units")
    op.drop_table("seen_updates")
    op.drop_table("failed_updates")
    op.drop_table("dialogues")
    op.drop_table("cards")
