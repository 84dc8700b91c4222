"""Kendala: said by the person, seen first by the supervisor, answered and closed."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn, card
from bot.day_answers import both
from bot.kept_words import keep, kept_before, words_in
from bot.screens import CardRef, Screen
from bot.views.blockers import Listing, answered_screen, blocker_screen, closed_screen, list_screen
from bot.views.days import pending_screen
from services import blockers
from services.dialogue import Step
from services.entries.days import own_day, own_entry
from services.entries.views import load_own_day
from services.errors import DomainError, Invalid, NotAllowed, NotFound
from services.reading.outcomes import split_outcome
from services.reading.sensitive import find_sensitive

LIST, ONE = "blockers", "blocker"
ASKING = "answer"
"""The face of one blocker that waits for its answer."""


async def render_list(turn: Turn, ref: CardRef) -> Screen | None:
    found = await blockers.open_blockers(turn.session, turn.actor, now=turn.now)
    waits = turn.question is not None and turn.question.step is Step.BLOCKER_ANSWER
    words = words_in(turn.question, Step.BLOCKER_ANSWER, blocker=None)
    if words:
        found = tuple(one for one in found if not one.own)
    screen = Listing(found, supervises=turn.actor.supervises, waits=waits, words=words)
    return list_screen(turn.t, screen, page=ref.page)


async def render_one(turn: Turn, ref: CardRef) -> Screen | None:
    one = await blockers.load_blocker(turn.session, turn.actor, ref.subject, now=turn.now)
    asking = ref.view == ASKING and one.closed_at is None and not one.own
    waits = asking or bool(turn.question and turn.question.data.get("blocker") == one.id)
    return blocker_screen(turn.t, one, asking=asking, waits=waits)


async def wait_for_answer(turn: Turn) -> None:
    """What is typed below the list is the answer to the one in it; which of several is asked."""
    found = await blockers.open_blockers(turn.session, turn.actor, now=turn.now)
    others = [one.id for one in found if not one.own]
    if not others:
        return
    words = await kept_before(turn, Step.BLOCKER_ANSWER, blocker=None)
    only = others[0] if len(others) == 1 and not words else None
    turn.ask(Step.BLOCKER_ANSWER, blocker=only, offered=True, **words)


async def on_list(turn: Turn, press: Press) -> Answer:
    await wait_for_answer(turn)
    return Answer(cards=card(LIST, turn.actor.person_id, page=number(press.arg or "0")))


async def on_show(turn: Turn, press: Press) -> Answer:
    """In place; from the morning brief below it, since the brief stays where it is."""
    one = await blockers.load_blocker(turn.session, turn.actor, press.subject, now=turn.now)
    if not one.own and one.closed_at is None:
        turn.ask(Step.BLOCKER_ANSWER, blocker=one.id, offered=True)
    return Answer(cards=card(ONE, press.subject), below=True if press.arg == "brief" else None)


async def on_day(turn: Turn, press: Press) -> Answer:
    """`Kendala` below the day card: what is open, else the question."""
    day = await load_own_day(turn.session, turn.actor, press.subject)
    if day.blockers:
        return Answer(cards=both(day.id, view="blockers"))
    return ask(turn, day.id)


async def on_add(turn: Turn, press: Press) -> Answer:
    return ask(turn, (await own_day(turn.session, turn.actor, press.subject)).id)


async def on_entry(turn: Turn, press: Press) -> Answer:
    day, entry = await own_entry(turn.session, turn.actor, press.subject)
    return ask(turn, day.id, entry.id)


def ask(turn: Turn, day_id: int, entry_id: int | None = None) -> Answer:
    """The next text is what stands in the way."""
    turn.ask(Step.BLOCKER, day=day_id, entry=entry_id)
    view, key = ("entry", "blocker.ask_entry") if entry_id else ("", "blocker.ask")
    return Answer(
        cards=both(day_id, view=view, focus=entry_id or 0), screens=(pending_screen(turn.t, turn.t(key)),)
    )


async def on_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    day_id, entry_id = int(data["day"]), data["entry"]
    try:
        await blockers.raise_blocker(
            turn.session, turn.actor, message.text, day_id=day_id, entry_id=entry_id, now=turn.now
        )
    except NotFound as error:
        return ended(turn, error)
    turn.done()
    view = "sensitive" if find_sensitive(message.text) else ""
    return Answer(cards=both(day_id, view=view), reaction="👌")


async def on_answer(turn: Turn, press: Press) -> Answer:
    """`Jawab kendala`: a chip, or typed words; words typed before the choice are the answer at once."""
    await blockers.answerable(turn.session, turn.actor, press.subject, now=turn.now)
    words = await kept_before(turn, Step.BLOCKER_ANSWER, blocker=None)
    if words:
        await blockers.answer_blocker(turn.session, turn.actor, press.subject, words["text"], now=turn.now)
        return Answer(cards=card(ONE, press.subject), toast=turn.t.plain("blocker.answer_sent"))
    turn.ask(Step.BLOCKER_ANSWER, blocker=press.subject)
    return Answer(cards=card(ONE, press.subject, view=ASKING))


async def on_chip(turn: Turn, press: Press) -> Answer:
    if press.arg not in blockers.CHIPS:
        raise NotFound
    text = turn.t.plain(f"blocker.chip_{press.arg}")
    await blockers.answer_blocker(turn.session, turn.actor, press.subject, text, now=turn.now)
    return Answer(cards=card(ONE, press.subject), toast=turn.t.plain("blocker.answer_sent"))


async def on_answer_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    if data["blocker"] is None or (data.get("offered") and reads_like_a_report(message.text)):
        return keep_answer(turn, message)
    blocker_id = int(data["blocker"])
    try:
        await blockers.answer_blocker(turn.session, turn.actor, blocker_id, message.text, now=turn.now)
    except Invalid as error:
        if error.code != "blocker_done":
            raise  # the question stays: it may be answered again
        return ended(turn, error)
    except DomainError as error:
        return ended(turn, error)
    turn.done()
    return Answer(cards=card(ONE, blocker_id), reaction="👌")


def reads_like_a_report(text: str) -> bool:
    """Several lines, or an activity with its outcome: hardly an answer to somebody's blocker."""
    return "\n" in text.strip() or split_outcome(text)[1] is not None


def keep_answer(turn: Turn, message: Message) -> Answer:
    """An answer before it is known to what: kept, and asked. Raises Invalid."""
    keep(turn, Step.BLOCKER_ANSWER, message, blocker=None, offered=True)
    blockers.checked_answer(words_in(turn.question, Step.BLOCKER_ANSWER))
    return Answer(cards=card(LIST, turn.actor.person_id), reaction="👌")


def ended(turn: Turn, error: DomainError) -> Answer:
    """A typed text came too late: nothing was stored, and the question ends. Raises NotAllowed, audited."""
    if isinstance(error, NotAllowed):
        raise error
    turn.done()
    return Answer(screens=(Screen(turn.t(f"errors.{error.code}", **error.params)),), untaken=True)


async def on_close(turn: Turn, press: Press) -> Answer:
    """`Sudah teratasi` by its owner, `Selesai` by the supervisor."""
    closed = await blockers.close_blocker(turn.session, turn.actor, press.subject, now=turn.now)
    toast = turn.t.plain("blocker.done")
    if closed.own and closed.day_id is not None:
        return Answer(cards=both(closed.day_id), toast=toast)
    await wait_for_answer(turn)
    return Answer(cards=card(LIST, turn.actor.person_id), toast=toast)


async def on_told_answer(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    one = await blockers.for_notice(turn.session, turn.actor, int(payload["blocker_id"]), now=turn.now)
    if one is None or one.answer is None or one.closed_at is not None:
        return None
    return Answer(screens=(answered_screen(turn.t, one),))


async def on_told_closed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    one = await blockers.for_notice(turn.session, turn.actor, int(payload["blocker_id"]), now=turn.now)
    return Answer(screens=(closed_screen(turn.t, one),)) if one is not None and one.closed_at else None


FEATURE = Feature(
    name="blockers",
    presses={
        Kind.BLOCKERS: on_list,
        Kind.BLOCKER_SHOW: on_show,
        Kind.BLOCKER_DAY: on_day,
        Kind.BLOCKER_ADD: on_add,
        Kind.BLOCKER_ENTRY: on_entry,
        Kind.BLOCKER_ANSWER: on_answer,
        Kind.BLOCKER_CHIP: on_chip,
        Kind.BLOCKER_CLOSE: on_close,
    },
    answers={Step.BLOCKER: on_text, Step.BLOCKER_ANSWER: on_answer_text},
    cards={LIST: render_list, ONE: render_one},
    notices={"blocker_answered": on_told_answer, "blocker_closed": on_told_closed},
)
