"""A text that answers a return goes into its entry: by replying to the notice, or by one press afterwards."""

from bot.context import Answer, Message, Turn
from bot.day_answers import both, receipt, remarked
from bot.screens import Screen
from bot.views.returned import returned_screen
from services.approvals import correcting
from services.approvals.telling import Returned
from services.entries import editing
from services.evidence import attach_links
from services.reading.links import take_links


async def as_correction(turn: Turn, message: Message) -> Answer | None:
    """What becomes of a reply to the notice of a return; None of any other text."""
    if message.reply_to is None:
        return None
    returned = await correcting.replied_to(turn.session, turn.actor, message.reply_to)
    return await correct(turn, returned, message.text) if returned is not None else None


async def correct(turn: Turn, returned: Returned, text: str) -> Answer:
    """Puts the words where the reason points; what words cannot correct is given back with the buttons."""
    day_id, entry_id = returned.day.id, returned.entry.id
    field = correcting.FIELD_OF.get(returned.code)
    if field is None and not (returned.code == "evidence" and take_links(text)[0]):
        told = Screen(turn.t("return.not_kept", text=text[:1000]))
        return Answer(screens=(told, returned_screen(turn.t, returned)), untaken=True)
    turn.done()
    if field is None:
        await attach_links(turn.session, turn.actor, entry_id, text, now=turn.now)
        return Answer(cards=both(day_id, focus=entry_id), reaction="👌")
    taken = await editing.set_field(turn.session, turn.actor, entry_id, field, text, now=turn.now)
    screens = await remarked(turn, day_id, taken.remark)
    return Answer(cards=both(day_id, focus=entry_id), screens=screens, reaction=receipt(taken))
