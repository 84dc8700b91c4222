"""An office of any size for bench/scale.py, filled by the database itself: `INSERT … SELECT` of whole tables.

Everybody decides on ten others, down to the last; units of fifty; six RHK each, four of them hanging on the
supervisor's. Two entries a workday, back from yesterday; the last day or two wait for a decision, one in ten
was sent back once. Rows lie as they would have come: day by day, people mixed.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Date,
    Integer,
    MetaData,
    Table,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models import (
    Account,
    Aspect,
    AuditEvent,
    Base,
    Card,
    Day,
    Decision,
    Digest,
    DigestKind,
    Entry,
    Evidence,
    EvidenceKind,
    Feedback,
    Group,
    Indicator,
    Lane,
    LinkSource,
    OutboxMessage,
    OutboxState,
    PerformancePlan,
    Person,
    Role,
    RoleName,
    Round,
    RoundKind,
    RoundState,
    Schedule,
    SeenUpdate,
    State,
    Target,
    Tone,
    Unit,
    Verdict,
)
from models.base import Instant
from models.engine import Database, is_sqlite
from models.migrate import migrate
from services.calendar import seed_holidays
from services.rounds import plan_everybody

MORNING = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
"""Friday 20 November 2026, 17:30 in Jakarta."""
YESTERDAY = date(2026, 11, 19)
BEGAN = datetime(2025, 1, 2, tzinfo=UTC)
YEAR, RHK, A_DAY, TEAM, UNIT, JOBS, RECENT = 2026, 6, 2, 10, 50, 12, 60
FIRST_USER = 8_000_000
WAITING, TROUBLED = 90, 200
"""Rows of the outbox that are due, and that failed or are uncertain."""
CHUNK = 5_000
WORKDAYS = Table(
    "bench_workdays",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("day", Date),
    Column("sent", Instant()),
    Column("decided", Instant()),
)
ACTIVITY = "Melayani permohonan surat keterangan warga dan memeriksa berkasnya, nomor "


def supervisor_of(n: int) -> int | None:
    """Who decides on the n-th: everybody has ten people, as long as there are any."""
    return None if n == 1 else (n - 2) // TEAM + 1


def unit_of(n: int) -> int:
    return (n - 1) // UNIT + 1


async def fill(database: Database, people: int, entries: int) -> None:
    """Tables and rows of an office of so many people with so many entries each."""
    await migrate(database)
    async with database.writing() as session:
        await seed_holidays(session, (YEAR - 1, YEAR, YEAR + 1), now=BEGAN)
        await _insert(session, Unit, ({"id": n, "name": f"Unit {n}"} for n in range(1, unit_of(people) + 1)))
        await _people(session, people)
        connection = await session.connection()
        await connection.run_sync(WORKDAYS.metadata.create_all)
        await session.execute(insert(WORKDAYS), _workdays(max(RECENT, entries // A_DAY)))
    for step in (_days, _entries, _decisions, _beside, _outbox):
        async with database.writing() as session:
            await step(session, entries // A_DAY, people)
    async with database.writing() as session:
        if not is_sqlite(session):
            await _number_on(session)
        await plan_everybody(session, now=MORNING)
        await _make_due(session)
        connection = await session.connection()
        await connection.run_sync(WORKDAYS.metadata.drop_all)
    if not database.is_sqlite:
        await _settle(database)


async def _insert(session: AsyncSession, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    found = list(rows)
    for at in range(0, len(found), CHUNK):
        await session.execute(insert(table), found[at : at + CHUNK])


async def _people(session: AsyncSession, count: int) -> None:
    for first in range(1, count + 1, CHUNK):
        people = range(first, min(first + CHUNK, count + 1))
        await _insert(session, Person, (_person(n) for n in people))
        await _insert(session, Role, ({"person_id": n, "role": RoleName.STAFF} for n in people))
        await _insert(session, Account, (_account(n) for n in people))
        plans = (
            {"id": n, "person_id": n, "year": YEAR, "agreed_version": 1, "created_at": BEGAN} for n in people
        )
        await _insert(session, PerformancePlan, plans)
        await _insert(session, Target, (_target(n, place) for n in people for place in range(RHK)))
        await _insert(
            session,
            Indicator,
            (_indicator(n * RHK + place, one) for n in people for place in range(RHK) for one in (0, 1)),
        )
    await _insert(session, Role, [{"person_id": count, "role": RoleName.ADMIN}])
    groups = (
        {"id": n, "chat_id": -n, "title": f"Unit {n}", "unit_id": n, "linked_by": 1, "linked_at": BEGAN}
        for n in range(1, unit_of(count) + 1)
    )
    await _insert(session, Group, groups)


def _person(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "name": f"Pegawai {n:05} Suryaningsih",
        "unit_id": unit_of(n),
        "supervisor_id": supervisor_of(n),
        "position": f"Jabatan {unit_of(n) % JOBS}",
        "created_at": BEGAN,
    }


def _account(n: int) -> dict[str, Any]:
    return {"user_id": FIRST_USER + n, "person_id": n, "chat_id": FIRST_USER + n, "joined_at": BEGAN}


def _target(n: int, place: int) -> dict[str, Any]:
    superior = supervisor_of(n)
    return {
        "id": n * RHK + place,
        "plan_id": n,
        "position": place,
        "text": f"Terlaksananya layanan {unit_of(n) % JOBS} bidang {place} yang bermutu dan tepat waktu",
        "parent_id": superior * RHK + place if superior and place % 3 else None,
    }


def _indicator(target: int, place: int) -> dict[str, Any]:
    return {
        "target_id": target,
        "position": place,
        "aspect": Aspect.QUALITY if place else Aspect.QUANTITY,
        "text": "Jumlah surat",
        "goal": Decimal(90 if place else 240),
        "goal_text": "90" if place else "240",
        "unit": "%" if place else "surat",
    }


def _workdays(count: int) -> list[dict[str, Any]]:
    """The n-th workday back from yesterday; sent at 16:30 in Jakarta, decided the next workday at 09:00."""
    rows: list[dict[str, Any]] = []
    day, after = YESTERDAY, YESTERDAY + timedelta(days=1)
    while len(rows) < count:
        if day.weekday() < 5:
            sent = datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC)
            decided = datetime(after.year, after.month, after.day, 2, tzinfo=UTC)
            rows.append({"n": len(rows), "day": day, "sent": sent, "decided": decided})
            after = day
        day -= timedelta(days=1)
    return rows


async def _days(session: AsyncSession, days: int, people: int) -> None:
    waits = or_(WORKDAYS.c.n == 0, (WORKDAYS.c.n == 1) & (Person.id % 3 == 0))
    rows = (
        select(
            Person.id,
            WORKDAYS.c.day,
            case((waits, State.SUBMITTED.value), else_=State.APPROVED.value),
            WORKDAYS.c.sent,
            WORKDAYS.c.sent,
            WORKDAYS.c.sent,
        )
        .join(WORKDAYS, WORKDAYS.c.n < days)
        .order_by(WORKDAYS.c.n.desc(), Person.id * 7919 % 10_007)
    )
    columns = ["person_id", "work_date", "state", "created_at", "first_submitted_at", "submitted_at"]
    await session.execute(insert(Day).from_select(columns, rows))


async def _entries(session: AsyncSession, days: int, people: int) -> None:
    place = WORKDAYS.alias("places")
    number = Day.person_id * 7 + WORKDAYS.c.n * A_DAY + place.c.n
    outside = number % 8 == 0
    rows = (
        select(
            Day.id,
            place.c.n + 1,
            Day.state,
            literal(ACTIVITY).concat(cast(number % 120, Entry.activity.type)),
            literal("surat diterima warga pada hari yang sama"),
            1 + number % 9,
            literal("surat"),
            60 + number % 60,
            case((outside, None), else_=Day.person_id * RHK + (WORKDAYS.c.n + place.c.n) % RHK),
            outside,
            literal(LinkSource.CHOSEN, Entry.link_source.type),
            Day.created_at,
        )
        .select_from(Day)
        .join(WORKDAYS, WORKDAYS.c.day == Day.work_date)
        .join(place, place.c.n < A_DAY)
        .order_by(Day.id, place.c.n)
    )
    columns = ["day_id", "position", "state", "activity", "outcome", "quantity", "unit", "minutes"]
    columns += ["target_id", "outside_plan", "link_source", "created_at"]
    await session.execute(insert(Entry).from_select(columns, rows))


async def _decisions(session: AsyncSession, days: int, people: int) -> None:
    columns = ["day_id", "entry_id", "verdict", "reason_code", "revision", "decided_by", "decided_at"]
    for verdict, which in ((Verdict.RETURN, Entry.id % 10 == 0), (Verdict.APPROVE, true())):
        rows = (
            select(
                Entry.day_id,
                Entry.id,
                literal(verdict, Decision.verdict.type),
                literal("outcome" if verdict is Verdict.RETURN else None, Decision.reason_code.type),
                literal(1),
                func.coalesce(Person.supervisor_id, 1),
                WORKDAYS.c.decided,
            )
            .join(Day, Day.id == Entry.day_id)
            .join(Person, Person.id == Day.person_id)
            .join(WORKDAYS, WORKDAYS.c.day == Day.work_date)
            .where(Entry.state == State.APPROVED, which)
            .order_by(Entry.id)
        )
        await session.execute(insert(Decision).from_select(columns, rows))


async def _beside(session: AsyncSession, days: int, people: int) -> None:
    """Evidence of one entry in five, feedback and summaries of each week, the record, what was asked."""
    day, recent = WORKDAYS.c, WORKDAYS.c.n < RECENT
    evidence = select(
        Day.person_id, Entry.id, literal(EvidenceKind.LINK, Evidence.kind.type), _link(), Day.created_at
    )
    evidence = evidence.join(Day, Day.id == Entry.day_id).where(Entry.id % 5 == 0)
    feedback = select(
        Person.supervisor_id,
        Person.id,
        literal(Tone.APPRECIATION, Feedback.tone.type),
        literal("Bagus"),
        day.decided,
    )
    feedback = feedback.select_from(Person).join(WORKDAYS, day.n < days)
    feedback = feedback.where(day.n % 5 == 2, Person.supervisor_id.is_not(None))
    noted = select(Day.created_at, Day.person_id, literal("submitted"), literal("day"), Day.id)
    asked = select(
        Person.id,
        day.day,
        literal(RoundKind.PROMPT, Round.kind.type),
        literal(RoundState.SENT, Round.state.type),
        day.sent,
        day.sent,
    )
    asked = asked.select_from(Person).join(WORKDAYS, recent)
    shown = select(Person.id + FIRST_USER, literal("day"), day.n + 1, day.n + 1, day.sent)
    shown = shown.select_from(Person).join(WORKDAYS, recent)
    seen = select(literal(7), Person.id * 100 + day.n, day.sent).select_from(Person).join(WORKDAYS, day.n < 8)
    for table, columns, rows in (
        (Evidence, "person_id entry_id kind url created_at", evidence),
        (Feedback, "from_id to_id tone text given_at", feedback),
        (AuditEvent, "at actor_id action subject subject_id", noted),
        (Round, "person_id work_date kind state due_at done_at", asked),
        (Card, "chat_id kind subject_id message_id shown_at", shown),
        (SeenUpdate, "bot_id update_id seen_at", seen),
    ):
        await session.execute(insert(table).from_select(columns.split(), rows))
    await _digests(session)


def _link() -> Any:
    return literal("https://bukti.kantor.go.id/").concat(cast(Entry.id, Evidence.url.type))


async def _digests(session: AsyncSession) -> None:
    """Of each week but the last one: its Thursday, the Friday before, given the Friday after."""
    last, first = WORKDAYS, WORKDAYS.alias("first_of_week")
    after, before = WORKDAYS.alias("given"), WORKDAYS.alias("given_before")
    for kind in (DigestKind.PERSON, DigestKind.TEAM):
        rows = (
            select(
                literal(kind, Digest.kind.type),
                Person.id,
                last.c.day,
                first.c.day,
                last.c.day,
                before.c.sent,
                after.c.sent,
                after.c.sent,
            )
            .join(first, first.c.n == last.c.n + 4)
            .join(after, after.c.n == last.c.n - 1)
            .join(before, before.c.n == last.c.n + 4)
            .join(Person, true())
            .where(last.c.n % 5 == 0)
        )
        columns = ["kind", "person_id", "week", "first", "last", "cut_from", "cut_to", "created_at"]
        await session.execute(insert(Digest).from_select(columns, rows))


async def _outbox(session: AsyncSession, days: int, people: int) -> None:
    """What was sent in sixty days, what failed or is uncertain, and what is due."""
    day = WORKDAYS.c
    told = literal("prompted"), literal({}, JSON()), literal(OutboxState.SENT, OutboxMessage.state.type)
    rows = (
        select(Person.id, *told, literal(Lane.ROUND.value), *[day.sent] * 3, Person.id + day.n)
        .join(WORKDAYS, day.n < RECENT)
        .order_by(day.n.desc(), Person.id)
    )
    columns = ["person_id", "kind", "payload", "state", "lane", "created_at", "not_before", "finished_at"]
    await session.execute(insert(OutboxMessage).from_select([*columns, "message_id"], rows))
    states = (OutboxState.FAILED, OutboxState.UNCERTAIN)
    ended = NOW - timedelta(hours=3)
    common: dict[str, Any] = {"kind": "queue_changed", "created_at": ended, "not_before": ended}
    troubled = [
        {
            "person_id": 1 + n % people,
            "state": states[n % 2],
            "finished_at": ended,
            "error": "BadRequest: message is too long",
            **common,
        }
        for n in range(TROUBLED)
    ]
    waiting = [
        {"person_id": 1 + n % people, "lane": Lane.TOLD if n % 3 else Lane.ROUND, **common}
        for n in range(WAITING)
    ]
    await _insert(session, OutboxMessage, troubled)
    await _insert(session, OutboxMessage, waiting)


async def _number_on(session: AsyncSession) -> None:
    """PostgreSQL numbers on behind the ids that were given."""
    for table in (Unit, Person, PerformancePlan, Target, Group):
        name = table.__tablename__
        highest = f"SELECT max(id) FROM {name}"  # noqa: S608 - a table of our own
        await session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), ({highest}))"))


async def _make_due(session: AsyncSession) -> None:
    """Nothing is due but for what bench/scale.py moves back: everything a month later."""
    await session.execute(update(Schedule).values(due_at=NOW + timedelta(days=30)))
    await session.execute(update(Group).values(due_at=None, stale_at=None, work_date=None))


async def _settle(database: Database) -> None:
    """PostgreSQL has looked at its tables, as it does by itself after a while."""
    async with database.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.exec_driver_sql("VACUUM ANALYZE")
