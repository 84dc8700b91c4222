"""`/cuti`: the person's own days away or elsewhere, and the notice their supervisor gets."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.day_answers import take
from bot.duty_answers import (
    ask_again,
    ask_kind,
    changed,
    confirm,
    draft_of,
    proposed,
    read,
    shown,
    wait_for_days,
)
from bot.screens import CardRef, Screen
from bot.texts import ZONE_NAMES
from bot.views.duty import (
    DATES_FACE,
    HALF_FACE,
    KINDS_FACE,
    PAGE_FACE,
    SAVED_FACE,
    WISH_FACE,
    Draft,
    dates_screen,
    kind_of,
    kinds_screen,
    list_screen,
    preview_screen,
    told_screen,
    unpack_draft,
)
from services.approvals.acting import nobody_stands_in
from services.clock import local_date
from services.dialogue import Step
from services.duty import periods
from services.duty.periods import AWAY, DUTY_CARD, Wish
from services.duty.reading import belongs, takes_back
from services.duty.telling import load_told
from services.errors import Invalid, NotAllowed, NotFound
from services.reading.date_faults import Fault, find_fault
from services.reading.number_words import word_set
from services.states import DayKind

AGREED = word_set("simpan save ya iya ok oke okay betul benar setuju siap lanjut yes")
"""What people type instead of pressing «Simpan»."""
_ZONE = re.compile(r"(?:zona\s+)?(?:waktu\s+)?(wib|wita|wit)")


async def render_duty(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: the face and what it is about; none: the list."""
    actor, today = turn.actor, _today(turn)
    if ref.subject != actor.person_id:
        return None
    face, about = ref.view[:1], ref.view[1:]
    if face == KINDS_FACE:
        draft = unpack_draft(about) if about else None
        return kinds_screen(turn.t, person_id=actor.person_id, draft=draft)
    if face == DATES_FACE:
        return dates_screen(turn.t, kind_of(about), person_id=actor.person_id)
    if face in (WISH_FACE, HALF_FACE):
        return await _preview(turn, unpack_draft(about), half=face == HALF_FACE)
    own = await periods.load_periods(turn.session, actor, now=turn.now)
    page = number(about) if face == PAGE_FACE else 0
    vacant = face == SAVED_FACE
    return list_screen(turn.t, own, person_id=actor.person_id, today=today, page=page, vacant=vacant)


async def _preview(turn: Turn, draft: Draft, *, half: bool) -> Screen:
    wish, actor = draft.wish, turn.actor
    shown = await periods.preview(turn.session, actor, wish, now=turn.now)
    end = None
    if draft.length:
        end = await periods.end_after_workdays(turn.session, actor, wish.first, draft.length)
    return preview_screen(
        turn.t,
        shown,
        draft,
        person_id=actor.person_id,
        today=_today(turn),
        by_workdays=None if end == wish.last else end,
        half=half,
    )


async def on_duty(turn: Turn, arguments: str) -> Answer:
    """Without words, or to take something back, the list; with others straight to what they mean.

    They are about `cuti` unless they name another kind; words of something else are asked about.
    """
    actor = turn.actor
    if not actor.reports:
        raise NotAllowed("not_asked")
    if not arguments.strip() or takes_back(arguments):
        return Answer(cards=card(DUTY_CARD, actor.person_id))
    said = read(turn, arguments)
    if said.span is None:
        return ask_again(turn, arguments, said.kind or DayKind.LEAVE)
    return await proposed(turn, said, said.kind or (None if said.more else DayKind.LEAVE))


async def on_show(turn: Turn, press: Press) -> Answer:
    """Another face of the card; what is typed then belongs to it."""
    actor, face, about = turn.actor, press.arg[:1], press.arg[1:]
    if press.subject != actor.person_id or not actor.reports:
        raise NotAllowed
    if face not in ("", KINDS_FACE, DATES_FACE, WISH_FACE, PAGE_FACE):
        raise NotFound
    if face == KINDS_FACE:
        return ask_kind(turn, unpack_draft(about) if about else None)
    if face == DATES_FACE:
        wait_for_days(turn, kind_of(about))
    elif face == WISH_FACE:
        confirm(turn, unpack_draft(about))
    return Answer(cards=card(DUTY_CARD, actor.person_id, view=press.arg))


async def on_dates(turn: Turn, message: Message) -> Answer:
    """Days typed for the kind that was chosen; what cannot be read is asked again."""
    said = read(turn, message.text)
    chosen = kind_of(str(turn.question.data["kind"])) if turn.question else DayKind.LEAVE
    kind = said.kind or chosen
    if said.span is None:
        return ask_again(turn, message.text, kind)
    return await proposed(turn, said, kind)


async def on_kind(turn: Turn, message: Message) -> Answer:
    """The kind typed at «Yang mana?», with days or without; a report is still a report."""
    packed = str(turn.question.data["draft"]) if turn.question else ""
    said = read(turn, message.text)
    if takes_back(message.text):
        return _list(turn)
    if not belongs(message.text, said):
        if len(message.text.split()) <= 2:
            raise Invalid("kind", "duty_kind_unread")
        turn.done()
        return await take(turn, message)
    if said.span is not None or said.kind is None:
        return await proposed(turn, said, said.kind)
    if packed:
        draft = unpack_draft(packed)
        return shown(turn, changed(draft, draft, kind=said.kind, dated=False))
    wait_for_days(turn, said.kind)
    return Answer(cards=card(DUTY_CARD, turn.actor.person_id, view=f"{DATES_FACE}{said.kind}"))


async def on_correction(turn: Turn, message: Message) -> Answer:
    """What is typed at the preview: other days, another kind, a zone, or «simpan»; a report is a report."""
    draft = unpack_draft(str(turn.question.data["draft"]) if turn.question else "")
    wish, words = draft.wish, message.text.strip(" .!\n").casefold()
    if words in AGREED:
        return await _saved(turn, wish, over=False)
    zone = _ZONE.fullmatch(words)
    if zone is not None and wish.kind is DayKind.FIELD:
        there = next(one for one, name in ZONE_NAMES.items() if name == zone[1].upper())
        return shown(turn, replace(draft, wish=replace(wish, zone=there)))
    if takes_back(message.text):
        return _list(turn)
    return await _corrected(turn, message, draft)


async def _corrected(turn: Turn, message: Message, draft: Draft) -> Answer:
    said = read(turn, message.text)
    kind = said.kind or draft.wish.kind
    if belongs(message.text, said):
        dated = said.span is not None
        new = await draft_of(turn, said, kind) if dated else draft
        return shown(turn, changed(draft, new, kind=kind, dated=dated), half=said.half)
    misread = find_fault(message.text, today=_today(turn))
    if misread.fault is not Fault.UNREAD and not said.more:
        return ask_again(turn, message.text, kind)
    turn.done()
    return await take(turn, message)


def _list(turn: Turn) -> Answer:
    turn.done()
    return Answer(cards=card(DUTY_CARD, turn.actor.person_id))


async def on_save(turn: Turn, press: Press) -> Answer:
    """Writes what the button carries; «Ganti» makes room for it."""
    if press.subject != turn.actor.person_id:
        raise NotAllowed
    wish = unpack_draft(press.arg).wish
    return await _saved(turn, wish, over=press.kind is Kind.DUTY_REPLACE)


async def _saved(turn: Turn, wish: Wish, *, over: bool) -> Answer:
    """A supervisor whose place is empty meanwhile is offered to name somebody."""
    actor = turn.actor
    await periods.plan_period(turn.session, actor, wish, replace=over, now=turn.now)
    turn.done()
    vacant = wish.kind in AWAY and wish.last >= _today(turn)
    vacant = vacant and await nobody_stands_in(turn.session, actor, wish.first, wish.last)
    key = "duty.saved_told" if actor.supervisor_id is not None else "duty.saved"
    view = SAVED_FACE if vacant else ""
    return Answer(cards=card(DUTY_CARD, actor.person_id, view=view), toast=turn.t.plain(key))


async def on_cancel(turn: Turn, press: Press) -> Answer:
    await periods.cancel_period(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(DUTY_CARD, turn.actor.person_id), toast=turn.t.plain("duty.cancelled"))


async def duty_told(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    since = datetime.fromisoformat(payload["since"])
    told = await load_told(turn.session, turn.actor, payload["ids"], since=since)
    return Answer(screens=(told_screen(turn.t, told, today=_today(turn)),)) if told else None


def _today(turn: Turn) -> date:
    return local_date(turn.now, turn.actor.zone)


FEATURE = Feature(
    name="duty",
    commands=(Command("cuti", on_duty, shown_to=lambda actor: actor.reports),),
    presses={
        Kind.DUTY: on_show,
        Kind.DUTY_SAVE: on_save,
        Kind.DUTY_REPLACE: on_save,
        Kind.DUTY_CANCEL: on_cancel,
    },
    answers={Step.DUTY_DATES: on_dates, Step.DUTY_KIND: on_kind, Step.DUTY_CONFIRM: on_correction},
    cards={DUTY_CARD: render_duty},
    notices={"duty_told": duty_told},
)
