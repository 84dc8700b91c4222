"""What a person promised for the year: SKP, RHK and indicators."""

import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, by_value


class Section(enum.StrEnum):
    MAIN = "utama"
    ADDITIONAL = "tambahan"


class Aspect(enum.StrEnum):
    QUANTITY = "kuantitas"
    QUALITY = "kualitas"
    TIME = "waktu"
    COST = "biaya"


class PerformancePlan(Base):
    """A person's SKP of one year (PermenPANRB 6/2022)."""

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    year: Mapped[int]
    created_at: Mapped[datetime]

    targets: Mapped[list["Target"]] = relationship(order_by="Target.position", lazy="raise")
    __table_args__ = (UniqueConstraint("person_id", "year"),)


class Target(Base):
    """One RHK (rencana hasil kerja). `parent_text` is the supervisor's RHK as the file words it."""

    __tablename__ = "targets"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    section: Mapped[Section] = mapped_column(by_value(Section), default=Section.MAIN)
    text: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id", ondelete="SET NULL"))
    parent_text: Mapped[str | None] = mapped_column(Text)
    retired_at: Mapped[datetime | None]
    """Set when a newer import no longer names it: old entries keep it, new ones cannot choose it."""

    indicators: Mapped[list["Indicator"]] = relationship(order_by="Indicator.position", lazy="raise")


class Indicator(Base):
    """One IKI (indikator kinerja individu) of an RHK."""

    __tablename__ = "indicators"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    aspect: Mapped[Aspect] = mapped_column(by_value(Aspect))
    text: Mapped[str] = mapped_column(Text)
    goal: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    goal_text: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(60))
