"""The failure matrix: every button and command, who may use it, on what, and what it may change.

A row says how the entitled person presses a button in an ordinary situation. The tests derive the rest from
it: strangers, other units, wrong roles, stale revisions, deleted rows, other states, nonsense, and twice.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.callbacks import Kind, Press
from models import (
    Account,
    ActingSupervisor,
    ActionStep,
    AnnexKind,
    AnnexLine,
    Aspect,
    Base,
    Blocker,
    Capacity,
    Day,
    DayKind,
    DutyPeriod,
    Entry,
    Evidence,
    Feedback,
    Group,
    Holiday,
    HolidayKind,
    Indicator,
    IndicatorValue,
    Invitation,
    LinkSource,
    OutboxMessage,
    OutboxState,
    Pattern,
    PerformancePlan,
    Person,
    PlanLine,
    PlanState,
    RamadanHours,
    Role,
    RoleName,
    Target,
    Tone,
    Unit,
)
from models.engine import Database
from services import audit, blockers, dialogue, feedback, groups, planning
from services.approvals import deciding
from services.approvals.queue import load_queue
from services.cascade.connecting import CONNECTED
from services.entries.asking import answer_code
from services.entries.drafting import take_report
from services.entries.nothing import report_nothing
from services.entries.sending import submit_day
from services.evidence import attach
from services.feedback import About
from services.groups import Place
from services.people.identity import Actor, who_is
from services.people.invitations import invite
from services.people.joining import join
from services.progress.standing import revision_of
from services.rounds import plan_everybody, tick
from services.sheet.copying import date_of_day, load_copy_day, shown_mark
from services.sheet.loading import load_sheet
from services.sheet.writing import mark_of
from tests.conftest import WEDNESDAY
from tests.office import Office, user_of

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
UNSENT = frozenset({DRAFT, RETURNED})
ALL = frozenset({DRAFT, SUBMITTED, RETURNED, APPROVED})
REPORTS = {
    APPROVED: "13 Nov: Rapat zamrud komite -> jadwal zamrud disepakati",
    RETURNED: "16 Nov: Menyusun modul safir -> modul safir siap https://drive.example.go.id/safir",
    SUBMITTED: "17 Nov: Mengajar kelas mirah -> 30 siswa mirah tuntas https://drive.example.go.id/mirah\n"
    "Memeriksa tugas mirah -> 30 tugas mirah dinilai",
    DRAFT: "Melayani warga nilam NIK 3201014501850001 -> 1 surat nilam terbit https://drive.example.go.id/nilam\n"
    "Menata arsip nilam\nMembina pramuka nilam -> 20 siswa nilam hadir",
}
"""What Ani wrote, by the state its day is in; each with a word that occurs nowhere else."""
NOTE = "Pertahankan ketelitian intan ini."
RECORDED = frozenset({"seen_updates", "cards", "dialogues", "audit_events"})
"""Tables in which a refused press may leave its trace."""
SENDING = frozenset(
    {"attempts", "claimed_at", "error", "finished_at", "not_before", "stored_at", "fetch_attempts"}
)
"""Columns that the sending of a message changes, and not the press that caused it."""
EVERYBODY = frozenset({"ani", "budi", "citra", "dewi", "eko", "head", "admin", "observer"})
HEADS = frozenset({"budi", "dewi", "head"})

Snapshot = Mapping[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Written:
    """One of Ani's days. `message`: the message it was typed in; `files`: its evidence."""

    id: int
    revision: int
    entries: tuple[int, ...]
    files: tuple[int, ...]
    message: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Ids of the situation everybody presses in. `lina` is invited, `mira` has joined."""

    office: Office
    days: Mapping[str, Written]
    note: int
    digest: str
    ready: str
    lina: int
    token: str
    mira: int
    joining: int
    secrets: tuple[str, ...]
    """Words and names of Ani and the invited that nobody else may be shown by a refusal."""
    numbers: Mapping[int, str]
    """Everybody's NIP, which only they themselves are shown."""
    nothing: int = 0
    nothing_at: int = 0
    """A day that Ani answered with «Tidak ada kegiatan», and its revision."""
    period: int = 0
    excuse: int = 0
    """Days away of Ani, and days of hers that Budi excuses."""
    plan: int = 0
    blocker: int = 0
    """A line of Ani's plan of today, and what stands in the way of her sent day."""
    group: int = 0
    choice: int = 0
    unit: int = 0
    """A linked group, one whose unit the admin has still to choose, and that unit."""
    coaching: int = 0
    span: int = 0
    """A `perbaikan` to Ani that is due today, and days on which Eko stands in for Budi."""
    sheet: int = 0
    step: int = 0
    """What the buttons of Ani's e-Kinerja sheet name, and an action step she may choose there."""
    copy_days: Mapping[int, int] = field(default_factory=dict)
    copy_rows: Mapping[int, int] = field(default_factory=dict)
    """What the cards for copying her days and entries showed."""
    holiday: int = 0
    dropped: int = 0
    ramadan: int = 0
    """A day off, one that was cancelled, and the Ramadan hours that are set."""
    skp: int = 0
    proposed: int = 0
    """Ani's SKP of this year, a draft, and that of the next, which lies before Budi."""
    gone_rhk: int = 0
    boss_rhk: int = 0
    indicator: int = 0
    dated: int = 0
    value: int = 0
    """An indicator of kualitas of Ani, and what she reported of it."""
    action_step: int = 0
    annex: int = 0
    annex_going: int = 0
    """Around Ani's SKP: an RHK she took out, one of Budi's, an indicator, a step, and two annex lines."""
    uncertain: int = 0
    """A notice to the admin of which nobody knows whether it arrived."""


@dataclass(frozen=True, slots=True)
class Row:
    """`press`: by `who`, on Ani's day in this state. `about`: whose row the subject names.

    `states`: in which others it may change something. `may`: who else may press it, on their own behalf.
    `guarded`: it compares a revision. `inert`: it only shows. `free`: its argument is not read.
    """

    who: str
    press: Callable[[Facts, Written], Press]
    state: str = DRAFT
    states: frozenset[str] = ALL
    about: type[Base] | None = Day
    may: frozenset[str] = frozenset()
    guarded: bool = False
    inert: bool = False
    free: bool = True
    own: bool = False
    """Whatever the subject says, it is about the one who presses: nobody can be refused."""
    twice: frozenset[str] = frozenset()
    """Columns that a second press may change again."""

    def made(self, facts: Facts, state: str | None = None) -> Press:
        """The button of the entitled person, or the same button about a day in another state."""
        return self.press(facts, facts.days[state or self.state])


def day(kind: Kind, arg: str = "") -> Callable[[Facts, Written], Press]:
    return lambda facts, written: Press(kind, written.id, written.revision, arg)


def entry(kind: Kind, place: int = 0, arg: str = "") -> Callable[[Facts, Written], Press]:
    return lambda facts, written: Press(
        kind, written.entries[min(place, len(written.entries) - 1)], written.revision, arg
    )


def own(kind: Kind, arg: str = "") -> Callable[[Facts, Written], Press]:
    return lambda facts, written: Press(kind, facts.office.ani, 0, arg)


BUDI_DAY = Row("budi", day(Kind.REVIEW), state=SUBMITTED, states=frozenset({SUBMITTED}))
ON_ENTRY = Row("ani", entry(Kind.ENTRY_SHOW), about=Entry, states=UNSENT)
ON_GROUP = Row("admin", lambda facts, one: Press(Kind.GROUP_SHOW, facts.group), about=Group)
ON_BLOCKER = Row("budi", lambda facts, one: Press(Kind.BLOCKER_SHOW, facts.blocker), about=Blocker)

ON_HOLIDAY = Row("admin", lambda facts, one: Press(Kind.HOLIDAY_SHOW, facts.holiday), about=Holiday)
ON_DRAFT = Row("admin", lambda facts, one: Press(Kind.HOLIDAY_SAVE, 2026), about=None, inert=True, free=False)
ON_PATTERN = Row("admin", lambda facts, one: Press(Kind.PATTERN_UNIT, facts.unit), about=None, free=False)

ON_COACHING = Row(
    "budi", lambda facts, one: Press(Kind.FOLLOW_UP, facts.coaching), about=Feedback, free=False
)
NAMING = HEADS | {"admin"}
ON_SKP = Row("ani", lambda facts, one: Press(Kind.SKP_PART, facts.skp, 1, "b"), about=PerformancePlan)
BEFORE_BUDI = Row("budi", lambda facts, one: Press(Kind.SKP_AGREE, facts.proposed, 1), about=PerformancePlan)
ON_RHK = Row(
    "ani", lambda facts, one: Press(Kind.TARGET_SHOW, facts.office.ani_targets[0]), about=Target, free=False
)
ON_SEAT = Row(
    "head",
    lambda facts, one: Press(Kind.ACTING, facts.office.head),
    about=None,
    may=frozenset({"admin"}),
    inert=True,
    free=False,
)


VALUE_SHOWN = revision_of(WEDNESDAY)
"""The report of Ani's value as Budi was shown it."""


def seat(facts: Facts) -> str:
    """Dewi stands in for two days in December."""
    return f"{facts.office.dewi}.plh.20261201.20261202"


PRESSES: dict[Kind, Row] = {
    Kind.CANCEL: Row("ani", own(Kind.CANCEL), about=None, own=True, inert=True),
    Kind.PROMPT_FILL: Row(
        "ani", own(Kind.PROMPT_FILL, "2026-11-18"), about=None, own=True, inert=True, free=False
    ),
    Kind.PROMPT_SAME: Row("ani", own(Kind.PROMPT_SAME, "2026-11-18"), about=None, own=True, free=False),
    Kind.DAY_SHOW: Row("ani", day(Kind.DAY_SHOW), inert=True),
    Kind.DAY_PAGE: Row("ani", day(Kind.DAY_PAGE, "1"), inert=True, free=False),
    Kind.DAY_SEND: Row("ani", day(Kind.DAY_SEND, "anyway"), states=UNSENT, guarded=True),
    Kind.DAY_WITHDRAW: Row(
        "ani", day(Kind.DAY_WITHDRAW), state=SUBMITTED, states=frozenset({SUBMITTED}), guarded=True
    ),
    Kind.DAY_OUTCOMES: Row("ani", day(Kind.DAY_OUTCOMES), states=UNSENT),
    Kind.DAY_LINKS: Row("ani", day(Kind.DAY_LINKS), inert=True),
    Kind.DAY_UNDO: Row(
        "ani",
        lambda facts, one: Press(Kind.DAY_UNDO, one.id, one.revision, str(one.message)),
        states=UNSENT,
        free=False,
    ),
    Kind.ENTRY_SHOW: replace(ON_ENTRY, inert=True),
    Kind.ENTRY_FIELD: replace(
        ON_ENTRY, press=entry(Kind.ENTRY_FIELD, arg="activity"), inert=True, free=False
    ),
    Kind.ENTRY_DELETE: replace(ON_ENTRY, press=entry(Kind.ENTRY_DELETE)),
    Kind.ENTRY_UP: replace(ON_ENTRY, press=entry(Kind.ENTRY_UP, 1)),
    Kind.ENTRY_DOWN: replace(ON_ENTRY, press=entry(Kind.ENTRY_DOWN, 1)),
    Kind.ENTRY_LINK: replace(ON_ENTRY, press=entry(Kind.ENTRY_LINK), inert=True, free=False),
    Kind.ENTRY_TARGET: replace(
        ON_ENTRY,
        press=lambda facts, one: Press(
            Kind.ENTRY_TARGET, one.entries[0], 0, str(facts.office.ani_targets[2])
        ),
        free=False,
        twice=frozenset({"revision"}),
    ),
    Kind.ENTRY_CORRECT: replace(
        ON_ENTRY, press=entry(Kind.ENTRY_CORRECT, arg="evidence"), state=RETURNED, inert=True, free=False
    ),
    Kind.OUTCOME_PICK: replace(
        ON_ENTRY,
        press=lambda facts, one: Press(Kind.OUTCOME_PICK, one.entries[1 % len(one.entries)], 0, facts.ready),
        free=False,
        twice=frozenset({"revision"}),
    ),
    Kind.OUTCOME_SKIP: Row("ani", day(Kind.OUTCOME_SKIP), states=UNSENT),
    Kind.MASK: Row(
        "ani",
        lambda facts, one: Press(Kind.MASK, one.id, one.revision, str(one.message)),
        states=UNSENT,
        free=False,
    ),
    Kind.EVIDENCE_DROP: Row(
        "ani",
        lambda facts, one: Press(Kind.EVIDENCE_DROP, one.files[0]),
        about=Evidence,
        states=UNSENT,
    ),
    Kind.EVIDENCE_MOVE: Row(
        "ani",
        lambda facts, one: Press(Kind.EVIDENCE_MOVE, one.files[-1], 0, str(facts.days[DRAFT].entries[1])),
        about=Evidence,
        states=UNSENT,
        free=False,
        twice=frozenset({"revision"}),
    ),
    Kind.EVIDENCE_OPEN: Row(
        "budi",
        lambda facts, one: Press(Kind.EVIDENCE_OPEN, one.files[0]),
        state=SUBMITTED,
        about=Evidence,
        may=frozenset({"ani"}),
        inert=True,
    ),
    Kind.QUEUE: Row("budi", own(Kind.QUEUE), about=None, may=HEADS, inert=True, free=False),
    Kind.DECIDED: Row("budi", own(Kind.DECIDED), about=None, may=HEADS, inert=True),
    Kind.REVIEW: replace(BUDI_DAY, inert=True, free=False),
    Kind.REVIEW_PAGE: replace(BUDI_DAY, press=day(Kind.REVIEW_PAGE, "1"), inert=True, free=False),
    Kind.APPROVE_DAY: replace(BUDI_DAY, press=day(Kind.APPROVE_DAY), guarded=True),
    Kind.APPROVE_ALL: replace(
        BUDI_DAY,
        press=lambda facts, one: Press(Kind.APPROVE_ALL, facts.office.budi, 0, facts.digest),
        about=None,
        may=HEADS,
        free=False,
    ),
    Kind.RETURN_DAY: replace(BUDI_DAY, press=day(Kind.RETURN_DAY), guarded=True, inert=True, free=False),
    Kind.DETAIL: replace(BUDI_DAY, press=entry(Kind.DETAIL), about=Entry, inert=True, free=False),
    Kind.APPROVE_ENTRY: replace(BUDI_DAY, press=entry(Kind.APPROVE_ENTRY), about=Entry, guarded=True),
    Kind.RETURN_ENTRY: replace(
        BUDI_DAY, press=entry(Kind.RETURN_ENTRY), about=Entry, guarded=True, inert=True
    ),
    Kind.REASON: replace(
        BUDI_DAY, press=entry(Kind.REASON, arg="outcome"), about=Entry, guarded=True, free=False
    ),
    Kind.REOPEN: replace(
        BUDI_DAY,
        press=day(Kind.REOPEN),
        state=APPROVED,
        states=frozenset({APPROVED}),
        guarded=True,
        free=False,
    ),
    Kind.FEEDBACK: replace(BUDI_DAY, press=day(Kind.FEEDBACK), inert=True, free=False),
    Kind.FEEDBACK_ABOUT: replace(BUDI_DAY, press=day(Kind.FEEDBACK_ABOUT), inert=True, free=False),
    Kind.FEEDBACK_TONE: replace(BUDI_DAY, press=day(Kind.FEEDBACK_TONE, "0.0.0.1"), inert=True, free=False),
    Kind.FEEDBACK_PHRASE: replace(
        BUDI_DAY, press=day(Kind.FEEDBACK_PHRASE, "0.0.0.1-1"), states=ALL, free=False
    ),
    Kind.FEEDBACK_READ: Row("ani", lambda facts, one: Press(Kind.FEEDBACK_READ, facts.note), about=Feedback),
    Kind.FEEDBACK_REPLY: Row(
        "ani", lambda facts, one: Press(Kind.FEEDBACK_REPLY, facts.note), about=Feedback, inert=True
    ),
    Kind.RETURNED_FIX: replace(ON_ENTRY, press=entry(Kind.RETURNED_FIX, arg="1"), state=RETURNED, inert=True),
    Kind.PLAN_WRITE: Row(
        "ani", own(Kind.PLAN_WRITE, "2026-11-18"), about=None, own=True, inert=True, free=False
    ),
    Kind.PLAN_DROP: Row("ani", lambda facts, one: Press(Kind.PLAN_DROP, facts.plan), about=PlanLine),
    Kind.PLAN_MASK: Row("ani", own(Kind.PLAN_MASK, "2026-11-18"), about=None, own=True, free=False),
    Kind.PLAN_USE: Row("ani", own(Kind.PLAN_USE, "2026-11-18"), about=None, own=True, free=False),
    Kind.BLOCKER_DAY: Row("ani", day(Kind.BLOCKER_DAY), inert=True),
    Kind.BLOCKER_ADD: Row("ani", day(Kind.BLOCKER_ADD), inert=True),
    Kind.BLOCKER_ENTRY: replace(ON_ENTRY, press=entry(Kind.BLOCKER_ENTRY), inert=True),
    Kind.KEPT_OWN: Row("budi", own(Kind.KEPT_OWN), about=None, own=True, inert=True),
    Kind.DISCREET: Row("budi", own(Kind.DISCREET, "m"), about=None, own=True, inert=True, free=False),
    Kind.BLOCKERS: Row("budi", own(Kind.BLOCKERS), about=None, own=True, inert=True, free=False),
    Kind.BLOCKER_SHOW: replace(ON_BLOCKER, may=frozenset({"ani"}), inert=True),
    Kind.BLOCKER_ANSWER: replace(
        ON_BLOCKER, press=lambda facts, one: Press(Kind.BLOCKER_ANSWER, facts.blocker), inert=True
    ),
    Kind.BLOCKER_CHIP: replace(
        ON_BLOCKER,
        press=lambda facts, one: Press(Kind.BLOCKER_CHIP, facts.blocker, 0, "follow"),
        free=False,
    ),
    Kind.BLOCKER_CLOSE: replace(
        ON_BLOCKER,
        press=lambda facts, one: Press(Kind.BLOCKER_CLOSE, facts.blocker),
        may=frozenset({"ani"}),
    ),
    Kind.DUTY: Row("ani", own(Kind.DUTY, "k"), about=Person, inert=True, free=False),
    Kind.DUTY_SAVE: Row("ani", own(Kind.DUTY_SAVE, "cuti.20261201.20261202..0"), about=Person, free=False),
    Kind.DUTY_REPLACE: Row(
        "ani", own(Kind.DUTY_REPLACE, "sakit.20261210.20261210..0"), about=Person, free=False
    ),
    Kind.DUTY_CANCEL: Row("ani", lambda facts, one: Press(Kind.DUTY_CANCEL, facts.period), about=DutyPeriod),
    Kind.SHIFT: Row(
        "budi",
        lambda facts, one: Press(Kind.SHIFT, facts.mira, 0, "202611"),
        about=None,
        inert=True,
        free=False,
    ),
    Kind.SHIFT_SET: Row(
        "budi", lambda facts, one: Press(Kind.SHIFT_SET, facts.mira, 0, "202611191"), about=None, free=False
    ),
    Kind.EXCUSE: Row(
        "budi",
        lambda facts, one: Press(Kind.EXCUSE, facts.office.budi, 0, "s20261118.20261118.."),
        about=Person,
        inert=True,
        free=False,
    ),
    Kind.EXCUSE_SAVE: Row(
        "budi",
        lambda facts, one: Press(Kind.EXCUSE_SAVE, facts.office.budi, 0, "20261118.20261118.d0.network"),
        about=Person,
        free=False,
    ),
    Kind.EXCUSE_UNDO: Row(
        "budi",
        lambda facts, one: Press(Kind.EXCUSE_UNDO, facts.excuse),
        about=DutyPeriod,
        may=frozenset({"head"}),  # who might excuse the same people
    ),
    Kind.GROUP_LIST: Row(
        "admin",
        lambda facts, one: Press(Kind.GROUP_LIST, facts.office.admin, 0, "0"),
        about=None,
        inert=True,
        free=False,
    ),
    Kind.GROUP_SHOW: replace(ON_GROUP, inert=True),
    Kind.GROUP_UNIT: replace(
        ON_GROUP,
        press=lambda facts, one: Press(Kind.GROUP_UNIT, facts.choice, 0, str(facts.unit)),
        free=False,
    ),
    Kind.GROUP_UNITS: replace(
        ON_GROUP,
        press=lambda facts, one: Press(Kind.GROUP_UNITS, facts.choice, 0, "0"),
        inert=True,
        free=False,
    ),
    Kind.GROUP_LANGUAGE: replace(
        ON_GROUP, press=lambda facts, one: Press(Kind.GROUP_LANGUAGE, facts.group, 0, "en"), free=False
    ),
    Kind.GROUP_ZONE: replace(
        ON_GROUP, press=lambda facts, one: Press(Kind.GROUP_ZONE, facts.group, 0, "WITA"), free=False
    ),
    Kind.GROUP_UNLINK: replace(
        ON_GROUP, press=lambda facts, one: Press(Kind.GROUP_UNLINK, facts.group, 0, "yes"), free=False
    ),
    Kind.HOLIDAYS: Row(
        "ani",
        lambda facts, one: Press(Kind.HOLIDAYS, 2026),
        about=None,
        may=EVERYBODY,
        inert=True,
        free=False,
    ),
    Kind.HOLIDAY_ADD: Row("admin", lambda facts, one: Press(Kind.HOLIDAY_ADD, 2026), about=None, inert=True),
    Kind.HOLIDAY_KIND: replace(
        ON_DRAFT, press=lambda facts, one: Press(Kind.HOLIDAY_KIND, 2026, 0, "national")
    ),
    Kind.HOLIDAY_UNITS: replace(ON_DRAFT, press=lambda facts, one: Press(Kind.HOLIDAY_UNITS, 2026, 0, "0")),
    Kind.HOLIDAY_UNIT: replace(
        ON_DRAFT, press=lambda facts, one: Press(Kind.HOLIDAY_UNIT, facts.unit), free=True
    ),
    Kind.HOLIDAY_SAVE: replace(
        ON_DRAFT, press=lambda facts, one: Press(Kind.HOLIDAY_SAVE, 2026), inert=False, free=True
    ),
    Kind.HOLIDAY_SHOW: replace(ON_HOLIDAY, inert=True),
    Kind.HOLIDAY_DATE: replace(
        ON_HOLIDAY, press=lambda facts, one: Press(Kind.HOLIDAY_DATE, facts.holiday), inert=True
    ),
    Kind.HOLIDAY_NAME: replace(
        ON_HOLIDAY, press=lambda facts, one: Press(Kind.HOLIDAY_NAME, facts.holiday), inert=True
    ),
    Kind.HOLIDAY_FIX: replace(ON_HOLIDAY, press=lambda facts, one: Press(Kind.HOLIDAY_FIX, facts.holiday)),
    Kind.HOLIDAY_CANCEL: replace(
        ON_HOLIDAY, press=lambda facts, one: Press(Kind.HOLIDAY_CANCEL, facts.holiday)
    ),
    Kind.HOLIDAY_RESTORE: replace(
        ON_HOLIDAY, press=lambda facts, one: Press(Kind.HOLIDAY_RESTORE, facts.dropped)
    ),
    Kind.RAMADAN: Row("admin", lambda facts, one: Press(Kind.RAMADAN, 2027), about=None, inert=True),
    Kind.RAMADAN_SET: Row(
        "admin",
        lambda facts, one: Press(Kind.RAMADAN_SET, 2027, 0, "2027-02-08"),
        about=None,
        inert=True,
        free=False,
    ),
    Kind.RAMADAN_RESET: Row(
        "admin", lambda facts, one: Press(Kind.RAMADAN_RESET, facts.ramadan), about=RamadanHours
    ),
    Kind.PATTERNS: Row("admin", lambda facts, one: Press(Kind.PATTERNS), about=None, inert=True, free=False),
    Kind.PATTERN_UNIT: replace(ON_PATTERN, inert=True, free=True),
    Kind.PATTERN_ALL: replace(
        ON_PATTERN, press=lambda facts, one: Press(Kind.PATTERN_ALL, facts.unit, 0, "six_days"), inert=True
    ),
    Kind.PATTERN_ALL_SURE: replace(
        ON_PATTERN, press=lambda facts, one: Press(Kind.PATTERN_ALL_SURE, facts.unit, 0, "six_days")
    ),
    Kind.PATTERN_FIND: replace(
        ON_PATTERN, press=lambda facts, one: Press(Kind.PATTERN_FIND), inert=True, free=True
    ),
    Kind.PATTERN_PERSON: replace(
        ON_PATTERN,
        press=lambda facts, one: Press(Kind.PATTERN_PERSON, facts.office.eko),
        inert=True,
        free=True,
    ),
    Kind.PATTERN_SET: replace(
        ON_PATTERN, press=lambda facts, one: Press(Kind.PATTERN_SET, facts.office.eko, 0, "six_days")
    ),
    Kind.JOIN_YES: Row(
        "stranger",
        lambda facts, one: Press(Kind.JOIN_YES, 0, 0, facts.token),
        about=None,
        own=True,
        free=False,
    ),
    Kind.JOIN_NO: Row(
        "stranger",
        lambda facts, one: Press(Kind.JOIN_NO, 0, 0, facts.token),
        about=None,
        own=True,
        inert=True,
        free=False,
    ),
    Kind.JOIN_UNDO: Row(
        "budi",
        lambda facts, one: Press(Kind.JOIN_UNDO, facts.mira, facts.joining),
        about=Person,
        may=frozenset({"admin"}),
        guarded=True,
    ),
    Kind.WEEK_SHOW: Row(
        "ani", own(Kind.WEEK_SHOW, "p.2026-11-12.0.0.0"), about=None, own=True, inert=True, free=False
    ),
    Kind.WEEK_PICTURE: Row(
        "ani", own(Kind.WEEK_PICTURE, "p.2026-11-12.0.0.0"), about=None, own=True, inert=True, free=False
    ),
    Kind.WEEK_AGAIN: Row(
        "budi",
        lambda facts, one: Press(Kind.WEEK_AGAIN, facts.group, 0, "2026-11-12"),
        about=Group,
        may=frozenset({"head", "admin"}),
        inert=True,
        free=False,
    ),
    Kind.WEEK_SEND: Row(
        "budi",
        lambda facts, one: Press(Kind.WEEK_SEND, facts.group, 0, "2026-11-12"),
        about=Group,
        may=frozenset({"head", "admin"}),
        free=False,
    ),
    Kind.PROMPT_SHOW: Row(
        "ani", own(Kind.PROMPT_SHOW, "2026-11-18"), about=None, own=True, inert=True, free=False
    ),
    Kind.PROMPT_LATER: Row(
        "ani", own(Kind.PROMPT_LATER, "2026-11-18"), about=None, own=True, inert=True, free=False
    ),
    Kind.PROMPT_SNOOZE: Row(
        "ani", own(Kind.PROMPT_SNOOZE, "2026-11-18.tonight"), about=None, own=True, free=False
    ),
    Kind.PROMPT_OFF: Row("ani", own(Kind.PROMPT_OFF, "2026-11-18"), about=Person, free=False),
    Kind.OFF_KIND: Row(
        "ani",
        lambda facts, one: Press(Kind.OFF_KIND, facts.period, 0, "2026-11-18.izin"),
        about=DutyPeriod,
        free=False,
    ),
    Kind.OFF_UNDO: Row(
        "ani",
        lambda facts, one: Press(Kind.OFF_UNDO, facts.period, 0, "2026-11-18"),
        about=DutyPeriod,
        free=False,
    ),
    Kind.NOTHING_ASK: Row(
        "ani", own(Kind.NOTHING_ASK, "2026-11-12"), about=None, own=True, inert=True, free=False
    ),
    Kind.NOTHING_REASON: Row(
        "ani", own(Kind.NOTHING_REASON, "2026-11-12.data"), about=None, own=True, free=False
    ),
    Kind.NOTHING_UNDO: Row(
        "ani",
        lambda facts, one: Press(Kind.NOTHING_UNDO, facts.nothing, facts.nothing_at),
        guarded=True,
    ),
    Kind.SET_SHOW: Row("ani", own(Kind.SET_SHOW), about=Person, inert=True),
    Kind.SET_CAP: Row("ani", own(Kind.SET_CAP, "1"), about=Person, free=False),
    Kind.SET_PAUSE: Row("ani", own(Kind.SET_PAUSE, "7"), about=Person, free=False),
    Kind.SET_PLAN: Row("ani", own(Kind.SET_PLAN, "1"), about=Person, free=False),
    Kind.SET_TIME: Row("ani", own(Kind.SET_TIME, "15.45"), about=Person, free=False),
    Kind.FOLLOW_UP: replace(
        ON_COACHING, press=lambda facts, one: Press(Kind.FOLLOW_UP, facts.coaching, 0, "1")
    ),
    Kind.FOLLOW_UP_SHOW: replace(
        ON_COACHING,
        press=lambda facts, one: Press(Kind.FOLLOW_UP_SHOW, facts.coaching),
        inert=True,
        free=True,
    ),
    Kind.FOLLOW_UP_CLOSE: replace(
        ON_COACHING, press=lambda facts, one: Press(Kind.FOLLOW_UP_CLOSE, facts.coaching, 0, "membaik")
    ),
    Kind.ACTING: replace(
        ON_SEAT, press=lambda facts, one: Press(Kind.ACTING, facts.office.head, 0, "0"), may=NAMING
    ),
    Kind.ACTING_NEW: replace(
        ON_SEAT, press=lambda facts, one: Press(Kind.ACTING_NEW, facts.office.head, 0, "0")
    ),
    Kind.ACTING_WHO: replace(
        ON_SEAT,
        press=lambda facts, one: Press(Kind.ACTING_WHO, facts.office.head, 0, str(facts.office.dewi)),
    ),
    Kind.ACTING_DRAFT: replace(
        ON_SEAT, press=lambda facts, one: Press(Kind.ACTING_DRAFT, facts.office.head, 0, seat(facts))
    ),
    Kind.ACTING_SAVE: replace(
        ON_SEAT,
        press=lambda facts, one: Press(Kind.ACTING_SAVE, facts.office.head, 0, seat(facts)),
        inert=False,
    ),
    Kind.ACTING_END: Row(
        "budi",
        lambda facts, one: Press(Kind.ACTING_END, facts.span),
        about=ActingSupervisor,
        may=frozenset({"admin"}),
    ),
    Kind.BRIEF_QUEUE: Row("budi", own(Kind.BRIEF_QUEUE), about=None, may=HEADS, inert=True),
    Kind.BRIEF_PLANS: Row("budi", own(Kind.BRIEF_PLANS), about=None, may=HEADS, inert=True),
    Kind.WEEK: Row("budi", own(Kind.WEEK), about=None, inert=True),
    Kind.SET_LANGUAGE: Row("ani", own(Kind.SET_LANGUAGE, "en"), about=Person, free=False),
    Kind.SKP_SHOW: Row(
        "ani", own(Kind.SKP_SHOW, "2026"), about=None, may=frozenset({"budi"}), inert=True, free=False
    ),
    Kind.SKP_PART: replace(ON_SKP, may=frozenset({"budi"}), inert=True, free=False),
    Kind.SKP_TEAM: Row("budi", own(Kind.SKP_TEAM, "2026"), about=None, may=HEADS, inert=True, free=False),
    Kind.SKP_NEW: Row("ani", own(Kind.SKP_NEW, "2026"), about=None, own=True, inert=True, free=False),
    Kind.SKP_FORM: replace(
        ON_SKP, press=lambda facts, one: Press(Kind.SKP_FORM, facts.skp, 1, "jpt"), free=False
    ),
    Kind.SKP_PROPOSE: replace(
        ON_SKP, press=lambda facts, one: Press(Kind.SKP_PROPOSE, facts.skp, 1), guarded=True
    ),
    Kind.SKP_WITHDRAW: replace(
        ON_SKP, press=lambda facts, one: Press(Kind.SKP_WITHDRAW, facts.proposed, 1), guarded=True
    ),
    Kind.SKP_AGREE: replace(BEFORE_BUDI, guarded=True),
    Kind.SKP_RETURN: replace(
        BEFORE_BUDI,
        press=lambda facts, one: Press(Kind.SKP_RETURN, facts.proposed, 1),
        guarded=True,
        inert=True,
    ),
    Kind.SKP_DISCARD: replace(
        ON_SKP, press=lambda facts, one: Press(Kind.SKP_DISCARD, facts.skp, 1, "y"), inert=True, free=False
    ),
    Kind.EXPECT: replace(
        BEFORE_BUDI,
        press=lambda facts, one: Press(Kind.EXPECT, facts.skp, 0, "akuntabel"),
        inert=True,
        free=False,
    ),
    Kind.TARGET_SHOW: replace(ON_RHK, may=frozenset({"budi"}), inert=True),
    Kind.TARGET_TEXT: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.TARGET_TEXT, facts.office.ani_targets[0]),
        inert=True,
        free=True,
    ),
    Kind.TARGET_KIND: replace(
        ON_RHK, press=lambda facts, one: Press(Kind.TARGET_KIND, facts.office.ani_targets[0], 0, "tambahan")
    ),
    Kind.TARGET_PARENT: replace(
        ON_RHK,
        press=lambda facts, one: Press(
            Kind.TARGET_PARENT, facts.office.ani_targets[0], 0, str(facts.boss_rhk)
        ),
    ),
    Kind.TARGET_DROP: replace(
        ON_RHK, press=lambda facts, one: Press(Kind.TARGET_DROP, facts.office.ani_targets[0]), free=True
    ),
    Kind.TARGET_RESTORE: replace(
        ON_RHK, press=lambda facts, one: Press(Kind.TARGET_RESTORE, facts.gone_rhk), free=True
    ),
    Kind.INDICATOR_ADD: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.INDICATOR_ADD, facts.office.ani_targets[0]),
        inert=True,
        free=True,
    ),
    Kind.INDICATOR_EDIT: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.INDICATOR_EDIT, facts.indicator),
        about=Indicator,
        inert=True,
        free=True,
    ),
    Kind.INDICATOR_DROP: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.INDICATOR_DROP, facts.indicator),
        about=Indicator,
        free=True,
    ),
    Kind.INDICATOR_KEEP: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.INDICATOR_KEEP, facts.office.ani_targets[0]),
        inert=True,
    ),
    Kind.STEP_KEEP: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.STEP_KEEP, facts.action_step),
        about=ActionStep,
        inert=True,
    ),
    Kind.STEP_COPY: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.STEP_COPY, facts.office.ani_targets[0], 0, "4"),
    ),
    Kind.STEP_ADD: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.STEP_ADD, facts.office.ani_targets[0], 0, "4"),
        inert=True,
    ),
    Kind.STEP_DROP: replace(
        ON_RHK,
        press=lambda facts, one: Press(Kind.STEP_DROP, facts.action_step),
        about=ActionStep,
        free=True,
    ),
    Kind.ANNEX_ADD: replace(
        ON_SKP,
        press=lambda facts, one: Press(Kind.ANNEX_ADD, facts.skp, 0, "konsekuensi"),
        inert=True,
        free=False,
    ),
    Kind.ANNEX_DROP: replace(
        ON_SKP, press=lambda facts, one: Press(Kind.ANNEX_DROP, facts.annex), about=AnnexLine
    ),
    Kind.ANNEX_KEEP: replace(
        ON_SKP, press=lambda facts, one: Press(Kind.ANNEX_KEEP, facts.annex_going), about=AnnexLine
    ),
}

MONTH = "20261101.20261130.0.o.0"
ON_SHEET = Row(
    "ani",
    entry(Kind.SHEET_STEP, arg=MONTH),
    state=APPROVED,
    states=frozenset({APPROVED}),
    about=Entry,
    free=False,
)
SHEET_READERS = frozenset({"ani", "budi"})


def over_sheet(kind: Kind) -> Row:
    """A button for many rows of Ani's sheet, which names what it was shown over."""
    return Row(
        "ani",
        lambda facts, one: Press(kind, facts.office.ani, facts.sheet, MONTH),
        about=Person,
        guarded=True,
        free=False,
    )


def of_sheet(kind: Kind, arg: str = MONTH) -> Row:
    """A button about Ani's sheet, for whoever may read it."""
    return Row(
        "admin",
        lambda facts, one: Press(kind, facts.office.ani, 0, arg),
        about=None,
        may=SHEET_READERS,
        inert=True,
        free=False,
    )


SENT = frozenset({SUBMITTED, RETURNED, APPROVED})
PRESSES |= {
    Kind.SHEET_SHOW: of_sheet(Kind.SHEET_SHOW),
    Kind.SHEET_PERIOD: of_sheet(Kind.SHEET_PERIOD),
    Kind.SHEET_FILE: of_sheet(Kind.SHEET_FILE, f"x.{MONTH}"),
    Kind.SHEET_PEOPLE: Row(
        "admin",
        lambda facts, one: Press(Kind.SHEET_PEOPLE, 0, 0, "0"),
        about=None,
        may=HEADS,
        inert=True,
        free=False,
    ),
    Kind.SHEET_FIND: Row(
        "admin", lambda facts, one: Press(Kind.SHEET_FIND), about=None, may=HEADS, inert=True
    ),
    Kind.SHEET_TIMES: over_sheet(Kind.SHEET_TIMES),
    Kind.SHEET_AMOUNTS: over_sheet(Kind.SHEET_AMOUNTS),
    Kind.SHEET_COPIED: over_sheet(Kind.SHEET_COPIED),
    Kind.SHEET_AMOUNT: replace(ON_SHEET, press=entry(Kind.SHEET_AMOUNT, arg=MONTH)),
    Kind.SHEET_AMOUNT_ASK: replace(ON_SHEET, press=entry(Kind.SHEET_AMOUNT_ASK, arg=MONTH), inert=True),
    Kind.SHEET_TIME_ASK: replace(ON_SHEET, press=entry(Kind.SHEET_TIME_ASK, arg=MONTH), inert=True),
    Kind.SHEET_UNDO: Row("ani", own(Kind.SHEET_UNDO, MONTH), about=None, own=True, inert=True, free=False),
    Kind.SHEET_OUTSIDE: replace(ON_SHEET, press=entry(Kind.SHEET_OUTSIDE, arg=MONTH), inert=True),
    Kind.SHEET_STEP: replace(ON_SHEET, inert=True),
    Kind.SHEET_STEP_PICK: replace(
        ON_SHEET,
        press=lambda facts, one: Press(Kind.SHEET_STEP_PICK, one.entries[0], 0, f"{facts.step}.{MONTH}"),
    ),
    Kind.SHEET_STEP_RHK: replace(ON_SHEET, press=entry(Kind.SHEET_STEP_RHK, arg=MONTH)),
    Kind.SHEET_STEP_ASK: replace(ON_SHEET, press=entry(Kind.SHEET_STEP_ASK, arg=MONTH), inert=True),
    Kind.COPY_DAY: Row(
        "ani", own(Kind.COPY_DAY, "2026-11-13.0"), about=None, own=True, inert=True, free=False
    ),
    Kind.COPY_LIST: Row("ani", own(Kind.COPY_LIST, "202611"), about=None, own=True, inert=True, free=False),
    Kind.COPY_MARK: Row(
        "ani",
        lambda facts, one: Press(Kind.COPY_MARK, one.entries[0], facts.copy_rows.get(one.entries[0], 0), "1"),
        state=APPROVED,
        states=SENT,
        about=Entry,
        guarded=True,
        free=False,
    ),
    Kind.COPY_MARK_DAY: Row(
        "ani",
        lambda facts, one: Press(Kind.COPY_MARK_DAY, one.id, facts.copy_days.get(one.id, 0)),
        state=APPROVED,
        states=SENT,
        guarded=True,
    ),
    Kind.COPY_LONG: Row("ani", entry(Kind.COPY_LONG), state=APPROVED, about=Entry, inert=True),
    Kind.HEALTH: Row(
        "admin",
        lambda facts, one: Press(Kind.HEALTH, facts.office.admin),
        about=None,
        inert=True,
        free=False,
    ),
    Kind.HEALTH_AGAIN: Row(
        "admin", lambda facts, one: Press(Kind.HEALTH_AGAIN, facts.uncertain), about=OutboxMessage
    ),
    Kind.HEALTH_LET_BE: Row(
        "admin", lambda facts, one: Press(Kind.HEALTH_LET_BE, facts.uncertain), about=OutboxMessage
    ),
    Kind.HEALTH_LET_ALL_BE: Row(
        "admin", lambda facts, one: Press(Kind.HEALTH_LET_ALL_BE, facts.uncertain), about=OutboxMessage
    ),
}

ON_TREE = Row(
    "budi",
    lambda facts, one: Press(Kind.TREE_RHK, facts.office.ani_targets[0], 0, f"{facts.office.budi}.0"),
    about=Target,
    inert=True,
    free=False,
)
ON_TOP = Row(
    "budi",
    lambda facts, one: Press(Kind.TREE_TOP, facts.office.budi, 0, "2026.0"),
    about=Person,
    inert=True,
    free=False,
)
PRESSES |= {
    Kind.TREE_TOP: ON_TOP,
    Kind.TREE_LOOSE: replace(
        ON_TOP, press=lambda facts, one: Press(Kind.TREE_LOOSE, facts.office.budi, 0, "2026.0")
    ),
    Kind.TREE_RHK: ON_TREE,
    Kind.TREE_WORK: replace(
        ON_TREE,
        press=lambda facts, one: Press(
            Kind.TREE_WORK, facts.office.ani_targets[0], 0, f"{facts.office.budi}.0"
        ),
    ),
    Kind.TREE_CHOOSE: replace(
        ON_TREE, press=lambda facts, one: Press(Kind.TREE_CHOOSE, facts.office.ani_targets[1], 0, "0")
    ),
    Kind.TREE_CONNECT: replace(
        ON_TREE,
        press=lambda facts, one: Press(
            Kind.TREE_CONNECT, facts.office.ani_targets[1], 0, str(facts.boss_rhk)
        ),
        inert=False,
    ),
    Kind.TREE_UNDO: replace(
        ON_TREE,
        press=lambda facts, one: Press(Kind.TREE_UNDO, facts.office.ani_targets[2], 0, str(facts.boss_rhk)),
        inert=False,
    ),
}
"""A button of the tree, which names whose tree it stands in."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Who may give a command (`strangers`: also before joining), and whether its words are read."""

    may: frozenset[str] = EVERYBODY
    strangers: bool = False


OWN_VALUE = Row("ani", lambda facts, one: Press(Kind.VALUE_SHOW, facts.dated), about=Indicator, inert=True)
ON_VALUE = Row(
    "budi", lambda facts, one: Press(Kind.VALUE_REVIEW, facts.value), about=IndicatorValue, inert=True
)
PRESSES |= {
    Kind.VALUES: Row(
        "ani",
        own(Kind.VALUES, "2026"),
        about=None,
        may=EVERYBODY - {"admin", "observer"},
        inert=True,
        free=False,
    ),
    Kind.VALUE_TEAM: Row("budi", own(Kind.VALUE_TEAM, "0"), about=None, may=HEADS, inert=True, free=False),
    Kind.VALUE_SHOW: OWN_VALUE,
    Kind.VALUE_ASK: replace(OWN_VALUE, press=lambda facts, one: Press(Kind.VALUE_ASK, facts.dated)),
    Kind.VALUE_SEND: replace(
        OWN_VALUE,
        press=lambda facts, one: Press(Kind.VALUE_SEND, facts.dated, 0, "92.5__2026-10-31"),
        inert=False,
        free=False,
    ),
    Kind.VALUE_REVIEW: ON_VALUE,
    Kind.VALUE_CONFIRM: replace(
        ON_VALUE,
        press=lambda facts, one: Press(Kind.VALUE_CONFIRM, facts.value, VALUE_SHOWN),
        guarded=True,
        inert=False,
    ),
    Kind.VALUE_RETURN: replace(
        ON_VALUE, press=lambda facts, one: Press(Kind.VALUE_RETURN, facts.value, VALUE_SHOWN), guarded=True
    ),
}

COMMANDS: dict[str, CommandRow] = {
    "capaian": CommandRow(may=EVERYBODY - {"admin", "observer"}),
    "bantuan": CommandRow(),
    "help": CommandRow(),
    "batal": CommandRow(),
    "bebaskan": CommandRow(may=HEADS),
    "cuti": CommandRow(may=EVERYBODY - {"admin", "observer"}),
    "ekinerja": CommandRow(may=EVERYBODY - {"observer"}),
    "salin": CommandRow(may=EVERYBODY - {"admin", "observer"}),
    "dataku": CommandRow(),
    "grup": CommandRow(may=frozenset({"admin"})),
    "hari": CommandRow(),
    "kesehatan": CommandRow(may=frozenset({"admin"})),
    "libur": CommandRow(),
    "lepaskan": CommandRow(may=frozenset({"admin"})),
    "jadwal": CommandRow(may=EVERYBODY - {"admin", "observer"}),
    "pengaturan": CommandRow(),
    "pengganti": CommandRow(may=NAMING),
    "periksa": CommandRow(may=HEADS),
    "privasi": CommandRow(strangers=True),
    "pohon": CommandRow(may=EVERYBODY - {"admin", "observer"}),
    "rekap": CommandRow(),
    "rencana": CommandRow(),
    "skp": CommandRow(),
    "start": CommandRow(strangers=True),
    "tautkan": CommandRow(may=frozenset({"admin"})),
}


async def set_up(db: Database, office: Office, *, now: datetime) -> Facts:
    """Ani has a day in every state and a note; Lina is invited, Mira has joined and waits for «Bukan dia»."""
    days: dict[str, Written] = {}
    for number, state in enumerate((APPROVED, RETURNED, SUBMITTED, DRAFT), start=1):
        days[state] = await _written(db, office, state, message=9000 + number, now=now)
    async with db.writing() as session:
        ani, budi = await _acting(session, office.ani), await _acting(session, office.budi)
        await attach(
            session,
            ani,
            kind="photo",
            file_id="PH-nilam",
            file_unique_id="nilam",
            size=100,
            file_name=None,
            mime_type=None,
            message_id=9100,
            reply_to=None,
            album=None,
            entry_id=days[DRAFT].entries[0],
            now=now,
        )
        await session.execute(update(Evidence).values(fetch_after=None, sha256="0" * 64))
        plan, blocker = await _planned_and_blocked(session, ani, days[SUBMITTED], now=now)
        about = About(days[APPROVED].id, days[APPROVED].entries[0])
        note = await feedback.give_feedback(session, budi, about, tone=Tone.APPRECIATION, text=NOTE, now=now)
    async with db.writing() as session:
        lina, mira = [await _newcomer(session, office, name, now=now) for name in ("Lina", "Mira")]
        for_lina, for_mira = await invite(session, [lina, mira], now=now)
        at = now + timedelta(seconds=1)
        await join(session, for_mira.token, user_id=555, chat_id=555, now=at, account_name="Akun Mira")
        joining = await session.scalar(select(Invitation.id).where(Invitation.used_by == 555))
        queue = await load_queue(session, await _acting(session, office.budi), now=now)
        nips = {one.id: one.nip for one in await session.scalars(select(Person)) if one.nip is not None}
        for state in days:
            days[state] = await _read(session, days[state])
    assert joining is not None
    words = (
        *("zamrud", "safir", "mirah", "nilam", "intan", "topaz", "zaitun", "akik"),
        *("3201014501850001", "Lina", "Mira", "Ani Rahma"),
    )
    ready = answer_code("jadwal zamrud disepakati")
    known = Facts(office, days, note, queue.digest, ready, lina, for_lina.token, mira, joining, words, nips)
    period, excuse = await _away(db, known, now=now)
    known = await _supervised(db, known, now=now)
    known = await _days_off(db, known, now=now)
    known = await _promised(db, known, now=now)
    await _connected(db, known, now=now)
    async with db.writing() as session:
        ani = await _acting(session, office.ani)
        nothing = await report_nothing(session, ani, date(2026, 11, 11), "Menunggu arahan akik", now=now)
        nothing_at = (await session.get_one(Day, nothing)).revision
    known = replace(known, nothing=nothing, nothing_at=nothing_at)
    known = await _on_the_sheet(db, known, now=now)
    known = await _unsure(db, known, now=now)
    return replace(known, plan=plan, blocker=blocker, period=period, excuse=excuse)


async def _on_the_sheet(db: Database, known: Facts, *, now: datetime) -> Facts:
    """Ani's approved entry serves an RHK that has two action steps: one is to be chosen."""
    ani, target = known.office.ani, known.office.ani_targets[0]
    async with db.writing() as session:
        await session.execute(
            update(Entry)
            .where(Entry.id.in_(known.days[APPROVED].entries))
            .values(target_id=target, outside_plan=False, link_source=LinkSource.CHOSEN)
        )
        steps = [
            ActionStep(target_id=target, quarter=4, position=place, text=text, created_at=now)
            for place, text in enumerate(("Menyusun soal", "Menilai tugas"))
        ]
        session.add_all(steps)
        await session.flush()
        sheet = await load_sheet(session, ani, first=date(2026, 11, 1), last=date(2026, 11, 30))
        actor = await _acting(session, ani)
        shown = [
            await load_copy_day(session, actor, await date_of_day(session, one.id), base=None)
            for one in known.days.values()
        ]
        return replace(
            known,
            sheet=mark_of(sheet.entries),
            step=steps[0].id,
            copy_days={one.day_id: shown_mark(one.entries) for one in shown},
            copy_rows={row.entry_id: shown_mark([row]) for one in shown for row in one.entries},
        )


async def _unsure(db: Database, known: Facts, *, now: datetime) -> Facts:
    """A warning to the admin was sent, and Telegram gave no answer."""
    row = OutboxMessage(
        person_id=known.office.admin,
        kind="calendar_warned",
        payload={"year": 2027},
        state=OutboxState.UNCERTAIN,
        created_at=now,
        not_before=now,
        finished_at=now,
    )
    async with db.writing() as session:
        session.add(row)
        await session.flush()
        return replace(known, uncertain=row.id)


async def _days_off(db: Database, known: Facts, *, now: datetime) -> Facts:
    """An estimated day off, one that was cancelled, set Ramadan hours, and one the admin is entering."""
    admin = known.office.admin
    live = Holiday(day=date(2026, 12, 24), name="Libur", kind=HolidayKind.NATIONAL, estimated=True)
    dropped = Holiday(day=date(2026, 12, 23), name="Apel", kind=HolidayKind.OFFICE, cancelled=True)
    fasting = RamadanHours(first=date(2027, 2, 8), last=date(2027, 3, 9), set_by=admin, set_at=now)
    draft = {"year": 2026, "first": "2026-12-21", "last": "2026-12-21", "name": "Rapat", "kind": "office"}
    question = dialogue.ask(dialogue.Step.HOLIDAY_NEW, now=now + timedelta(days=1), **draft)
    async with db.writing() as session:
        session.add_all([live, dropped, fasting])
        dialogue.write(await dialogue.lock(session, user_of(admin)), question)
        await session.flush()
        # Everybody is planned and told what the morning brings: no tick comes between two presses.
        await plan_everybody(session, now=now)
        await tick(session, now=now)
        await session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.state == OutboxState.WAITING, OutboxMessage.key.is_not(None))
            .values(state=OutboxState.SENT, finished_at=now)
        )
        return replace(known, holiday=live.id, dropped=dropped.id, ramadan=fasting.id)


async def _promised(db: Database, known: Facts, *, now: datetime) -> Facts:
    """Ani is writing her SKP of this year; that of the next lies before Budi, who has one himself."""
    ani, budi = known.office.ani, known.office.budi
    async with db.writing() as session:
        skp = await session.scalar(select(PerformancePlan.id).where(PerformancePlan.person_id == ani)) or 0
        next_year = PerformancePlan(
            person_id=ani, year=2027, state=PlanState.PROPOSED, proposed_at=now, created_at=now
        )
        bosses = PerformancePlan(person_id=budi, year=2026, created_at=now)
        session.add_all([next_year, bosses])
        await session.flush()
        gone = Target(plan_id=skp, position=9, text="Terhapus", retired_at=now, until_version=1)
        promised = Target(plan_id=next_year.id, position=0, text="Terlaksananya pembelajaran")
        above = Target(plan_id=bosses.id, position=0, text="Meningkatnya mutu pembelajaran")
        step = ActionStep(
            target_id=known.office.ani_targets[0], quarter=4, position=0, text="Menilai", created_at=now
        )
        lines = [
            AnnexLine(plan_id=skp, kind=AnnexKind.SUPPORT, position=place, text=text, drop_asked=place == 1)
            for place, text in enumerate(("Laptop", "Meja"))
        ]
        dated = Indicator(
            target_id=known.office.ani_targets[1],
            position=1,
            aspect=Aspect.QUALITY,
            text="Kelengkapan perangkat",
            goal=Decimal(90),
            goal_text="90",
            unit="%",
        )
        session.add_all([gone, promised, above, step, dated, *lines])
        await session.flush()
        value = IndicatorValue(
            indicator_id=dated.id, number=Decimal(88), as_of=date(2026, 6, 30), reported_at=now
        )
        session.add(value)
        await session.flush()
        first = select(Indicator.id).where(Indicator.target_id == known.office.ani_targets[0])
        return replace(
            known,
            skp=skp,
            proposed=next_year.id,
            gone_rhk=gone.id,
            boss_rhk=above.id,
            indicator=await session.scalar(first) or 0,
            dated=dated.id,
            value=value.id,
            action_step=step.id,
            annex=lines[0].id,
            annex_going=lines[1].id,
        )


async def _connected(db: Database, known: Facts, *, now: datetime) -> None:
    """Budi has connected the last of Ani's RHK to his own."""
    last = known.office.ani_targets[2]
    async with db.writing() as session:
        await session.execute(update(Target).where(Target.id == last).values(parent_id=known.boss_rhk))
        audit.record(
            session,
            CONNECTED,
            actor_id=known.office.budi,
            subject="target",
            subject_id=last,
            now=now,
            detail=f"parent {known.boss_rhk}",
        )


async def _supervised(db: Database, known: Facts, *, now: datetime) -> Facts:
    """Budi is to look again today at what he said to Ani, and has named Eko for two days."""
    ani, budi, eko = known.office.ani, known.office.budi, known.office.eko
    note = Feedback(
        from_id=budi,
        to_id=ani,
        tone=Tone.IMPROVEMENT,
        text=NOTE,
        given_at=now,
        follow_up_on=date(2026, 11, 18),
        day_id=known.days[APPROVED].id,
    )
    span = ActingSupervisor(
        supervisor_id=budi,
        acting_id=eko,
        capacity=Capacity.PLH,
        first=date(2026, 12, 21),
        last=date(2026, 12, 22),
        set_by=budi,
        created_at=now,
    )
    async with db.writing() as session:
        session.add_all([note, span])
        await session.flush()
        return replace(known, coaching=note.id, span=span.id)


async def _away(db: Database, known: Facts, *, now: datetime) -> tuple[int, int]:
    """Ani is away in December and excused for two days; Mira works shifts."""
    ani, budi = known.office.ani, known.office.budi
    leave = DutyPeriod(
        person_id=ani,
        kind=DayKind.LEAVE,
        first=date(2026, 12, 9),
        last=date(2026, 12, 11),
        created_at=now,
        created_by=ani,
    )
    excused = DutyPeriod(
        person_id=ani,
        kind=DayKind.EXCUSED,
        first=date(2026, 12, 14),
        last=date(2026, 12, 15),
        reason="Gangguan jaringan",
        created_at=now,
        created_by=budi,
    )
    async with db.writing() as session:
        session.add_all([leave, excused])
        await session.flush()
        await session.execute(update(Person).where(Person.id == known.mira).values(pattern=Pattern.SHIFT))
        return leave.id, excused.id


async def link_groups(db: Database, facts: Facts, *, chat_id: int, now: datetime) -> Facts:
    """The admin has linked a group, and of another topic has still to say whose summary it gets."""
    async with db.writing() as session:
        admin = await _acting(session, facts.office.admin)
        here, there = Place(chat_id, None, "Grup Kerja", True), Place(chat_id, 7, "Grup Kerja", True)
        linked = await groups.link_here(session, admin, here, "MTsN 3 Sukamaju", now=now)
        choice = await groups.link_here(session, admin, there, "", now=now)
        unit = await session.scalar(select(Unit.id).where(Unit.name == "KUA Sukamaju"))
        assert unit is not None
        return replace(facts, group=linked.group_id, choice=choice.group_id, unit=unit)


async def _planned_and_blocked(
    session: AsyncSession, ani: Actor, sent: Written, *, now: datetime
) -> tuple[int, int]:
    await planning.take_plan(session, ani, "Melayani warga topaz NIK 3201014501850001", now=now)
    await blockers.raise_blocker(
        session, ani, "Internet zaitun mati", day_id=sent.id, entry_id=sent.entries[0], now=now
    )
    plan, blocker = await session.scalar(select(PlanLine.id)), await session.scalar(select(Blocker.id))
    return plan or 0, blocker or 0


async def _written(db: Database, office: Office, state: str, *, message: int, now: datetime) -> Written:
    async with db.writing() as session:
        ani = await _acting(session, office.ani)
        taken = await take_report(session, ani, REPORTS[state], message_id=message, now=now)
        assert taken.day_id is not None
        if state is DRAFT:
            return Written(taken.day_id, 0, taken.entry_ids, (), message)
        for one in await session.scalars(select(Entry).where(Entry.day_id == taken.day_id)):
            one.outside_plan, one.link_source, one.target_id = True, None, None
        made = await session.get_one(Day, taken.day_id)
        await submit_day(session, ani, made.id, revision=made.revision, now=now)
        budi = await _acting(session, office.budi)
        if state is APPROVED:
            await deciding.approve_day(session, budi, made.id, revision=made.revision, now=now)
        elif state is RETURNED:
            await deciding.return_entry(
                session,
                budi,
                taken.entry_ids[0],
                revision=made.revision,
                reason="Hasil safir belum jelas",
                now=now,
            )
        return Written(made.id, 0, taken.entry_ids, (), message)


async def _read(session: AsyncSession, one: Written) -> Written:
    files = await session.scalars(select(Evidence.id).where(Evidence.entry_id.in_(one.entries)))
    return replace(one, revision=(await session.get_one(Day, one.id)).revision, files=tuple(files) or (0,))


async def _newcomer(session: AsyncSession, office: Office, name: str, *, now: datetime) -> int:
    person = Person(name=f"{name} Baru", supervisor_id=office.budi, created_at=now)
    session.add(person)
    await session.flush()
    session.add(Role(person_id=person.id, role=RoleName.STAFF))
    return person.id


async def _acting(session: AsyncSession, person_id: int) -> Actor:
    actor = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert actor is not None
    return actor


async def delete_subject(db: Database, row: Row, subject: int) -> None:
    """Takes away the very row a button is about."""
    async with db.writing() as session:
        if row.about is Person:
            await session.execute(delete(Account).where(Account.person_id == subject))
            return
        assert row.about is not None
        if row.about in (PerformancePlan, Target):
            await session.execute(update(Entry).values(target_id=None))
        table = row.about.__table__
        await session.execute(table.delete().where(table.c.id == subject))  # type: ignore[attr-defined]


WHOLE = {
    table.name: f"SELECT * FROM {table.name} ORDER BY {', '.join(table.primary_key.columns.keys())}"
    for table in Base.metadata.sorted_tables
}
"""How every row of a table is asked for."""
DIGESTS = " UNION ALL ".join(
    f"SELECT '{name}', (SELECT md5(string_agg(rows::text, '|')) FROM ({question}) AS rows)"
    for name, question in WHOLE.items()
)
"""What tells PostgreSQL's tables of now from those of before: one question instead of one a table."""
_last_read: dict[str, tuple[str | None, list[Any]]] = {}
"""Rows of each table as they were last read, under their digest."""


async def snapshot(db: Database) -> Snapshot:
    """Every row of every table, in order, as the database holds it, read beside the running program."""
    if db.is_sqlite:
        with closing(sqlite3.connect(str(db.url.database))) as file:
            return {name: file.execute(question).fetchall() for name, question in WHOLE.items()}
    async with db.engine.connect() as connection:
        await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        found: Sequence[Any] = (await connection.exec_driver_sql(DIGESTS)).all()
        for name, digest in found:
            if _last_read.get(name, (0,))[0] != digest:
                rows = await connection.exec_driver_sql(WHOLE[name])
                _last_read[name] = digest, [tuple(row) for row in rows]
    return {name: list(_last_read[name][1]) for name in WHOLE}


async def restore(db: Database, kept: Snapshot) -> None:
    """Puts every table back as it was; only the updates that were seen stay seen.

    No key is checked meanwhile, so that only what changed is touched: whole rows come back as they were.
    """
    now = await snapshot(db)
    changed = [name for name, rows in now.items() if rows != kept[name] and name != "seen_updates"]
    if db.is_sqlite:
        with closing(sqlite3.connect(str(db.url.database), isolation_level=None, timeout=0)) as file:
            await _its_turn(file)
            for name in changed:
                file.execute(f"DELETE FROM {name}")
                for row in kept[name]:
                    file.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(row))})", row)
            file.execute("COMMIT")
        return
    async with db.engine.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for name in changed:
            await connection.exec_driver_sql(f"DELETE FROM {name}")
            for row in kept[name]:
                marks = ", ".join(f"${place}" for place in range(1, len(row) + 1))
                values = tuple(json.dumps(one) if isinstance(one, dict | list) else one for one in row)
                await connection.exec_driver_sql(f"INSERT INTO {name} VALUES ({marks})", values)


async def _its_turn(file: sqlite3.Connection) -> None:
    """Begins to write. The program may be writing on this very loop: waiting must not hold it up."""
    while True:
        try:
            file.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            await asyncio.sleep(0.002)
        else:
            return


def differences(
    before: Snapshot,
    after: Snapshot,
    *,
    but: frozenset[str] = frozenset(),
    of: int | None = None,
    new_in: str = "",
) -> list[str]:
    """What is different. `but`: columns that may differ; `of`: whose rows may; `new_in`: may get rows."""
    found = []
    for table in Base.metadata.sorted_tables:
        if table.name in RECORDED or before[table.name] == after[table.name]:
            continue
        names = table.columns.keys()
        hidden = but | SENDING | ({"state", "message_id"} if table.name == "outbox" else set())

        owner = "id" if table.name == "people" else "person_id"
        old, new = (
            [
                {name: value for name, value in zip(names, row, strict=True) if name not in hidden}
                for row in rows[table.name]
            ]
            for rows in (before, after)
        )
        gone = [one for one in old if one not in new and (of is None or one.get(owner) != of)]
        came = [one for one in new if one not in old and (of is None or one.get(owner) != of)]
        if table.name == new_in:
            came = []
        if gone or came:
            found.append(f"{table.name}: gone {gone} new {came}")
    return found
