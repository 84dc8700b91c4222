"""What is forgotten by rule, what never is, and in which portions."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bot.commands.running import Rounds
from models import (
    ActingSupervisor,
    AuditEvent,
    Base,
    Blocker,
    Capacity,
    Card,
    Day,
    DayKind,
    Decision,
    DialogueRow,
    DutyPeriod,
    Entry,
    Evidence,
    EvidenceKind,
    FailedUpdate,
    Feedback,
    Invitation,
    OutboxMessage,
    OutboxState,
    Pace,
    PlanLine,
    Round,
    RoundKind,
    RoundState,
    SeenUpdate,
    ShiftDay,
    Tone,
    Verdict,
)
from models.engine import Database
from services.retention import KEPT, LIMIT, _rules, files_in_use, forget_old
from services.told import WORDS_GIVEN_BACK
from tests.office import Office, user_of

DAY = timedelta(days=1)
BRIEF = timedelta(seconds=1)


async def add(db: Database, *rows: Base) -> None:
    async with db.writing() as session:
        session.add_all(rows)


async def forget(db: Database, now: datetime, *, limit: int = LIMIT) -> bool:
    async with db.writing() as session:
        return await forget_old(session, now=now, limit=limit)


async def ids(db: Database, column: Any) -> list[int]:
    async with db.reading() as session:
        return sorted(await session.scalars(select(column)))


def seen(number: int, at: datetime) -> SeenUpdate:
    return SeenUpdate(bot_id=7, update_id=number, seen_at=at)


def notice(number: int, person: int, state: OutboxState, at: datetime) -> OutboxMessage:
    ended = None if state in (OutboxState.WAITING, OutboxState.SENDING) else at
    return OutboxMessage(
        id=number, person_id=person, kind="told", state=state, created_at=at, not_before=at, finished_at=ended
    )


def file(number: int, person: int, at: datetime, *, entry: int | None = None) -> Evidence:
    return Evidence(id=number, person_id=person, entry_id=entry, kind=EvidenceKind.PHOTO, created_at=at)


async def test_seen_updates_are_forgotten_after_two_days(db: Database, now: datetime) -> None:
    await add(db, seen(1, now - timedelta(hours=48) - BRIEF), seen(2, now - timedelta(hours=47)))
    assert not await forget(db, now)
    assert await ids(db, SeenUpdate.update_id) == [2]
    assert await ids(db, AuditEvent.id) == []


async def test_failed_updates_are_forgotten_after_ninety_days(db: Database, now: datetime) -> None:
    for number, at in ((1, now - 90 * DAY - BRIEF), (2, now - 89 * DAY)):
        await add(db, FailedUpdate(id=number, reference=str(number), at=at, error="E", body={}))
    await forget(db, now)
    assert await ids(db, FailedUpdate.id) == [2]


async def test_notices_are_forgotten_ninety_days_after_their_end(
    db: Database, office: Office, now: datetime
) -> None:
    old, young = now - 90 * DAY - BRIEF, now - 89 * DAY
    final = (OutboxState.SENT, OutboxState.FAILED, OutboxState.UNCERTAIN)
    await add(
        db,
        *(notice(number, office.ani, state, old) for number, state in enumerate(final, start=1)),
        *(notice(number, office.ani, state, young) for number, state in enumerate(final, start=11)),
        notice(21, office.ani, OutboxState.WAITING, old),
        notice(22, office.ani, OutboxState.SENDING, old),
    )
    await forget(db, now)
    assert await ids(db, OutboxMessage.id) == [11, 12, 13, 21, 22]


async def test_words_that_were_given_back_are_forgotten_after_seven_days(
    db: Database, office: Office, now: datetime
) -> None:
    rows = [
        notice(number, office.ani, state, at)
        for number, state, at in (
            (1, OutboxState.SENT, now - 7 * DAY - BRIEF),
            (2, OutboxState.UNCERTAIN, now - 7 * DAY - BRIEF),
            (3, OutboxState.SENT, now - 6 * DAY),
            (4, OutboxState.WAITING, now - 8 * DAY),
        )
    ]
    for one in rows:
        one.kind, one.payload = WORDS_GIVEN_BACK, {"chat": 1, "text": "x"}
    await add(db, *rows, notice(5, office.ani, OutboxState.SENT, now - 8 * DAY))
    await forget(db, now)
    assert await ids(db, OutboxMessage.id) == [3, 4, 5]


async def test_cards_are_forgotten_sixty_days_after_they_were_shown(db: Database, now: datetime) -> None:
    for number, at in ((1, now - 60 * DAY - BRIEF), (2, now - 59 * DAY)):
        await add(db, Card(chat_id=5, kind="day", subject_id=number, message_id=number, shown_at=at))
    await forget(db, now)
    assert await ids(db, Card.subject_id) == [2]


async def test_rounds_and_invitations_are_forgotten_after_more_than_a_year(
    db: Database, office: Office, now: datetime
) -> None:
    for number, at in ((1, now - 400 * DAY - BRIEF), (2, now - 399 * DAY)):
        await add(
            db,
            Round(
                id=number,
                person_id=office.ani,
                work_date=at.date(),
                kind=RoundKind.PROMPT,
                state=RoundState.SENT,
                due_at=at,
                done_at=at,
            ),
            Invitation(
                id=number,
                token_hash=str(number),
                person_id=office.ani,
                created_at=at - 14 * DAY,
                expires_at=at,
                used_at=at - DAY,
            ),
        )
    await forget(db, now)
    assert await ids(db, Round.id) == [2]
    assert await ids(db, Invitation.id) == [2]


async def test_days_away_are_forgotten_after_their_time(db: Database, office: Office, now: datetime) -> None:
    today = now.date()

    def period(number: int, last: date, cancelled: datetime | None = None) -> DutyPeriod:
        return DutyPeriod(
            id=number,
            person_id=office.ani,
            kind=DayKind.LEAVE,
            first=last,
            last=last,
            created_at=now,
            created_by=office.ani,
            cancelled_at=cancelled,
        )

    await add(
        db,
        period(1, today - 801 * DAY),
        period(2, today - 800 * DAY),
        period(3, today, now - 90 * DAY - BRIEF),
        period(4, today, now - 89 * DAY),
        *(
            ShiftDay(person_id=office.ani, day=today - days * DAY, marked_by=office.ani, marked_at=now)
            for days in (801, 800)
        ),
    )
    await forget(db, now)
    assert await ids(db, DutyPeriod.id) == [2, 4]
    async with db.reading() as session:
        assert list(await session.scalars(select(ShiftDay.day))) == [today - 800 * DAY]


async def test_stand_ins_obstacles_and_plans_are_forgotten_after_their_time(
    db: Database, office: Office, now: datetime
) -> None:
    today, old = now.date(), now - 900 * DAY
    for number, days in ((1, 801), (2, 800)):
        await add(
            db,
            ActingSupervisor(
                id=number,
                supervisor_id=office.budi,
                acting_id=office.dewi,
                capacity=Capacity.PLH,
                first=today - 900 * DAY,
                last=today - days * DAY,
                set_by=office.budi,
                created_at=old,
            ),
        )
    for number, closed in ((1, now - 800 * DAY - BRIEF), (2, now - 799 * DAY), (3, None)):
        await add(
            db,
            Blocker(
                id=number,
                person_id=office.ani,
                work_date=old.date(),
                text="Internet mati",
                raised_at=old,
                closed_at=closed,
            ),
        )
    for number, days in ((1, 91), (2, 90)):
        await add(
            db,
            PlanLine(
                id=number,
                person_id=office.ani,
                work_date=today - days * DAY,
                position=1,
                text="Rapat",
                created_at=old,
            ),
        )
    await forget(db, now)
    assert await ids(db, ActingSupervisor.id) == [2]
    assert await ids(db, Blocker.id) == [2, 3]
    assert await ids(db, PlanLine.id) == [2]


async def test_a_file_waits_a_week_for_its_activity(db: Database, office: Office, now: datetime) -> None:
    await add(db, Day(id=1, person_id=office.ani, work_date=now.date(), created_at=now))
    await add(db, Entry(id=1, day_id=1, position=0, activity="Rapat", created_at=now))
    await add(
        db,
        file(1, office.ani, now - 7 * DAY - BRIEF),
        file(2, office.ani, now - 6 * DAY),
        file(3, office.ani, now - 900 * DAY, entry=1),
    )
    await forget(db, now)
    assert await ids(db, Evidence.id) == [2, 3]


async def test_a_file_is_not_taken_while_its_owner_may_put_its_entry_back(
    db: Database, office: Office, now: datetime
) -> None:
    await add(db, file(1, office.ani, now - 8 * DAY), file(2, office.budi, now - 8 * DAY))
    await add(db, DialogueRow(chat_id=user_of(office.ani), step="undo", data={}))
    await add(db, DialogueRow(chat_id=user_of(office.budi), step=None, data={}))
    await forget(db, now)
    assert await ids(db, Evidence.id) == [1]


async def test_what_was_kept_for_a_question_nobody_answered_goes_and_its_lock_stays(
    db: Database, now: datetime
) -> None:
    for chat, at in ((1, now - 7 * DAY - BRIEF), (2, now - 6 * DAY), (3, None)):
        await add(db, DialogueRow(chat_id=chat, step="undo", data={"text": "Rapat"}, expires_at=at))
    await add(db, DialogueRow(chat_id=4, step=None, data={}))
    await forget(db, now)
    async with db.reading() as session:
        found = {row.chat_id: (row.step, row.data) for row in await session.scalars(select(DialogueRow))}
    asked = ("undo", {"text": "Rapat"})
    assert found == {1: (None, {}), 2: asked, 3: asked, 4: (None, {})}


async def test_the_pace_of_a_chat_is_forgotten_once_it_means_nothing(db: Database, now: datetime) -> None:
    old, young = (now - DAY - BRIEF).timestamp(), (now - DAY + BRIEF).timestamp()
    held = ((1, old, None), (2, young, None), (3, old, young), (4, old, old))
    await add(db, *(Pace(chat_id=one, free_at=free, held_until=until) for one, free, until in held))
    await forget(db, now)
    assert await ids(db, Pace.chat_id) == [2, 3]
    assert await ids(db, AuditEvent.id) == []


def test_every_table_has_a_rule_or_a_reason_to_stay(now: datetime) -> None:
    """Whoever adds a table decides how long its rows live."""
    ruled = {name for name, _, _ in _rules(now)}
    assert ruled.isdisjoint(KEPT)
    assert ruled | KEPT.keys() == set(Base.metadata.tables)
    assert all(KEPT.values())


async def test_the_record_is_never_forgotten(db: Database, office: Office, now: datetime) -> None:
    ago = now - 5000 * DAY
    await add(db, Day(id=1, person_id=office.ani, work_date=ago.date(), created_at=ago))
    await add(db, Entry(id=1, day_id=1, position=0, activity="Rapat", created_at=ago))
    await add(
        db,
        Decision(
            day_id=1, entry_id=1, verdict=Verdict.APPROVE, revision=1, decided_by=office.budi, decided_at=ago
        ),
        Feedback(
            from_id=office.budi, to_id=office.ani, tone=Tone.APPRECIATION, text="Terima kasih", given_at=ago
        ),
        AuditEvent(at=ago, action="submitted", subject="day", subject_id=1),
    )
    assert not await forget(db, now)
    async with db.reading() as session:
        for table in (Day, Entry, Decision, Feedback, AuditEvent):
            assert await session.scalar(select(func.count()).select_from(table)) == 1


async def test_it_deletes_in_portions_and_says_how_many(db: Database, now: datetime) -> None:
    old = now - 365 * DAY
    await add(
        db,
        *(FailedUpdate(id=one, reference=str(one), at=old, error="E", body={}) for one in range(1, 8)),
    )
    left = []
    while await forget(db, now, limit=3):
        left.append(len(await ids(db, FailedUpdate.id)))
    assert left == [4, 1]
    assert await ids(db, FailedUpdate.id) == []
    async with db.reading() as session:
        events = list(await session.scalars(select(AuditEvent).order_by(AuditEvent.id)))
        assert [one.detail for one in events] == ["failed_updates 3", "failed_updates 3", "failed_updates 1"]
        assert {one.action for one in events} == {"retention_applied"}


async def test_the_ticks_go_on_until_nothing_is_left_and_then_wait_a_day(
    db: Database, office: Office, now: datetime
) -> None:
    rounds = Rounds()

    async def ticks(at: datetime) -> int:
        async with db.writing() as session:
            await rounds(session, at)
        return len(await ids(db, SeenUpdate.update_id))

    await add(db, *(seen(number, now - 3 * DAY) for number in range(2 * LIMIT + 1)))
    assert [await ticks(now) for _ in range(4)] == [LIMIT + 1, 1, 0, 0]
    await add(db, seen(9, now - 3 * DAY))
    assert await ticks(now) == 1
    assert await ticks(now + DAY) == 0


async def test_files_that_are_still_named(db: Database, office: Office, now: datetime) -> None:
    hashes = [f"{number:064x}" for number in range(1200)]
    kept = file(1, office.ani, now)
    kept.sha256 = hashes[1100]
    await add(db, kept)
    async with db.reading() as session:
        assert await files_in_use(session, hashes) == {hashes[1100]}
        assert await files_in_use(session, []) == set()
