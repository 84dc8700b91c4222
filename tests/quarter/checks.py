"""What must be true of the quarter that was lived: what people received, compared with the oracle."""

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from models import Digest, DigestKind, OutboxMessage, OutboxState
from tests.quarter import oracle
from tests.quarter.driver import GRID, Quarter
from tests.quarter.office import Colleague

LATEST = GRID + timedelta(minutes=41)
"""A prompt may be later than its time by a step of the clock, and by how long the program was stopped."""
MOST_REMINDERS = 3
TOLD_AT_ONCE = frozenset({"duty_told", "queue_changed"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that arrived: its outbox row, and when its person got it. `work_date`: or the week's."""

    kind: str
    person_id: int
    work_date: date | None
    step: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """What there was to check, so that a test that checked nothing is seen."""

    prompts: int
    reminders: int
    summaries: int
    group_summaries: int
    messages: int


async def check(quarter: Quarter) -> Counted:
    """Every promise of the rounds; gives how much was checked."""
    sent = await _sent(quarter)
    by_kind: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        by_kind[one.kind].append(one)
    people = {one.id: one for one in quarter.people}
    _nothing_twice(sent)
    _nothing_at_night(people, sent)
    _one_prompt_a_workday(quarter, by_kind["prompted"])
    _reminders(quarter, by_kind["reminded"], by_kind["prompted"])
    digests = await _digests_tile(quarter)
    groups = await _groups_tile(quarter)
    return Counted(len(by_kind["prompted"]), len(by_kind["reminded"]), digests, groups, len(sent))


async def _sent(quarter: Quarter) -> list[Sent]:
    """The outbox rows of people that were sent, each with its message in that person's chat."""
    async with quarter.db.reading() as session:
        rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
        session.expunge_all()  # read on after the transaction
    wrong = [(row.kind, row.state, row.error) for row in rows if row.state is not OutboxState.SENT]
    assert not wrong, wrong[:10]
    arrived = {
        (one.user_id, message.id): message
        for one in quarter.people
        for message in quarter.sim.people[one.user_id].chat.messages.values()
    }
    users = {one.id: one.user_id for one in quarter.people}
    found = []
    for row in rows:
        if row.person_id is None or row.message_id is None:
            continue
        assert row.finished_at is not None
        message = arrived.get((users[row.person_id], row.message_id))
        assert message is not None, f"{row.kind} was never received"
        about = row.payload.get("work_date") or row.payload.get("week")
        work_date = date.fromisoformat(about) if about else None
        step = int(row.payload.get("step", 0))
        found.append(Sent(row.kind, row.person_id, work_date, step, row.finished_at))
    return found


def _nothing_twice(sent: list[Sent]) -> None:
    counted = Counter((one.kind, one.person_id, one.work_date, one.step) for one in sent if one.work_date)
    assert not [key for key, count in counted.items() if count > 1]


def _nothing_at_night(people: dict[int, Colleague], sent: list[Sent]) -> None:
    """What the bot starts by itself, whatever it is; what somebody else did may be told when they did it."""
    kinds = {one.kind for one in sent}
    assert kinds >= {"prompted", "reminded", "briefed", "queue_noticed", "week_summed", "team_summed"}, kinds
    for one in sent:
        if one.kind not in TOLD_AT_ONCE:
            assert not oracle.is_quiet(one.at, oracle.zone_at(people[one.person_id], one.at)), one


def _one_prompt_a_workday(quarter: Quarter, prompts: list[Sent]) -> None:
    got = {(one.person_id, one.work_date): one for one in prompts if one.work_date}
    for one in quarter.people:
        for day in oracle.days_between(quarter.first, quarter.last):
            sent = got.pop((one.id, day), None)
            if not one.asked or not oracle.works_on(one, day):
                assert sent is None, ("asked on a day off", one, sent)
                continue
            due = oracle.prompt_at(one, day)
            settled = quarter.answered.get((one.id, day)) or quarter.off.get((one.id, day))
            if sent is None and quarter.restarts and oracle.is_quiet(due + LATEST, oracle.zone_on(one, day)):
                continue  # stopped until the evening had begun: not asked any more
            if sent is None:
                assert settled is not None, ("not asked", one, day)
                assert settled <= due + LATEST, ("not asked", one, day)
            else:
                assert due <= sent.at <= due + LATEST, ("at the wrong time", one, day, due, sent.at)
                assert settled is None or settled >= due, ("asked though answered", one, day)
    assert not got, got


def _reminders(quarter: Quarter, reminders: list[Sent], prompts: list[Sent]) -> None:
    got: dict[tuple[int, date], list[Sent]] = defaultdict(list)
    for one in reminders:
        assert one.work_date is not None
        got[one.person_id, one.work_date].append(one)
    asked = {(one.person_id, one.work_date): one.at for one in prompts if one.work_date}
    for key, found in got.items():
        assert key in asked, ("reminded without being asked", found)
    people = {one.id: one for one in quarter.people}
    for (person_id, day), prompted in asked.items():
        colleague, found = people[person_id], got[person_id, day]
        asked_for = (person_id, day) in quarter.snoozed  # one's own cap stops no reminder one chose
        assert len(found) <= (MOST_REMINDERS if asked_for else min(MOST_REMINDERS, colleague.cap)), found
        settled = quarter.answered.get((person_id, day)) or quarter.off.get((person_id, day))
        for reminder in found:
            assert reminder.at >= prompted + timedelta(minutes=30), (prompted, reminder)
            assert settled is None or reminder.at <= settled + GRID, ("reminded though settled", reminder)
        if settled is None and (person_id, day) not in quarter.snoozed:
            _reminded_enough(quarter, colleague, day, prompted, found)


def _reminded_enough(
    quarter: Quarter, one: Colleague, day: date, prompted: datetime, found: list[Sent]
) -> None:
    """Somebody who never answers, was asked well before the evening and lets themselves be reminded."""
    zone = ZoneInfo(oracle.zone_on(one, day))
    if one.cap < MOST_REMINDERS or prompted.astimezone(zone).hour >= 17:
        return
    if quarter.restarts or (one.id, day) in quarter.undone:
        assert found, (one, day)
    else:
        assert len(found) == MOST_REMINDERS, (one, day, prompted, found)


async def _digests_tile(quarter: Quarter) -> int:
    """Each work date in exactly one summary, each instant in one cut, on the days of the oracle."""
    async with quarter.db.reading() as session:
        rows = (await session.scalars(select(Digest).order_by(Digest.week))).all()
        session.expunge_all()
    by_person: dict[int, list[Digest]] = defaultdict(list)
    teams: dict[int, list[Digest]] = defaultdict(list)
    for row in rows:
        if row.kind is DigestKind.PERSON and row.person_id is not None:
            by_person[row.person_id].append(row)
        if row.kind is DigestKind.TEAM and row.person_id is not None:
            teams[row.person_id].append(row)
    assert set(teams) == {one.supervisor_id for one in quarter.people if one.supervisor_id is not None}
    for found in teams.values():
        _tile(found)
    count = 0
    for one in quarter.people:
        if not one.asked:
            assert one.id not in by_person
            continue
        found = by_person[one.id]
        _tile(found)
        local = [row.cut_to.astimezone(ZoneInfo(one.zone)).date() for row in found]
        assert local == _expected_days(quarter, one), (one, local)
        count += len(found)
    return count


def _tile(rows: list[Digest]) -> None:
    for before, after in itertools.pairwise(rows):
        assert after.first == before.last + timedelta(days=1)
        assert after.cut_from == before.cut_to
    for row in rows:
        assert row.last.weekday() == 3
        assert row.first <= row.last == row.week


def _expected_days(quarter: Quarter, one: Colleague) -> list[date]:
    """Fridays, or the first day at work after: those whose summary the quarter still saw."""
    days = oracle.days_between(quarter.first, quarter.last)
    fridays = [day for day in days if day.weekday() == 4]
    found = set()
    for friday in fridays:
        later = next((day for day in days if day >= friday and _is_there(quarter, one, day)), None)
        if later is not None:
            found.add(later)
    return sorted(found)


def _is_there(quarter: Quarter, one: Colleague, day: date) -> bool:
    """Whether the person works on that day, and has not said before its end that they are away after all."""
    left = quarter.off.get((one.id, day))
    return oracle.works_on(one, day) and (left is None or left >= oracle.end_of(one, day) + GRID)


async def _groups_tile(quarter: Quarter) -> int:
    async with quarter.db.reading() as session:
        rows = (await session.scalars(select(Digest).order_by(Digest.week))).all()
        messages = (
            await session.scalars(select(OutboxMessage).where(OutboxMessage.group_id.is_not(None)))
        ).all()
        session.expunge_all()
    by_group: dict[int, list[Digest]] = defaultdict(list)
    for row in rows:
        if row.kind is DigestKind.UNIT and row.group_id is not None:
            by_group[row.group_id].append(row)
    for found in by_group.values():
        _tile(found)
    total = sum(len(found) for found in by_group.values())
    assert len(messages) == total
    return total
