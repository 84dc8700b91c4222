"""Groups that receive a unit's weekly summary: what is said there, and what an admin sees in private."""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import DANGER, Button, Screen, button, shorten
from bot.texts import ZONE_NAMES, Html, Speech
from bot.views.paging import pager
from services.groups import Change, Choice, GroupView, Linked, Outcome, Problem, Welcome

UNITS_A_PAGE = 8
GROUPS_A_PAGE = 6
LABEL = 40
"""UTF-16 units of a name on a button."""
OTHER = {"id": "en", "en": "id"}
YES = "yes"


def welcome_screen(t: Speech, welcome: Welcome) -> Screen:
    """What a group is told when we come in."""
    return Screen(t(f"groups.welcome_{welcome}"))


def linked_here(t: Speech, linked: Linked) -> Screen:
    """The answer in the group to `/tautkan`."""
    if linked.outcome is Outcome.CHOOSE:
        return Screen(t("groups.goes_on_in_private"))
    if linked.outcome is Outcome.SAME:
        return Screen(t("groups.linked_already", unit=linked.unit))
    before = linked.before.name if linked.before else ""
    return linked_screen(t, unit=linked.unit, zone=linked.zone, before=before)


def linked_screen(t: Speech, *, unit: str, zone: str, before: str = "") -> Screen:
    """What will come here, when, and what will not be shown. `before`: the unit it came from until now."""
    parts = [t("groups.instead", before=before)] if before else []
    parts.append(t("groups.linked", unit=unit, zone=ZONE_NAMES.get(zone, zone)))
    return Screen(t.join(parts))


def changed_screen(t: Speech, change: Change, group_id: int) -> Screen:
    """Tells an admin that another one has given their group another unit's summary."""
    title = t("groups.topic_of" if change.topic else "groups.group_of", title=change.title)
    text = t("groups.changed", title=title, unit=change.unit, before=change.before, by=change.by)
    return Screen(text, ((button(t.plain("groups.open"), Kind.GROUP_SHOW, group_id),),))


def choice_screen(t: Speech, choice: Choice, *, page: int) -> Screen:
    """Which unit's summary the group is to get."""
    pages = max(1, -(-len(choice.units) // UNITS_A_PAGE))
    page = min(max(0, page), pages - 1)
    shown = choice.units[page * UNITS_A_PAGE : (page + 1) * UNITS_A_PAGE]
    rows: list[tuple[Button, ...]] = [
        (button(shorten(name, LABEL), Kind.GROUP_UNIT, choice.group_id, arg=str(unit_id)),)
        for unit_id, name in shown
    ]
    rows.append(pager(Kind.GROUP_UNITS, choice.group_id, page, pages))
    key = "groups.choose_topic" if choice.topic else "groups.choose"
    return Screen(t(key, title=choice.title), tuple(row for row in rows if row))


def chosen_screen(t: Speech, linked: Linked, *, title: str) -> Screen:
    """In private, once the unit is chosen."""
    parts = [t("groups.instead", before=linked.before.name)] if linked.before else []
    parts.append(t("groups.chosen", title=title, unit=linked.unit))
    return Screen(t.join(parts))


def list_screen(t: Speech, groups: Sequence[GroupView], *, person_id: int, page: int) -> Screen:
    """Every linked group; a number opens one."""
    if not groups:
        return Screen(t("groups.none"))
    pages = -(-len(groups) // GROUPS_A_PAGE)
    page = min(max(0, page), pages - 1)
    first = page * GROUPS_A_PAGE
    shown = groups[first : first + GROUPS_A_PAGE]
    blocks = [t("groups.head")]
    blocks += [_block(t, one, number) for number, one in enumerate(shown, start=first + 1)]
    blocks.append(t("groups.how"))
    numbers = tuple(
        button(str(number), Kind.GROUP_SHOW, one.group_id)
        for number, one in enumerate(shown, start=first + 1)
    )
    rows = (numbers, pager(Kind.GROUP_LIST, person_id, page, pages))
    return Screen(t.join(blocks), tuple(row for row in rows if row))


def _block(t: Speech, group: GroupView, number: int) -> Html:
    """The name, what goes there, and what is wrong there."""
    line = t("groups.line", number=number, title=_title(t, group), unit=group.unit)
    return Html(f"{line}\n{_problem(t, group.problem)}") if group.problem else line


def _title(t: Speech, group: GroupView) -> Html:
    return t("groups.topic_of" if group.topic else "groups.group_of", title=group.title)


def _problem(t: Speech, problem: Problem) -> Html:
    return Html(f"⚠️ {t(f'groups.problem_{problem}')}")


def group_screen(t: Speech, group: GroupView, *, person_id: int) -> Screen:
    """One group with its settings."""
    lines = [
        t("groups.one", title=_title(t, group), unit=group.unit),
        t(
            "groups.one_settings",
            language=t(f"groups.language_{group.language}"),
            zone=ZONE_NAMES.get(group.zone, group.zone),
        ),
    ]
    if group.problem:
        lines.append(_problem(t, group.problem))
        lines.append(t(f"groups.mend_{group.problem}"))
    other = OTHER.get(group.language, "id")
    rows = (
        (
            button(t.plain(f"groups.to_{other}"), Kind.GROUP_LANGUAGE, group.group_id, arg=other),
            button(t.plain("groups.change_zone"), Kind.GROUP_ZONE, group.group_id),
        ),
        (button(t.plain("groups.unlink"), Kind.GROUP_UNLINK, group.group_id, style=DANGER),),
        (button(t.plain("groups.back"), Kind.GROUP_LIST, person_id),),
    )
    return Screen(t.join(lines), rows)


def zone_screen(t: Speech, group: GroupView) -> Screen:
    """By which zone's end of the day the summary comes."""
    zones = tuple(
        button(name, Kind.GROUP_ZONE, group.group_id, arg=name)
        for zone, name in ZONE_NAMES.items()
        if zone != group.zone
    )
    rows = (zones, (button(t.plain("groups.back"), Kind.GROUP_SHOW, group.group_id),))
    return Screen(t("groups.which_zone", title=group.title), rows)


def unlink_screen(t: Speech, group: GroupView) -> Screen:
    """Asks before a group is let go: it can be linked again only from inside."""
    rows = (
        (
            button(t.plain("groups.unlink"), Kind.GROUP_UNLINK, group.group_id, arg=YES, style=DANGER),
            button(t.plain("groups.back"), Kind.GROUP_SHOW, group.group_id),
        ),
    )
    return Screen(t("groups.really_unlink", title=_title(t, group), unit=group.unit), rows)


def problem_screen(t: Speech, group: GroupView, problem: Problem) -> Screen:
    """Tells an admin what keeps the summary from a group, and how that is mended."""
    head = t("groups.not_arriving", title=_title(t, group), unit=group.unit)
    lines = [head, _problem(t, problem), t(f"groups.mend_{problem}")]
    return Screen(t.join(lines), ((button(t.plain("groups.open"), Kind.GROUP_SHOW, group.group_id),),))
