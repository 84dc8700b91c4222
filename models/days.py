"""A person's working day and what was done on it."""

import enum
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, by_value

SUBMITTED: ColumnElement[Any] = literal_column("'submitted'")
"""`State.SUBMITTED` as the partial index says it: a bound value would hide from the planner that it fits."""
WAITING = "state = 'submitted'"


class State(enum.StrEnum):
    """Of an entry and, derived from its entries, of a day.

    draft → submitted → approved | returned;  returned → submitted;  submitted → draft (withdrawn);
    approved → submitted (reopened by the supervisor);  draft → recorded (a head without a supervisor here).
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    RECORDED = "recorded"


class LinkSource(enum.StrEnum):
    """How an entry came to its RHK; how strongly the choice teaches."""

    SUGGESTED = "suggested"
    ACCEPTED = "accepted"
    CHOSEN = "chosen"
    COPIED = "copied"


class EvidenceKind(enum.StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"
    LINK = "link"


class Day(Base):
    """One person's report of one work date. `revision` grows with every visible change."""

    __tablename__ = "days"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    work_date: Mapped[date]
    state: Mapped[State] = mapped_column(by_value(State), default=State.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    first_submitted_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    outcomes_asked: Mapped[bool] = mapped_column(default=False)
    copied_from: Mapped[date | None]
    """Set by «Sama seperti kemarin»; the review card says so."""
    nothing_reason: Mapped[str | None] = mapped_column(Text)
    """«Tidak ada kegiatan»: an answer without entries, and why. Cleared when an entry comes after all."""

    entries: Mapped[list["Entry"]] = relationship(order_by="Entry.position, Entry.id", lazy="raise")
    __table_args__ = (
        UniqueConstraint("person_id", "work_date"),
        Index(
            "ix_days_waiting",
            "person_id",
            "submitted_at",
            postgresql_where=text(WAITING),
            sqlite_where=text(WAITING),
        ),
    )


class Entry(Base):
    """One thing done on one day (kegiatan) and what came of it (hasil)."""

    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day_id: Mapped[int] = mapped_column(ForeignKey("days.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    state: Mapped[State] = mapped_column(by_value(State), default=State.DRAFT)
    activity: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    quantity: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(60))
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    minutes: Mapped[int | None]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"), index=True)
    outside_plan: Mapped[bool] = mapped_column(default=False)
    link_source: Mapped[LinkSource | None] = mapped_column(by_value(LinkSource))
    confident: Mapped[bool] = mapped_column(default=False)
    """The suggestion was good enough to be preselected."""
    outcome_skipped: Mapped[bool] = mapped_column(default=False)
    repeat_noted: Mapped[bool] = mapped_column(default=False)
    """It was pointed out once that the outcome only repeats the activity."""
    source_chat_id: Mapped[int | None]
    source_message_id: Mapped[int | None]
    source_index: Mapped[int | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was returned, while it is returned; the whole story is in decisions."""
    before: Mapped[dict[str, Any] | None]
    """The fields as they were when the supervisor last returned it: what the new version changed."""

    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", lazy="raise")
    __table_args__ = (Index("ix_entries_source", "source_chat_id", "source_message_id"),)


class Evidence(Base):
    """Bukti dukung. A file counts once its bytes are stored: `sha256` names them under EVIDENCE_DIR."""

    __tablename__ = "evidence"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id", ondelete="SET NULL"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(by_value(EvidenceKind))
    url: Mapped[str | None] = mapped_column(Text)
    file_id: Mapped[str | None] = mapped_column(String(200))
    file_unique_id: Mapped[str | None] = mapped_column(String(100))
    file_name: Mapped[str | None] = mapped_column(String(255))
    mime_type: Mapped[str | None] = mapped_column(String(120))
    size: Mapped[int | None]
    album: Mapped[str | None] = mapped_column(String(64), index=True)
    source_message_id: Mapped[int | None]
    created_at: Mapped[datetime]
    sha256: Mapped[str | None] = mapped_column(String(64))
    stored_at: Mapped[datetime | None]
    fetch_attempts: Mapped[int] = mapped_column(default=0)
    fetch_after: Mapped[datetime | None] = mapped_column(index=True)
    """When the bytes are to be fetched (again); None: nothing left to fetch."""
    failed_at: Mapped[datetime | None]
