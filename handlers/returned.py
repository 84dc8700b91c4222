"""What was decided on one's own work, and answering it straight into the entry."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Turn, card
from bot.day_answers import both, remarked
from bot.screens import CardRef
from bot.views.returned import approved_screen, evidence_question, reopened_screen, returned_screen
from services import cards
from services.approvals import correcting, telling
from services.dialogue import Step
from services.entries import correction
from services.entries.days import DAY_CARD
from services.errors import NotFound


async def entry_returned(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    returned = await telling.load_returned(
        turn.session, turn.actor, int(payload["day_id"]), int(payload["entry_id"])
    )
    if returned is None:
        return None
    return Answer(
        screens=(returned_screen(turn.t, returned),), cards=await standing_day(turn, returned.day.id)
    )


async def day_approved(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    day_id = int(payload["day_id"])
    approved = await telling.load_approved(turn.session, turn.actor, day_id, int(payload["by"]))
    if approved is None:
        return None
    return Answer(screens=(approved_screen(turn.t, approved),), cards=await standing_day(turn, day_id))


async def day_reopened(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    day_id = int(payload["day_id"])
    reopened = await telling.load_reopened(turn.session, turn.actor, day_id, int(payload["by"]))
    if reopened is None:
        return None
    return Answer(screens=(reopened_screen(turn.t, reopened),), cards=await standing_day(turn, day_id))


async def standing_day(turn: Turn, day_id: int) -> tuple[CardRef, ...]:
    """The day card, if it stands in the chat: an old day is not brought back by a decision."""
    if await cards.standing(turn.session, turn.chat_id, DAY_CARD, day_id) is None:
        return ()
    return card(DAY_CARD, day_id)


async def on_correct(turn: Turn, press: Press) -> Answer:
    """«Kirim bukti»: the next file or link belongs to this entry."""
    if press.arg != "evidence":
        raise NotFound
    activity = await correcting.activity_of(turn.session, turn.actor, press.subject, now=turn.now)
    turn.ask(Step.EVIDENCE, entry=press.subject)
    return Answer(screens=(evidence_question(turn.t, activity),))


async def on_fix(turn: Turn, press: Press) -> Answer:
    """«Ini perbaikan»: what was just typed as new work goes into the returned entry. `arg`: its message."""
    fixed = await correction.move_in(turn.session, turn.actor, press.subject, number(press.arg), now=turn.now)
    shown = both(fixed.day_id, focus=press.subject)
    if fixed.from_day_id != fixed.day_id:
        shown += both(fixed.from_day_id)
    return Answer(cards=shown, screens=await remarked(turn, fixed.day_id, fixed.remark))


FEATURE = Feature(
    name="returned",
    presses={
        Kind.ENTRY_CORRECT: on_correct,
        Kind.RETURNED_FIX: on_fix,
    },
    notices={
        "entry_returned": entry_returned,
        "day_approved": day_approved,
        "day_reopened": day_reopened,
    },
)
