"""Somebody leaves: nothing reaches them any more, their record stays, nobody loses their supervisor."""

import argparse
from collections.abc import Sequence
from datetime import datetime

import pytest
from sqlalchemy import func, select

from bot.commands import leaving
from bot.texts import Texts
from models import Account, AuditEvent, Day, Invitation, Person, Role, RoleName, RoundKind, Schedule
from models.engine import Database
from services.errors import Invalid
from services.people.identity import who_is
from services.people.import_people import import_people
from services.people.invitations import invite, invite_admin
from services.people.leaving import Left, deactivate
from services.people.people_file import COLUMNS
from services.people.rows import Cell
from services.rounds.plan import plan_everybody
from tests.office import Office, user_of

TEXTS = Texts().speech("id").plain
DECIDING = {RoundKind.QUEUE_NOTICE, RoundKind.BRIEF, RoundKind.TEAM_DIGEST}
"""What only somebody with people below them gets."""


async def nip_of(db: Database, person_id: int) -> str:
    async with db.reading() as session:
        return (await session.get_one(Person, person_id)).nip or ""


async def leave(db: Database, *references: str, now: datetime) -> Left:
    async with db.writing() as session:
        return await deactivate(session, references, now=now)


async def active(db: Database, *person_ids: int) -> list[bool]:
    async with db.reading() as session:
        return [(await session.get_one(Person, one)).active for one in person_ids]


async def schedules_of(db: Database, person_id: int) -> set[RoundKind]:
    async with db.reading() as session:
        return set(await session.scalars(select(Schedule.kind).where(Schedule.person_id == person_id)))


async def types(db: Database, people: Sequence[str], now: datetime, *, admin: str | None = None) -> int:
    args = argparse.Namespace(people=list(people), admin=admin)
    return await leaving.run(args, database=db, now=now, texts=TEXTS)


async def test_who_leaves_has_no_account_no_invitation_and_is_not_asked(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await invite(session, [office.ani], now=now)
        await plan_everybody(session, now=now)
        session.add(Day(person_id=office.ani, work_date=now.date(), created_at=now))
    left = await leave(db, await nip_of(db, office.ani), now=now)
    assert left == Left(names=("Ani Rahmawati",))
    assert await active(db, office.ani, office.citra) == [False, True]
    assert await schedules_of(db, office.ani) == set()
    assert {RoundKind.PROMPT, *DECIDING} <= await schedules_of(db, office.budi)
    async with db.reading() as session:
        assert await session.get(Account, user_of(office.ani)) is None
        assert await who_is(session, user_of(office.ani), now=now) is None
        open_ = select(func.count(Invitation.id)).where(Invitation.revoked_at.is_(None))
        assert await session.scalar(open_) == 0
        assert await session.scalar(select(func.count(Day.id))) == 1
        event = (
            await session.scalars(select(AuditEvent).where(AuditEvent.action == "person_deactivated"))
        ).one()
        assert (event.subject_id, event.detail) == (office.ani, f"account {user_of(office.ani)}")


async def test_a_supervisor_of_those_who_stay_cannot_leave(
    db: Database, office: Office, now: datetime
) -> None:
    with pytest.raises(Invalid) as refused:
        await leave(db, await nip_of(db, office.budi), await nip_of(db, office.ani), now=now)
    assert refused.value.code == "still_supervises"
    assert refused.value.params == {"name": "Budi Santoso", "people": "Citra Lestari"}
    assert await active(db, office.budi, office.ani) == [True, True]


async def test_a_supervisor_may_leave_with_everybody_they_decided_on(
    db: Database, office: Office, now: datetime
) -> None:
    numbers = [await nip_of(db, one) for one in (office.eko, office.dewi)]
    left = await leave(db, *numbers, now=now)
    assert left.names == ("Dewi Kartika", "Eko Prasetyo")
    assert await active(db, office.dewi, office.eko) == [False, False]


async def test_whose_last_subordinate_left_gets_no_notice_of_a_queue(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        await plan_everybody(session, now=now)
    assert await schedules_of(db, office.dewi) >= DECIDING
    await leave(db, await nip_of(db, office.eko), now=now)
    assert await schedules_of(db, office.dewi) == {
        RoundKind.PROMPT,
        RoundKind.DIGEST,
        RoundKind.LOCK_WARNING,
    }


async def test_the_last_administrator_stays(db: Database, office: Office, now: datetime) -> None:
    number = await nip_of(db, office.admin)
    with pytest.raises(Invalid, match="last_admin"):
        await leave(db, number, now=now)
    async with db.writing() as session:
        session.add(Role(person_id=office.citra, role=RoleName.ADMIN))
    with pytest.raises(Invalid, match="last_admin"):
        await leave(db, number, await nip_of(db, office.citra), now=now)
    await leave(db, number, now=now)
    assert await active(db, office.admin, office.citra) == [False, True]


async def test_one_unknown_reference_and_nobody_leaves(db: Database, office: Office, now: datetime) -> None:
    known = await nip_of(db, office.ani)
    assert await leave(db, known, "999", now=now) == Left(unknown=("999",))
    assert await active(db, office.ani) == [True]
    await leave(db, known, now=now)
    assert await leave(db, known, now=now) == Left(inactive=(known,))


async def test_who_comes_back_is_imported_again(db: Database, office: Office, now: datetime) -> None:
    number = await nip_of(db, office.ani)
    await leave(db, number, now=now)
    row = {"nama": "Ani Rahmawati", "nip": number, "jabatan": "Guru", "unit_kerja": "MTsN 3 Sukamaju"}
    cells = {name: Cell(f"A{place}", row.get(name, "")) for place, name in enumerate(COLUMNS, start=2)}
    async with db.writing() as session:
        done = await import_people(session, [cells], now=now)
    assert done.faults == ()
    assert await active(db, office.ani) == [True]
    async with db.reading() as session:
        assert await session.scalar(select(Account.user_id).where(Account.person_id == office.ani)) is None


async def test_the_command_says_who_left_and_why_not(
    db: Database, office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    ani, budi = await nip_of(db, office.ani), await nip_of(db, office.budi)
    assert await types(db, [budi], now) == 1
    assert "Ani Rahmawati, Citra Lestari" in capsys.readouterr().out
    assert await types(db, [ani, "12\x1b[2J"], now) == 1
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "tidak dikenal" in said
    assert await types(db, [ani], now) == 0
    assert "Ani Rahmawati dinonaktifkan" in capsys.readouterr().out
    assert await types(db, [ani], now) == 1
    assert "sudah tidak aktif" in capsys.readouterr().out


async def test_an_administrator_without_a_number_leaves_by_name(
    db: Database, office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    async with db.writing() as session:
        made = await invite_admin(session, "Citra Lestri", now=now, new=True)
    assert await types(db, [], now, admin="Citra Lesti") == 1
    assert "Citra Lestri (–)" in capsys.readouterr().out
    assert await types(db, [], now, admin=" Citra  Lestri") == 0
    assert "Citra Lestri dinonaktifkan" in capsys.readouterr().out
    assert await active(db, made.person_id) == [False]
    assert await types(db, [], now, admin="Citra Lestri") == 1
    async with db.reading() as session:
        assert (
            await session.scalar(select(func.count(Invitation.id)).where(Invitation.revoked_at.is_(None)))
            == 0
        )


async def test_administrators_of_one_name_are_told_apart_by_number(
    db: Database, office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    async with db.writing() as session:
        for _ in range(2):
            person = Person(name="Fitri", created_at=now)
            session.add(person)
            await session.flush()
            session.add(Role(person_id=person.id, role=RoleName.ADMIN))
    assert await types(db, [], now, admin="Fitri") == 1
    assert "lebih dari satu pengelola bernama Fitri" in capsys.readouterr().out


async def test_either_numbers_or_a_name(
    db: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await types(db, [], now) == 2
    assert await types(db, ["1"], now, admin="Fitri") == 2
    assert "Pilih satu" in capsys.readouterr().err
