"""Who works here, who decides on whom, and which Telegram account is theirs."""

import enum
from datetime import date, datetime, time

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, by_value

UNREACHABLE = "unreachable_since IS NOT NULL"


class RoleName(enum.StrEnum):
    STAFF = "staff"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    OBSERVER = "observer"


class Pattern(enum.StrEnum):
    """Working pattern (pola kerja): which weekdays are workdays. SHIFT: only marked days."""

    FIVE_DAYS = "five_days"
    SIX_DAYS = "six_days"
    SHIFT = "shift"


class Employment(enum.StrEnum):
    PNS = "pns"
    PPPK = "pppk"
    HONORER = "honorer"


class Unit(Base):
    """A unit kerja."""

    __tablename__ = "units"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Person(Base):
    """Somebody who works here. `staff_number` (id_pegawai) identifies those without a NIP."""

    __tablename__ = "people"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    nip: Mapped[str | None] = mapped_column(String(18), unique=True)
    staff_number: Mapped[str | None] = mapped_column(String(40), unique=True)
    rank: Mapped[str | None] = mapped_column(String(100))
    position: Mapped[str | None] = mapped_column(String(200))
    employment: Mapped[Employment | None] = mapped_column(by_value(Employment))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    zone: Mapped[str] = mapped_column(String(40), default="Asia/Jakarta")
    pattern: Mapped[Pattern] = mapped_column(by_value(Pattern), default=Pattern.FIVE_DAYS)
    prompt_time: Mapped[time | None] = mapped_column()
    """Own local time of the prompt; None: 30 minutes before the end of the day."""
    reminder_cap: Mapped[int] = mapped_column(default=3)
    """How often the person lets themselves be reminded of a day: 0 to 3."""
    reminders_from: Mapped[date | None] = mapped_column()
    """No reminder before this work date (jeda pengingat); None: no pause."""
    plan_asked: Mapped[bool] = mapped_column(default=False)
    """Whether the person wants to be asked for a plan in the morning."""
    language: Mapped[str] = mapped_column(String(2), default="id")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship(lazy="raise")
    supervisor: Mapped["Person | None"] = relationship(remote_side=[id], lazy="raise")


class Role(Base):
    """One role a person holds. Who decides on whom is `Person.supervisor_id`, never this."""

    __tablename__ = "roles"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[RoleName] = mapped_column(by_value(RoleName), primary_key=True)


class Account(Base):
    """The Telegram account a person joined with; one each way while it is linked."""

    __tablename__ = "accounts"
    user_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), unique=True)
    chat_id: Mapped[int] = mapped_column(unique=True)
    joined_at: Mapped[datetime]
    unreachable_since: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ix_accounts_unreachable",
            "person_id",
            postgresql_where=text(UNREACHABLE),
            sqlite_where=text(UNREACHABLE),
        ),
    )


class Invitation(Base):
    """A one-time link: 128 random bits, kept as a hash, that expires."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None]
    revoked_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Who did what to what, for the record. `detail` never holds typed text."""

    __tablename__ = "audit_events"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None]
    detail: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_audit_events_subject", "subject", "subject_id"),)
