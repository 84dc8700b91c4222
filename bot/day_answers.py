"""What every text goes through, typed or under a file; shared by the day, its entries and its evidence.

Below the handlers, which never import each other. A text becomes entries; what is unclear is asked; the
outcome question is kept going.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.context import Answer, Message, Turn, card
from bot.duty_answers import draft_of, proposed, still_ahead
from bot.screens import CardRef, Screen
from bot.views.days import pending_screen
from bot.views.later import absent_screen, what_on_screen
from bot.views.nothing import not_nothing_screen, nothing_screen
from bot.views.outcomes import remark_screen
from services.clock import local_date
from services.dialogue import Step
from services.duty.limits import open_since
from services.duty.reading import Said
from services.entries import answering, asking, drafting, restoring
from services.entries.days import ensure_asked, ensure_open, find_day
from services.entries.editing import OutcomesTaken
from services.entries.remarks import Remark, remark_on_report
from services.entries.views import DayView, EntryView, load_day
from services.errors import NotFound
from services.prompting import absence_on
from services.reading.absence import Absence
from services.reading.dates import Mode, read_dates
from services.reading.orders import asks_for_help
from services.reading.phrases import is_slip
from services.reading.sensitive import find_sensitive
from services.states import DayKind

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
    if taken.absence is not None:
        return await absent(turn, message, taken.absence, work_date=work_date)
    if taken.day_id is None:
        asked = unclear(turn, message, taken)
        return Answer(screens=asked) if asked else await no_activity(turn, message, work_date=work_date)
    before = turn.question.data.get("day") if turn.question else None
    await ask_outcomes(turn, taken.day_id)
    view = "sensitive" if taken.sensitive else "taken"
    cards = both(taken.day_id, view=view, focus=message.message_id)
    if before is not None and before != taken.day_id:
        cards += card(ASK, before)
    screens = await replaced(turn, taken) or await remarked_report(turn, taken)
    return Answer(cards=cards, screens=screens, reaction="👌")


async def no_activity(turn: Turn, message: Message, *, work_date: date | None) -> Answer:
    """Small talk. After «maaf salah tekan» the card of the day shows what there is to undo."""
    if is_slip(message.text):
        day_id = await find_day(turn.session, turn.actor, work_date or local_date(turn.now, turn.actor.zone))
        if day_id is not None:
            return Answer(cards=both(day_id))
    return Answer(screens=(Screen(turn.t("day.no_activity")),), untaken=True)


def asked_for_help(turn: Turn, message: Message) -> Answer | None:
    """«?», «apa itu RHK»: how to go on; None for any other text."""
    return Answer(screens=(Screen(turn.t("day.help")),)) if asks_for_help(message.text) else None


async def replaced(turn: Turn, taken: drafting.Taken) -> tuple[Screen, ...]:
    """Says so when the new entries took the place of «Tidak ada kegiatan», and keeps that to be put back."""
    if taken.nothing_reason is None or taken.day_id is None:
        return ()
    turn.question = restoring.remembering_nothing(
        turn.question, taken.day_id, taken.nothing_reason, now=turn.now
    )
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


def unclear(turn: Turn, message: Message, taken: drafting.Taken) -> tuple[Screen, ...]:
    """Asks which day a text is about, or what was done on the day it named; else nothing."""
    if taken.unclear_day is not None:
        turn.ask(Step.DAY, text=message.text, message=message.message_id)
        return (day_question(turn, taken.unclear_day),)
    return ask_day(turn, taken.day).screens if taken.day is not None else ()


def ask_day(turn: Turn, work_date: date) -> Answer:
    """The next text is the report of that day.

    Raises Invalid for a closed or future day, and for who is not asked.
    """
    ensure_asked(turn.actor)
    ensure_open(turn.actor, work_date, now=turn.now)
    turn.ask(Step.DAY_TEXT, day=work_date.isoformat())
    return Answer(screens=(what_on_screen(turn.t, work_date),))


async def absent(turn: Turn, message: Message, said: Absence, *, work_date: date | None = None) -> Answer:
    """Who has nothing to report is asked why; who is away may record it by one tap. The text is not kept.

    Leave is told ahead: days to come are shown as `/cuti` shows them. Else it is about the day it names, the
    day in question, or today. «Senin cuti» may be either Monday.
    """
    today = local_date(turn.now, turn.actor.zone)
    named = one_day(turn, message.text)
    if said is Absence.NOTHING:
        return await _nothing(turn, named or _to_come(turn, message.text) or work_date or today)
    wished = still_ahead(turn, message.text)
    if wished is not None and not _may_be_gone(turn, named, wished):
        return await proposed(turn, wished, wished.kind)
    found = await absence_on(turn.session, turn.actor, named or work_date or today, now=turn.now)
    if wished is not None and (found.asking.away is not None or found.asking.sent or not found.expected):
        return await proposed(turn, wished, wished.kind)
    ahead = await draft_of(turn, wished, wished.kind or DayKind.LEAVE) if wished is not None else None
    screen = absent_screen(turn.t, found, today=today, ahead=ahead, asked=bool(wished and wished.kind))
    return Answer(screens=(screen,))


def _may_be_gone(turn: Turn, named: date | None, wished: Said) -> bool:
    """Whether words that name days to come may as well name one that is over and still open."""
    if named is None or named < open_since(turn.actor.zone, now=turn.now):
        return False
    return wished.span is not None and wished.span.first > local_date(turn.now, turn.actor.zone)


async def _nothing(turn: Turn, day: date) -> Answer:
    """Asks why there is nothing to report, unless something is, or nothing is expected."""
    found = await absence_on(turn.session, turn.actor, day, now=turn.now)
    asking = found.asking
    if not found.expected or asking.away is not None:
        return Answer(screens=(absent_screen(turn.t, found, today=local_date(turn.now, turn.actor.zone)),))
    if asking.entries:
        return Answer(screens=(not_nothing_screen(turn.t, asking),))
    turn.ask(Step.NOTHING, day=day.isoformat())
    return Answer(screens=(nothing_screen(turn.t, day),))


def _to_come(turn: Turn, text: str) -> date | None:
    """The last day still to come that words name; it is refused as such."""
    ahead = still_ahead(turn, text)
    last = ahead.span.last if ahead is not None and ahead.span is not None else None
    return last if last is not None and last > local_date(turn.now, turn.actor.zone) else None


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


def wait_for_outcomes(turn: Turn, day_id: int, entries: Sequence[EntryView], *, told: bool = False) -> None:
    """The next text answers for these entries, called by their numbers on the card.

    `told`: they were asked about; the card says what is left, and no question comes again.
    """
    kept = {asking.TOLD: True} if told else {}
    turn.ask(Step.OUTCOMES, day=day_id, entries=[one.id for one in entries], card=[ASK, day_id], **kept)


async def remarked(turn: Turn, day_id: int, remark: Remark | None) -> tuple[Screen, ...]:
    """A polite word, once, on an outcome that only repeats its activity or names a product."""
    if remark is None:
        return ()
    return (remark_screen(turn.t, await load_day(turn.session, day_id), remark),)


async def remarked_report(turn: Turn, taken: drafting.Taken) -> tuple[Screen, ...]:
    """The same of a report that brought its outcomes along; nothing while anything else is asked."""
    if turn.question is not None or taken.sensitive or taken.day_id is None:
        return ()
    day = await load_day(turn.session, taken.day_id)
    remark = await remark_on_report(turn.session, turn.actor, taken.entry_ids, now=turn.now, day=day)
    return await remarked(turn, taken.day_id, remark)


def receipt(taken: OutcomesTaken) -> str:
    """A thumbs-up on the message where every outcome in it shows what changed; else that it was read."""
    return "👍" if taken.effects else "👌"


async def answer(turn: Turn, message: Message, day: DayView, asked: tuple[EntryView, ...]) -> Answer:
    """Takes a text as outcomes, goes on waiting for the others, and remembers how to take it back."""
    taken, answered = await answering.take_answers(
        turn.session, turn.actor, day, asked, message.text, message_id=message.message_id, now=turn.now
    )
    turn.done()
    left = asking.missing_outcomes(await load_day(turn.session, day.id))
    if left:
        wait_for_outcomes(turn, day.id, left, told=True)
    turn.question = answering.remembering(turn.question, answered, now=turn.now)
    view = "answered_sensitive" if find_sensitive(message.text) else "answered"
    return Answer(
        cards=both(day.id, view=view, focus=message.message_id),
        screens=await remarked(turn, day.id, taken.remark),
        reaction=receipt(taken),
    )


def work_date_of(text: str) -> date:
    """A date out of a button; anything else is no button of ours."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
