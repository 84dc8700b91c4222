"""«Tidak ada kegiatan»: an answer with its reason, chosen or typed."""

from datetime import date

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn
from bot.day_answers import absent, both, question_of, take, work_date_of
from bot.views.nothing import not_nothing_screen, nothing_screen
from services.dialogue import Step
from services.entries.drafting import names_day
from services.entries.nothing import REASONS, is_report, report_nothing, take_nothing_back
from services.errors import NotFound
from services.prompting import still_open
from services.reading.absence import Absence, read_absence


async def on_ask(turn: Turn, press: Press) -> Answer:
    """Asks why. Argument: the date."""
    work_date = work_date_of(press.arg)
    asking = await still_open(turn.session, turn.actor, work_date, now=turn.now)
    if asking.entries:
        return Answer(replace=not_nothing_screen(turn.t, asking))
    turn.ask(Step.NOTHING, day=work_date.isoformat())
    return Answer(replace=nothing_screen(turn.t, work_date))


async def on_reason(turn: Turn, press: Press) -> Answer:
    """A ready reason, in the words of its button. Argument: the date and the reason."""
    day, _, code = press.arg.partition(".")
    work_date = work_date_of(day)
    if code not in REASONS:
        raise NotFound
    return await _answered(turn, work_date, turn.t.plain(f"nothing.{code}"))


async def on_reason_text(turn: Turn, message: Message) -> Answer:
    """The reason in own words. A report is taken as one; a reason of health is never kept."""
    work_date = date.fromisoformat(turn.question.data["day"]) if turn.question else None
    named = names_day(message.text, turn.actor, turn.now)
    if work_date is None or named or is_report(message.text):
        turn.done()
        return await take(turn, message, work_date=None if named else work_date)
    if read_absence(message.text) is Absence.AWAY:
        return await absent(turn, message, Absence.AWAY, work_date=work_date)
    answer = await _answered(turn, work_date, message.text)
    turn.done()
    return answer


async def _answered(turn: Turn, work_date: date, reason: str) -> Answer:
    day_id = await report_nothing(turn.session, turn.actor, work_date, reason, now=turn.now)
    toast = turn.t.plain("nothing.kept")
    return Answer(cards=(*both(day_id), *question_of(work_date)), toast=toast, reaction="👌")


async def on_undo(turn: Turn, press: Press) -> Answer:
    """«Urungkan» on the day card."""
    await take_nothing_back(turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now)
    return Answer(cards=both(press.subject), toast=turn.t.plain("nothing.taken_back"))


FEATURE = Feature(
    name="nothing",
    presses={Kind.NOTHING_ASK: on_ask, Kind.NOTHING_REASON: on_reason, Kind.NOTHING_UNDO: on_undo},
    answers={Step.NOTHING: on_reason_text},
)
