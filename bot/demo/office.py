"""Builds the invented office through the product's own services: imports, reports, decisions."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.commands.importing import plain_rows
from documents.tables import read_table
from models import Account, OutboxMessage, Person, Tone
from services.approvals.deciding import approve_day
from services.calendar import is_workday, load_calendar
from services.entries.drafting import take_report
from services.entries.sending import submit_day, tell_queue
from services.entries.views import load_day
from services.feedback import About, give_feedback
from services.groups import Place, link_here
from services.people import people_file
from services.people.identity import Actor, who_is
from services.people.import_people import import_people
from services.people.rows import Cell
from services.plans import skp_file
from services.plans.import_skp import import_skp

FOLDER = Path(__file__).resolve().parent
ZONE = ZoneInfo("Asia/Jakarta")
DAYS_BACK = 14
JOINED = timedelta(days=60)
"""How long the office has been here."""
FIRST_USER = 6_000_001
SEND_HOUR = time(15, 45)
GROUP = "MTsN 1 Sukamaju"
"""The unit, and the group of the same name."""
GROUP_ADMIN = "Citra Lestari"


@dataclass(frozen=True, slots=True)
class Member:
    """One of the office, with the Telegram user they are in the simulator."""

    person_id: int
    user_id: int
    name: str
    position: str


async def build_office(session: AsyncSession, *, now: datetime) -> list[Member]:
    """Imports people and SKP and lets everybody join."""
    long_ago = now - JOINED
    year = now.astimezone(ZONE).year
    await import_people(session, _rows("people", people_file.COLUMNS, people_file.REQUIRED), now=long_ago)
    await import_skp(session, _rows("skp", skp_file.COLUMNS, skp_file.REQUIRED, year=year), now=long_ago)
    people = (await session.scalars(select(Person).order_by(Person.id))).all()
    members = [
        Member(one.id, FIRST_USER + place, one.name, one.position or "") for place, one in enumerate(people)
    ]
    session.add_all(
        Account(user_id=one.user_id, person_id=one.person_id, chat_id=one.user_id, joined_at=long_ago)
        for one in members
    )
    await session.flush()
    return members


async def link_group(
    session: AsyncSession, members: list[Member], *, chat_id: int, title: str, now: datetime
) -> None:
    """The school's group receives its unit's weekly summary, as if its admin had written `/tautkan` there."""
    admin = next(one for one in members if one.name == GROUP_ADMIN)
    actor = await _actor(session, admin.user_id, now=now)
    await link_here(session, actor, Place(chat_id, None, title, administers=True), title, now=now)


async def live_past_weeks(session: AsyncSession, members: list[Member], *, now: datetime) -> None:
    """Two weeks of reports and decisions; the last workday still waits for its decisions."""
    with (FOLDER / "weeks.toml").open("rb") as file:
        weeks = tomllib.load(file)["people"]
    today = now.astimezone(ZONE).date()
    calendar = await load_calendar(session, first=today - timedelta(days=DAYS_BACK), last=today)
    users = {one.person_id: one.user_id for one in members}
    for who in weeks:
        person = (
            await session.scalars(
                select(Person).where(or_(Person.nip == who["nip"], Person.staff_number == who["nip"]))
            )
        ).one()
        actor = await _actor(session, users[person.id], now=now)
        boss = await _actor(session, users[person.supervisor_id or 0], now=now)
        days = [
            day
            for back in range(DAYS_BACK, 0, -1)
            if is_workday(
                day := today - timedelta(days=back), person.pattern, calendar.days_off(person.unit_id)
            )
        ]
        for place, day in enumerate(days):
            text = who["days"][place % len(who["days"])]
            await _live_day(session, actor, boss, day, text, decided=day != days[-1], praised=place == 1)

    await _forget_messages(
        session, {one.supervisor_id for one in await session.scalars(select(Person))}, now=now
    )


async def _forget_messages(session: AsyncSession, supervisors: set[int | None], *, now: datetime) -> None:
    """What was told in those weeks is past; only the queues as they are now are shown."""
    await session.execute(delete(OutboxMessage))
    for supervisor_id in supervisors - {None}:
        if supervisor_id is not None:
            await tell_queue(session, supervisor_id, now=now)


async def _live_day(
    session: AsyncSession, actor: Actor, boss: Actor, day: date, text: str, *, decided: bool, praised: bool
) -> None:
    at = datetime.combine(day, SEND_HOUR, ZONE).astimezone(UTC)
    taken = await take_report(session, actor, text, message_id=0, now=at, work_date=day)
    if taken.day_id is None:
        raise ValueError("a demo text holds no activity")
    view = await load_day(session, taken.day_id)
    await submit_day(session, actor, view.id, revision=view.revision, now=at)
    if decided:
        view = await load_day(session, view.id)
        later = at + timedelta(hours=1)
        await approve_day(session, boss, view.id, revision=view.revision, now=later)
        if praised:
            about = About(day_id=view.id, entry_id=view.entries[0].id)
            await give_feedback(session, boss, about, tone=Tone.APPRECIATION, text=PRAISE, now=later)


PRAISE = "Terima kasih, hasilnya jelas dan terasa manfaatnya."


async def _actor(session: AsyncSession, user_id: int, *, now: datetime) -> Actor:
    actor = await who_is(session, user_id, now=now)
    if actor is None:
        raise LookupError("nobody of the demo office")
    return actor


def _rows(
    name: str, columns: Sequence[str], required: Sequence[Sequence[str]], **values: object
) -> list[dict[str, Cell]]:
    file = FOLDER / f"{name}.csv"
    text = file.read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", str(value))
    table = read_table(text.encode(), file.name, columns=columns, required=required)
    return plain_rows(table)
