"""Working patterns, set by admins."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.holidays import asks
from bot.views.patterns import (
    FOR_ALL,
    changed,
    confirmation,
    person_card,
    unit_card,
    unit_list,
    which_person,
)
from services.clock import local_date
from services.dialogue import Step
from services.errors import NotFound
from services.people import patterns

PATTERNS = "patterns"
UNIT, PERSON = "unit", "person"


async def render_patterns(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: the units, one unit, the pattern it is to get, or one person."""
    session, actor = turn.session, turn.actor
    if ref.view == PERSON:
        return person_card(turn.t, await patterns.load_person(session, actor, ref.focus))
    if ref.view == UNIT:
        return unit_card(turn.t, await patterns.load_unit(session, actor, ref.focus))
    if ref.view in FOR_ALL:
        return confirmation(turn.t, await patterns.load_unit(session, actor, ref.focus), ref.view)
    units = await patterns.load_units(session, actor)
    return unit_list(turn.t, units, page=ref.page, year=local_date(turn.now, actor.zone).year)


async def on_units(turn: Turn, press: Press) -> Answer:
    """`arg`: a page, or nothing."""
    if press.arg and not (press.arg.isascii() and press.arg.isdigit() and len(press.arg) <= 4):
        raise NotFound
    return Answer(cards=card(PATTERNS, 0, page=int(press.arg or 0)))


async def on_unit(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(PATTERNS, 0, view=UNIT, focus=press.subject))


async def on_all(turn: Turn, press: Press) -> Answer:
    """`arg`: the pattern. Asks first."""
    await patterns.load_unit(turn.session, turn.actor, press.subject)
    if press.arg not in FOR_ALL:
        raise NotFound
    return Answer(cards=card(PATTERNS, 0, view=press.arg, focus=press.subject))


async def on_all_sure(turn: Turn, press: Press) -> Answer:
    count = await patterns.set_unit_pattern(
        turn.session, turn.actor, press.subject, pattern=press.arg, now=turn.now
    )
    says = turn.t.plain("patterns.unit_saved", people=count)
    return Answer(cards=card(PATTERNS, 0, view=UNIT, focus=press.subject), toast=says)


async def on_find(turn: Turn, press: Press) -> Answer:
    await patterns.load_units(turn.session, turn.actor)
    turn.ask(Step.PATTERN_PERSON)
    return Answer(screens=(asks(turn.t, turn.t("patterns.ask_person")),))


async def on_find_text(turn: Turn, message: Message) -> Answer:
    found = await patterns.find_people(turn.session, turn.actor, message.text)
    if len(found) > 1:
        return Answer(screens=(which_person(turn.t, found),))
    turn.done()
    return Answer(cards=card(PATTERNS, 0, view=PERSON, focus=found[0].person_id))


async def on_person(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(PATTERNS, 0, view=PERSON, focus=press.subject))


async def on_set(turn: Turn, press: Press) -> Answer:
    """`arg`: the pattern."""
    await patterns.set_person_pattern(
        turn.session, turn.actor, press.subject, pattern=press.arg, now=turn.now
    )
    says = turn.t.plain("patterns.person_saved")
    return Answer(cards=card(PATTERNS, 0, view=PERSON, focus=press.subject), toast=says)


async def pattern_changed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """What holds when it is sent."""
    return Answer(screens=(changed(turn.t, await patterns.own_pattern(turn.session, turn.actor)),))


FEATURE = Feature(
    name="patterns",
    presses={
        Kind.PATTERNS: on_units,
        Kind.PATTERN_UNIT: on_unit,
        Kind.PATTERN_ALL: on_all,
        Kind.PATTERN_ALL_SURE: on_all_sure,
        Kind.PATTERN_FIND: on_find,
        Kind.PATTERN_PERSON: on_person,
        Kind.PATTERN_SET: on_set,
    },
    answers={Step.PATTERN_PERSON: on_find_text},
    cards={PATTERNS: render_patterns},
    notices={"pattern_changed": pattern_changed},
)
