"""Days on which nobody, or no unit, is asked."""

import enum
from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, BigId, by_value


class HolidayKind(enum.StrEnum):
    NATIONAL = "national"
    JOINT_LEAVE = "joint_leave"
    OFFICE = "office"


class Holiday(Base):
    """A day off by rule. `estimated`: an Islamic date not yet fixed by decree.

    A row of the published calendar has a `seed_key`; an admin's own row has none. An admin takes a published
    day away by `cancelled`, never by deleting it: the next seeding would bring it back.
    """

    __tablename__ = "holidays"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[HolidayKind] = mapped_column(by_value(HolidayKind))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    estimated: Mapped[bool] = mapped_column(default=False)
    cancelled: Mapped[bool] = mapped_column(default=False)
    seed_key: Mapped[str | None] = mapped_column(String(240), unique=True)

    __table_args__ = (UniqueConstraint("day", "kind", "unit_id", "name"),)
