"""Working patterns: of the units, of one unit, of one person."""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import Button, Screen, button
from bot.texts import Speech
from bot.views.holidays import asks
from bot.views.paging import pager
from services.people.patterns import PersonPattern, UnitPatterns

PAGE = 8
FOR_ALL = ("five_days", "six_days")
EVERY = (*FOR_ALL, "shift")


def unit_list(t: Speech, units: Sequence[UnitPatterns], *, page: int, year: int) -> Screen:
    """Every unit, and how to find one person."""
    pages = max(1, -(-len(units) // PAGE))
    page = max(0, min(page, pages - 1))
    rows: list[tuple[Button, ...]] = [
        (
            button(
                t.plain("patterns.unit_people", unit=one.name, people=one.people),
                Kind.PATTERN_UNIT,
                one.unit_id,
            ),
        )
        for one in units[page * PAGE : (page + 1) * PAGE]
    ]
    rows += [pager(Kind.PATTERNS, 0, page, pages), (button(t.plain("patterns.find"), Kind.PATTERN_FIND),)]
    rows.append((button(t.plain("holidays.back", year=year), Kind.HOLIDAYS, year),))
    return Screen(t.join([t("patterns.head"), t("patterns.choose")]), tuple(row for row in rows if row))


def unit_card(t: Speech, unit: UnitPatterns) -> Screen:
    """How many people of a unit work by which pattern."""
    counts = {pattern.value: count for pattern, count in unit.counts.items()}
    parts = [
        t(
            "patterns.unit",
            unit=unit.name,
            five=counts.get("five_days", 0),
            six=counts.get("six_days", 0),
            shift=counts.get("shift", 0),
        )
    ]
    if counts.get("shift"):
        parts.append(t("patterns.shift_stays"))
    change = tuple(
        button(t.plain(f"patterns.all_{pattern}"), Kind.PATTERN_ALL, unit.unit_id, arg=pattern)
        for pattern in FOR_ALL
        if unit.changes_to(pattern)
    )
    back = (button(t.plain("patterns.back"), Kind.PATTERNS),)
    return Screen(t.join(parts), (change, back) if change else (back,))


def confirmation(t: Speech, unit: UnitPatterns, pattern: str) -> Screen:
    """Before everybody of a unit is changed."""
    count = unit.changes_to(pattern)
    question = t(f"patterns.sure_{pattern}", people=count, unit=unit.name)
    yes = button(
        t.plain("patterns.yes", people=count),
        Kind.PATTERN_ALL_SURE,
        unit.unit_id,
        arg=pattern,
        style="primary",
    )
    return Screen(question, ((yes,), (button(t.plain("patterns.no"), Kind.PATTERN_UNIT, unit.unit_id),)))


def person_card(t: Speech, person: PersonPattern) -> Screen:
    """One person, by which pattern they work, and the other two."""
    facts = " · ".join(one for one in (person.position, person.unit_name) if one)
    parts = [t("patterns.person", name=person.name), t(f"patterns.is_{person.pattern}")]
    if facts:
        parts.insert(1, t("patterns.facts", facts=facts))
    change = tuple(
        button(t.plain(f"patterns.to_{pattern}"), Kind.PATTERN_SET, person.person_id, arg=pattern)
        for pattern in EVERY
        if pattern != person.pattern
    )
    return Screen(t.join(parts), (change, (button(t.plain("patterns.back"), Kind.PATTERNS),)))


def which_person(t: Speech, people: Sequence[PersonPattern]) -> Screen:
    """Several people are called so."""
    asked = asks(t, t("patterns.which"))
    rows = [
        (
            button(
                one.name if one.unit_name is None else f"{one.name} · {one.unit_name}",
                Kind.PATTERN_PERSON,
                one.person_id,
            ),
        )
        for one in people
    ]
    return Screen(asked.text, (*rows, *asked.rows))


def changed(t: Speech, pattern: str) -> Screen:
    """What the person is told whose pattern was changed."""
    return Screen(t(f"patterns.told_{pattern}"))
