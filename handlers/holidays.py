"""`/libur`: the days off for everybody to see, and for admins to change."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.day_answers import take, work_date_of
from bot.screens import CardRef, Screen
from bot.views.holidays import (
    OF_UNIT,
    OPENING,
    Draft,
    announced,
    asks,
    day_card,
    days_named,
    doubtful,
    kind_question,
    place_of,
    preview,
    unit_question,
    warning,
    year_list,
)
from services.calendar import administration
from services.calendar.gaps import load_gaps
from services.calendar.listing import (
    asked_people,
    count_asked,
    kind_named,
    load_day_off,
    load_year,
    may_edit,
    meaning_of,
)
from services.calendar.typed import is_report, read_name_of, read_named_days, read_span
from services.clock import local_date
from services.dialogue import Step
from services.entries.answering import waiting
from services.errors import Invalid, NotAllowed, NotFound, Outdated
from services.people.patterns import load_unit, load_units
from services.reading.dates import Span

HOLIDAYS = "holidays"
ONE, DRAFT, UNITS, AT = "one", "draft", "units", "at"
PLACE = re.compile(r"d(0[1-9]|1[0-2])([0-3]\d)")
YEAR = re.compile(r"\d{4}")


async def render_holidays(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: the list (at a day), one day off, or what is being entered."""
    if ref.view == ONE:
        one = await load_day_off(turn.session, turn.actor, ref.focus)
        return day_card(turn.t, one, await meaning_of(turn.session, turn.actor, one, now=turn.now))
    if ref.view in (DRAFT, UNITS):
        return await _draft_face(turn, ref)
    shown = await load_year(turn.session, turn.actor, ref.subject, now=turn.now)
    at = divmod(ref.focus, 100) if ref.view == AT else None
    return year_list(turn.t, shown, page=ref.page, at=at)


async def _draft_face(turn: Turn, ref: CardRef) -> Screen:
    data = turn.question.data if turn.question else {}
    draft = await prepared(turn, data)
    if ref.view == UNITS:
        units = [(one.unit_id, one.name) for one in await load_units(turn.session, turn.actor)]
        return unit_question(turn.t, draft, units, page=ref.page)
    if draft.kind is None:
        return kind_question(turn.t, draft)
    return preview(turn.t, draft, draft.kind)


async def on_libur(turn: Turn, arguments: str) -> Answer:
    """`/libur`, `/libur 2027`; for an admin also `/libur 24 Des Cuti bersama kantor`."""
    today = local_date(turn.now, turn.actor.zone)
    words = arguments.strip()
    if YEAR.fullmatch(words):
        return Answer(cards=card(HOLIDAYS, int(words), page=OPENING))
    if not words:
        return Answer(cards=card(HOLIDAYS, today.year, page=OPENING))
    if not may_edit(turn.actor):
        note = Screen(turn.t("holidays.read_only"))
        return Answer(screens=(note,), cards=card(HOLIDAYS, today.year, page=OPENING))
    try:
        return await start_draft(turn, today.year, words)
    except Invalid as error:
        turn.ask(Step.HOLIDAY_NEW, year=today.year)
        return Answer(screens=(asks(turn.t, turn.t(f"errors.{error.code}", **error.params)),))


async def on_list(turn: Turn, press: Press) -> Answer:
    """`arg`: a page, a day to open at, or nothing: the page of the next day off."""
    if not press.arg:
        return Answer(cards=card(HOLIDAYS, press.subject, page=OPENING))
    at = PLACE.fullmatch(press.arg)
    if at is not None:
        focus = int(at[1]) * 100 + int(at[2])
        return Answer(cards=card(HOLIDAYS, press.subject, page=OPENING, view=AT, focus=focus))
    if not (press.arg.isascii() and press.arg.isdigit() and len(press.arg) <= 3):
        raise NotFound
    return Answer(cards=card(HOLIDAYS, press.subject, page=int(press.arg)))


async def on_add(turn: Turn, press: Press) -> Answer:
    if not (await load_year(turn.session, turn.actor, press.subject, now=turn.now)).editable:
        raise NotAllowed
    turn.ask(Step.HOLIDAY_NEW, year=press.subject)
    return Answer(screens=(asks(turn.t, turn.t("holidays.ask_new", year=press.subject)),))


async def on_new_text(turn: Turn, message: Message) -> Answer:
    """Typed days and name; typed again while the draft waits, they take its place. A report is one."""
    data = turn.question.data if turn.question else {}
    if turn.actor.reports and is_report(message.text):
        turn.done()
        return await take(turn, message)
    return await start_draft(turn, int(data["year"]), message.text, of=data.get("of"))


async def start_draft(turn: Turn, year: int, text: str, *, of: Sequence[str] | None = None) -> Answer:
    """Reads days and name and asks for the kind. `of`: the days typed before, whose name the text may be.

    Raises Invalid for what cannot be taken.
    """
    if not may_edit(turn.actor):
        raise NotAllowed
    read = read_named_days(text, year=year, today=local_date(turn.now, turn.actor.zone))
    if of is not None:
        read = read_name_of(Span(*(date.fromisoformat(day) for day in of)), text, read)
    if read is None:
        raise Invalid("text", "holiday_unread")
    first, last = read.span.first.isoformat(), read.span.last.isoformat()
    data = {"year": read.span.first.year, "first": first, "last": last, "name": read.name, "kind": None}
    fits = await administration.fitting(turn.session, turn.actor, _new(data), now=turn.now)
    if not read.name:
        turn.ask(Step.HOLIDAY_NEW, year=read.span.first.year, of=[first, last])
        days = days_named(turn.t, fits.days)
        return Answer(screens=(asks(turn.t, turn.t("holidays.ask_its_name", days=days)),))
    turn.ask(Step.HOLIDAY_NEW, **data)
    return Answer(cards=card(HOLIDAYS, read.span.first.year, view=DRAFT))


async def pending(turn: Turn) -> dict[str, Any]:
    """The draft that waits under the pressed button. Raises NotAllowed, Outdated."""
    if not may_edit(turn.actor):
        raise NotAllowed
    question = await waiting(turn.session, turn.chat_id, now=turn.now)
    if question is None or question.step is not Step.HOLIDAY_NEW or "first" not in question.data:
        raise Outdated("holiday_draft_gone")
    return dict(question.data)


def _new(data: Mapping[str, Any]) -> administration.NewDaysOff:
    return administration.NewDaysOff(
        Span(date.fromisoformat(data["first"]), date.fromisoformat(data["last"])),
        str(data["name"]),
        kind_named(data.get("kind") or "office"),
        data.get("unit"),
    )


async def prepared(turn: Turn, data: Mapping[str, Any]) -> Draft:
    """The draft as it is shown: which days it adds and for how many people they mean something."""
    new = _new(data)
    fits = await administration.fitting(turn.session, turn.actor, new, now=turn.now)
    unit = None
    if new.unit_id is not None:
        unit = (await load_unit(turn.session, turn.actor, new.unit_id)).name
    people = count_asked(await asked_people(turn.session, new.unit_id), fits.days)
    return Draft(
        year=int(data["year"]),
        days=fits.days,
        already=fits.already,
        sundays=fits.sundays,
        name=new.name,
        kind=data.get("kind"),
        unit_name=unit,
        people=people,
        today=local_date(turn.now, turn.actor.zone),
    )


def ended(turn: Turn, error: NotFound) -> Answer:
    """What was to be changed is gone: the question ends with it."""
    turn.done()
    return Answer(screens=(Screen(turn.t(f"errors.{error.code}", **error.params)),), untaken=True)


async def on_kind(turn: Turn, press: Press) -> Answer:
    """`arg`: the kind, or that a unit is to be chosen."""
    data = await pending(turn)
    if press.arg == OF_UNIT:
        turn.ask(Step.HOLIDAY_NEW, **data)
        return Answer(cards=card(HOLIDAYS, int(data["year"]), view=UNITS))
    kind = kind_named(press.arg)
    turn.ask(Step.HOLIDAY_NEW, **{**data, "kind": kind.value, "unit": None})
    return Answer(cards=card(HOLIDAYS, int(data["year"]), view=DRAFT))


async def on_units(turn: Turn, press: Press) -> Answer:
    data = await pending(turn)
    if not (press.arg.isascii() and press.arg.isdigit() and len(press.arg) <= 4):
        raise NotFound
    turn.ask(Step.HOLIDAY_NEW, **data)
    return Answer(cards=card(HOLIDAYS, int(data["year"]), view=UNITS, page=int(press.arg)))


async def on_unit(turn: Turn, press: Press) -> Answer:
    data = await pending(turn)
    turn.ask(Step.HOLIDAY_NEW, **{**data, "kind": "office", "unit": press.subject})
    return Answer(cards=card(HOLIDAYS, int(data["year"]), view=DRAFT))


async def on_save(turn: Turn, press: Press) -> Answer:
    """`arg`: the first day. Pressed twice, it shows what the first press saved."""
    try:
        data = await pending(turn)
    except Outdated:
        return await _saved(turn, press)
    if data.get("kind") is None:
        raise NotFound
    draft = await prepared(turn, data)
    ids = await administration.add_days_off(turn.session, turn.actor, _new(data), now=turn.now)
    turn.done()
    first = draft.days[0]
    if len(ids) == 1:
        return _one(turn, first.year, ids[0])
    says = turn.t.plain("holidays.saved_days", count=len(ids), means=announced(turn.t, draft))
    focus = first.month * 100 + first.day
    return Answer(cards=card(HOLIDAYS, first.year, page=OPENING, view=AT, focus=focus), toast=says)


async def _saved(turn: Turn, press: Press) -> Answer:
    """The list at a day that is off. Raises Outdated when it is not: the draft was given up."""
    at = PLACE.fullmatch(press.arg)
    shown = await load_year(turn.session, turn.actor, press.subject, now=turn.now) if at else None
    if shown is None or not any(place_of(one.day) == press.arg and not one.cancelled for one in shown.days):
        raise Outdated("holiday_draft_gone")
    answer = await on_list(turn, press)
    return replace(answer, toast=turn.t.plain("holidays.saved"))


def _one(turn: Turn, year: int, holiday_id: int, *, typed: bool = False, says: str = "saved") -> Answer:
    """Back at the card of a day off that was changed."""
    shown = card(HOLIDAYS, year, view=ONE, focus=holiday_id)
    if typed:
        return Answer(cards=shown, reaction="👌")
    return Answer(cards=shown, toast=turn.t.plain(f"holidays.{says}"))


async def on_show(turn: Turn, press: Press) -> Answer:
    one = await load_day_off(turn.session, turn.actor, press.subject)
    return Answer(cards=card(HOLIDAYS, one.day.year, view=ONE, focus=one.id))


async def on_date(turn: Turn, press: Press) -> Answer:
    """Asks for the right date. `arg`: the doubtful one, which is meant."""
    one = await load_day_off(turn.session, turn.actor, press.subject)
    if press.arg:
        day = work_date_of(press.arg)
        moved = await administration.move_day_off(turn.session, turn.actor, one.id, day=day, now=turn.now)
        return _one(turn, day.year, moved)
    turn.ask(Step.HOLIDAY_DATE, holiday=one.id, year=one.day.year)
    question = turn.t("holidays.ask_date", name=one.name, day=turn.t.day(one.day, year=True))
    return Answer(screens=(asks(turn.t, question),))


async def on_date_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    today = local_date(turn.now, turn.actor.zone)
    span = read_span(message.text, year=int(data["year"]), today=today)
    if span is None or span.first != span.last:
        raise Invalid("day", "holiday_day_unread")
    session, actor, holiday_id, day = turn.session, turn.actor, int(data["holiday"]), span.first
    try:
        doubt = await administration.doubt_about(session, actor, holiday_id, day=day, now=turn.now)
        if doubt is not None:
            one = await load_day_off(session, actor, holiday_id)
            return Answer(screens=(doubtful(turn.t, one, doubt, day=day),))
        holiday_id = await administration.move_day_off(session, actor, holiday_id, day=day, now=turn.now)
    except NotFound as error:
        return ended(turn, error)
    turn.done()
    return _one(turn, day.year, holiday_id, typed=True)


async def on_name(turn: Turn, press: Press) -> Answer:
    one = await load_day_off(turn.session, turn.actor, press.subject)
    turn.ask(Step.HOLIDAY_NAME, holiday=one.id, year=one.day.year)
    question = turn.t("holidays.ask_name", name=one.name, day=turn.t.day(one.day, year=True))
    return Answer(screens=(asks(turn.t, question),))


async def on_name_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    holiday_id = int(data["holiday"])
    try:
        await administration.rename_day_off(
            turn.session, turn.actor, holiday_id, name=message.text, now=turn.now
        )
    except NotFound as error:
        return ended(turn, error)
    turn.done()
    return _one(turn, int(data["year"]), holiday_id, typed=True)


async def on_fix(turn: Turn, press: Press) -> Answer:
    await administration.fix_day_off(turn.session, turn.actor, press.subject, now=turn.now)
    one = await load_day_off(turn.session, turn.actor, press.subject)
    return _one(turn, one.day.year, one.id)


async def on_cancel(turn: Turn, press: Press) -> Answer:
    await administration.cancel_day_off(turn.session, turn.actor, press.subject, now=turn.now)
    one = await load_day_off(turn.session, turn.actor, press.subject)
    return _one(turn, one.day.year, one.id, says="deleted")


async def on_restore(turn: Turn, press: Press) -> Answer:
    await administration.restore_day_off(turn.session, turn.actor, press.subject, now=turn.now)
    one = await load_day_off(turn.session, turn.actor, press.subject)
    return _one(turn, one.day.year, one.id, says="restored")


async def calendar_warned(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Next year's list as it is by now; nothing when it is in order."""
    if not may_edit(turn.actor):
        return None
    gaps = await load_gaps(turn.session, int(payload["year"]))
    return Answer(screens=(warning(turn.t, gaps),)) if gaps.any else None


FEATURE = Feature(
    name="holidays",
    commands=(Command("libur", on_libur),),
    presses={
        Kind.HOLIDAYS: on_list,
        Kind.HOLIDAY_ADD: on_add,
        Kind.HOLIDAY_KIND: on_kind,
        Kind.HOLIDAY_UNITS: on_units,
        Kind.HOLIDAY_UNIT: on_unit,
        Kind.HOLIDAY_SAVE: on_save,
        Kind.HOLIDAY_SHOW: on_show,
        Kind.HOLIDAY_DATE: on_date,
        Kind.HOLIDAY_NAME: on_name,
        Kind.HOLIDAY_FIX: on_fix,
        Kind.HOLIDAY_CANCEL: on_cancel,
        Kind.HOLIDAY_RESTORE: on_restore,
    },
    answers={
        Step.HOLIDAY_NEW: on_new_text,
        Step.HOLIDAY_DATE: on_date_text,
        Step.HOLIDAY_NAME: on_name_text,
    },
    cards={HOLIDAYS: render_holidays},
    notices={"calendar_warned": calendar_warned},
)
