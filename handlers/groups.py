"""Groups: `/tautkan` and `/lepaskan` inside, `/grup` and the choice of the unit in private."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import CardRef, Screen
from bot.texts import ZONE_NAMES
from bot.views import groups as views
from services import groups
from services.errors import DomainError, NotAllowed, NotFound
from services.groups import Place, Problem

GROUPS = "groups"
CHOICE = "group_choice"
ONE, ZONE, UNLINK = "one", "zone", "unlink"
ZONES = {name: zone for zone, name in ZONE_NAMES.items()}


async def on_link(turn: Turn, arguments: str) -> Answer:
    """`/tautkan` in a group, with the name of a unit or without."""
    linked = await groups.link_here(turn.session, turn.found, _place(turn), arguments, now=turn.now)
    return Answer(screens=(views.linked_here(turn.t, linked),))


async def on_unlink_here(turn: Turn, arguments: str) -> Answer:
    let_go = await groups.unlink_here(turn.session, turn.found, _place(turn), now=turn.now)
    return Answer(screens=(Screen(turn.t("groups.unlinked_here" if let_go else "groups.choice_ended")),))


def _place(turn: Turn) -> Place:
    if turn.place is None:
        raise NotFound("group_gone")
    return turn.place


async def render_groups(turn: Turn, ref: CardRef) -> Screen | None:
    """The list, or a face of one group."""
    actor = turn.actor
    if ref.subject != actor.person_id:
        return None
    if not ref.view:
        listed = await groups.list_groups(turn.session, actor)
        return views.list_screen(turn.t, listed, person_id=actor.person_id, page=ref.page)
    group = await groups.show_group(turn.session, actor, ref.focus)
    if ref.view == ZONE:
        return views.zone_screen(turn.t, group)
    if ref.view == UNLINK:
        return views.unlink_screen(turn.t, group)
    return views.group_screen(turn.t, group, person_id=actor.person_id)


async def render_choice(turn: Turn, ref: CardRef) -> Screen | None:
    choice = await groups.load_choice(turn.session, turn.actor, ref.subject, now=turn.now)
    return views.choice_screen(turn.t, choice, page=ref.page)


def _one(turn: Turn, group_id: int, view: str = ONE, *, toast: str = "") -> Answer:
    return Answer(cards=card(GROUPS, turn.actor.person_id, view=view, focus=group_id), toast=toast)


async def on_groups(turn: Turn, arguments: str) -> Answer:
    await groups.list_groups(turn.session, turn.actor)
    return Answer(cards=card(GROUPS, turn.actor.person_id))


async def on_list(turn: Turn, press: Press) -> Answer:
    """`arg`: the page. Subject: whose list was shown."""
    page = number(press.arg) if press.arg else 0
    await groups.list_groups(turn.session, turn.actor)
    if press.subject != turn.actor.person_id:
        raise NotAllowed
    return Answer(cards=card(GROUPS, turn.actor.person_id, page=page))


async def on_show(turn: Turn, press: Press) -> Answer:
    await groups.show_group(turn.session, turn.actor, press.subject)
    return _one(turn, press.subject)


async def on_units(turn: Turn, press: Press) -> Answer:
    """`arg`: the page."""
    await groups.load_choice(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(CHOICE, press.subject, page=number(press.arg)))


async def on_unit(turn: Turn, press: Press) -> Answer:
    """`arg`: the unit. Subject: the open choice."""
    actor = turn.actor
    choice = await groups.load_choice(turn.session, actor, press.subject, now=turn.now)
    linked = await groups.choose_unit(turn.session, actor, press.subject, number(press.arg), now=turn.now)
    return Answer(replace=views.chosen_screen(turn.t, linked, title=choice.title))


async def on_language(turn: Turn, press: Press) -> Answer:
    await groups.set_language(turn.session, turn.actor, press.subject, press.arg, now=turn.now)
    return _one(turn, press.subject, toast=turn.t.plain(f"groups.speaks_{press.arg}"))


async def on_zone(turn: Turn, press: Press) -> Answer:
    """`arg`: the zone's short name, or nothing: then it is asked for."""
    if not press.arg:
        await groups.show_group(turn.session, turn.actor, press.subject)
        return _one(turn, press.subject, ZONE)
    zone = ZONES.get(press.arg, "")
    await groups.set_zone(turn.session, turn.actor, press.subject, zone, now=turn.now)
    return _one(turn, press.subject, toast=turn.t.plain("groups.zone_kept", zone=press.arg))


async def on_unlink(turn: Turn, press: Press) -> Answer:
    """Asks first; `arg` says that it is meant."""
    await groups.show_group(turn.session, turn.actor, press.subject)
    if press.arg != views.YES:
        return _one(turn, press.subject, UNLINK)
    await groups.unlink(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(GROUPS, turn.actor.person_id), toast=turn.t.plain("groups.unlinked"))


async def on_choice_wanted(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    try:
        await groups.load_choice(turn.session, turn.actor, payload["group"], now=turn.now)
    except DomainError:
        return None
    return Answer(cards=card(CHOICE, payload["group"]), below=True)


async def on_linked(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """The group is told what will come."""
    if turn.group is None:
        return None
    unit, zone = turn.group.unit, turn.group.zone
    before = await groups.unit_called(turn.session, payload.get("before"))
    return Answer(screens=(views.linked_screen(turn.t, unit=unit, zone=zone, before=before),))


async def on_changed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Who made a link is told that another admin has changed it."""
    change = await groups.load_change(
        turn.session, turn.actor, payload["group"], before=payload["before"], by=payload["by"]
    )
    return Answer(screens=(views.changed_screen(turn.t, change, payload["group"]),)) if change else None


async def on_problem(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Nothing is told of a problem that is mended by now."""
    problem = Problem(payload["problem"])
    try:
        group = await groups.show_group(turn.session, turn.actor, payload["group"])
    except DomainError:
        return None
    if group.problem is not problem:
        return None
    return Answer(screens=(views.problem_screen(turn.t, group, problem),))


FEATURE = Feature(
    name="groups",
    commands=(
        Command("grup", on_groups, shown_to=groups.may_keep),
        Command("tautkan", on_groups, shown_to=lambda actor: False),
        Command("lepaskan", on_groups, shown_to=lambda actor: False),
    ),
    group_commands=(
        Command("tautkan", on_link, shown_to=groups.may_keep),
        Command("lepaskan", on_unlink_here, shown_to=groups.may_keep),
    ),
    presses={
        Kind.GROUP_LIST: on_list,
        Kind.GROUP_SHOW: on_show,
        Kind.GROUP_UNIT: on_unit,
        Kind.GROUP_UNITS: on_units,
        Kind.GROUP_LANGUAGE: on_language,
        Kind.GROUP_ZONE: on_zone,
        Kind.GROUP_UNLINK: on_unlink,
    },
    cards={GROUPS: render_groups, CHOICE: render_choice},
    notices={
        "group_choice": on_choice_wanted,
        "group_linked": on_linked,
        "group_changed": on_changed,
        "group_problem": on_problem,
    },
)
