"""What the bot starts by itself, and the proof that it started it once."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value


class RoundKind(enum.StrEnum):
    """`step` counts the reminders of one day; of every other kind there is one a day, with step 0."""

    PROMPT = "prompt"
    REMINDER = "reminder"
    PLAN = "plan"
    QUEUE_NOTICE = "queue_notice"
    BRIEF = "brief"
    NUDGE = "nudge"
    """Of the person without feedback; its date is the Monday of the week, so that it is told once a week."""
    LOCK_WARNING = "lock_warning"
    CALENDAR_WARNING = "calendar_warning"
    DIGEST = "digest"
    TEAM_DIGEST = "team_digest"


class RoundState(enum.StrEnum):
    """How a round ended, once and for good.

    SENT: its message was written to the outbox. SKIPPED: its window had passed (the program was down).
    UNNEEDED: there was nothing to ask when it came due (the day was already sent; no day was waiting).
    """

    SENT = "sent"
    SKIPPED = "skipped"
    UNNEEDED = "unneeded"


class Round(Base):
    """One prompt or notice of one person and work date: the unique key decides that it happens once."""

    __tablename__ = "rounds"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    work_date: Mapped[date]
    kind: Mapped[RoundKind] = mapped_column(by_value(RoundKind))
    step: Mapped[int] = mapped_column(default=0)
    state: Mapped[RoundState] = mapped_column(by_value(RoundState))
    due_at: Mapped[datetime]
    done_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "work_date", "kind", "step"),)


class Schedule(Base):
    """When a person's next round of a kind is due; recomputed when zone, pattern, time or calendar change.

    A cache of the rules, never the proof: a row that is wrong or missing can delay a round, not double it.
    """

    __tablename__ = "schedules"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[RoundKind] = mapped_column(by_value(RoundKind), primary_key=True)
    work_date: Mapped[date]
    step: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(index=True)
    stale_at: Mapped[datetime]
    """From this instant on it is too late to start the round."""
