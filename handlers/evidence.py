"""Photos, documents and links: kept with an entry, opened by those who may."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, FileRef, Message, Turn, Upload, card
from bot.day_answers import DAY, absent, ask_outcomes, both, read_report, replaced, unclear
from bot.screens import Screen, units
from bot.views.evidence import LONGEST_LINK, lost_screen
from services import cards, evidence, outbox
from services.dialogue import Step
from services.entries import restoring
from services.entries.drafting import Taken
from services.errors import Invalid, NotFound

ALBUM_WAIT = 1
"""Seconds after the last piece of an album: it has no end mark. A straggler brings the card up to date."""


async def on_upload(turn: Turn, message: Message) -> Answer:
    """Keeps a file. Its caption is a report like any text, and where nothing is replied to the file is its.

    A file that cannot be kept does not take its caption down with it. One that comes with «saya sakit» is not
    kept either: it would tell the reason.
    """
    upload = message.upload or Upload("unknown", "", "", 0)
    question = turn.question
    entry_id = int(question.data["entry"]) if question and question.step is Step.EVIDENCE else None
    taken, asked = await _caption(turn, message)
    if taken.absence is not None:
        return await absent(turn, message, taken.absence)
    if entry_id is None and message.reply_to is None and taken.entry_ids:
        entry_id = taken.entry_ids[0]
    try:
        kept = await _keep(turn, message, upload, entry_id=entry_id, waits=bool(asked))
    except Invalid as refused:
        if not message.text:
            raise
        asked = (Screen(turn.t(f"errors.{refused.code}", **refused.params)), *asked)
        shown = both(taken.day_id, view="taken", focus=message.message_id) if taken.day_id else ()
        return Answer(cards=shown, screens=asked)
    return await _told(turn, message, kept, (*asked, *await replaced(turn, taken)))


async def _caption(turn: Turn, message: Message) -> tuple[Taken, tuple[Screen, ...]]:
    """What became of the text under a file, and what has to be asked about it."""
    if not message.text:
        return Taken(), ()
    taken = await read_report(turn, message)
    if taken.day_id is not None:
        await ask_outcomes(turn, taken.day_id)
    return taken, unclear(turn, message, taken)


async def _keep(
    turn: Turn, message: Message, upload: Upload, *, entry_id: int | None, waits: bool
) -> evidence.Attached:
    return await evidence.attach(
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
        waits=waits,
    )


async def _told(turn: Turn, message: Message, kept: evidence.Attached, asked: tuple[Screen, ...]) -> Answer:
    """Says where the file went; of an album when its pieces have come, and at once when it has a caption."""
    attached = () if kept.day_id is None else both(kept.day_id, view="attached", focus=kept.evidence_id)
    if message.album is None:
        if kept.day_id is None:
            asked = asked or (Screen(turn.t("evidence.waits")),)
        return Answer(cards=attached, screens=asked, reaction="👌")
    await outbox.enqueue_unless_waiting(
        turn.session,
        "album_attached",
        to=turn.actor.person_id,
        now=turn.now,
        payload={"evidence_id": kept.evidence_id, "message": message.message_id, "album": message.album},
        about="album",
        not_before=turn.now + timedelta(seconds=ALBUM_WAIT),
    )
    return Answer(cards=attached if message.text else (), screens=asked, reaction="👌")


async def album_attached(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """The card, once the pieces of an album are together; in place when it stands below them already."""
    piece = int(payload["evidence_id"])
    found = await evidence.place_of(turn.session, piece)
    if found is None:
        return Answer(screens=(Screen(turn.t("evidence.waits")),))
    standing = await cards.standing(turn.session, turn.chat_id, DAY, found)
    below = standing is None or standing < int(payload["message"])
    return Answer(cards=card(DAY, found, view="attached", focus=piece), below=below)


async def evidence_lost(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Names the file that could not be kept; one that was taken off meanwhile is no loss."""
    try:
        kind, name, activity = await evidence.described(turn.session, int(payload["evidence_id"]))
    except NotFound:
        return None
    return Answer(screens=(lost_screen(turn.t, kind, name, activity),))


async def on_move(turn: Turn, press: Press) -> Answer:
    day_id = await evidence.move(turn.session, turn.actor, press.subject, number(press.arg), now=turn.now)
    return Answer(cards=both(day_id), toast=turn.t.plain("evidence.moved"))


async def on_drop(turn: Turn, press: Press) -> Answer:
    entry_id, removed = await evidence.drop(turn.session, turn.actor, press.subject, now=turn.now)
    turn.question = restoring.remembering(turn.question, removed, now=turn.now)
    shown = both(removed.day_id, view="dropped", focus=entry_id)
    return Answer(cards=shown, toast=turn.t.plain("evidence.dropped"))


async def on_open(turn: Turn, press: Press) -> Answer:
    """Sends the file below; a link as a link."""
    found = await evidence.open_evidence(turn.session, turn.actor, press.subject, now=turn.now)
    if found.url is not None and units(found.url) > LONGEST_LINK:
        return Answer(document=("tautan.txt", found.url.encode()))
    if found.url is not None:
        return Answer(screens=(Screen(turn.t("evidence.link", url=found.url)),))
    lost = Screen(turn.t("errors.evidence_not_stored"))
    return Answer(
        file=FileRef(found.kind == "photo", found.file_id or "", found.sha256, found.file_name, lost)
    )


async def on_evidence_text(turn: Turn, message: Message) -> Answer:
    """While evidence is waited for, a link in a text is evidence; anything else is said so."""
    entry_id = int(turn.question.data["entry"]) if turn.question else 0
    day_id = await evidence.attach_links(turn.session, turn.actor, entry_id, message.text, now=turn.now)
    turn.done()
    return Answer(cards=both(day_id), reaction="👌")


FEATURE = Feature(
    name="evidence",
    presses={Kind.EVIDENCE_MOVE: on_move, Kind.EVIDENCE_DROP: on_drop, Kind.EVIDENCE_OPEN: on_open},
    notices={"album_attached": album_attached, "evidence_lost": evidence_lost},
    answers={Step.EVIDENCE: on_evidence_text},
    on_upload=on_upload,
)
