"""Putting right what was just done: a text taken for what it is not, and «Urungkan»."""

from dataclasses import replace

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn
from bot.day_answers import DAY, answer, both, take, wait_for_outcomes
from services.entries import answering, asking, drafting, editing, restoring
from services.entries.days import own_day
from services.entries.views import load_day
from services.errors import Outdated

NEW, OUTCOME, RESTORE = "a", "o", "r"
"""How the argument begins: a text taken as outcomes is an activity; one taken as an activity is an outcome;
what was just removed comes back. Without a letter: a text is no activity."""


async def on_undo(turn: Turn, press: Press) -> Answer:
    """«Bukan kegiatan», «Ini kegiatan baru», «Ini hasilnya» and «Urungkan»."""
    if press.arg == RESTORE:
        return await on_restore(turn, press)
    if press.arg.startswith(NEW):
        return await on_new_activity(turn, press)
    if press.arg.startswith(OUTCOME):
        return await on_outcome_after_all(turn, press)
    message_id = number(press.arg)
    removed = await editing.undo_text(turn.session, turn.actor, press.subject, message_id, now=turn.now)
    turn.question = restoring.remembering(turn.question, removed, now=turn.now)
    if not removed.count:
        sent = await editing.holds_message(turn.session, turn.actor, press.subject, message_id)
        key = "day.undone_sent" if sent else "day.undone_gone"
        return Answer(cards=both(press.subject), toast=turn.t.plain(key))
    return Answer(cards=both(press.subject, view="removed"), toast=turn.t.plain("day.undone"))


async def on_new_activity(turn: Turn, press: Press) -> Answer:
    """The outcomes are missing again and asked for; the text is a report of the day whose card this is."""
    await own_day(turn.session, turn.actor, press.subject)
    message_id = number(press.arg.removeprefix(NEW))
    answered = await answering.recall(turn.session, turn.chat_id, message_id=message_id)
    if answered is None or answered.day_id != press.subject:
        raise Outdated(card=(DAY, press.subject))
    await answering.take_back(turn.session, turn.actor, answered, now=turn.now)
    day = await load_day(turn.session, press.subject)
    wait_for_outcomes(turn, day.id, asking.missing_outcomes(day))
    named = drafting.names_day(answered.text, turn.actor, turn.now)
    message = Message(message_id, text=answered.text)
    taken = await take(turn, message, work_date=None if named else day.work_date)
    others = () if any(one.subject == day.id for one in taken.cards) else both(day.id)
    return replace(taken, cards=(*taken.cards, *others))


async def on_outcome_after_all(turn: Turn, press: Press) -> Answer:
    """The new entry goes, and its text answers for what was asked about."""
    await own_day(turn.session, turn.actor, press.subject)
    message_id = number(press.arg.removeprefix(OUTCOME))
    kept = await answering.recall(turn.session, turn.chat_id, message_id=message_id, name=answering.REPORTED)
    if kept is None:
        raise Outdated(card=(DAY, press.subject))
    await editing.undo_text(turn.session, turn.actor, press.subject, message_id, now=turn.now)
    day = await load_day(turn.session, kept.day_id)
    asked = tuple(one for one in asking.missing_outcomes(day) if one.id in kept.before)
    if not asked:
        raise Outdated(card=(DAY, press.subject))
    taken = await answer(turn, Message(message_id, text=kept.text), day, asked)
    others = () if press.subject == day.id else both(press.subject)
    return replace(taken, cards=(*taken.cards, *others))


async def on_restore(turn: Turn, press: Press) -> Answer:
    turn.question = await restoring.restore(
        turn.session, turn.actor, press.subject, question=turn.question, now=turn.now
    )
    return Answer(cards=both(press.subject), toast=turn.t.plain("day.restored"))


FEATURE = Feature(name="undoing", presses={Kind.DAY_UNDO: on_undo})
