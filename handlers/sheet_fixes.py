"""What an e-Kinerja sheet lacks, completed by its owner: times, amounts, action steps."""

from collections.abc import Sequence
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.sheets import load, load_own, look_in, sheet_card
from bot.views.sheet import AMOUNTS, CHOICE, OVERVIEW, STEPS, TIMES, Look
from bot.views.sheet_fixes import row_question, step_questions
from services.dialogue import Step
from services.errors import NotFound
from services.sheet import undoing, writing
from services.sheet.access import ensure_own
from services.sheet.rows import Gap, Sheet

QUESTION = "sheet_ask"
"""The card of a question about one row: pressed twice, it is asked once."""
UNDO = 1
"""As the focus of a sheet: what was just completed can be taken back."""


def shown(turn: Turn, look: Look, *, focus: int = 0, toast: str = "") -> Answer:
    """One's own sheet, and no question about it any more."""
    cards = sheet_card(turn.actor.person_id, look, focus=focus)
    return Answer(cards=(*cards, *card(QUESTION, turn.actor.person_id)), toast=toast)


async def keep(turn: Turn, entry_ids: Sequence[int], *, unlinked: int | None = None) -> None:
    """Remembers rows before they are written, for «Urungkan»."""
    turn.question = await undoing.remembering(
        turn.session, turn.question, entry_ids, unlinked=unlinked, now=turn.now
    )


def ask(turn: Turn, step: Step, entry_id: int, look: Look) -> Answer:
    """Asks about a row, below, in the place of what was asked before."""
    turn.ask(step, entry=entry_id, look=look.pack())
    return Answer(cards=card(QUESTION, turn.actor.person_id), below=True)


async def render_question(turn: Turn, ref: CardRef) -> Screen | None:
    question = turn.question
    if question is None or question.step not in ANSWERS or ref.subject != turn.actor.person_id:
        return None
    row = writing.row_of(await load_own(turn, look_in(str(question.data["look"]))), question.data["entry"])
    return row_question(turn.t, question.step, row)


async def on_sheet(turn: Turn, press: Press, look: Look) -> Sheet:
    """One's own sheet, which has the entry of a button. Raises NotFound, NotTheirs."""
    await writing.own_entry(turn.session, turn.actor, press.subject)
    sheet = await load_own(turn, look)
    writing.row_of(sheet, press.subject)
    return sheet


async def on_times(turn: Turn, press: Press) -> Answer:
    """«Pakai jam usulan»: all of the period in one tap."""
    look = look_in(press.arg)
    ensure_own(turn.actor, press.subject)
    sheet = await load(turn, press.subject, look)
    await keep(turn, [one.entry_id for one in sheet.lacking(Gap.TIME)])
    count = await writing.accept_times(turn.session, turn.actor, sheet, mark=press.revision)
    toast = turn.t.plain("sheet.times_taken", count=count)
    return shown(turn, look.at(OVERVIEW), focus=UNDO, toast=toast)


async def on_time_ask(turn: Turn, press: Press) -> Answer:
    """«Ubah jam» of one row."""
    look = look_in(press.arg)
    await on_sheet(turn, press, look)
    return ask(turn, Step.SHEET_TIME, press.subject, look)


async def on_time_text(turn: Turn, message: Message) -> Answer:
    data = asked(turn)
    look, entry_id = look_in(str(data["look"])), int(data["entry"])
    turn.done()
    await keep(turn, [entry_id])
    await writing.set_time(turn.session, turn.actor, await load_own(turn, look), entry_id, message.text)
    sheet = await load_own(turn, look)
    return shown(turn, look.at(TIMES if sheet.lacking(Gap.TIME) else OVERVIEW, look.page), focus=UNDO)


async def on_amount(turn: Turn, press: Press) -> Answer:
    """«1 kegiatan»."""
    look = look_in(press.arg)
    await on_sheet(turn, press, look)
    await keep(turn, [press.subject])
    await writing.set_amount(turn.session, turn.actor, press.subject)
    return await amounts_left(turn, press, look)


async def amounts_left(turn: Turn, press: Press | None, look: Look) -> Answer:
    """The list while it has a row, else the overview."""
    sheet = await load(turn, turn.actor.person_id, look)
    face = AMOUNTS if sheet.lacking(Gap.AMOUNT) else OVERVIEW
    toast = turn.t.plain("sheet.amount_taken") if press is not None else ""
    return shown(turn, look.at(face, look.page), focus=UNDO, toast=toast)


async def on_amount_ask(turn: Turn, press: Press) -> Answer:
    look = look_in(press.arg)
    await on_sheet(turn, press, look)
    return ask(turn, Step.SHEET_AMOUNT, press.subject, look)


async def on_amount_text(turn: Turn, message: Message) -> Answer:
    data = asked(turn)
    turn.done()
    await keep(turn, [int(data["entry"])])
    await writing.set_amount(turn.session, turn.actor, int(data["entry"]), message.text)
    return await amounts_left(turn, None, look_in(str(data["look"])))


async def on_amounts(turn: Turn, press: Press) -> Answer:
    """«1 kegiatan» for all of the period."""
    look = look_in(press.arg)
    ensure_own(turn.actor, press.subject)
    sheet = await load(turn, press.subject, look)
    await keep(turn, [one.entry_id for one in sheet.lacking(Gap.AMOUNT)])
    count = await writing.set_all_amounts(turn.session, turn.actor, sheet, mark=press.revision)
    toast = turn.t.plain("sheet.amounts_taken", count=count)
    return shown(turn, look.at(OVERVIEW), focus=UNDO, toast=toast)


async def on_step(turn: Turn, press: Press) -> Answer:
    """Which action step: the choice."""
    look = look_in(press.arg)
    await on_sheet(turn, press, look)
    return shown(turn, look.at(CHOICE), focus=press.subject)


async def on_pick(turn: Turn, press: Press) -> Answer:
    """`arg`: the step, and the period."""
    step_id, _, rest = press.arg.partition(".")
    look = look_in(rest)
    sheet = await on_sheet(turn, press, look)
    together = writing.same_question(sheet, writing.row_of(sheet, press.subject))
    await keep(turn, [one.entry_id for one in together])
    count = await writing.choose_step(turn.session, turn.actor, sheet, press.subject, number(step_id))
    return await steps_left(turn, look, turn.t.plain("sheet.step_taken", count=count), undo=UNDO)


async def on_outside(turn: Turn, press: Press) -> Answer:
    """«Di luar SKP» for an entry that has no RHK."""
    look = look_in(press.arg)
    await on_sheet(turn, press, look)
    await keep(turn, [press.subject], unlinked=press.subject)
    await writing.put_outside(turn.session, turn.actor, press.subject)
    return await steps_left(turn, look, turn.t.plain("sheet.outside_taken"), undo=UNDO)


async def on_undo(turn: Turn, press: Press) -> Answer:
    """«Urungkan»: the rows are as they were before the last input."""
    look = look_in(press.arg)
    ensure_own(turn.actor, press.subject)
    count, turn.question = await undoing.undo(turn.session, turn.actor, question=turn.question)
    return shown(turn, look, toast=turn.t.plain("sheet.undone", count=count))


async def steps_left(turn: Turn, look: Look, toast: str, *, undo: int = 0) -> Answer:
    """The list while there is a question on it, else the overview."""
    sheet = await load_own(turn, look)
    face = STEPS if step_questions(sheet) else OVERVIEW
    return shown(turn, look.at(face), focus=undo, toast=toast)


async def on_wording(turn: Turn, press: Press) -> Answer:
    """«Pakai bunyi RHK»."""
    look = look_in(press.arg)
    sheet = await on_sheet(turn, press, look)
    count = await writing.write_step(turn.session, turn.actor, sheet, press.subject, None, now=turn.now)
    return await steps_left(turn, look, turn.t.plain("sheet.step_taken", count=count))


async def on_step_ask(turn: Turn, press: Press) -> Answer:
    look = look_in(press.arg)
    row = writing.row_of(await on_sheet(turn, press, look), press.subject)
    if row.target_text is None:
        raise NotFound("sheet_no_target")
    return ask(turn, Step.SHEET_STEP, press.subject, look)


async def on_step_text(turn: Turn, message: Message) -> Answer:
    data = asked(turn)
    look = look_in(str(data["look"]))
    sheet = await load_own(turn, look)
    entry_id = int(data["entry"])
    await writing.write_step(turn.session, turn.actor, sheet, entry_id, message.text, now=turn.now)
    turn.done()
    return await steps_left(turn, look, "")


def asked(turn: Turn) -> dict[str, Any]:
    """What the pending question is about."""
    return dict(turn.question.data) if turn.question else {}


ANSWERS = {
    Step.SHEET_AMOUNT: on_amount_text,
    Step.SHEET_TIME: on_time_text,
    Step.SHEET_STEP: on_step_text,
}
FEATURE = Feature(
    name="sheet_fixes",
    presses={
        Kind.SHEET_TIMES: on_times,
        Kind.SHEET_AMOUNT: on_amount,
        Kind.SHEET_AMOUNT_ASK: on_amount_ask,
        Kind.SHEET_AMOUNTS: on_amounts,
        Kind.SHEET_TIME_ASK: on_time_ask,
        Kind.SHEET_UNDO: on_undo,
        Kind.SHEET_OUTSIDE: on_outside,
        Kind.SHEET_STEP: on_step,
        Kind.SHEET_STEP_PICK: on_pick,
        Kind.SHEET_STEP_RHK: on_wording,
        Kind.SHEET_STEP_ASK: on_step_ask,
    },
    answers=ANSWERS,
    cards={QUESTION: render_question},
)
