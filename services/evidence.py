"""Evidence (bukti dukung): which entry it belongs to, and its bytes.

A file counts once its bytes are stored under EVIDENCE_DIR by the hash of their content: a `file_id` alone is
Telegram's promise, not evidence. Bytes are fetched after the commit, and again when that failed:

    fetch_after set ──claim (a lease)──▶ stored (sha256) | fetch_after later | failed_at
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models import Day, Entry, Evidence, EvidenceKind, State
from services import audit
from services.approvals.entitlement import capacity_of
from services.approvals.shown import VISIBLE
from services.clock import local_date
from services.entries.days import (
    NotTheirs,
    changed,
    editable_entry,
    ensure_editable,
    own_entries,
    own_entry,
)
from services.entries.drafting import add_links
from services.entries.marks import unmark
from services.entries.restoring import Removed, remove_evidence
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.reading.links import take_links

LARGEST = 20 * 1024 * 1024
"""Bytes: the most a bot may download (Bot API, getFile)."""
ACCEPTED = frozenset(
    (
        "pdf",
        "jpg",
        "jpeg",
        "png",
        "webp",
        "heic",
        "gif",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "odt",
        "ods",
        "odp",
        "csv",
        "txt",
        "rtf",
        "zip",
        "mp4",
        "mov",
    )
)
"""Endings of documents that are taken as evidence."""
CHANGING = (State.DRAFT, State.RETURNED, State.SUBMITTED)
"""States in which an entry takes new evidence."""
LONGEST_NAME, LONGEST_TYPE = 255, 120
"""Characters kept of a file's name (its end, with the ending) and of its media type."""
LEASE = timedelta(minutes=2)
RETRIES = tuple(timedelta(minutes=minutes) for minutes in (0.1, 1, 5, 30, 120, 480))


def evidence_path(folder: Path, sha256: str) -> Path:
    """Where the bytes of a hash lie: `ab/abcdef…`."""
    return folder / sha256[:2] / sha256


@dataclass(frozen=True, slots=True)
class Attached:
    """`day_id` None: there is no entry yet, the file waits for the next one."""

    evidence_id: int
    day_id: int | None
    entry_id: int | None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bytes to be fetched."""

    evidence_id: int
    file_id: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Opened:
    """Evidence somebody may see."""

    kind: EvidenceKind
    url: str | None
    file_id: str | None
    sha256: str | None
    file_name: str | None


async def attach(
    session: AsyncSession,
    actor: Actor,
    *,
    kind: str,
    file_id: str,
    file_unique_id: str,
    size: int,
    file_name: str | None,
    mime_type: str | None,
    message_id: int,
    reply_to: int | None,
    album: str | None,
    entry_id: int | None,
    now: datetime,
    waits: bool = False,
) -> Attached:
    """Keeps one file with the entry named, else its album's, else the one replied to, else the last of today.

    `waits`: its activity is still to be typed, so it belongs to none of these.

    Raises Invalid: `file_too_big`, `file_kind` (no photo or document), `file_type` (an ending not taken).
    """
    if kind not in ("photo", "document"):
        raise Invalid("evidence", "file_kind")
    if size > LARGEST:
        raise Invalid("evidence", "file_too_big", limit=LARGEST // 1024 // 1024)
    ending = (file_name or "").rpartition(".")[2].casefold()
    if kind == "document" and ending not in ACCEPTED:
        raise Invalid("evidence", "file_type", ending=ending[:10] or "?")
    day = entry = None
    for _ in range(0 if waits else 2):  # one decided while its day was waited for is looked past
        found = await _entry_for(session, actor, entry_id=entry_id, reply_to=reply_to, album=album, now=now)
        if found is None:
            break
        day, entry = await own_entry(session, actor, found)
        if entry.state in CHANGING:
            break
        day = entry = None
    evidence = Evidence(
        person_id=actor.person_id,
        entry_id=entry.id if entry else None,
        kind=EvidenceKind(kind),
        file_id=file_id,
        file_unique_id=file_unique_id,
        file_name=file_name[-LONGEST_NAME:] if file_name else None,
        mime_type=mime_type[:LONGEST_TYPE] if mime_type else None,
        size=size,
        album=album,
        source_message_id=message_id,
        created_at=now,
        fetch_attempts=0,
        fetch_after=now,
    )
    session.add(evidence)
    await session.flush()
    if day is None or entry is None:
        return Attached(evidence.id, None, None)
    await changed(session, day)
    return Attached(evidence.id, day.id, entry.id)


async def _entry_for(
    session: AsyncSession,
    actor: Actor,
    *,
    entry_id: int | None,
    reply_to: int | None,
    album: str | None,
    now: datetime,
) -> int | None:
    """The entry a file belongs to, looked for before its day is locked."""
    mine = select(Entry.id).join(Day, Day.id == Entry.day_id).where(Day.person_id == actor.person_id)
    editable = Entry.state.in_(CHANGING)
    if entry_id is not None:
        found = await session.scalar(mine.where(Entry.id == entry_id, editable))
        if found is not None:
            return found
    if album is not None:
        found = await session.scalar(
            mine.join(Evidence, Evidence.entry_id == Entry.id)
            .where(Evidence.album == album, editable)
            .limit(1)
        )
        if found is not None:
            return found
    if reply_to is not None:
        found = await session.scalar(
            mine.where(Entry.source_chat_id == actor.chat_id, Entry.source_message_id == reply_to, editable)
            .order_by(Entry.id.desc())
            .limit(1)
        )
        if found is not None:
            return found
    today = local_date(now, actor.zone)
    return await session.scalar(
        mine.where(editable, or_(Day.work_date == today, Entry.created_at > now - timedelta(hours=12)))
        .order_by(Entry.created_at.desc(), Entry.position.desc())
        .limit(1)
    )


async def attach_links(
    session: AsyncSession, actor: Actor, entry_id: int, text: str, *, now: datetime
) -> int:
    """Keeps the links of a text as evidence of an entry. Gives the day's id. Raises Invalid `no_link`."""
    links, _ = take_links(text)
    if not links:
        raise Invalid("evidence", "no_link")
    day, entry = await editable_entry(session, actor, entry_id, now=now)
    add_links(session, entry, tuple(links), person_id=actor.person_id, now=now)
    await changed(session, day)
    return day.id


async def move(session: AsyncSession, actor: Actor, evidence_id: int, entry_id: int, *, now: datetime) -> int:
    """Puts evidence, with its whole album, under another entry of one's own. Gives the day's id."""
    evidence = await _own(session, actor, evidence_id)
    # What is before the supervisor, or decided, keeps its evidence. Both days are locked in one go.
    wanted = [one for one in (evidence.entry_id, entry_id) if one is not None]
    places = await own_entries(session, actor, wanted)
    for day, entry in places:
        await ensure_editable(session, actor, day, [entry], now=now)
    there = next(((day, one) for day, one in places if one.id == entry_id), None)
    if there is None:
        raise NotFound("entry_gone")
    day, entry = there
    same = Evidence.album == evidence.album if evidence.album else Evidence.id == evidence.id
    await session.execute(
        update(Evidence).where(Evidence.person_id == actor.person_id, same).values(entry_id=entry.id)
    )
    await unmark(session, wanted)
    await changed(session, day)
    return day.id


async def drop(
    session: AsyncSession, actor: Actor, evidence_id: int, *, now: datetime
) -> tuple[int, Removed]:
    """Takes evidence off an entry that may still be changed. Gives the entry's id and what puts it back."""
    evidence = await _own(session, actor, evidence_id)
    if evidence.entry_id is None:
        raise NotFound("evidence_gone")
    day, entry = await editable_entry(session, actor, evidence.entry_id, now=now)
    removed = await remove_evidence(session, day, evidence)
    await unmark(session, [entry.id])
    audit.record(
        session, "evidence_dropped", actor_id=actor.person_id, subject="entry", subject_id=entry.id, now=now
    )
    await changed(session, day)
    return entry.id, removed


async def open_evidence(session: AsyncSession, actor: Actor, evidence_id: int, *, now: datetime) -> Opened:
    """Evidence for its owner or whoever decides on the owner's day.

    Raises NotAllowed, NotFound (`evidence_not_stored`: its bytes are lost).
    """
    row = (
        await session.execute(
            select(Evidence, Entry.state, Day)
            .outerjoin(Entry, Entry.id == Evidence.entry_id)
            .outerjoin(Day, Day.id == Entry.day_id)
            .where(Evidence.id == evidence_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("evidence_gone")
    evidence, state, day = row
    if actor.person_id != evidence.person_id:
        if state not in VISIBLE:  # drafts are their owner's alone
            raise NotAllowed
        await capacity_of(session, actor, evidence.person_id, now=now, day=day)
    if evidence.failed_at is not None:
        raise NotFound("evidence_not_stored")
    return Opened(evidence.kind, evidence.url, evidence.file_id, evidence.sha256, evidence.file_name)


async def anything_due(session: AsyncSession, *, now: datetime) -> bool:
    """Whether a fetch is due: asked without the lock of a writer."""
    return await session.scalar(select(Evidence.id).where(Evidence.fetch_after <= now).limit(1)) is not None


async def claim_fetches(session: AsyncSession, *, now: datetime, limit: int = 8) -> Sequence[Fetch]:
    """Takes due fetches under a lease: a process that dies leaves them to the next look."""
    due = (
        select(Evidence.id)
        .where(Evidence.fetch_after <= now)
        .order_by(Evidence.fetch_after)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = await session.execute(
        update(Evidence)
        .where(Evidence.id.in_(due))
        .values(fetch_after=now + LEASE, fetch_attempts=Evidence.fetch_attempts + 1)
        .returning(Evidence.id, Evidence.file_id, Evidence.fetch_attempts)
        .execution_options(synchronize_session=False)
    )
    return [Fetch(one, file_id or "", attempts) for one, file_id, attempts in rows]


async def stored(session: AsyncSession, evidence_id: int, *, sha256: str, size: int, now: datetime) -> None:
    """The bytes are on disk."""
    await session.execute(
        update(Evidence)
        .where(Evidence.id == evidence_id)
        .values(sha256=sha256, size=size, stored_at=now, fetch_after=None, failed_at=None)
    )
    entry_id = await session.scalar(select(Evidence.entry_id).where(Evidence.id == evidence_id))
    if entry_id is not None:
        await unmark(session, [entry_id])  # its address stands in the sheet from now on


async def not_fetched(session: AsyncSession, fetch: Fetch, *, permanent: bool, now: datetime) -> bool:
    """Plans the next try; True when there is none left and its owner has to send the file again."""
    final = permanent or fetch.attempts >= len(RETRIES)
    await session.execute(
        update(Evidence)
        .where(Evidence.id == fetch.evidence_id)
        .values(
            fetch_after=None if final else now + RETRIES[fetch.attempts - 1],
            failed_at=now if final else None,
        )
    )
    return final


async def place_of(session: AsyncSession, evidence_id: int) -> int | None:
    """The day whose entry a piece of evidence belongs to; None while it waits for one."""
    return await session.scalar(
        select(Entry.day_id).join(Evidence, Evidence.entry_id == Entry.id).where(Evidence.id == evidence_id)
    )


async def described(session: AsyncSession, evidence_id: int) -> tuple[EvidenceKind, str | None, str | None]:
    """Kind, file name and activity of a piece of evidence, to speak of it. Raises NotFound."""
    row = (
        await session.execute(
            select(Evidence.kind, Evidence.file_name, Entry.activity)
            .outerjoin(Entry, Entry.id == Evidence.entry_id)
            .where(Evidence.id == evidence_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("evidence_gone")
    return row[0], row[1], row[2]


async def owner_of(session: AsyncSession, evidence_id: int) -> int | None:
    return await session.scalar(select(Evidence.person_id).where(Evidence.id == evidence_id))


async def _own(session: AsyncSession, actor: Actor, evidence_id: int) -> Evidence:
    evidence = await session.get(Evidence, evidence_id)
    if evidence is None:
        raise NotFound("evidence_gone")
    if evidence.person_id != actor.person_id:
        raise NotTheirs("evidence_gone")
    return evidence
