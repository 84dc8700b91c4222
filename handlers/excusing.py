"""`/bebaskan`: a supervisor excuses days for their people, and those are told."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.day_answers import take
from bot.screens import CardRef, Screen
from bot.views.excusing import (
    CHECK_FACE,
    DONE_FACE,
    ONE_FACE,
    REASON_FACE,
    SCOPE_FACE,
    TYPED,
    Plan,
    check_screen,
    dates_screen,
    done_screen,
    excused_screen,
    one_screen,
    reason_screen,
    reason_text,
    scope_screen,
    unpack_plan,
    unread_screen,
)
from services.clock import local_date
from services.dialogue import Step
from services.duty import excusing
from services.duty.excusing import EXCUSE_CARD
from services.duty.limits import open_since
from services.duty.reading import read_span
from services.errors import NotAllowed, NotFound, Outdated
from services.reading.date_faults import find_fault


async def render_excuse(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: how far it is put together; none: which days."""
    own = turn.actor.person_id
    if ref.subject != own:
        return None
    face, about = ref.view[:1], ref.view[1:]
    if face == DONE_FACE:
        found = await excusing.load_excuse(turn.session, turn.actor, number(about), now=turn.now)
        return done_screen(turn.t, found)
    if face in (SCOPE_FACE, ONE_FACE):
        page, _, packed = about.partition(".") if face == ONE_FACE else ("", "", about)
        choices = await excusing.load_choices(turn.session, turn.actor)
        plan = unpack_plan(packed)
        if face == ONE_FACE:
            return one_screen(turn.t, plan, choices, person_id=own, page=number(page))
        return scope_screen(turn.t, plan, choices, person_id=own)
    if face in (REASON_FACE, CHECK_FACE):
        return await _reached(turn, unpack_plan(about), checked=face == CHECK_FACE)
    return dates_screen(turn.t, person_id=own, today=_today(turn))


async def _reached(turn: Turn, plan: Plan, *, checked: bool) -> Screen:
    if plan.scope is None:
        raise NotFound
    own, scope = turn.actor.person_id, plan.scope
    found = await excusing.reach(turn.session, turn.actor, scope, plan.first, plan.last, now=turn.now)
    if not checked:
        return reason_screen(turn.t, plan, found, person_id=own)
    return check_screen(turn.t, plan, found, _reason(turn, plan), person_id=own)


async def on_excuse(turn: Turn, arguments: str) -> Answer:
    """Asks for the days, or takes those that were typed with the command."""
    excusing.ensure_supervises(turn.actor)
    if arguments.strip():
        return await _with_days(turn, arguments)
    _ask_days(turn)
    return Answer(cards=card(EXCUSE_CARD, turn.actor.person_id))


async def on_dates(turn: Turn, message: Message) -> Answer:
    return await _with_days(turn, message.text)


async def _with_days(turn: Turn, text: str) -> Answer:
    """The scope is next; days that cannot be read are asked for again. Raises Invalid as the limits say."""
    excusing.ensure_supervises(turn.actor)
    since = open_since(turn.actor.zone, now=turn.now)
    span = read_span(text, today=_today(turn), since=since)
    if span is None:
        _ask_days(turn)
        today = _today(turn)
        misread = find_fault(text, today=today)
        asked = unread_screen(turn.t, misread, person_id=turn.actor.person_id, today=today)
        return Answer(screens=(asked,))
    excusing.ensure_days(turn.actor, span.first, span.last, now=turn.now)
    turn.done()
    view = f"{SCOPE_FACE}{Plan(span.first, span.last).pack()}"
    return Answer(cards=card(EXCUSE_CARD, turn.actor.person_id, view=view))


async def on_show(turn: Turn, press: Press) -> Answer:
    """A step on or back; the reason may be typed where it is asked for."""
    _ensure_own(turn, press)
    turn.done()
    face, about = press.arg[:1], press.arg[1:]
    if not face:
        _ask_days(turn)
    elif face == SCOPE_FACE:
        plan = unpack_plan(about)
        excusing.ensure_days(turn.actor, plan.first, plan.last, now=turn.now)
    elif face == REASON_FACE:
        turn.ask(Step.EXCUSE_REASON, plan=about, card=[EXCUSE_CARD, turn.actor.person_id])
    elif face not in (ONE_FACE, CHECK_FACE, DONE_FACE):
        raise NotFound
    return Answer(cards=card(EXCUSE_CARD, turn.actor.person_id, view=press.arg))


async def on_reason(turn: Turn, message: Message) -> Answer:
    """A typed reason waits in the dialogue until «Simpan»."""
    data = turn.question.data if turn.question else {}
    reason = excusing.reason_of(message.text)
    plan = replace(unpack_plan(str(data["plan"])), reason=TYPED)
    turn.ask(Step.EXCUSE_CONFIRM, plan=plan.pack(), reason=reason)
    view = f"{CHECK_FACE}{plan.pack()}"
    return Answer(cards=card(EXCUSE_CARD, turn.actor.person_id, view=view))


async def on_instead(turn: Turn, message: Message) -> Answer:
    """Words typed instead of pressing «Simpan» are a report, as ever; the reason is let go."""
    turn.done()
    return await take(turn, message)


async def on_save(turn: Turn, press: Press) -> Answer:
    _ensure_own(turn, press)
    plan = unpack_plan(press.arg)
    if plan.scope is None or not plan.reason:
        raise NotFound
    written = await excusing.excuse(
        turn.session,
        turn.actor,
        plan.scope,
        plan.first,
        plan.last,
        reason=_reason(turn, plan),
        now=turn.now,
    )
    turn.done()
    view = f"{DONE_FACE}{written}"
    return Answer(
        cards=card(EXCUSE_CARD, turn.actor.person_id, view=view), toast=turn.t.plain("excuse.saved")
    )


async def on_undo(turn: Turn, press: Press) -> Answer:
    await excusing.undo_excuse(turn.session, turn.actor, press.subject, now=turn.now)
    view = f"{DONE_FACE}{press.subject}"
    return Answer(
        cards=card(EXCUSE_CARD, turn.actor.person_id, view=view), toast=turn.t.plain("excuse.taken_back")
    )


async def excused(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    return await _told(turn, payload, undone=False)


async def excuse_undone(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    return await _told(turn, payload, undone=True)


async def _told(turn: Turn, payload: Mapping[str, Any], *, undone: bool) -> Answer | None:
    found = await excusing.load_excused(turn.session, turn.actor, int(payload["period"]), undone=undone)
    return Answer(screens=(excused_screen(turn.t, found, today=_today(turn)),)) if found else None


def _reason(turn: Turn, plan: Plan) -> str:
    """A chip's words, or what was typed for exactly this. Raises Outdated when that no longer waits."""
    if plan.reason != TYPED:
        return reason_text(turn.t, plan.reason) if plan.reason else ""
    question = turn.question
    if question is None or question.data.get("plan") != plan.pack() or "reason" not in question.data:
        raise Outdated("excuse_lost", card=(EXCUSE_CARD, turn.actor.person_id))
    return str(question.data["reason"])


def _ensure_own(turn: Turn, press: Press) -> None:
    """The steps are of the one who makes them. Raises NotAllowed."""
    if press.subject != turn.actor.person_id:
        raise NotAllowed
    excusing.ensure_supervises(turn.actor)


def _ask_days(turn: Turn) -> None:
    turn.ask(Step.EXCUSE_DATES, card=[EXCUSE_CARD, turn.actor.person_id])


def _today(turn: Turn) -> date:
    return local_date(turn.now, turn.actor.zone)


FEATURE = Feature(
    name="excusing",
    commands=(Command("bebaskan", on_excuse, shown_to=lambda actor: actor.supervises),),
    presses={Kind.EXCUSE: on_show, Kind.EXCUSE_SAVE: on_save, Kind.EXCUSE_UNDO: on_undo},
    answers={
        Step.EXCUSE_DATES: on_dates,
        Step.EXCUSE_REASON: on_reason,
        Step.EXCUSE_CONFIRM: on_instead,
    },
    cards={EXCUSE_CARD: render_excuse},
    notices={"excused": excused, "excuse_undone": excuse_undone},
)
