"""`/jadwal`: the days a shift works, marked by the person or their supervisor."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import CardRef, Screen
from bot.views.duty import date_of
from bot.views.shifts import LIST_PAGE, OFF, ON, list_screen, marked_screen, month_screen, told_screen
from services.clock import local_date
from services.duty import shifts
from services.duty.shifts import SHIFT_CARD
from services.errors import NotAllowed, NotFound


async def render_shifts(turn: Turn, ref: CardRef) -> Screen | None:
    """Subject: whose schedule. `view`: its month as 202612, or a page of the list."""
    actor = turn.actor
    today = local_date(turn.now, actor.zone)
    if ref.view.startswith(LIST_PAGE):
        workers = await shifts.load_workers(turn.session, actor, now=turn.now)
        page = number(ref.view.removeprefix(LIST_PAGE))
        return list_screen(turn.t, workers, own_id=actor.person_id, month=today, page=page)
    first = date_of(f"{ref.view}01") if ref.view else today
    month = await shifts.load_month(turn.session, actor, ref.subject, first, now=turn.now)
    return month_screen(turn.t, month, listed=actor.supervises)


async def on_shifts(turn: Turn, arguments: str) -> Answer:
    """The own grid, or the list of the people whose schedules one keeps; with days, they are marked."""
    actor = turn.actor
    if arguments.strip():
        return await _typed(turn, arguments)
    workers = await shifts.load_workers(turn.session, actor, now=turn.now)
    if any(one.person_id != actor.person_id for one in workers):
        return Answer(cards=card(SHIFT_CARD, actor.person_id, view=f"{LIST_PAGE}0"))
    if not actor.reports:
        raise NotAllowed("not_asked")
    await shifts.entitled(turn.session, actor, actor.person_id)
    return Answer(cards=card(SHIFT_CARD, actor.person_id))


async def _typed(turn: Turn, arguments: str) -> Answer:
    """Marks several own days at once."""
    actor = turn.actor
    if not actor.reports:
        raise NotAllowed("not_asked")
    await shifts.entitled(turn.session, actor, actor.person_id)
    days = shifts.read_days(arguments, today=local_date(turn.now, actor.zone))
    count = await shifts.mark_days(turn.session, actor, actor.person_id, days, working=True, now=turn.now)
    said = marked_screen(turn.t, count, asked=len(days))
    return Answer(screens=(said,), cards=card(SHIFT_CARD, actor.person_id, view=f"{days[0]:%Y%m}"))


async def on_show(turn: Turn, press: Press) -> Answer:
    """Another month, another person, or the list."""
    if press.arg.startswith(LIST_PAGE):
        number(press.arg.removeprefix(LIST_PAGE))
        if not turn.actor.supervises:
            raise NotAllowed("not_supervisor")
        return Answer(cards=card(SHIFT_CARD, turn.actor.person_id, view=press.arg))
    date_of(f"{press.arg}01")
    return Answer(cards=card(SHIFT_CARD, press.subject, view=press.arg))


async def on_set(turn: Turn, press: Press) -> Answer:
    """`arg`: the day and whether it is worked; a second press of the same button changes nothing."""
    day, wanted = date_of(press.arg[:8]), press.arg[8:]
    if wanted not in (ON, OFF):
        raise NotFound
    await shifts.mark_days(turn.session, turn.actor, press.subject, [day], working=wanted == ON, now=turn.now)
    return Answer(cards=card(SHIFT_CARD, press.subject, view=f"{day:%Y%m}"))


async def shifts_told(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    days = [date.fromisoformat(one) for one in payload["days"]]
    worked, free = await shifts.load_changed(turn.session, turn.actor, days)
    today = local_date(turn.now, turn.actor.zone)
    return Answer(screens=(told_screen(turn.t, worked, free, today=today),))


FEATURE = Feature(
    name="shifts",
    commands=(Command("jadwal", on_shifts, shown_to=lambda actor: actor.reports),),
    presses={Kind.SHIFT: on_show, Kind.SHIFT_SET: on_set},
    cards={SHIFT_CARD: render_shifts},
    notices={"shifts_told": shifts_told},
)
