"""What a person promised for the year: SKP, RHK and indicators, and how it was agreed (PermenPANRB 6/2022).

An RHK is never overwritten once somebody may have been judged by it. A changed one is a new `Target` of the
same lineage; the old one is retired and keeps its entries. The same holds for annex lines and action steps.
"""

import enum
from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, BigId, by_value
from models.decisions import Behaviour


class Section(enum.StrEnum):
    MAIN = "utama"
    ADDITIONAL = "tambahan"


class Aspect(enum.StrEnum):
    QUANTITY = "kuantitas"
    QUALITY = "kualitas"
    TIME = "waktu"
    COST = "biaya"


class PlanForm(enum.StrEnum):
    """Which SKP form: of a high official (pejabat pimpinan tinggi), or of everybody else."""

    JPT = "jpt"
    COMMON = "umum"


class PlanState(enum.StrEnum):
    """draft → proposed → agreed | returned;  returned → proposed;  proposed → draft (withdrawn);
    agreed → draft (a change begins the next version; what was agreed holds until the next is).
    """

    DRAFT = "draft"
    PROPOSED = "proposed"
    RETURNED = "returned"
    AGREED = "agreed"


class Perspective(enum.StrEnum):
    """Of an RHK in the JPT form."""

    CUSTOMER = "penerima_layanan"
    PROCESS = "proses_bisnis"
    INTERNAL = "penguatan_internal"
    BUDGET = "anggaran"


class AnnexKind(enum.StrEnum):
    """The three annexes of an SKP."""

    SUPPORT = "dukungan_sumber_daya"
    ACCOUNTABILITY = "skema_pertanggungjawaban"
    CONSEQUENCE = "konsekuensi"


class StepVerdict(enum.StrEnum):
    """What was done with a plan in the dialogue (dialog kinerja)."""

    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    AGREED = "agreed"
    IMPORTED = "imported"


class ValueState(enum.StrEnum):
    """reported → confirmed | returned;  a newer report replaces one that is not confirmed yet."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    RETURNED = "returned"


class PerformancePlan(Base):
    """A person's SKP of one year. `version`: the one in hand; `agreed_version`: the one that holds, 0: none.

    `revision` grows with every visible change: decisions compare it.
    """

    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    year: Mapped[int]
    form: Mapped[PlanForm] = mapped_column(by_value(PlanForm), default=PlanForm.COMMON)
    state: Mapped[PlanState] = mapped_column(by_value(PlanState), default=PlanState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    agreed_version: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    proposed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    return_reason: Mapped[str | None] = mapped_column(Text)
    """Why it was returned, while it is; the whole story is in `plan_events`."""
    created_at: Mapped[datetime]

    targets: Mapped[list["Target"]] = relationship(order_by="Target.position, Target.id", lazy="raise")
    __table_args__ = (UniqueConstraint("person_id", "year"),)


class PlanEvent(Base):
    """One step of the dialogue on a version of a plan. Append-only."""

    __tablename__ = "plan_events"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    verdict: Mapped[StepVerdict] = mapped_column(by_value(StepVerdict))
    reason: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    capacity: Mapped[str] = mapped_column(String(40), default="")
    """As in decisions: supervisor, plt, plh; empty for the owner and for an import."""
    at: Mapped[datetime]


class Target(Base):
    """One RHK (rencana hasil kerja). `parent_text` is the supervisor's RHK as the file words it.

    pending ──its version is agreed──▶ in force ──replaced or dropped, and that is agreed──▶ retired

    In a plan that was never agreed nothing is pending: its RHK may be chosen from the start. Version `v` of a
    plan holds what has `since_version` ≤ v and no `until_version`, or one > v.
    """

    __tablename__ = "targets"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    section: Mapped[Section] = mapped_column(by_value(Section), default=Section.MAIN)
    perspective: Mapped[Perspective | None] = mapped_column(by_value(Perspective))
    text: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id", ondelete="SET NULL"), index=True)
    parent_text: Mapped[str | None] = mapped_column(Text)
    lineage_id: Mapped[int | None] = mapped_column(index=True)
    """The first wording of this RHK; None: it is the first itself. What was done counts for the lineage."""
    since_version: Mapped[int] = mapped_column(default=1)
    until_version: Mapped[int | None]
    pending: Mapped[bool] = mapped_column(default=False)
    """Written for the next version, not in force yet."""
    replaces_id: Mapped[int | None]
    """The RHK in force whose place a pending one takes when it is agreed."""
    drop_asked: Mapped[bool] = mapped_column(default=False)
    """In force, and to be retired when the version in hand is agreed."""
    created_at: Mapped[datetime | None]
    """When its owner wrote it in chat; None: it came with a file."""
    retired_at: Mapped[datetime | None]
    """Old entries keep it, new ones cannot choose it."""

    @property
    def lineage(self) -> int:
        """What the work done for it is counted under, however it is worded."""
        return self.lineage_id or self.id

    indicators: Mapped[list["Indicator"]] = relationship(
        order_by="Indicator.position, Indicator.id", lazy="raise"
    )
    steps: Mapped[list["ActionStep"]] = relationship(
        order_by="ActionStep.quarter, ActionStep.position, ActionStep.id", lazy="raise"
    )


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
    lineage_id: Mapped[int | None] = mapped_column(index=True)
    """The first indicator it continues, when its RHK was reworded; None: it is the first itself."""


class IndicatorValue(Base):
    """A dated value of kualitas, waktu or biaya, which never add up: reported, then confirmed from above.

    Exactly one of `number` (per cent, or an amount in the indicator's unit) and `day` is set.
    """

    __tablename__ = "indicator_values"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicators.id", ondelete="CASCADE"), index=True)
    number: Mapped[Decimal | None] = mapped_column(Numeric(18, 4))
    day: Mapped[date | None]
    as_of: Mapped[date]
    """The local date the value holds for."""
    state: Mapped[ValueState] = mapped_column(by_value(ValueState), default=ValueState.REPORTED)
    reported_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)


class ActionStep(Base):
    """What is planned for one RHK in one quarter (rencana aksi). It goes with the lineage of its RHK."""

    __tablename__ = "action_steps"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id", ondelete="CASCADE"), index=True)
    """The wording it was written under; read it by lineage."""
    quarter: Mapped[int]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    goal: Mapped[int | None]
    """How much of the RHK's quantity is meant to be done in this quarter."""
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("quarter between 1 and 4", name="quarter"),)


class AnnexLine(Base):
    """One line of an annex. Pending, in force and retired as an RHK is."""

    __tablename__ = "annex_lines"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    kind: Mapped[AnnexKind] = mapped_column(by_value(AnnexKind))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    since_version: Mapped[int] = mapped_column(default=1)
    until_version: Mapped[int | None]
    pending: Mapped[bool] = mapped_column(default=False)
    drop_asked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime | None]
    """As of an RHK."""
    retired_at: Mapped[datetime | None]


class Expectation(Base):
    """What the leader expects of one BerAKHLAK behaviour (ekspektasi khusus pimpinan); the newest holds."""

    __tablename__ = "expectations"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"), index=True)
    behaviour: Mapped[Behaviour] = mapped_column(by_value(Behaviour))
    text: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class SheetRow(Base):
    """What an entry's row of the e-Kinerja sheet needs beyond the entry, which may be approved and locked.

    `starts`, `ends`: the proposed times its owner accepted. `quantity`, `unit`: only where the entry has
    none; they never count as progress. `copied_at`: «sudah disalin»; cleared when the entry changes.
    """

    __tablename__ = "sheet_rows"
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True)
    step_id: Mapped[int | None] = mapped_column(
        ForeignKey("action_steps.id", ondelete="SET NULL"), index=True
    )
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    quantity: Mapped[int | None]
    unit: Mapped[str | None] = mapped_column(String(60))
    copied_at: Mapped[datetime | None]
