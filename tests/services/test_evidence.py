"""Where a file goes, and how its bytes come to be ours."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.fetching import store_bytes
from models import Entry, Evidence, State
from models.engine import Database
from services import evidence
from services.entries.drafting import take_report
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor, who_is
from tests.conftest import WEDNESDAY
from tests.office import Office, user_of


async def actor_of(session: AsyncSession, person_id: int) -> Actor:
    actor = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert actor is not None
    return actor


async def attach(session: AsyncSession, actor: Actor, now: datetime, **changes: object) -> evidence.Attached:
    values: dict[str, object] = {
        "kind": "document",
        "file_id": "F",
        "file_unique_id": "U",
        "size": 10,
        "file_name": "a.pdf",
        "mime_type": "application/pdf",
        "message_id": 9,
        "reply_to": None,
        "album": None,
        "entry_id": None,
        "now": now,
    }
    return await evidence.attach(session, actor, **{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "voice"}, "file_kind"),
        ({"size": evidence.LARGEST + 1}, "file_too_big"),
        ({"file_name": "a.exe"}, "file_type"),
        ({"file_name": None}, "file_type"),
    ],
)
async def test_the_limit_is_named(
    db: Database, office: Office, now: datetime, changes: dict[str, object], code: str
) -> None:
    async with db.writing() as session:
        with pytest.raises(Invalid) as refused:
            await attach(session, await actor_of(session, office.ani), now, **changes)
    assert refused.value.code == code


async def test_a_file_goes_to_the_named_the_replied_to_or_the_last_entry(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        ani = await actor_of(session, office.ani)
        one = await take_report(session, ani, "Piket pagi", message_id=1, now=now)
        two = await take_report(session, ani, "Rapat komite", message_id=2, now=now)
        assert (await attach(session, ani, now)).entry_id == two.entry_ids[0]
        assert (await attach(session, ani, now, reply_to=1)).entry_id == one.entry_ids[0]
        assert (await attach(session, ani, now, entry_id=one.entry_ids[0])).entry_id == one.entry_ids[0]
        first = await attach(session, ani, now, reply_to=1, album="A")
        assert (await attach(session, ani, now, album="A")).entry_id == first.entry_id
        assert (await attach(session, ani, now, waits=True)).entry_id is None
        tomorrow = now + timedelta(days=1)
        assert (await attach(session, ani, tomorrow)).entry_id is None, "yesterday's entries are not meant"
        citra = await actor_of(session, office.citra)
        assert (await attach(session, citra, now, entry_id=one.entry_ids[0])).entry_id is None


async def test_long_names_keep_their_ending(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        ani = await actor_of(session, office.ani)
        kept = await attach(session, ani, now, file_name="x" * 400 + ".pdf", mime_type="y" * 400)
        stored = await session.get_one(Evidence, kept.evidence_id)
        assert stored.file_name is not None
        assert len(stored.file_name) == 255
        assert stored.file_name.endswith(".pdf")


async def test_a_fetch_is_leased_retried_and_at_last_given_up(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        kept = await attach(session, await actor_of(session, office.ani), now)
        tries = 0
        while True:
            assert await evidence.anything_due(session, now=now)
            [fetch] = await evidence.claim_fetches(session, now=now)
            assert await evidence.claim_fetches(session, now=now) == [], "nobody else takes it meanwhile"
            tries += 1
            if await evidence.not_fetched(session, fetch, permanent=False, now=now):
                break
            assert not await evidence.anything_due(session, now=now)
            now += timedelta(hours=9)
        assert tries == len(evidence.RETRIES)
        with pytest.raises(NotFound) as lost:
            await evidence.open_evidence(
                session, await actor_of(session, office.ani), kept.evidence_id, now=now
            )
        assert lost.value.code == "evidence_not_stored"


async def test_what_was_claimed_by_the_dead_is_claimed_again(
    db: Database, office: Office, now: datetime
) -> None:
    async with db.writing() as session:
        kept = await attach(session, await actor_of(session, office.ani), now)
        await evidence.claim_fetches(session, now=now)
        later = now + evidence.LEASE
        [fetch] = await evidence.claim_fetches(session, now=later)
        assert (fetch.evidence_id, fetch.attempts) == (kept.evidence_id, 2)
        await evidence.stored(session, fetch.evidence_id, sha256="a" * 64, size=3, now=later)
        assert not await evidence.anything_due(session, now=later + timedelta(days=1))


async def test_who_may_open_move_and_drop(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        ani = await actor_of(session, office.ani)
        taken = await take_report(session, ani, "Piket\nRapat", message_id=1, now=now)
        kept = await attach(session, ani, now, entry_id=taken.entry_ids[0])
        assert (await evidence.open_evidence(session, ani, kept.evidence_id, now=now)).file_id == "F"
        budi = await actor_of(session, office.budi)
        with pytest.raises(NotAllowed):
            await evidence.open_evidence(session, budi, kept.evidence_id, now=now)
        await session.execute(update(Entry).values(state=State.SUBMITTED))
        assert (await evidence.open_evidence(session, budi, kept.evidence_id, now=now)).file_name == "a.pdf"
        await session.execute(update(Entry).values(state=State.DRAFT))
        for person in (office.citra, office.head, office.admin):
            other = await actor_of(session, person)
            with pytest.raises(NotAllowed):
                await evidence.open_evidence(session, other, kept.evidence_id, now=now)
            with pytest.raises(NotAllowed):
                await evidence.drop(session, other, kept.evidence_id, now=now)
        with pytest.raises(NotAllowed):
            await evidence.move(session, budi, kept.evidence_id, taken.entry_ids[1], now=now)
        await evidence.move(session, ani, kept.evidence_id, taken.entry_ids[1], now=now)
        entry_id, removed = await evidence.drop(session, ani, kept.evidence_id, now=now)
        assert (removed.day_id, entry_id) == (taken.day_id, taken.entry_ids[1])
        with pytest.raises(NotFound):
            await evidence.drop(session, ani, kept.evidence_id, now=now)


def test_the_same_content_is_kept_once_and_whole(tmp_path: Path) -> None:
    first = store_bytes(tmp_path, b"isi")
    assert store_bytes(tmp_path, b"isi") == first
    path = evidence.evidence_path(tmp_path, first)
    assert path.read_bytes() == b"isi"
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]
