"""Rounds: days away, shifts, acting supervisors, plans, blockers, groups and weekly summaries.

Tables that others refer to are only added to, never rebuilt: on SQLite a rebuilt table takes its children
with it.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from models.base import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_tables()
    op.add_column("days", sa.Column("nothing_reason", sa.Text(), nullable=True))
    op.add_column("feedback", sa.Column("closed_at", Instant(), nullable=True))
    op.add_column(
        "feedback",
        sa.Column(
            "progress",
            sa.Enum("membaik", "belum", name="progress", native_enum=False, length=32),
            nullable=True,
        ),
    )
    op.add_column("people", sa.Column("reminder_cap", BIG, nullable=False, server_default="3"))
    op.add_column("people", sa.Column("reminders_from", sa.Date(), nullable=True))
    op.add_column("people", sa.Column("plan_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("schedules", sa.Column("step", BIG, nullable=False, server_default="0"))
    with op.batch_alter_table("rounds") as rounds:
        rounds.add_column(sa.Column("step", BIG, nullable=False, server_default="0"))
        rounds.drop_constraint("uq_rounds_person_id_work_date_kind", type_="unique")
        rounds.create_unique_constraint(
            "uq_rounds_person_id_work_date_kind_step", ["person_id", "work_date", "kind", "step"]
        )
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("group_id", BIG, nullable=True))
        outbox.add_column(sa.Column("stale_at", Instant(), nullable=True))
        outbox.alter_column("person_id", existing_type=BIG, nullable=True)
        outbox.create_index("ix_outbox_group_id", ["group_id"])
        outbox.create_foreign_key(
            "fk_outbox_group_id_groups", "groups", ["group_id"], ["id"], ondelete="CASCADE"
        )


def _create_tables() -> None:
    op.create_table('acting_supervisors',
    sa.Column('id', BIG, nullable=False),
    sa.Column('supervisor_id', BIG, nullable=False),
    sa.Column('acting_id', BIG, nullable=False),
    sa.Column('capacity', sa.Enum('plt', 'plh', name='capacity', native_enum=False, length=32), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('set_by', BIG, nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('ended_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['acting_id'], ['people.id'], name='fk_acting_supervisors_acting_id_people', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['set_by'], ['people.id'], name='fk_acting_supervisors_set_by_people'),
    sa.ForeignKeyConstraint(['supervisor_id'], ['people.id'], name='fk_acting_supervisors_supervisor_id_people', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_acting_supervisors')
    )
    op.create_index('ix_acting_supervisors_acting_id', 'acting_supervisors', ['acting_id'])
    op.create_index('ix_acting_supervisors_supervisor_id', 'acting_supervisors', ['supervisor_id'])

    op.create_table('duty_periods',
    sa.Column('id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('kind', sa.Enum('wfh', 'dinas_luar', 'diklat', 'cuti', 'sakit', 'izin', 'tidak_bertugas', 'dibebaskan', name='daykind', native_enum=False, length=32), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('created_by', BIG, nullable=False),
    sa.Column('cancelled_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['people.id'], name='fk_duty_periods_created_by_people'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_duty_periods_person_id_people', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_duty_periods')
    )
    op.create_index('ix_duty_periods_person_id_last', 'duty_periods', ['person_id', 'last'])

    op.create_table('groups',
    sa.Column('id', BIG, nullable=False),
    sa.Column('chat_id', BIG, nullable=False),
    sa.Column('thread_id', BIG, nullable=True),
    sa.Column('title', sa.String(length=255), nullable=False),
    sa.Column('unit_id', BIG, nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('linked_by', BIG, nullable=False),
    sa.Column('linked_at', Instant(), nullable=False),
    sa.Column('unlinked_at', Instant(), nullable=True),
    sa.Column('problem', sa.String(length=40), nullable=True),
    sa.Column('work_date', sa.Date(), nullable=True),
    sa.Column('due_at', Instant(), nullable=True),
    sa.Column('stale_at', Instant(), nullable=True),
    sa.ForeignKeyConstraint(['linked_by'], ['people.id'], name='fk_groups_linked_by_people'),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name='fk_groups_unit_id_units', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_groups')
    )
    op.create_index('ix_groups_chat_id', 'groups', ['chat_id'])
    op.create_index('ix_groups_due_at', 'groups', ['due_at'])
    op.create_index('ix_groups_unit_id', 'groups', ['unit_id'])

    op.create_table('ramadan_hours',
    sa.Column('id', BIG, nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('set_by', BIG, nullable=False),
    sa.Column('set_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['set_by'], ['people.id'], name='fk_ramadan_hours_set_by_people'),
    sa.PrimaryKeyConstraint('id', name='pk_ramadan_hours'),
    sa.UniqueConstraint('first', name='uq_ramadan_hours_first')
    )
    op.create_table('shift_days',
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('marked_by', BIG, nullable=False),
    sa.Column('marked_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['marked_by'], ['people.id'], name='fk_shift_days_marked_by_people'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_shift_days_person_id_people', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'day', name='pk_shift_days')
    )
    op.create_table('digests',
    sa.Column('id', BIG, nullable=False),
    sa.Column('kind', sa.Enum('person', 'team', 'unit', name='digestkind', native_enum=False, length=32), nullable=False),
    sa.Column('person_id', BIG, nullable=True),
    sa.Column('group_id', BIG, nullable=True),
    sa.Column('week', sa.Date(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('cut_from', Instant(), nullable=True),
    sa.Column('cut_to', Instant(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['groups.id'], name='fk_digests_group_id_groups', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_digests_person_id_people', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_digests'),
    sa.UniqueConstraint('kind', 'group_id', 'week', name='uq_digests_kind_group_id_week'),
    sa.UniqueConstraint('kind', 'person_id', 'week', name='uq_digests_kind_person_id_week')
    )
    op.create_table('blockers',
    sa.Column('id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('day_id', BIG, nullable=True),
    sa.Column('entry_id', BIG, nullable=True),
    sa.Column('work_date', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('raised_at', Instant(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('answered_by', BIG, nullable=True),
    sa.Column('answered_at', Instant(), nullable=True),
    sa.Column('closed_at', Instant(), nullable=True),
    sa.Column('closed_by', BIG, nullable=True),
    sa.Column('source_chat_id', BIG, nullable=True),
    sa.Column('source_message_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['answered_by'], ['people.id'], name='fk_blockers_answered_by_people'),
    sa.ForeignKeyConstraint(['closed_by'], ['people.id'], name='fk_blockers_closed_by_people'),
    sa.ForeignKeyConstraint(['day_id'], ['days.id'], name='fk_blockers_day_id_days', ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name='fk_blockers_entry_id_entries', ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_blockers_person_id_people', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_blockers')
    )
    op.create_index('ix_blockers_day_id', 'blockers', ['day_id'])
    op.create_index('ix_blockers_entry_id', 'blockers', ['entry_id'])
    op.create_index('ix_blockers_person_id', 'blockers', ['person_id'])
    op.create_index('ix_blockers_source', 'blockers', ['source_chat_id', 'source_message_id'])

    op.create_table('plan_lines',
    sa.Column('id', BIG, nullable=False),
    sa.Column('person_id', BIG, nullable=False),
    sa.Column('work_date', sa.Date(), nullable=False),
    sa.Column('position', BIG, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', Instant(), nullable=False),
    sa.Column('entry_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['entry_id'], ['entries.id'], name='fk_plan_lines_entry_id_entries', ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name='fk_plan_lines_person_id_people', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name='pk_plan_lines')
    )
    op.create_index('ix_plan_lines_entry_id', 'plan_lines', ['entry_id'])
    op.create_index('ix_plan_lines_person_id_work_date', 'plan_lines', ['person_id', 'work_date'])


ROUNDS_BEFORE = ("prompt", "queue_notice")
NOTICES_BEFORE = (
    "album_attached",
    "day_approved",
    "day_reopened",
    "entry_returned",
    "evidence_lost",
    "feedback_given",
    "feedback_replied",
    "join_undone",
    "person_joined",
    "prompted",
    "queue_changed",
    "queue_noticed",
)
"""What the program of 0001 knows: it cannot read a row of any other kind."""


def downgrade() -> None:
    _forget_new_kinds()
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_constraint("fk_outbox_group_id_groups", type_="foreignkey")
        outbox.drop_index("ix_outbox_group_id")
        outbox.alter_column("person_id", existing_type=BIG, nullable=False)
        outbox.drop_column("group_id")
        outbox.drop_column("stale_at")
    with op.batch_alter_table("rounds") as rounds:
        rounds.drop_constraint("uq_rounds_person_id_work_date_kind_step", type_="unique")
        rounds.create_unique_constraint(
            "uq_rounds_person_id_work_date_kind", ["person_id", "work_date", "kind"]
        )
        rounds.drop_column("step")
    op.drop_column("schedules", "step")
    for column in ("plan_asked", "reminders_from", "reminder_cap"):
        op.drop_column("people", column)
    op.drop_column("feedback", "progress")
    op.drop_column("feedback", "closed_at")
    op.drop_column("days", "nothing_reason")
    for table in (
        "plan_lines",
        "blockers",
        "digests",
        "shift_days",
        "ramadan_hours",
        "groups",
        "duty_periods",
        "acting_supervisors",
    ):
        op.drop_table(table)


def _forget_new_kinds() -> None:
    outbox = sa.table("outbox", sa.column("kind"), sa.column("state"), sa.column("person_id"))
    unknown = sa.and_(outbox.c.state == "waiting", outbox.c.kind.not_in(NOTICES_BEFORE))
    op.execute(sa.delete(outbox).where(sa.or_(outbox.c.person_id.is_(None), unknown)))
    for name in ("schedules", "rounds"):
        rows = sa.table(name, sa.column("kind"))
        op.execute(sa.delete(rows).where(rows.c.kind.not_in(ROUNDS_BEFORE)))
