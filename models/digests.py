"""Weekly summaries, each with the cut that says what it counts, and the groups they go to."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value


class Group(Base):
    """A Telegram group, or one topic of a forum, that receives a unit's weekly summary.

    `due_at`, `stale_at`, `work_date`: its next summary, a cache of the rules as `Schedule` is for people.
    """

    __tablename__ = "groups"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    chat_id: Mapped[int] = mapped_column(index=True)
    thread_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(255))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Jakarta")
    language: Mapped[str] = mapped_column(String(2), default="id")
    linked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    linked_at: Mapped[datetime]
    unlinked_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(40))
    """Why nothing can be sent there at present: removed, topic_closed, no_rights; None: all is well."""
    work_date: Mapped[date | None]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    stale_at: Mapped[datetime | None]


class DigestKind(enum.StrEnum):
    PERSON = "person"
    TEAM = "team"
    UNIT = "unit"


class Digest(Base):
    """One weekly summary: what it counts is fixed by its dates and its cut, so that it can be shown again.

    Participation counts the work dates `first` to `last`, both included; approvals and feedback the instants
    `[cut_from, cut_to)`. The unique key makes one of each week; `cut_from` is the `cut_to` before it.
    """

    __tablename__ = "digests"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[DigestKind] = mapped_column(by_value(DigestKind))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"))
    week: Mapped[date]
    """The Thursday that ends the week it is about."""
    first: Mapped[date]
    last: Mapped[date]
    cut_from: Mapped[datetime | None]
    """None: there was no summary before it."""
    cut_to: Mapped[datetime]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("kind", "person_id", "week"),
        UniqueConstraint("kind", "group_id", "week"),
    )
