"""Umpan balik: who gives it, on what; one reply; told through the outbox."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from models import AuditEvent, Behaviour, Feedback, FeedbackKind, Tone
from models.engine import Database
from services import feedback
from services.errors import Invalid, NotAllowed, NotFound
from services.feedback import About
from tests.office import Office
from tests.services.reporting import LINES, acting, entry_ids, send_day, told


async def given(
    db: Database, office: Office, about: About, *, now: datetime, text: str = "Kerja yang rapi, pertahankan."
) -> int:
    async with db.writing() as session:
        budi = await acting(session, office.budi)
        return await feedback.give_feedback(session, budi, about, tone=Tone.APPRECIATION, text=text, now=now)


async def test_a_note_on_an_entry_its_rhk_and_a_behaviour(
    db: Database, office: Office, now: datetime
) -> None:
    day_id, _ = await send_day(db, office.ani, *LINES, now=now)
    entry_id, *_ = await entry_ids(db, day_id)
    about = About(day_id, entry_id, office.ani_targets[1], Behaviour.COLLABORATIVE)
    note_id = await given(db, office, about, now=now)
    assert await told(db, office.ani) == [("feedback_given", {"feedback_id": note_id})]
    async with db.writing() as session:
        row = await session.get_one(Feedback, note_id)
        note = await feedback.load_note(session, await acting(session, office.ani), note_id)
        assert await session.scalar(select(func.count()).where(AuditEvent.action == "feedback_given")) == 1
    assert (row.kind, row.given_at, row.day_id) == (FeedbackKind.INCIDENTAL, now, day_id)
    assert note.activity == "Menyusun perangkat pembelajaran bab 3"
    assert note.target_text == "Tersusunnya perangkat pembelajaran"
    assert note.behaviour is Behaviour.COLLABORATIVE


@pytest.mark.parametrize("who", ["ani", "citra", "dewi", "eko", "head", "admin", "observer"])
async def test_only_the_persons_supervisor_gives(
    db: Database, office: Office, now: datetime, who: str
) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    async with db.writing() as session:
        actor = await acting(session, getattr(office, who))
        with pytest.raises(NotAllowed):
            await feedback.give_feedback(
                session, actor, About(day_id), tone=Tone.DIRECTION, text="Lanjutkan.", now=now
            )


async def test_what_a_note_is_on_must_hang_together(db: Database, office: Office, now: datetime) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    other, _ = await send_day(db, office.citra, now=now)
    (foreign,) = await entry_ids(db, other)
    with pytest.raises(NotFound):
        await given(db, office, About(day_id, entry_id=foreign), now=now)
    with pytest.raises(NotFound):
        await given(db, office, About(other, target_id=office.ani_targets[0]), now=now)
    with pytest.raises(NotFound):
        await given(db, office, About(99999), now=now)


@pytest.mark.parametrize(("text", "code"), [("ya ", "feedback_short"), ("x" * 1001, "feedback_long")])
async def test_limits_are_named(db: Database, office: Office, now: datetime, text: str, code: str) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    with pytest.raises(Invalid) as refused:
        await given(db, office, About(day_id), now=now, text=text)
    assert refused.value.code == code
    assert "limit" in refused.value.params


async def test_pressed_twice_is_one_note(db: Database, office: Office, now: datetime) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    first = await given(db, office, About(day_id), now=now)
    assert await given(db, office, About(day_id), now=now) == first
    assert await given(db, office, About(day_id), now=now + timedelta(hours=1)) != first
    assert len(await told(db, office.ani)) == 2


async def test_the_addressee_reads_and_replies_once(db: Database, office: Office, now: datetime) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    note_id = await given(db, office, About(day_id), now=now)
    later = now + timedelta(minutes=5)
    async with db.writing() as session:
        ani = await acting(session, office.ani)
        await feedback.mark_read(session, ani, note_id, now=now)
        await feedback.mark_read(session, ani, note_id, now=later)
        with pytest.raises(Invalid):
            await feedback.reply_to(session, ani, note_id, "  ", now=later)
        await feedback.reply_to(session, ani, note_id, " Terima kasih, Pak. ", now=later)
        for again in ("Sekali lagi", "Terima kasih, Pak."):
            with pytest.raises(Invalid) as refused:
                await feedback.reply_to(session, ani, note_id, again, now=later)
            assert refused.value.code == "already_replied"
        with pytest.raises(Invalid):
            await feedback.ensure_reply_open(session, ani, note_id)
        row = await session.get_one(Feedback, note_id)
        assert (row.read_at, row.reply, row.replied_at) == (now, "Terima kasih, Pak.", later)
    notices = [one for one in await told(db, office.budi) if one[0] != "queue_changed"]
    assert notices == [("feedback_replied", {"feedback_id": note_id})]


@pytest.mark.parametrize("who", ["budi", "citra", "head", "admin"])
async def test_nobody_else_reads_or_replies(db: Database, office: Office, now: datetime, who: str) -> None:
    day_id, _ = await send_day(db, office.ani, now=now)
    note_id = await given(db, office, About(day_id), now=now)
    async with db.writing() as session:
        actor = await acting(session, getattr(office, who))
        with pytest.raises(NotAllowed):
            await feedback.mark_read(session, actor, note_id, now=now)
        with pytest.raises(NotAllowed):
            await feedback.reply_to(session, actor, note_id, "Saya juga", now=now)
        with pytest.raises(NotFound):
            await feedback.mark_read(session, actor, 99999, now=now)
        if who != "budi":
            with pytest.raises(NotAllowed):
                await feedback.load_note(session, actor, note_id)
