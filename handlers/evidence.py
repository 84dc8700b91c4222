"""Photos, documents and links: kept with an entry, opened by those who may."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, FileRef, Message, Turn, card
from bot.screens import Screen
from services import evidence, outbox
from services.dialogue import Step
from services.entries.drafting import take_report
from services.errors import Invalid, NotFound

DAY = "day"
ALBUM_WAIT = 1
"""Seconds after the first piece of an album: albums have no end mark."""


async def on_upload(turn: Turn, message: Message) -> Answer:
    """Keeps a file. Its caption is read as a report first, so that the file belongs to what it says."""
    upload = message.upload
    if upload is None:
        raise Invalid("evidence", "file_kind")
    question = turn.question
    entry_id = int(question.data["entry"]) if question and question.step is Step.EVIDENCE else None
    if message.text and entry_id is None and message.reply_to is None:
        taken = await take_report(
            turn.session, turn.actor, message.text, message_id=message.message_id, now=turn.now
        )
        entry_id = taken.entry_ids[0] if taken.entry_ids else None
    kept = await evidence.attach(
        turn.session,
        turn.actor,
        kind=upload.kind,
        file_id=upload.file_id,
        file_unique_id=upload.file_unique_id,
        size=upload.size,
        file_name=upload.file_name,
        mime_type=upload.mime_type,
        message_id=message.message_id,
        reply_to=message.reply_to,
        album=message.album,
        entry_id=entry_id,
        now=turn.now,
    )
    return await _told(turn, message, kept)


async def _told(turn: Turn, message: Message, kept: evidence.Attached) -> Answer:
    """Says where the file went; of an album once, when its pieces have come."""
    if message.album is not None:
        await outbox.enqueue(
            turn.session,
            "album_attached",
            to=turn.actor.person_id,
            now=turn.now,
            payload={"evidence_id": kept.evidence_id},
            key=f"album:{turn.actor.person_id}:{message.album}",
            not_before=turn.now + timedelta(seconds=ALBUM_WAIT),
        )
        return Answer(reaction="👌")
    if kept.day_id is None:
        return Answer(screens=(Screen(turn.t("evidence.waits")),), reaction="👌")
    return Answer(cards=card(DAY, kept.day_id, view="attached", focus=kept.evidence_id), reaction="👌")


async def album_attached(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """The card, once the pieces of an album are together."""
    found = await evidence.place_of(turn.session, int(payload["evidence_id"]))
    if found is None:
        return Answer(screens=(Screen(turn.t("evidence.waits")),))
    return Answer(cards=card(DAY, found, view="attached", focus=int(payload["evidence_id"])), below=True)


async def evidence_lost(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    return Answer(screens=(Screen(turn.t("evidence.lost")),))


async def on_move(turn: Turn, press: Press) -> Answer:
    if not press.arg.isdigit():
        raise NotFound
    day_id = await evidence.move(turn.session, turn.actor, press.subject, int(press.arg), now=turn.now)
    return Answer(cards=card(DAY, day_id), toast=turn.t.plain("evidence.moved"))


async def on_drop(turn: Turn, press: Press) -> Answer:
    day_id, entry_id = await evidence.drop(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(
        cards=card(DAY, day_id, view="entry", focus=entry_id), toast=turn.t.plain("evidence.dropped")
    )


async def on_open(turn: Turn, press: Press) -> Answer:
    """Sends the file below; a link as a link."""
    found = await evidence.open_evidence(turn.session, turn.actor, press.subject)
    if found.url is not None:
        return Answer(screens=(Screen(turn.t("evidence.link", url=found.url)),))
    return Answer(file=FileRef(found.kind == "photo", found.file_id or "", found.sha256, found.file_name))


async def on_evidence_text(turn: Turn, message: Message) -> Answer:
    """While evidence is waited for, a link in a text is evidence; anything else is said so."""
    entry_id = int(turn.question.data["entry"]) if turn.question else 0
    day_id = await evidence.attach_links(turn.session, turn.actor, entry_id, message.text, now=turn.now)
    turn.done()
    return Answer(cards=card(DAY, day_id), reaction="👌")


FEATURE = Feature(
    name="evidence",
    presses={Kind.EVIDENCE_MOVE: on_move, Kind.EVIDENCE_DROP: on_drop, Kind.EVIDENCE_OPEN: on_open},
    notices={"album_attached": album_attached, "evidence_lost": evidence_lost},
    answers={Step.EVIDENCE: on_evidence_text},
    on_upload=on_upload,
)
