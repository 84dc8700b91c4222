"""Sending a day: by its button, or by the word «kirim»."""

from bot.context import Answer, Turn, card
from bot.day_answers import DAY, both, question_of
from bot.screens import Screen
from bot.views.links import LATER, SUGGESTED
from services.clock import local_date
from services.entries import sending
from services.entries.days import find_day
from services.entries.views import load_day


async def send_day(turn: Turn, day_id: int, *, revision: int, unsure: str = "") -> Answer:
    """Puts the day before the supervisor. `unsure`: how unsure RHK go; else they are asked about."""
    day = await load_day(turn.session, day_id)
    open_ = [one for one in day.entries if one.editable and not one.linked]
    if open_ and day.has_plan and unsure not in (LATER, SUGGESTED) and day.person_id == turn.actor.person_id:
        return Answer(cards=card(DAY, day_id, view="unsure"))
    sent = await sending.submit_day(
        turn.session,
        turn.actor,
        day_id,
        revision=revision,
        now=turn.now,
        as_suggested=unsure == SUGGESTED,
    )
    turn.done()
    key = "day.sent_some" if sent.locked else "day.sent" if sent.supervised else "day.recorded"
    toast = turn.t.plain(key, count=sent.entries, locked=sent.locked)
    return Answer(cards=(*both(sent.day_id), *question_of(day.work_date)), toast=toast)


async def send_typed(turn: Turn, day_id: int | None = None) -> Answer:
    """«Kirim», typed: the day in question, else today's; without one it is said what is missing.

    Raises Invalid `nothing_to_send` when it was sent before.
    """
    today = local_date(turn.now, turn.actor.zone)
    day_id = day_id or await find_day(turn.session, turn.actor, today)
    if day_id is None:
        return Answer(screens=(Screen(turn.t("day.nothing_yet")),))
    day = await load_day(turn.session, day_id)
    answer = await send_day(turn, day_id, revision=day.revision)
    return Answer(cards=answer.cards, reaction="👌")
