"""What somebody means to do on a day, and what stands in the way."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId


class PlanLine(Base):
    """One line of a morning plan (rencana). Unfinished, it is shown once more on the next workday."""

    __tablename__ = "plan_lines"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    work_date: Mapped[date]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id", ondelete="SET NULL"), index=True)
    """The entry it became; None: unfinished."""

    __table_args__ = (Index("ix_plan_lines_person_id_work_date", "person_id", "work_date"),)


class Blocker(Base):
    """What stands in the way (kendala) of an entry or a day; it stays until it is closed."""

    __tablename__ = "blockers"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    day_id: Mapped[int | None] = mapped_column(ForeignKey("days.id", ondelete="SET NULL"), index=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entries.id", ondelete="SET NULL"), index=True)
    work_date: Mapped[date]
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    source_chat_id: Mapped[int | None]
    source_message_id: Mapped[int | None]
    """The report it was read from; None: it was asked for."""

    __table_args__ = (Index("ix_blockers_source", "source_chat_id", "source_message_id"),)
