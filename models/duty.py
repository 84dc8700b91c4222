"""Where a person is on which days, who stands in for whom, and on which days a shift works."""

import enum
from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value


class DayKind(enum.StrEnum):
    """What kind of day it is for one person. Without a period: in the office (WFO)."""

    REMOTE = "wfh"
    FIELD = "dinas_luar"
    TRAINING = "diklat"
    LEAVE = "cuti"
    SICK = "sakit"
    PERMIT = "izin"
    OFF_DUTY = "tidak_bertugas"
    """Away, and the kind was not said: one tap is enough."""
    EXCUSED = "dibebaskan"
    """Excused by a supervisor: no report is asked for, though one may be given."""


REPORTING = frozenset({DayKind.REMOTE, DayKind.FIELD, DayKind.TRAINING})
"""Kinds of day on which a report is asked for."""


class DutyPeriod(Base):
    """A run of days of one kind, both ends included. A reason of health is never asked for and never kept."""

    __tablename__ = "duty_periods"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    kind: Mapped[DayKind] = mapped_column(by_value(DayKind))
    first: Mapped[date]
    last: Mapped[date]
    zone: Mapped[str | None] = mapped_column(String(40))
    """Where the person is on those days, when dinas luar takes them to another zone."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Of an excused day only: why the supervisor excuses it."""
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    cancelled_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_duty_periods_person_id_last", "person_id", "last"),)


class ShiftDay(Base):
    """A day on which somebody of the shift pattern works: marked by the person or the supervisor."""

    __tablename__ = "shift_days"
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    marked_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    marked_at: Mapped[datetime]


class Capacity(enum.StrEnum):
    """As what somebody decides in a supervisor's place (pelaksana tugas, pelaksana harian)."""

    PLT = "plt"
    PLH = "plh"


class ActingSupervisor(Base):
    """Somebody who decides in a supervisor's place between two local dates, both included."""

    __tablename__ = "acting_supervisors"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    acting_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    capacity: Mapped[Capacity] = mapped_column(by_value(Capacity))
    first: Mapped[date]
    last: Mapped[date]
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RamadanHours(Base):
    """The dates between which the shorter hours hold, when an admin has set them for a year."""

    __tablename__ = "ramadan_hours"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    first: Mapped[date] = mapped_column(unique=True)
    last: Mapped[date]
    set_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
