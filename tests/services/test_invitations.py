"""Invitations: one working link a person, kept as a hash, written safely."""

import argparse
import csv
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.commands import inviting
from bot.texts import Texts
from models import Account, Invitation, Person, Role, RoleName
from models.engine import Database
from services.errors import Invalid
from services.people.invitations import (
    LIFETIME,
    Issued,
    find_people,
    invite,
    invite_admin,
    join_link,
    not_joined,
    token_hash,
)
from tests.office import Office, build_office

TEXTS = Texts().speech("id").plain
ANI = "198501012010012003"


@pytest.fixture
async def new_office(db: Database, now: datetime) -> Office:
    """Nobody has joined yet."""
    async with db.writing() as session:
        return await build_office(session, now=now, joined=False)


async def issue(db: Database, *person_ids: int, now: datetime) -> list[Issued]:
    async with db.writing() as session:
        return await invite(session, person_ids, now=now)


async def test_a_token_is_128_random_bits_and_stored_as_a_hash(
    db: Database, new_office: Office, now: datetime
) -> None:
    one, two = await issue(db, new_office.ani, new_office.budi, now=now)
    assert one.token != two.token
    assert len(one.token) == 22
    assert one.token not in repr(one)
    async with db.reading() as session:
        row = (await session.scalars(select(Invitation).where(Invitation.person_id == new_office.ani))).one()
        assert row.token_hash == token_hash(one.token)
        assert row.expires_at == now + LIFETIME == now + timedelta(days=14)
        assert one.token not in str([getattr(row, column.name) for column in Invitation.__table__.columns])


@pytest.mark.parametrize("token", ["", "x", "a" * 21, "a" * 23, "a" * 21 + "!", "a" * 21 + "\n", "á" * 22])
def test_what_cannot_be_a_token_has_no_hash(token: str) -> None:
    assert token_hash(token) is None


def test_links_begin_where_they_are_told_to() -> None:
    assert join_link("@kinerja_bot", "abc") == "https://t.me/kinerja_bot?start=abc"
    assert (
        join_link("kinerja_bot", "abc", root="http://127.0.0.1:8081/")
        == "http://127.0.0.1:8081/kinerja_bot?start=abc"
    )


async def test_a_new_invitation_makes_older_unused_ones_void(
    db: Database, new_office: Office, now: datetime
) -> None:
    await issue(db, new_office.ani, new_office.budi, now=now)
    await issue(db, new_office.ani, new_office.ani, now=now + timedelta(hours=1))
    async with db.reading() as session:
        rows = await session.execute(
            select(Invitation.person_id, Invitation.revoked_at).order_by(Invitation.id)
        )
        assert [tuple(row) for row in rows] == [
            (new_office.ani, now + timedelta(hours=1)),
            (new_office.budi, None),
            (new_office.ani, None),
        ]


async def test_people_are_found_by_nip_or_staff_number(
    db: Database, new_office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        session.add(Person(name="Joko", staff_number="H-07", created_at=now))
        session.add(Person(name="Lama", staff_number="H-08", created_at=now, active=False))
        await session.flush()
        found = await find_people(session, ["19850101 201001 2 003", ANI, "h-07", "H-08", "H-09", ANI[:17]])
    assert found.person_ids[0] == new_office.ani
    assert len(found.person_ids) == 2
    assert found.inactive == ("H-08",)
    assert found.unknown == ("H-09", ANI[:17])


async def test_all_means_the_active_who_have_not_joined(
    db: Database, new_office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        session.add(Account(user_id=1, person_id=new_office.ani, chat_id=1, joined_at=now))
        eko = await session.get_one(Person, new_office.eko)
        eko.active = False
    async with db.reading() as session:
        left = await not_joined(session)
    assert len(left) == 6
    assert not {new_office.ani, new_office.eko} & set(left)


async def test_an_administrator_is_made_once(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        first = await invite_admin(session, "  Fitri   Handayani ", now=now)
        again = await invite_admin(session, "Fitri Handayani", now=now)
        other = await invite_admin(session, "fitri handayani", now=now, new=True)
    assert first.person_id == again.person_id != other.person_id
    async with db.reading() as session:
        roles = await session.scalars(select(Role.role).where(Role.person_id == first.person_id))
        assert list(roles) == [RoleName.ADMIN]


async def test_a_colleague_of_that_name_does_not_become_administrator(
    db: Database, new_office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        with pytest.raises(Invalid, match="admin_unknown") as caught:
            await invite_admin(session, "Ani Rahmawati", now=now)
        assert ANI in str(caught.value.params["alike"])
        issued = await invite_admin(session, "Ani Rahmawati", now=now, new=True)
    assert issued.person_id != new_office.ani


@pytest.mark.parametrize(
    ("name", "code"), [(" ", "name_empty"), ("12", "name_empty"), ("x" * 201, "name_too_long")]
)
async def test_an_administrator_needs_a_name(db: Database, now: datetime, name: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        async with db.writing() as session:
            await invite_admin(session, name, now=now)
    assert caught.value.code == code


async def test_two_administrators_of_one_name_are_told_apart(db: Database, now: datetime) -> None:
    async with db.writing() as session:
        for _ in range(2):
            person = Person(name="Fitri", created_at=now)
            session.add(person)
            await session.flush()
            session.add(Role(person_id=person.id, role=RoleName.ADMIN))
    with pytest.raises(Invalid) as caught:
        async with db.writing() as session:
            await invite_admin(session, "Fitri", now=now)
    assert caught.value.code == "admin_ambiguous"


@pytest.mark.parametrize(("number", "code"), [("H-01", "admin_here"), (None, "admin_here_unnumbered")])
async def test_a_new_administrator_is_not_taken_for_one_of_the_same_name(
    db: Database, now: datetime, number: str | None, code: str
) -> None:
    async with db.writing() as session:
        first = await invite_admin(session, "Citra Lestari", now=now)
        (await session.get_one(Person, first.person_id)).staff_number = number
    with pytest.raises(Invalid) as caught:
        async with db.writing() as session:
            await invite_admin(session, " Citra  Lestari", now=now, new=True)
    assert (caught.value.code, caught.value.params.get("number")) == (code, number)
    assert await invitations(db) == 1
    async with db.reading() as session:
        assert (await session.scalars(select(Invitation.revoked_at))).all() == [None], "the first link works"


# --- the command --------------------------------------------------------------------------------------------


async def command(db: Database, now: datetime, *words: str) -> int:
    parser = argparse.ArgumentParser()
    inviting.add_parser(parser.add_subparsers())
    args = parser.parse_args(["invite", *words])
    return await inviting.run(args, database=db, now=now, texts=TEXTS, bot_username="kinerja_bot")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("office.db"))


async def invitations(db: Database) -> int:
    async with db.reading() as session:
        return await session.scalar(select(func.count(Invitation.id))) or 0


async def test_everybody_gets_a_row_in_a_file_only_the_owner_reads(
    db: Database, new_office: Office, now: datetime, tmp_path: Path
) -> None:
    async with db.writing() as session:
        session.add(Person(name="=HYPERLINK(1)", staff_number="-7", created_at=now))
        session.add(Person(name="@Joko", staff_number="0012", created_at=now))
    output = tmp_path / "undangan.csv"
    output.write_text("lama")
    output.chmod(0o644)
    assert await command(db, now, "--all", "--output", str(output)) == 0
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["undangan.csv"]
    with output.open(newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == ["nip", "nama", "link"]
    assert len(table) == 10
    by_name = {one["nama"]: one for one in table}
    assert by_name["Ani Rahmawati"]["nip"] == ANI
    assert by_name["'=HYPERLINK(1)"]["nip"] == "'-7"
    assert by_name["'@Joko"]["nip"] == "0012"
    assert by_name["Ani Rahmawati"]["link"].startswith("https://t.me/kinerja_bot?start=")
    async with db.reading() as session:
        found = await find_people(session, [one["nip"] for one in table])
    assert len(found.person_ids) == 10


async def test_single_links_are_printed(
    db: Database, new_office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(db, now, ANI) == 0
    shown = capsys.readouterr()
    header, line = shown.out.split("\r\n")[:2]
    assert header == "nip,nama,link"
    token = line.partition("start=")[2]
    async with db.reading() as session:
        row = (await session.scalars(select(Invitation))).one()
        assert row.token_hash == token_hash(token)
    assert "1 undangan" in shown.err


async def test_one_unknown_person_and_nobody_is_invited(
    db: Database, new_office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(db, now, ANI, "H\x1b-99") == 1
    out = capsys.readouterr().out
    assert "tidak dikenal" in out
    assert "\x1b" not in out
    assert await invitations(db) == 0


async def test_the_command_makes_an_administrator(
    db: Database, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(db, now, "--admin", "Fitri") == 0
    assert ",Fitri,https://t.me/" in capsys.readouterr().out
    assert await command(db, now, "--admin", " ") == 1


@pytest.mark.parametrize("typed", ["fitri handayani", "Fitri Handayni", "Fitri", "Rudi"])
async def test_a_second_administrator_is_made_only_when_said_to_be_new(
    db: Database, now: datetime, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    assert await command(db, now, "--admin", "Fitri Handayani") == 0
    assert await command(db, now, "--admin", typed) == 1
    said = capsys.readouterr().out
    assert f"Belum ada pengelola bernama {typed}. Pengelola yang ada: Fitri Handayani (–)." in said
    assert "--new" in said
    assert await invitations(db) == 1
    assert await command(db, now, "--admin", typed, "--new") == 0
    assert f",{typed},https://t.me/" in capsys.readouterr().out
    assert await command(db, now, "--admin", typed, "--new") == 1
    said = capsys.readouterr().out
    assert f"Pengelola bernama {typed} sudah ada, tanpa nomor." in said
    assert "https" not in said


async def test_who_joined_before_is_told_that_the_account_moves(
    db: Database, office: Office, now: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(db, now, ANI) == 0
    assert "1 di antaranya sudah bergabung" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [(), ("--all",), (ANI, "--all", "--output", "x"), ("--admin", "A", ANI), ("--new", ANI)]
)
async def test_usage(db: Database, now: datetime, words: tuple[str, ...]) -> None:
    assert await command(db, now, *words) == 2


async def test_a_file_that_cannot_be_written_leaves_no_invitation(
    db: Database, new_office: Office, now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(db, now, "--all", "--output", str(tmp_path / "tidak" / "ada.csv")) == 2
    assert "tidak dapat ditulis" in capsys.readouterr().out
    assert await invitations(db) == 0
