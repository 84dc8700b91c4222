"""Taking what somebody typed into the draft of a day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Evidence, EvidenceKind, State
from services.clock import local_date
from services.entries.blocked import note_read
from services.entries.days import MOST_ENTRIES, changed, ensure_asked, open_day
from services.entries.openings import opens_with_work
from services.entries.suggesting import apply_suggestion, load_plan
from services.errors import Invalid
from services.people.identity import Actor
from services.reading.absence import Absence, read_absence
from services.reading.blocked import read_blockers
from services.reading.capture import ReadEntry, read_entries
from services.reading.date_heading import LeadingDay, leading_day
from services.reading.dates import Mode, read_dates
from services.reading.number_words import word_set
from services.reading.sensitive import Sensitive, find_sensitive

WAITS_FOR_ENTRY = timedelta(hours=24)
"""How long a file that came before its activity waits for it."""
_UNSURE = word_set("entah entahlah lupa tidak tahu tau gak ga nggak gatau gtau bingung saya ya bu pak kurang")
"""Words of one who cannot say which day."""
LONGEST = 4096
"""Characters of one activity: a Telegram message cannot hold more."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a text.

    `day_id` None: there was no activity in it. `unclear_day`: the words that named a day which is not
    clear; `day`: a day was named and nothing else. `absence`: it says that there is nothing to report.
    """

    day_id: int | None = None
    entry_ids: tuple[int, ...] = ()
    sensitive: frozenset[Sensitive] = frozenset()
    unclear_day: str | None = None
    day: date | None = None
    absence: Absence | None = None
    nothing_reason: str | None = None
    """The day had been answered with «Tidak ada kegiatan», for this reason; these entries replace that."""

    @property
    def was_nothing(self) -> bool:
        return self.nothing_reason is not None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a reply to «which day?» is, if not the day.

    `reports`: a report with a clear day of its own. `more`: work without a clear day, to be kept too; `said`:
    the words in front of it that name no clear day. `absence`: it says that there is nothing to report.
    """

    reports: bool = False
    more: str = ""
    said: str = ""
    absence: Absence | None = None


async def take_report(
    session: AsyncSession,
    actor: Actor,
    text: str,
    *,
    message_id: int,
    now: datetime,
    work_date: date | None = None,
) -> Taken:
    """Puts the activities of a text into the draft of today, or of the day its leading words name.

    A text that only says that somebody is away, or has nothing to report, is not stored here. Raises Invalid
    for a future or locked day, for too many entries, and for who is not asked; then nothing is stored.
    """
    ensure_asked(actor)
    absence = read_absence(text)
    if absence is not None:
        return Taken(absence=absence)
    today = local_date(now, actor.zone)
    if work_date is None:
        leading = leading_day(text, today=today)
        if leading is not None:
            if leading.day is None:
                return Taken(unclear_day=leading.said)
            work_date, text = leading.day, leading.rest
            if not read_entries(text):
                return Taken(day=work_date)
    rest, blocked = read_blockers(text)
    found = read_entries(rest)
    if not found and not blocked:
        return Taken()
    day = await open_day(session, actor, work_date or today, now=now)
    nothing_reason = day.nothing_reason if found else None
    entries = await add_entries(session, actor, day, found, message_id=message_id, now=now) if found else []
    if blocked:
        await note_read(session, actor, day, blocked, entries, message_id=message_id, now=now)
    return Taken(
        day_id=day.id,
        entry_ids=tuple(entry.id for entry in entries),
        sensitive=find_sensitive(text),
        nothing_reason=nothing_reason,
    )


def read_reply(text: str, actor: Actor, now: datetime) -> Reply:
    """Tells a reply to «which day?» that is the day itself (or nothing at all) from more work."""
    absence = read_absence(text)
    if absence is not None:
        return Reply(absence=absence)
    today = local_date(now, actor.zone)
    leading = leading_day(text, today=today)
    if leading is not None:
        if not read_entries(leading.rest):
            return Reply()
        return Reply(reports=True) if leading.day else Reply(more=leading.rest, said=leading.said)
    found = read_entries(text)
    works = any(one.outcome for one in found) or any(opens_with_work(line, ()) for line in text.splitlines())
    names = read_dates(text, today=today, mode=Mode.PAST) or read_dates(text, today=today, mode=Mode.FUTURE)
    if not found or (not works and (names or _UNSURE.issuperset(text.casefold().strip(" .!?").split()))):
        return Reply()
    return Reply(more=text)


def bare_day(text: str, actor: Actor, now: datetime) -> LeadingDay | None:
    """The day a text names when it says nothing else: «Senin», «kemarin bu»."""
    leading = leading_day(text, today=local_date(now, actor.zone))
    if leading is None or read_entries(leading.rest) or read_blockers(leading.rest)[1]:
        return None
    return leading


def names_day(text: str, actor: Actor, now: datetime) -> bool:
    """Whether a text begins with a day of its own and goes on with activities."""
    leading = leading_day(text, today=local_date(now, actor.zone))
    return leading is not None and bool(read_entries(leading.rest))


def without_day(text: str, actor: Actor, now: datetime) -> str:
    """A text without the leading words that name its day."""
    leading = leading_day(text, today=local_date(now, actor.zone))
    return leading.rest if leading is not None else text


async def add_entries(
    session: AsyncSession,
    actor: Actor,
    day: Day,
    found: tuple[ReadEntry, ...],
    *,
    message_id: int | None,
    now: datetime,
    first_index: int = 0,
) -> list[Entry]:
    """Appends entries to a day, each with its suggested RHK, its links, and evidence that came before."""
    count, last = (await session.execute(_COUNT, {"day": day.id})).one()
    if count + len(found) > MOST_ENTRIES:
        raise Invalid("entries", "too_many_entries", limit=MOST_ENTRIES)
    plan = await load_plan(session, actor.person_id, day.work_date.year)
    entries = []
    for offset, read in enumerate(found):
        entry = Entry(
            day_id=day.id,
            position=(last or 0) + 1 + offset,
            state=State.DRAFT,
            created_at=now,
            activity=read.activity[:LONGEST],
            outcome=read.outcome,
            quantity=read.quantity,
            unit=read.unit,
            starts=read.start,
            ends=read.end,
            minutes=read.minutes,
            outside_plan=False,
            confident=False,
            outcome_skipped=False,
            repeat_noted=False,
            source_chat_id=actor.chat_id,
            source_message_id=message_id,
            source_index=first_index + offset if message_id is not None else None,
        )
        apply_suggestion(entry, plan)
        entries.append(entry)
    session.add_all(entries)
    await session.flush()
    for entry, read in zip(entries, found, strict=True):
        add_links(session, entry, read.links, person_id=actor.person_id, now=now)
    given = {"person": actor.person_id, "since": now - WAITS_FOR_ENTRY}
    waiting = list(await session.scalars(_WAITING, given))
    for one in waiting:
        one.entry_id = entries[0].id
    if any(read.outcome is None for read in found):
        day.outcomes_asked = False
    await changed(session, day)
    return entries


_COUNT: Any = (
    select(func.count(), func.max(Entry.position)).select_from(Entry).where(Entry.day_id == bindparam("day"))
)
_WAITING: Any = select(Evidence).where(
    Evidence.person_id == bindparam("person"),
    Evidence.entry_id.is_(None),
    Evidence.created_at > bindparam("since"),
)


def add_links(
    session: AsyncSession, entry: Entry, links: tuple[str, ...], *, person_id: int, now: datetime
) -> None:
    """Links in a text are evidence."""
    session.add_all(
        Evidence(
            person_id=person_id,
            entry_id=entry.id,
            kind=EvidenceKind.LINK,
            url=link,
            created_at=now,
            fetch_attempts=0,
        )
        for link in links
    )
