"""Joining by a link, once; who is told; taking it back; and what is stored about a person."""

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from bot.texts import Texts
from models import (
    Account,
    AuditEvent,
    Base,
    Card,
    Day,
    Decision,
    DialogueRow,
    Entry,
    Evidence,
    EvidenceKind,
    FailedUpdate,
    Feedback,
    Invitation,
    OutboxMessage,
    OutboxState,
    Person,
    RoleName,
    Schedule,
    State,
    Tone,
    Verdict,
)
from models.engine import Database
from services.entries.disowning import Disowned
from services.errors import DomainError, Invalid, NotAllowed, NotFound, Outdated
from services.outbox import NOT_JOINED
from services.people.identity import Actor, who_is
from services.people.invitations import LIFETIME, invite
from services.people.joining import Joined, join, note_refusal, preview_invitation, undo_join
from services.people.privacy import everything_about
from tests.conftest import WEDNESDAY
from tests.office import Office, build_office, user_of

PHONE = 777
"""A Telegram account nobody has joined with."""


@pytest.fixture
async def empty(db: Database, now: datetime) -> Office:
    """Only the supervisor and the administrator have joined."""
    async with db.writing() as session:
        office = await build_office(session, now=now - timedelta(days=30), joined=False)
        for person_id in (office.budi, office.admin):
            user_id = user_of(person_id)
            session.add(
                Account(
                    user_id=user_id, person_id=person_id, chat_id=user_id, joined_at=now - timedelta(days=30)
                )
            )
    return office


async def token_for(db: Database, person_id: int, *, now: datetime) -> str:
    async with db.writing() as session:
        return (await invite(session, [person_id], now=now))[0].token


async def joins(
    db: Database, token: str, *, now: datetime, user_id: int = PHONE, account_name: str = ""
) -> Joined:
    async with db.writing() as session:
        return await join(
            session, token, user_id=user_id, chat_id=user_id, now=now, account_name=account_name
        )


async def why_refused(db: Database, token: str, *, now: datetime, user_id: int = PHONE) -> str:
    """The code, the same for looking and for joining."""
    codes = []
    with pytest.raises(Invalid) as looking:
        async with db.reading() as session:
            await preview_invitation(session, token, user_id, now=now)
    codes.append(looking.value.code)
    with pytest.raises(Invalid) as joining:
        await joins(db, token, now=now, user_id=user_id)
    codes.append(joining.value.code)
    assert len(set(codes)) == 1
    for language in ("id", "en"):
        assert Texts().speech(language).plain(f"errors.{codes[0]}", **looking.value.params)
    return codes[0]


async def actor(db: Database, person_id: int) -> Actor:
    async with db.reading() as session:
        found = await who_is(session, user_of(person_id), now=WEDNESDAY)
    assert found is not None
    return found


async def told(db: Database, kind: str) -> list[tuple[int, dict[str, object]]]:
    async with db.reading() as session:
        rows = await session.execute(
            select(OutboxMessage.person_id, OutboxMessage.payload)
            .where(OutboxMessage.kind == kind)
            .order_by(OutboxMessage.id)
        )
        return [(person_id, payload) for person_id, payload in rows]


async def audited(db: Database, action: str) -> list[tuple[int | None, int | None, str | None]]:
    async with db.reading() as session:
        rows = await session.execute(
            select(AuditEvent.actor_id, AuditEvent.subject_id, AuditEvent.detail).where(
                AuditEvent.action == action
            )
        )
        return [(actor_id, subject_id, detail) for actor_id, subject_id, detail in rows]


async def account_of(db: Database, person_id: int) -> int | None:
    async with db.reading() as session:
        return await session.scalar(select(Account.user_id).where(Account.person_id == person_id))


# --- joining ------------------------------------------------------------------------------------------------


async def test_a_link_shows_whom_it_invites_and_stores_nothing(
    db: Database, empty: Office, now: datetime
) -> None:
    token = await token_for(db, empty.ani, now=now)
    async with db.reading() as session:
        invitee = await preview_invitation(session, token, PHONE, now=now)
    assert (invitee.person_id, invitee.name, invitee.position) == (empty.ani, "Ani Rahmawati", "Guru")
    assert (invitee.unit, invitee.moves) == ("MTsN 3 Sukamaju", False)
    assert await account_of(db, empty.ani) is None


async def test_joining_ties_the_account_and_tells_the_supervisor(
    db: Database, empty: Office, now: datetime
) -> None:
    token = await token_for(db, empty.ani, now=now)
    joined = await joins(db, token, now=now, account_name="ani_r")
    assert (joined.person_id, joined.name, joined.moved) == (empty.ani, "Ani Rahmawati", False)
    assert joined.roles == {RoleName.STAFF}
    assert await account_of(db, empty.ani) == PHONE
    ((reader, payload),) = await told(db, "person_joined")
    assert reader == empty.budi
    assert payload["person_id"] == empty.ani
    assert payload["account"] == "ani_r"
    async with db.reading() as session:
        invitation = (await session.scalars(select(Invitation))).one()
        assert (invitation.used_at, invitation.used_by) == (now, PHONE)
        assert await session.scalar(select(Schedule.due_at).where(Schedule.person_id == empty.ani))
    assert [event[:2] for event in await audited(db, "joined")] == [(empty.ani, empty.ani)]


async def test_a_supervisor_who_joins_later_is_told_who_joined_before(
    db: Database, empty: Office, now: datetime
) -> None:
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    async with db.writing() as session:  # as delivery ends it when nobody is there to be told
        await session.execute(delete(Account).where(Account.person_id == empty.budi))
        (row,) = await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "person_joined"))
        row.state, row.error, row.finished_at = OutboxState.FAILED, NOT_JOINED, now
    later = now + timedelta(days=2)
    await joins(db, await token_for(db, empty.budi, now=later), now=later, user_id=PHONE + 1)
    async with db.reading() as session:
        rows = await session.scalars(select(OutboxMessage).where(OutboxMessage.person_id == empty.budi))
        assert [(one.kind, one.state, one.not_before) for one in rows] == [
            ("person_joined", OutboxState.WAITING, later)
        ]


async def test_without_a_supervisor_the_administrators_are_told(
    db: Database, empty: Office, now: datetime
) -> None:
    await joins(db, await token_for(db, empty.head, now=now), now=now)
    assert [reader for reader, _ in await told(db, "person_joined")] == [empty.admin]


async def test_links_that_do_not_work(db: Database, empty: Office, now: datetime) -> None:
    assert await why_refused(db, "x", now=now) == "invitation_unknown"
    assert await why_refused(db, "a" * 22, now=now) == "invitation_unknown"
    old = await token_for(db, empty.ani, now=now)
    token = await token_for(db, empty.ani, now=now)
    assert await why_refused(db, old, now=now) == "invitation_revoked"
    assert await why_refused(db, token, now=now + LIFETIME) == "invitation_expired"
    await joins(db, token, now=now + LIFETIME - timedelta(seconds=1))
    assert await why_refused(db, token, now=now) == "already_joined"
    assert await why_refused(db, token, now=now, user_id=PHONE + 1) == "invitation_used"


async def test_nobody_inactive_joins(db: Database, empty: Office, now: datetime) -> None:
    token = await token_for(db, empty.ani, now=now)
    async with db.writing() as session:
        ani = await session.get_one(Person, empty.ani)
        ani.active = False
    assert await why_refused(db, token, now=now) == "invitation_unknown"


async def test_an_account_belongs_to_one_person(db: Database, empty: Office, now: datetime) -> None:
    token = await token_for(db, empty.ani, now=now)
    assert await why_refused(db, token, now=now, user_id=user_of(empty.budi)) == "account_taken"
    assert await account_of(db, empty.budi) == user_of(empty.budi)
    assert (await joins(db, token, now=now)).person_id == empty.ani


async def test_a_fresh_invitation_moves_the_account(db: Database, empty: Office, now: datetime) -> None:
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    async with db.writing() as session:
        session.add(DialogueRow(chat_id=PHONE, step="outcome", data={"entry": 1}, expires_at=now))
        session.add(Card(chat_id=PHONE, kind="day", subject_id=1, message_id=5, shown_at=now))
    later = now + timedelta(days=1)
    token = await token_for(db, empty.ani, now=later)
    async with db.reading() as session:
        assert (await preview_invitation(session, token, PHONE + 1, now=later)).moves
    assert (await joins(db, token, now=later, user_id=PHONE + 1)).moved
    assert await account_of(db, empty.ani) == PHONE + 1
    async with db.reading() as session:
        assert await session.get(Account, PHONE) is None
        dialogue = await session.get_one(DialogueRow, PHONE)
        assert (dialogue.step, dialogue.data, dialogue.expires_at) == (None, {}, None)
        assert await session.scalar(select(Card.message_id)) is None
    assert len(await audited(db, "account_moved")) == 1
    assert len(await told(db, "person_joined")) == 2


async def test_an_invitation_from_before_joining_moves_nothing(
    db: Database, empty: Office, now: datetime
) -> None:
    token = await token_for(db, empty.ani, now=now)
    async with db.writing() as session:
        session.add(Account(user_id=5, person_id=empty.ani, chat_id=5, joined_at=now + timedelta(hours=1)))
    assert await why_refused(db, token, now=now + timedelta(hours=2)) == "person_already_joined"
    assert await account_of(db, empty.ani) == 5


async def test_of_two_who_looked_only_one_joins(db: Database, empty: Office, now: datetime) -> None:
    """Both saw an open link; the update that decides is conditional."""
    token = await token_for(db, empty.ani, now=now)
    async with db.writing() as session:
        await preview_invitation(session, token, PHONE, now=now)
        stale = (await session.scalars(select(Invitation))).one()
        assert stale.used_at is None
        await session.connection()
        await session.execute(
            Invitation.__table__.update().values(used_at=now, used_by=PHONE + 1)  # type: ignore[attr-defined]
        )
        with pytest.raises(Invalid) as caught:
            await join(session, token, user_id=PHONE, chat_id=PHONE, now=now)
        assert caught.value.code == "invitation_used"
    assert await account_of(db, empty.ani) is None


async def test_of_many_who_press_at_once_one_joins(db: Database, empty: Office, now: datetime) -> None:
    token = await token_for(db, empty.ani, now=now)
    results = await asyncio.gather(
        *(joins(db, token, now=now, user_id=PHONE + number) for number in range(8)), return_exceptions=True
    )
    assert sum(isinstance(result, Joined) for result in results) == 1
    assert {result.code for result in results if isinstance(result, Invalid)} == {"invitation_used"}
    assert len(await told(db, "person_joined")) == 1


async def test_a_refused_joining_stores_nothing_and_can_be_recorded(
    db: Database, empty: Office, now: datetime
) -> None:
    """The account joined by another link between looking and joining: the link stays good."""
    token = await token_for(db, empty.ani, now=now)
    async with db.writing() as session:
        session.add(Account(user_id=5, person_id=empty.citra, chat_id=PHONE, joined_at=now))
    async with db.writing() as session:
        with pytest.raises(Invalid) as caught:
            await join(session, token, user_id=PHONE, chat_id=PHONE, now=now)
        await note_refusal(session, token, PHONE, code=caught.value.code, now=now)
    assert caught.value.code == "account_taken"
    async with db.reading() as session:
        assert (await session.scalars(select(Invitation))).one().used_at is None
    ((_, _, detail),) = await audited(db, "join_refused")
    assert detail == f"account_taken account {PHONE}"
    assert not await told(db, "person_joined")


async def test_guesses_and_own_links_are_not_recorded(db: Database, empty: Office, now: datetime) -> None:
    token = await token_for(db, empty.ani, now=now)
    async with db.writing() as session:
        await note_refusal(session, "x", PHONE, code="invitation_unknown", now=now)
        await note_refusal(session, "a" * 22, PHONE, code="invitation_unknown", now=now)
        await note_refusal(session, token, PHONE, code="already_joined", now=now)
    assert not await audited(db, "join_refused")


# --- taking it back -----------------------------------------------------------------------------------------


async def undone(
    db: Database, who: Actor, person_id: int, *, now: datetime, invitation: int | None = None
) -> Disowned:
    async with db.writing() as session:
        return await undo_join(session, who, person_id, now=now, invitation_id=invitation)


async def test_the_supervisor_says_it_is_not_them(db: Database, empty: Office, now: datetime) -> None:
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    ((_, payload),) = await told(db, "person_joined")
    spare = await token_for(db, empty.ani, now=now + timedelta(minutes=1))
    invitation = payload["invitation_id"]
    assert isinstance(invitation, int)
    await undone(db, await actor(db, empty.budi), empty.ani, now=now, invitation=invitation)
    assert await account_of(db, empty.ani) is None
    assert await told(db, "join_undone") == [(empty.admin, {"person_id": empty.ani, "by": empty.budi})]
    assert await audited(db, "join_undone") == [(empty.budi, empty.ani, f"account {PHONE}")]
    assert await why_refused(db, spare, now=now) == "invitation_revoked"
    async with db.reading() as session:
        assert await session.scalar(select(Schedule.due_at).where(Schedule.person_id == empty.ani)) is None
    await joins(
        db, await token_for(db, empty.ani, now=now + timedelta(hours=1)), now=now + timedelta(hours=1)
    )
    assert await account_of(db, empty.ani) == PHONE


async def writes(
    db: Database, person_id: int, state: State, *, now: datetime, chat_id: int = PHONE, evidence: bool = False
) -> tuple[int, int]:
    """An entry of today, as that chat would have written it: the ids of the day and of the entry."""
    async with db.writing() as session:
        day = await session.scalar(select(Day).where(Day.person_id == person_id))
        if day is None:
            day = Day(person_id=person_id, work_date=now.date(), created_at=now)
            session.add(day)
            await session.flush()
        entry = Entry(day_id=day.id, position=0, activity="Rapat", state=state, created_at=now)
        entry.source_chat_id = chat_id
        session.add(entry)
        await session.flush()
        if evidence:
            for entry_id in (entry.id, None):
                session.add(
                    Evidence(person_id=person_id, entry_id=entry_id, kind=EvidenceKind.PHOTO, created_at=now)
                )
        day.state = state
        if state is not State.DRAFT:
            day.first_submitted_at, day.submitted_at = day.first_submitted_at or now, now
        return day.id, entry.id


async def left(db: Database, person_id: int) -> list[tuple[int, State]]:
    async with db.reading() as session:
        rows = await session.execute(
            select(Entry.id, Entry.state).join(Day).where(Day.person_id == person_id).order_by(Entry.id)
        )
        return [(entry_id, state) for entry_id, state in rows]


async def test_what_the_wrong_account_wrote_goes_with_it_unless_decided(
    db: Database, empty: Office, now: datetime
) -> None:
    """The person had written before; the other one sent it along, and had one activity approved."""
    before, after = now - timedelta(hours=1), now + timedelta(hours=1)
    day_id, own = await writes(db, empty.ani, State.DRAFT, now=before, chat_id=5, evidence=True)
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    await writes(db, empty.ani, State.SUBMITTED, now=after, evidence=True)
    await writes(db, empty.ani, State.DRAFT, now=after)
    _, approved = await writes(db, empty.ani, State.APPROVED, now=after)
    async with db.writing() as session:
        (await session.get_one(Entry, own)).state = State.SUBMITTED
        session.add(
            Decision(
                day_id=day_id,
                entry_id=approved,
                verdict=Verdict.APPROVE,
                revision=1,
                decided_by=empty.budi,
                decided_at=after,
            )
        )
    found = await undone(db, await actor(db, empty.budi), empty.ani, now=after)
    assert found == Disowned(removed=2, kept=1)
    assert await left(db, empty.ani) == [(own, State.DRAFT), (approved, State.APPROVED)]
    assert await audited(db, "entries_disowned") == [(empty.budi, empty.ani, "removed 2 kept 1")]
    assert [reader for reader, _ in await told(db, "queue_changed")] == [empty.budi]
    async with db.reading() as session:
        day = await session.get_one(Day, day_id)
        assert (day.state, day.revision) == (State.DRAFT, 2)
        assert set(await session.scalars(select(Evidence.created_at))) == {before}


async def test_what_the_person_had_sent_before_keeps_waiting(
    db: Database, empty: Office, now: datetime
) -> None:
    day_id, own = await writes(
        db, empty.ani, State.SUBMITTED, now=now - timedelta(hours=1), chat_id=5, evidence=True
    )
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    await writes(db, empty.ani, State.SUBMITTED, now=now)
    found = await undone(db, await actor(db, empty.admin), empty.ani, now=now)
    assert found == Disowned(removed=1)
    assert await left(db, empty.ani) == [(own, State.SUBMITTED)]
    async with db.reading() as session:
        day = await session.get_one(Day, day_id)
        assert (day.state, day.first_submitted_at) == (State.SUBMITTED, now - timedelta(hours=1))


async def test_a_day_that_was_wholly_the_other_ones_is_as_if_never_sent(
    db: Database, empty: Office, now: datetime
) -> None:
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    day_id, _ = await writes(db, empty.ani, State.SUBMITTED, now=now)
    await undone(db, await actor(db, empty.budi), empty.ani, now=now)
    async with db.reading() as session:
        day = await session.get_one(Day, day_id)
        assert (day.state, day.first_submitted_at, day.submitted_at) == (State.DRAFT, None, None)


async def test_an_administrator_may_too_and_is_not_told_what_they_did(
    db: Database, empty: Office, now: datetime
) -> None:
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    await undone(db, await actor(db, empty.admin), empty.ani, now=now)
    assert await account_of(db, empty.ani) is None
    assert await told(db, "join_undone") == []


async def test_nobody_else_may(db: Database, office: Office, now: datetime) -> None:
    for who in (office.citra, office.dewi, office.head, office.observer, office.ani):
        with pytest.raises(NotAllowed):
            await undone(db, await actor(db, who), office.ani, now=now)
    with pytest.raises(NotAllowed):
        await undone(db, await actor(db, office.admin), office.admin, now=now)
    assert await account_of(db, office.ani) == user_of(office.ani)
    with pytest.raises(NotFound):
        await undone(db, await actor(db, office.admin), 999, now=now)


async def test_twice_or_after_a_new_joining_changes_nothing(
    db: Database, empty: Office, now: datetime
) -> None:
    budi = await actor(db, empty.budi)
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    await undone(db, budi, empty.ani, now=now)
    with pytest.raises(Outdated) as caught:
        await undone(db, budi, empty.ani, now=now)
    assert caught.value.code == "join_undone_already"
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    ((_, first), _) = await told(db, "person_joined")
    with pytest.raises(Outdated) as again:
        await undone(db, budi, empty.ani, now=now, invitation=int(str(first["invitation_id"])))
    assert again.value.code == "joined_anew"
    assert await account_of(db, empty.ani) == PHONE


async def test_who_no_longer_supervises_may_not(db: Database, empty: Office, now: datetime) -> None:
    await joins(db, await token_for(db, empty.ani, now=now), now=now)
    budi = await actor(db, empty.budi)
    async with db.writing() as session:
        ani = await session.get_one(Person, empty.ani)
        ani.supervisor_id = empty.dewi
    with pytest.raises(DomainError):
        await undone(db, replace(budi, supervises=True), empty.ani, now=now)


# --- everything about a person ------------------------------------------------------------------------------


async def test_everything_stored_about_a_person_is_given(db: Database, office: Office, now: datetime) -> None:
    async with db.writing() as session:
        await invite(session, [office.ani], now=now)
        for owner, word in ((office.ani, "mengajar"), (office.citra, "rahasia Citra")):
            day = Day(person_id=owner, work_date=date(2026, 11, 17), created_at=now)
            session.add(day)
            await session.flush()
            entry = Entry(day_id=day.id, position=0, activity=word, created_at=now)
            session.add(entry)
            await session.flush()
            session.add(
                Decision(
                    day_id=day.id,
                    entry_id=entry.id,
                    verdict=Verdict.RETURN,
                    reason="kurang jelas",
                    revision=1,
                    decided_by=office.budi,
                    decided_at=now,
                )
            )
            session.add(
                Feedback(from_id=office.budi, to_id=owner, tone=Tone.APPRECIATION, text="bagus", given_at=now)
            )
        session.add(DialogueRow(chat_id=user_of(office.ani), step="outcome", data={"x": 1}, expires_at=now))
        body = {"message": {"from": {"id": user_of(office.ani)}, "text": "terbaca"}}
        session.add(FailedUpdate(reference="A", at=now, error="x", body=body))
        session.add(FailedUpdate(reference="B", at=now, error="x", body={"message": [{"text": "lain"}]}))
    async with db.reading() as session:
        found = await everything_about(session, office.ani)
    text = json.dumps(found)
    for part in ("mengajar", "kurang jelas", "bagus", "terbaca", "Ani Rahmawati", "Budi Santoso", "MTsN 3"):
        assert part in text
    for part in ("rahasia Citra", "Citra Lestari", "token_hash", "lain"):
        assert part not in text
    assert len(found["targets"]) == len(found["indicators"]) == 3
    assert found["indicators"][0]["goal"] == "12"
    assert found["accounts"][0]["user_id"] == user_of(office.ani)
    assert [event["action"] for event in found["audit_events"]] == ["person_invited"]
    assert found["entries"][0]["activity"] == "mengajar"
    assert found["days"][0]["work_date"] == "2026-11-17"


async def test_nobody_there_nothing_to_tell(db: Database, office: Office) -> None:
    with pytest.raises(NotFound):
        async with db.reading() as session:
            await everything_about(session, 999)


async def test_no_table_escapes(db: Database, office: Office) -> None:
    """A table added later must hang on people or be named here as holding nothing personal."""
    by_chat_or_body = {"cards", "dialogues", "failed_updates", "units", "paces"}
    impersonal = {"seen_updates", "holidays", "heartbeats"}
    reached: set[str] = set()
    for table in Base.metadata.sorted_tables:
        parents = {key.column.table.name for key in table.foreign_keys if key.ondelete == "CASCADE"}
        direct = any(key.column.table.name == "people" for key in table.foreign_keys)
        if table.name == "people" or direct or parents & reached:
            reached.add(table.name)
    assert set(Base.metadata.tables) - reached - by_chat_or_body - impersonal == set()
