"""What every text goes through, typed or under a file; shared by the day, its entries and its evidence.

Below the handlers, which never import each other. A text becomes entries; what is unclear is asked; the
outcome question is kept going.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.context import Answer, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.days import pending_screen
from bot.views.later import absent_screen
from bot.views.nothing import not_nothing_screen, nothing_screen
from services.clock import local_date
from services.dialogue import Step
from services.entries import answering, asking, drafting
from services.entries.views import DayView, EntryView, load_day
from services.errors import NotFound
from services.prompting import absence_on
from services.reading.absence import Absence
from services.reading.dates import Mode, read_dates
from services.reading.sensitive import find_sensitive

DAY, ASK, QUESTION = "day", "ask", "question"
"""Cards: the day, its outcome question, and the question of the day (subject: the date as an ordinal)."""
RECENT = timedelta(days=62)
"""An older date without its year is rather one still to come: that month was closed long ago."""


def both(day_id: int, *, view: str = "", focus: int = 0, page: int = 0) -> tuple[CardRef, ...]:
    """The day card and, below it, the outcome question while it is pending."""
    return (*card(DAY, day_id, view=view, focus=focus, page=page), *card(ASK, day_id))


def question_of(work_date: date, *, view: str = "", focus: int = 0) -> tuple[CardRef, ...]:
    """The question of the day: one living message per date, taken away once the day is sent."""
    return card(QUESTION, work_date.toordinal(), view=view, focus=focus)


async def take(turn: Turn, message: Message, *, work_date: date | None = None) -> Answer:
    """Takes a text as a report and says what became of it. A question about outcomes goes on."""
    taken = await read_report(turn, message, work_date=work_date)
    if taken.day_id is None:
        asked = await unclear(turn, message, taken, work_date=work_date)
        screens = asked or (Screen(turn.t("day.no_activity")),)
        return Answer(screens=screens)
    before = turn.question.data.get("day") if turn.question else None
    await ask_outcomes(turn, taken.day_id)
    view = "sensitive" if taken.sensitive else "taken"
    cards = both(taken.day_id, view=view, focus=message.message_id)
    if before is not None and before != taken.day_id:
        cards += card(ASK, before)
    return Answer(cards=cards, screens=await replaced(turn, taken), reaction="👌")


async def replaced(turn: Turn, taken: drafting.Taken) -> tuple[Screen, ...]:
    """Says so when the new entries took the place of «Tidak ada kegiatan»."""
    if not taken.was_nothing or taken.day_id is None:
        return ()
    day = await load_day(turn.session, taken.day_id)
    return (Screen(turn.t("nothing.replaced", day=turn.t.day(day.work_date))),)


async def read_report(turn: Turn, message: Message, *, work_date: date | None = None) -> drafting.Taken:
    return await drafting.take_report(
        turn.session,
        turn.actor,
        message.text,
        message_id=message.message_id,
        now=turn.now,
        work_date=work_date,
    )


async def unclear(
    turn: Turn, message: Message, taken: drafting.Taken, *, work_date: date | None = None
) -> tuple[Screen, ...]:
    """Asks which day a text is about, or what was done on the day it named; else nothing."""
    if taken.absence is not None:
        return (await absent(turn, message, taken.absence, work_date=work_date),)
    if taken.unclear_day is not None:
        turn.ask(Step.DAY, text=message.text, message=message.message_id)
        return (day_question(turn, taken.unclear_day),)
    if taken.day is not None:
        turn.ask(Step.DAY_TEXT, day=taken.day.isoformat())
        return (pending_screen(turn.t, turn.t("day.what_on", day=turn.t.day(taken.day))),)
    return ()


async def absent(turn: Turn, message: Message, said: Absence, *, work_date: date | None = None) -> Screen:
    """Who has nothing to report is asked why; who is away may record it by one tap. The text is not kept.

    It is about the day it names, else about the day in question, else about today. «Senin cuti» may be either
    Monday.
    """
    today = local_date(turn.now, turn.actor.zone)
    named = one_day(turn, message.text)
    span = read_dates(message.text, today=today, mode=Mode.FUTURE)
    until = today + RECENT if named is not None else date.max
    ahead = span.last if span is not None and today < span.last <= until else None
    if ahead is not None and named is None and said is Absence.AWAY:
        return Screen(turn.t("later.offer_ahead"))
    day = named or ahead or work_date or today
    found = await absence_on(turn.session, turn.actor, day, now=turn.now)
    asking = found.asking
    if said is Absence.NOTHING and found.expected and asking.away is None:
        if asking.entries:
            return not_nothing_screen(turn.t, asking)
        turn.ask(Step.NOTHING, day=day.isoformat())
        return nothing_screen(turn.t, day)
    return absent_screen(turn.t, found, today=today, ahead=ahead is not None)


def day_question(turn: Turn, said: str) -> Screen:
    """Which day is meant, since these words name none, one still to come, or several."""
    today = local_date(turn.now, turn.actor.zone)
    gone = read_dates(said, today=today, mode=Mode.PAST)
    ahead = read_dates(said, today=today, mode=Mode.FUTURE)
    if gone is not None and today - RECENT <= gone.first < gone.last <= today:
        key = "day.one_only"
    else:
        key = "day.to_come" if ahead is not None and ahead.first > today else "day.unclear"
    return pending_screen(turn.t, turn.t(key, said=said[:60]))


def kept_question(turn: Turn) -> Screen:
    """More was told before the day was: that is kept too, and the day is still asked for."""
    return pending_screen(turn.t, turn.t("day.kept_too"))


def one_day(turn: Turn, said: str) -> date | None:
    """The one day gone by that words name. A date without its year is of the last months."""
    today = local_date(turn.now, turn.actor.zone)
    span = read_dates(said, today=today, mode=Mode.PAST)
    if span is None or span.first != span.last:
        return None
    ahead = read_dates(said, today=today, mode=Mode.FUTURE)
    if span.first < today - RECENT and ahead != span:
        return None
    return span.first


async def ask_outcomes(turn: Turn, day_id: int) -> None:
    """Asks for the missing outcomes, unless that was done."""
    day = await load_day(turn.session, day_id)
    missing = asking.missing_outcomes(day)
    if missing and not day.outcomes_asked:
        wait_for_outcomes(turn, day_id, missing)
        await asking.mark_asked(turn.session, turn.actor, day_id)


def wait_for_outcomes(turn: Turn, day_id: int, entries: Sequence[EntryView]) -> None:
    """The next text answers for these entries, called by their numbers on the card."""
    turn.ask(Step.OUTCOMES, day=day_id, entries=[one.id for one in entries], card=[ASK, day_id])


async def repeated(turn: Turn, day_id: int, entry_ids: Sequence[int]) -> tuple[Screen, ...]:
    """A polite word, once, on outcomes that only repeat their activities."""
    if not entry_ids:
        return ()
    day = await load_day(turn.session, day_id)
    numbers = ", ".join(str(one.number) for one in day.entries if one.id in entry_ids)
    example = turn.t(f"examples.{asking.job_family(day.position)}")
    return (Screen(turn.t("ask.repeats", numbers=numbers, example=example)),)


async def answer(turn: Turn, message: Message, day: DayView, asked: tuple[EntryView, ...]) -> Answer:
    """Takes a text as outcomes, asks for those that did not fit, and remembers how to take it back."""
    taken, answered = await answering.take_answers(
        turn.session, turn.actor, day, asked, message.text, message_id=message.message_id, now=turn.now
    )
    turn.done()
    left = asking.missing_outcomes(await load_day(turn.session, day.id))
    if left:
        wait_for_outcomes(turn, day.id, left)
    turn.question = answering.remembering(turn.question, answered, now=turn.now)
    view = "answered_sensitive" if find_sensitive(message.text) else "answered"
    return Answer(
        cards=both(day.id, view=view, focus=message.message_id),
        screens=await repeated(turn, day.id, taken.repeated),
        reaction="👌",
    )


def work_date_of(text: str) -> date:
    """A date out of a button; anything else is no button of ours."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
