"""A text that answers a return goes into its entry; one that only might is asked about."""

from bot.callbacks import Kind
from bot.context import Answer, Message, Turn
from bot.day_answers import both, repeated
from bot.screens import PRIMARY, Screen, button, shorten
from bot.views.returned import returned_screen
from services.approvals import correcting
from services.approvals.telling import Returned
from services.dialogue import Step
from services.entries import editing
from services.evidence import attach_links
from services.reading.links import take_links


async def as_correction(turn: Turn, message: Message) -> Answer | None:
    """What becomes of a text after a return: a reply to its notice corrects; a plain line is asked about."""
    if message.reply_to is not None:
        returned = await correcting.replied_to(turn.session, turn.actor, message.reply_to)
        return await correct(turn, returned, message.text) if returned is not None else None
    returned = await correcting.perhaps_answered(turn.session, turn.actor, message.text, now=turn.now)
    return which(turn, returned, message.text, message.message_id) if returned is not None else None


def which(turn: Turn, returned: Returned, text: str, message_id: int) -> Answer:
    """Correction or new? The text is kept in the question."""
    day, entry, t = returned.day, returned.entry, turn.t
    turn.ask(Step.RETURNED, day=day.id, entry=entry.id, text=text, message=message_id)
    asked = t(
        "return.ask_which",
        number=entry.number,
        activity=shorten(entry.activity, 120),
        day=t.day(day.work_date),
    )
    fix = button(t.plain("return.is_fix"), Kind.RETURNED_FIX, entry.id, style=PRIMARY)
    return Answer(
        screens=(Screen(asked, ((fix,), (button(t.plain("return.is_new"), Kind.RETURNED_NEW, entry.id),))),)
    )


async def correct(turn: Turn, returned: Returned, text: str) -> Answer:
    """Puts the words where the reason points; what words cannot correct shows the notice's buttons again."""
    day_id, entry_id = returned.day.id, returned.entry.id
    field = correcting.FIELD_OF.get(returned.code)
    if field is None and not (returned.code == "evidence" and take_links(text)[0]):
        return Answer(screens=(returned_screen(turn.t, returned),))
    turn.done()
    if field is None:
        await attach_links(turn.session, turn.actor, entry_id, text, now=turn.now)
        return Answer(cards=both(day_id, focus=entry_id), reaction="👌")
    taken = await editing.set_field(turn.session, turn.actor, entry_id, field, text, now=turn.now)
    screens = await repeated(turn, day_id, taken.repeated)
    return Answer(cards=both(day_id, focus=entry_id), screens=screens, reaction="👌")
