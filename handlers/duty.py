"""`/cuti`: the person's own days away or elsewhere, and the notice their supervisor gets."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.duty import (
    DATES_FACE,
    KINDS_FACE,
    PAGE_FACE,
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
from services.clock import local_date
from services.dialogue import Step
from services.duty import periods
from services.duty.limits import open_since
from services.duty.periods import DUTY_CARD, Wish
from services.duty.reading import Said, read_duty
from services.duty.telling import load_told
from services.errors import Invalid, NotAllowed, NotFound
from services.states import DayKind


async def render_duty(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: the face and what it is about; none: the list."""
    actor, today = turn.actor, _today(turn)
    if ref.subject != actor.person_id:
        return None
    face, about = ref.view[:1], ref.view[1:]
    if face == KINDS_FACE:
        return kinds_screen(turn.t, person_id=actor.person_id)
    if face == DATES_FACE:
        return dates_screen(turn.t, kind_of(about), person_id=actor.person_id)
    if face == WISH_FACE:
        return await _preview(turn, unpack_draft(about))
    own = await periods.load_periods(turn.session, actor, now=turn.now)
    page = number(about) if face == PAGE_FACE else 0
    return list_screen(turn.t, own, person_id=actor.person_id, today=today, page=page)


async def _preview(turn: Turn, draft: Draft) -> Screen:
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
    )


async def on_duty(turn: Turn, arguments: str) -> Answer:
    """Without words the list; with them straight to what they mean, `cuti` unless they name another kind."""
    actor = turn.actor
    if not actor.reports:
        raise NotAllowed("not_asked")
    if not arguments.strip():
        return Answer(cards=card(DUTY_CARD, actor.person_id))
    said = _read(turn, arguments)
    if said.span is not None:
        return await _proposed(turn, said, said.kind or DayKind.LEAVE)
    kind = said.kind or DayKind.LEAVE
    _ask(turn, kind)
    unread = Screen(turn.t("errors.duty_unread"))
    return Answer(screens=(unread,), cards=card(DUTY_CARD, actor.person_id, view=f"{DATES_FACE}{kind}"))


async def on_show(turn: Turn, press: Press) -> Answer:
    """Another face of the card; one that asks for days waits for them."""
    actor = turn.actor
    if press.subject != actor.person_id or not actor.reports:
        raise NotAllowed
    if press.arg[:1] not in ("", KINDS_FACE, DATES_FACE, WISH_FACE, PAGE_FACE):
        raise NotFound
    if press.arg.startswith(DATES_FACE):
        _ask(turn, kind_of(press.arg.removeprefix(DATES_FACE)))
    return Answer(cards=card(DUTY_CARD, actor.person_id, view=press.arg))


async def on_dates(turn: Turn, message: Message) -> Answer:
    """Days typed for the kind that was chosen; what cannot be read is asked again."""
    said = _read(turn, message.text)
    if said.span is None:
        raise Invalid("dates", "duty_unread")
    chosen = kind_of(str(turn.question.data["kind"])) if turn.question else DayKind.LEAVE
    answer = await _proposed(turn, said, said.kind or chosen)
    turn.done()
    return answer


async def _proposed(turn: Turn, said: Said, kind: DayKind) -> Answer:
    """Shows what was understood, to be confirmed. Raises Invalid, with the limit that was passed."""
    actor, span = turn.actor, said.span
    assert span is not None
    last: date | None = span.last
    if said.workdays:
        last = await periods.end_after_workdays(turn.session, actor, span.first, said.length)
    if last is None:
        raise Invalid("dates", "duty_no_workdays", count=said.length)
    wish = Wish(kind, span.first, last)
    periods.check(actor, wish, now=turn.now)
    draft = Draft(wish, 0 if said.workdays else min(said.length, 999))
    return Answer(cards=card(DUTY_CARD, actor.person_id, view=f"{WISH_FACE}{draft.pack()}"))


async def on_save(turn: Turn, press: Press) -> Answer:
    """Writes what the button carries; «Ganti» makes room for it."""
    actor = turn.actor
    if press.subject != actor.person_id:
        raise NotAllowed
    wish = unpack_draft(press.arg).wish
    replace = press.kind is Kind.DUTY_REPLACE
    await periods.plan_period(turn.session, actor, wish, replace=replace, now=turn.now)
    key = "duty.saved_told" if actor.supervisor_id is not None else "duty.saved"
    return Answer(cards=card(DUTY_CARD, actor.person_id), toast=turn.t.plain(key))


async def on_cancel(turn: Turn, press: Press) -> Answer:
    await periods.cancel_period(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(DUTY_CARD, turn.actor.person_id), toast=turn.t.plain("duty.cancelled"))


async def duty_told(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    since = datetime.fromisoformat(payload["since"])
    told = await load_told(turn.session, turn.actor, payload["ids"], since=since)
    return Answer(screens=(told_screen(turn.t, told, today=_today(turn)),)) if told else None


def _ask(turn: Turn, kind: DayKind) -> None:
    turn.ask(Step.DUTY_DATES, kind=kind.value, card=[DUTY_CARD, turn.actor.person_id])


def _read(turn: Turn, text: str) -> Said:
    return read_duty(text, today=_today(turn), since=open_since(turn.actor.zone, now=turn.now))


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
    answers={Step.DUTY_DATES: on_dates},
    cards={DUTY_CARD: render_duty},
    notices={"duty_told": duty_told},
)
