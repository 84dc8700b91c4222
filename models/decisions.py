"""What supervisors decided and said. Append-only."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value


class Verdict(enum.StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    REOPEN = "reopen"


class Tone(enum.StrEnum):
    APPRECIATION = "apresiasi"
    IMPROVEMENT = "perbaikan"
    DIRECTION = "arahan"


class Behaviour(enum.StrEnum):
    """Core values BerAKHLAK (SE MenPANRB 20/2021)."""

    SERVICE = "berorientasi_pelayanan"
    ACCOUNTABLE = "akuntabel"
    COMPETENT = "kompeten"
    HARMONIOUS = "harmonis"
    LOYAL = "loyal"
    ADAPTIVE = "adaptif"
    COLLABORATIVE = "kolaboratif"


class Progress(enum.StrEnum):
    """How a `perbaikan` that was followed up is closed."""

    IMPROVED = "membaik"
    NOT_YET = "belum"


class FeedbackKind(enum.StrEnum):
    PERIODIC = "berkala"
    INCIDENTAL = "insidentil"


class Decision(Base):
    """One verdict on one entry, on the revision of the day that was shown."""

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("days.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id", ondelete="SET NULL"), index=True)
    """None once its owner took the returned entry out of the report: the decision stays."""
    verdict: Mapped[Verdict] = mapped_column(by_value(Verdict))
    reason_code: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int]
    decided_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    capacity: Mapped[str] = mapped_column(String(40), default="supervisor")
    decided_at: Mapped[datetime] = mapped_column(index=True)


class Feedback(Base):
    """A dated note of a leader on an entry, an RHK or a behaviour (umpan balik)."""

    __tablename__ = "feedback"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id", ondelete="SET NULL"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id", ondelete="SET NULL"))
    day_id: Mapped[int | None] = mapped_column(ForeignKey("days.id", ondelete="SET NULL"))
    behaviour: Mapped[Behaviour | None] = mapped_column(by_value(Behaviour))
    kind: Mapped[FeedbackKind] = mapped_column(by_value(FeedbackKind), default=FeedbackKind.INCIDENTAL)
    tone: Mapped[Tone] = mapped_column(by_value(Tone))
    text: Mapped[str] = mapped_column(Text)
    given_at: Mapped[datetime]
    follow_up_on: Mapped[date | None]
    """From this local date on the supervisor's brief asks how it went, until it is closed."""
    closed_at: Mapped[datetime | None]
    progress: Mapped[Progress | None] = mapped_column(by_value(Progress))
    read_at: Mapped[datetime | None]
    reply: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_feedback_to_id_given_at", "to_id", "given_at"),)
