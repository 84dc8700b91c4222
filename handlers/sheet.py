"""`/ekinerja`: a person's sheet of a period, what it lacks, and whose it is."""

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.sheets import load, look_at, look_in, look_or_month, sheet_card, today_of
from bot.views.sheet import AMOUNTS, CHOICE, STEPS, TIMES, asks, overview, people_screen, whose_screen
from bot.views.sheet_fixes import amounts_screen, choice_screen, steps_screen, times_screen
from services.dialogue import Step
from services.errors import NotFound
from services.sheet import access
from services.sheet.guessing import choices
from services.sheet.periods import read_period
from services.sheet.writing import SHEET_CARD, row_of, same_question

PEOPLE_CARD = "sheet_people"
MOST_DIGITS = 4


async def render_sheet(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: the period and the face; `focus`: the entry an action step is chosen for; elsewhere, that
    there is something to be taken back.
    """
    look = look_or_month(turn, ref.view)
    sheet = await load(turn, ref.subject, look)
    own, undo = ref.subject == turn.actor.person_id, bool(ref.focus)
    if own and look.face == TIMES:
        return times_screen(turn.t, sheet, look, undo=undo)
    if own and look.face == AMOUNTS:
        return amounts_screen(turn.t, sheet, look, undo=undo)
    if own and look.face == STEPS:
        return steps_screen(turn.t, sheet, look, undo=undo)
    if own and look.face == CHOICE and ref.focus:
        asked = row_of(sheet, ref.focus)
        count = len(same_question(sheet, asked))
        steps = await choices(turn.session, ref.subject, asked)
        return choice_screen(turn.t, sheet, look, asked=asked, count=count, steps=steps)
    chooses = access.chooses(turn.actor)
    return overview(turn.t, sheet, look, own=own, today=today_of(turn), chooses=chooses, undo=undo)


async def render_people(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.subject != turn.actor.person_id:
        raise NotFound
    return await people(turn, page=ref.page)


async def people(turn: Turn, *, page: int = 0, typed: str = "") -> Screen:
    """Those to choose from."""
    found = await access.people_to_choose(turn.session, turn.actor, page=page, typed=typed, now=turn.now)
    return people_screen(turn.t, found, own=turn.actor.person_id if turn.actor.reports else None)


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/ekinerja`, `/ekinerja Oktober`; who reports nothing chooses somebody first."""
    if not turn.actor.reports:
        await access.people_to_choose(turn.session, turn.actor, now=turn.now)
        return Answer(screens=(whose_screen(turn.t),))
    look = look_at(read_period(arguments, today=today_of(turn)))
    return Answer(cards=sheet_card(turn.actor.person_id, look))


async def on_show(turn: Turn, press: Press) -> Answer:
    return Answer(cards=sheet_card(press.subject, look_or_month(turn, press.arg)))


async def on_period(turn: Turn, press: Press) -> Answer:
    """Asks for another period, typed."""
    look = look_in(press.arg)
    await access.ensure_may_fetch(turn.session, turn.actor, press.subject, now=turn.now)
    turn.ask(Step.SHEET_PERIOD, person=press.subject, everything=look.everything)
    return Answer(screens=(asks(turn.t, turn.t("sheet.ask_period")),))


async def on_period_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    period = read_period(message.text, today=today_of(turn))
    look = look_at(period, everything=bool(data["everything"]))
    turn.done()
    return Answer(cards=sheet_card(int(data["person"]), look))


async def on_people(turn: Turn, press: Press) -> Answer:
    """`arg`: a page."""
    if not (press.arg.isascii() and press.arg.isdigit() and len(press.arg) <= MOST_DIGITS):
        raise NotFound
    await access.people_to_choose(turn.session, turn.actor, now=turn.now)
    return Answer(cards=card(PEOPLE_CARD, turn.actor.person_id, page=int(press.arg)))


async def on_find(turn: Turn, press: Press) -> Answer:
    await access.people_to_choose(turn.session, turn.actor, now=turn.now)
    turn.ask(Step.SHEET_PERSON)
    return Answer(screens=(asks(turn.t, turn.t("sheet.ask_person")),))


async def on_find_text(turn: Turn, message: Message) -> Answer:
    """One is shown at once; of several one is chosen. The question stays until then."""
    found = await access.people_to_choose(turn.session, turn.actor, typed=message.text, now=turn.now)
    if found.total > 1:
        return Answer(screens=(await people(turn, typed=message.text),))
    turn.done()
    return Answer(cards=sheet_card(found.found[0].person_id, look_or_month(turn, "")))


FEATURE = Feature(
    name="sheet",
    commands=(
        Command("ekinerja", on_command, shown_to=lambda actor: actor.reports or access.chooses(actor)),
    ),
    presses={
        Kind.SHEET_SHOW: on_show,
        Kind.SHEET_PERIOD: on_period,
        Kind.SHEET_PEOPLE: on_people,
        Kind.SHEET_FIND: on_find,
    },
    answers={Step.SHEET_PERIOD: on_period_text, Step.SHEET_PERSON: on_find_text},
    cards={SHEET_CARD: render_sheet, PEOPLE_CARD: render_people},
)
