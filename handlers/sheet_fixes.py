"""What an e-Kinerja sheet lacks, completed by its owner: times, amounts, action steps."""

from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn
from bot.sheets import load, load_own, look_in, sheet_card
from bot.views.sheet import AMOUNTS, CHOICE, OVERVIEW, STEPS, Look, asks
from bot.views.sheet_fixes import ROMAN, step_questions
from services.dialogue import Step
from services.errors import NotFound
from services.sheet import writing
from services.sheet.access import ensure_own
from services.sheet.rows import Gap, Sheet


def shown(turn: Turn, look: Look, *, focus: int = 0, toast: str = "") -> Answer:
    """One's own sheet."""
    return Answer(cards=sheet_card(turn.actor.person_id, look, focus=focus), toast=toast)


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
    count = await writing.accept_times(turn.session, turn.actor, sheet, mark=press.revision)
    return shown(turn, look.at(OVERVIEW), toast=turn.t.plain("sheet.times_taken", count=count))


async def on_amount(turn: Turn, press: Press) -> Answer:
    """«1 kegiatan»."""
    look = look_in(press.arg)
    await on_sheet(turn, press, look)
    await writing.set_amount(turn.session, turn.actor, press.subject)
    return await amounts_left(turn, press, look)


async def amounts_left(turn: Turn, press: Press | None, look: Look) -> Answer:
    """The list while it has a row, else the overview."""
    sheet = await load(turn, turn.actor.person_id, look)
    face = AMOUNTS if sheet.lacking(Gap.AMOUNT) else OVERVIEW
    toast = turn.t.plain("sheet.amount_taken") if press is not None else ""
    return shown(turn, look.at(face, look.page), toast=toast)


async def on_amount_ask(turn: Turn, press: Press) -> Answer:
    look = look_in(press.arg)
    row = writing.row_of(await on_sheet(turn, press, look), press.subject)
    turn.ask(Step.SHEET_AMOUNT, entry=press.subject, look=look.pack())
    return Answer(screens=(asks(turn.t, turn.t("sheet.ask_amount", text=row.activity[:300])),))


async def on_amount_text(turn: Turn, message: Message) -> Answer:
    data = asked(turn)
    await writing.set_amount(turn.session, turn.actor, int(data["entry"]), message.text)
    turn.done()
    return await amounts_left(turn, None, look_in(str(data["look"])))


async def on_amounts(turn: Turn, press: Press) -> Answer:
    """«1 kegiatan» for all of the period."""
    look = look_in(press.arg)
    ensure_own(turn.actor, press.subject)
    sheet = await load(turn, press.subject, look)
    count = await writing.set_all_amounts(turn.session, turn.actor, sheet, mark=press.revision)
    return shown(turn, look.at(OVERVIEW), toast=turn.t.plain("sheet.amounts_taken", count=count))


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
    count = await writing.choose_step(turn.session, turn.actor, sheet, press.subject, number(step_id))
    return await steps_left(turn, look, count)


async def steps_left(turn: Turn, look: Look, count: int) -> Answer:
    """The list while there is a question on it, else the overview."""
    sheet = await load_own(turn, look)
    face = STEPS if step_questions(sheet) else OVERVIEW
    return shown(turn, look.at(face), toast=turn.t.plain("sheet.step_taken", count=count))


async def on_wording(turn: Turn, press: Press) -> Answer:
    """«Pakai bunyi RHK»."""
    look = look_in(press.arg)
    sheet = await on_sheet(turn, press, look)
    count = await writing.write_step(turn.session, turn.actor, sheet, press.subject, None, now=turn.now)
    return await steps_left(turn, look, count)


async def on_step_ask(turn: Turn, press: Press) -> Answer:
    look = look_in(press.arg)
    row = writing.row_of(await on_sheet(turn, press, look), press.subject)
    if row.target_text is None:
        raise NotFound("sheet_no_target")
    turn.ask(Step.SHEET_STEP, entry=press.subject, look=look.pack())
    words = turn.t("sheet.ask_step", target=row.target_text[:900], quarter=ROMAN[row.quarter - 1])
    return Answer(screens=(asks(turn.t, words),))


async def on_step_text(turn: Turn, message: Message) -> Answer:
    data = asked(turn)
    look = look_in(str(data["look"]))
    sheet = await load_own(turn, look)
    entry_id = int(data["entry"])
    count = await writing.write_step(turn.session, turn.actor, sheet, entry_id, message.text, now=turn.now)
    turn.done()
    answer = await steps_left(turn, look, count)
    return Answer(cards=answer.cards)


def asked(turn: Turn) -> dict[str, Any]:
    """What the pending question is about."""
    return dict(turn.question.data) if turn.question else {}


FEATURE = Feature(
    name="sheet_fixes",
    presses={
        Kind.SHEET_TIMES: on_times,
        Kind.SHEET_AMOUNT: on_amount,
        Kind.SHEET_AMOUNT_ASK: on_amount_ask,
        Kind.SHEET_AMOUNTS: on_amounts,
        Kind.SHEET_STEP: on_step,
        Kind.SHEET_STEP_PICK: on_pick,
        Kind.SHEET_STEP_RHK: on_wording,
        Kind.SHEET_STEP_ASK: on_step_ask,
    },
    answers={Step.SHEET_AMOUNT: on_amount_text, Step.SHEET_STEP: on_step_text},
)
