"""What was decided on one's own work, and answering it straight into the entry."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn, card
from bot.corrections import correct, which
from bot.day_answers import take
from bot.screens import CardRef
from bot.views.returned import approved_screen, evidence_question, reopened_screen, returned_screen
from services import cards
from services.approvals import correcting, telling
from services.approvals.telling import Returned
from services.dialogue import Step
from services.entries import answering
from services.entries.days import DAY_CARD
from services.errors import NotFound, Outdated


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


async def on_which_text(turn: Turn, message: Message) -> Answer:
    """More words while it is asked what the first were: they belong together."""
    data = turn.question.data if turn.question else {}
    returned = await kept_return(turn, data)
    text = f"{data['text']}\n{message.text}"
    if returned is None:
        turn.done()
        return await take(turn, Message(message.message_id, text=text))
    return which(turn, returned, text, message.message_id)


async def kept_return(turn: Turn, data: Mapping[str, Any]) -> Returned | None:
    return await correcting.returned_entry(turn.session, turn.actor, int(data["day"]), int(data["entry"]))


async def kept(turn: Turn, press: Press) -> Mapping[str, Any]:
    """The text that was asked about. Raises Outdated when something else came since."""
    await correcting.activity_of(turn.session, turn.actor, press.subject, now=turn.now)
    waiting = await answering.waiting(turn.session, turn.chat_id, now=turn.now)
    if waiting is None or waiting.step is not Step.RETURNED or waiting.data["entry"] != press.subject:
        raise Outdated
    return waiting.data


async def on_fix(turn: Turn, press: Press) -> Answer:
    data = await kept(turn, press)
    returned = await kept_return(turn, data)
    if returned is None:
        raise Outdated(card=(DAY_CARD, int(data["day"])))
    return await correct(turn, returned, data["text"])


async def on_new(turn: Turn, press: Press) -> Answer:
    data = await kept(turn, press)
    return await take(turn, Message(int(data["message"]), text=data["text"]))


FEATURE = Feature(
    name="returned",
    presses={
        Kind.ENTRY_CORRECT: on_correct,
        Kind.RETURNED_FIX: on_fix,
        Kind.RETURNED_NEW: on_new,
    },
    answers={Step.RETURNED: on_which_text},
    notices={
        "entry_returned": entry_returned,
        "day_approved": day_approved,
        "day_reopened": day_reopened,
    },
)
