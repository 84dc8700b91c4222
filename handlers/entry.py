"""One entry of one's own: fields, order, RHK."""

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn
from bot.day_answers import both, receipt, remarked
from bot.screens import shorten
from bot.views.days import pending_screen
from services.dialogue import Step
from services.entries import editing, restoring
from services.entries.days import editable_entry, own_entry
from services.entries.views import load_day
from services.errors import NotFound
from services.reading.sensitive import find_sensitive


async def on_entry(turn: Turn, press: Press) -> Answer:
    day, entry = await own_entry(turn.session, turn.actor, press.subject)
    return Answer(cards=both(day.id, view="entry", focus=entry.id))


async def on_field(turn: Turn, press: Press) -> Answer:
    """Asks for a new value and says what is waited for."""
    if press.arg not in editing.FIELDS:
        raise NotFound
    day, entry = await editable_entry(turn.session, turn.actor, press.subject, now=turn.now)
    turn.ask(Step.FIELD, entry=entry.id, field=press.arg)
    question = turn.t(f"entry.ask_{press.arg}", activity=shorten(entry.activity, 300))
    return Answer(
        cards=both(day.id, view="entry", focus=entry.id), screens=(pending_screen(turn.t, question),)
    )


async def on_field_text(turn: Turn, message: Message) -> Answer:
    """Takes the new value. One that cannot be read leaves the question open."""
    data = turn.question.data if turn.question else {}
    taken = await editing.set_field(
        turn.session, turn.actor, int(data["entry"]), str(data["field"]), message.text, now=turn.now
    )
    turn.done()
    found = find_sensitive(message.text)
    return Answer(
        cards=both(taken.day_id, view="sensitive") if found else both(taken.day_id, focus=int(data["entry"])),
        screens=await remarked(turn, taken.day_id, taken.remark),
        reaction=receipt(taken),
    )


async def on_delete(turn: Turn, press: Press) -> Answer:
    """Takes the entry away; the card that follows can put it back."""
    removed = await editing.delete_entry(turn.session, turn.actor, press.subject, now=turn.now)
    turn.question = restoring.remembering(turn.question, removed, now=turn.now)
    toast = "entry.deleted_files" if removed.files else "entry.deleted"
    return Answer(cards=both(removed.day_id, view="removed"), toast=turn.t.plain(toast))


async def on_up(turn: Turn, press: Press) -> Answer:
    return await _moved(turn, press.subject, -1)


async def on_down(turn: Turn, press: Press) -> Answer:
    return await _moved(turn, press.subject, 1)


async def _moved(turn: Turn, entry_id: int, step: int) -> Answer:
    day_id = await editing.move_entry(turn.session, turn.actor, entry_id, step, now=turn.now)
    return Answer(cards=both(day_id, view="entry", focus=entry_id))


async def on_link(turn: Turn, press: Press) -> Answer:
    """Shows every RHK for one entry, also of one that waits for a decision."""
    day, entry = await editing.linkable_entry(turn.session, turn.actor, press.subject, now=turn.now)
    page = number(press.arg) if press.arg else 0
    return Answer(cards=both(day.id, view="link", focus=entry.id, page=page))


async def on_target(turn: Turn, press: Press) -> Answer:
    """`arg`: the RHK's id, 0 for none; `.u` when pressed on the shared screen, which then goes on."""
    chosen, _, shared = press.arg.partition(".")
    day_id = await editing.set_target(
        turn.session, turn.actor, press.subject, number(chosen) or None, now=turn.now
    )
    day = await load_day(turn.session, day_id)
    left = any(one.awaits_target for one in day.entries)
    view = "unsure" if shared and left else ""
    return Answer(cards=both(day_id, view=view), toast=turn.t.plain("link.taken"))


FEATURE = Feature(
    name="entry",
    presses={
        Kind.ENTRY_SHOW: on_entry,
        Kind.ENTRY_FIELD: on_field,
        Kind.ENTRY_DELETE: on_delete,
        Kind.ENTRY_UP: on_up,
        Kind.ENTRY_DOWN: on_down,
        Kind.ENTRY_LINK: on_link,
        Kind.ENTRY_TARGET: on_target,
    },
    answers={Step.FIELD: on_field_text},
)
