"""`/salin`: a day's entries, field by field, to be copied into e-Kinerja; and what was copied already."""

import re
from datetime import date

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import CardRef, Screen
from bot.sheets import base_of, today_of
from bot.views.copying import copy_screen, list_screen, whole_screens
from services.errors import Invalid, NotFound, Outdated
from services.reading.dates import Mode, read_dates
from services.sheet import copying
from services.sheet.loading import load_sheet
from services.sheet.periods import YEARS
from services.sheet.writing import own_entry, row_of

COPY, LEFT = "copy", "copy_left"
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.(\d{1,3}))?")
_LIST = re.compile(r"\b(?:belum|daftar|list)\b", re.IGNORECASE)


def day_in(text: str) -> tuple[date, int]:
    """The date and the place of an entry in a button. Raises NotFound."""
    match = _DAY.fullmatch(text)
    try:
        day = date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise NotFound from None
    if day.year not in YEARS:
        raise NotFound
    return day, int((match and match[2]) or 0)


def month_in(text: str) -> tuple[date, date | None]:
    """The month in a button and the day it was opened from, `202611.2026-11-18`. Raises NotFound."""
    text, _, back = text.partition(".")
    if not (text.isascii() and text.isdigit() and len(text) == 6):
        raise NotFound
    year, month = int(text[:4]), int(text[4:])
    if year not in YEARS or not 1 <= month <= 12:
        raise NotFound
    return date(year, month, 1), day_in(back)[0] if back else None


def day_card(turn: Turn, day: date, place: int = 0) -> tuple[CardRef, ...]:
    return card(COPY, turn.actor.person_id, view=day.isoformat(), page=place)


async def render_day(turn: Turn, ref: CardRef) -> Screen | None:
    work_date = day_in(ref.view)[0] if ref.view else today_of(turn)
    day = await copying.load_copy_day(turn.session, turn.actor, work_date, base=base_of(turn))
    return copy_screen(turn.t, day, ref.page, today=today_of(turn), person_id=turn.actor.person_id)


async def render_left(turn: Turn, ref: CardRef) -> Screen | None:
    month, back = month_in(ref.view) if ref.view else (today_of(turn).replace(day=1), None)
    return list_screen(turn.t, await copying.load_uncopied(turn.session, turn.actor, month), back)


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/salin`, `/salin kemarin`, `/salin belum`."""
    today = today_of(turn)
    if not arguments.strip():
        return Answer(cards=day_card(turn, await copying.next_to_copy(turn.session, turn.actor, today=today)))
    copying.ensure_reports(turn.actor)
    if _LIST.search(arguments):
        return Answer(cards=card(LEFT, turn.actor.person_id, view=f"{today:%Y%m}"))
    span = read_dates(arguments, today=today, mode=Mode.PAST)
    if span is None or span.first != span.last:
        raise Invalid("day", "copy_day_unread")
    return Answer(cards=day_card(turn, span.first))


async def on_day(turn: Turn, press: Press) -> Answer:
    """`arg`: the date, and which of its entries."""
    return Answer(cards=day_card(turn, *day_in(press.arg)))


async def on_list(turn: Turn, press: Press) -> Answer:
    """`arg`: the month, and the day to go back to."""
    month_in(press.arg)
    return Answer(cards=card(LEFT, turn.actor.person_id, view=press.arg))


async def on_mark(turn: Turn, press: Press) -> Answer:
    """`arg`: 1 marks and goes on to what is left of the day, 0 takes the mark back."""
    if press.arg not in ("0", "1"):
        raise NotFound
    said = "copy.marked" if press.arg == "1" else "copy.unmarked"
    try:
        if press.arg == "1":
            mark, base = press.revision, base_of(turn)
            await copying.mark_entry(
                turn.session, turn.actor, press.subject, mark=mark, base=base, now=turn.now
            )
        else:
            await copying.unmark_entry(turn.session, turn.actor, press.subject)
    except Outdated as error:
        said = f"errors.{error.code}"
    work_date = await copying.work_date_of(turn.session, press.subject)
    day = await copying.load_copy_day(turn.session, turn.actor, work_date, base=base_of(turn))
    place = copying.next_place(day, press.subject)
    return Answer(cards=day_card(turn, work_date, place), toast=turn.t.plain(said))


async def on_mark_day(turn: Turn, press: Press) -> Answer:
    mark, base = press.revision, base_of(turn)
    try:
        count = await copying.mark_day(
            turn.session, turn.actor, press.subject, mark=mark, base=base, now=turn.now
        )
        toast = turn.t.plain("copy.marked_day", count=count)
    except Outdated as error:
        toast = turn.t.plain(f"errors.{error.code}")
    return Answer(cards=day_card(turn, await copying.date_of_day(turn.session, press.subject)), toast=toast)


async def on_long(turn: Turn, press: Press) -> Answer:
    """The whole fields of an entry, as messages of their own."""
    await own_entry(turn.session, turn.actor, press.subject)
    day = await copying.work_date_of(turn.session, press.subject)
    sheet = await load_sheet(
        turn.session, turn.actor.person_id, first=day, last=day, everything=True, base=base_of(turn)
    )
    screens = whole_screens(turn.t, row_of(sheet, press.subject))
    if not screens:
        raise NotFound("copy_not_long")
    return Answer(screens=screens)


FEATURE = Feature(
    name="copying",
    commands=(Command("salin", on_command, shown_to=lambda actor: actor.reports),),
    presses={
        Kind.COPY_DAY: on_day,
        Kind.COPY_MARK: on_mark,
        Kind.COPY_MARK_DAY: on_mark_day,
        Kind.COPY_LIST: on_list,
        Kind.COPY_LONG: on_long,
    },
    cards={COPY: render_day, LEFT: render_left},
)
