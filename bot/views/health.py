"""How the bot is doing, in the words of somebody who keeps an office's records, not its servers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.callbacks import Kind
from bot.screens import Button, Screen, button
from bot.texts import Html, Speech
from bot.views.paging import pager
from services.delivery_trouble import Uncertain
from services.health import Fault, Finding, Health, Level, Unreachable, worst

PEOPLE, UNCERTAIN, FAULTS = "p", "u", "f"
"""Faces, as a button's argument begins."""
PEOPLE_A_PAGE = 12
UNCERTAIN_A_PAGE = 5
HEADS = {Level.GOOD: "health.good", Level.LOOK: "health.look", Level.BAD: "health.bad"}
MINUTE, HOUR, DAY = 60, 3600, 86400
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Looking:
    """Whose screen it is, and in which zone hours are said."""

    person_id: int
    zone: str


def main_screen(t: Speech, health: Health, found: Sequence[Finding], looking: Looking) -> Screen:
    """First whether all is well, then what is wrong and what to do about it, then the facts."""
    parts = [t(_head(health, found))]
    parts += [_finding(t, one, looking) for one in found]
    parts.append(Html("\n".join(_facts(t, health))))
    parts.append(t("health.checked_at", at=t.instant(health.at, looking.zone)))
    return Screen(t.join(parts), tuple(row for row in _buttons(t, health, looking) if row))


def _head(health: Health, found: Sequence[Finding]) -> str:
    """«Nothing to do» is said only where nothing below asks for somebody."""
    level = worst(list(found))
    asks = health.blocked or health.delivery.failed or health.next_year.any or health.backup is None
    if level is Level.GOOD and asks:
        return "health.good_but"
    return HEADS[level]


def _finding(t: Speech, one: Finding, looking: Looking) -> Html:
    about = one.about.value
    mark = t("health.mark_bad" if one.level is Level.BAD else "health.mark_look")
    says = t(f"health.is_{about}", **{name: _said(t, value, looking) for name, value in one.params.items()})
    return Html(f"{mark} {says}\n{t(f'health.do_{about}')}")


def _said(t: Speech, value: Any, looking: Looking) -> object:
    if value is None:
        return t("health.never")
    return t.instant(value, looking.zone) if isinstance(value, datetime) else value


def _facts(t: Speech, health: Health) -> list[Html]:
    delivery = health.delivery
    lines = [t("health.processes", count=len(health.processes))]
    if health.last_tick is not None:
        lines[0] = t(
            "health.processes_ticked",
            count=len(health.processes),
            ago=span(t, health.at - health.last_tick),
        )
    lines.append(_waiting(t, health))
    failed = sum(delivery.failed.values())
    lines.append(t("health.failed", count=failed) if failed else t("health.none_failed"))
    lines += [
        t(f"health.cause_{cause.value}", count=count) for cause, count in sorted(delivery.failed.items())
    ]
    if health.blocked or health.not_joined:
        lines.append(t("health.unreachable", blocked=health.blocked, not_joined=health.not_joined))
    else:
        lines.append(t("health.all_reachable"))
    lines.append(_holidays(t, health))
    lines.append(_backup(t, health))
    lines.append(t("health.database", size=max(1, round(health.size / MEGABYTE))))
    return lines


def _waiting(t: Speech, health: Health) -> Html:
    count = sum(health.delivery.waiting.values())
    if not count:
        return t("health.none_waiting")
    kinds = ", ".join(
        t.plain(f"health.lane_{lane.name.lower()}", count=number)
        for lane, number in sorted(health.delivery.waiting.items())
        if number
    )
    if health.delivery.oldest is None:
        return t("health.waiting_later", kinds=kinds)
    return t("health.waiting", kinds=kinds, ago=span(t, health.delivery.oldest))


def _holidays(t: Speech, health: Health) -> Html:
    gaps = health.next_year
    if not gaps.national:
        return t("health.holidays_missing", year=gaps.year)
    if gaps.any:
        return t("health.holidays_gaps", year=gaps.year, estimated=len(gaps.estimated))
    return t("health.holidays_good", year=gaps.year)


def _backup(t: Speech, health: Health) -> Html:
    if health.backup is None:
        return t("health.backup_none")
    return t("health.backup", ago=span(t, health.at - health.backup))


def _buttons(t: Speech, health: Health, looking: Looking) -> list[tuple[Button, ...]]:
    def face(key: str, count: int, arg: str) -> tuple[Button, ...]:
        if not count:
            return ()
        return (button(t.plain(key, count=count), Kind.HEALTH, looking.person_id, arg=arg),)

    gaps = health.next_year
    calendar = button(t.plain("health.see_holidays", year=gaps.year), Kind.HOLIDAYS, gaps.year)
    return [
        face("health.see_uncertain", health.delivery.uncertain_count, f"{UNCERTAIN}0"),
        face("health.see_faults", health.faults, f"{FAULTS}0"),
        face("health.see_people", health.blocked + health.not_joined, f"{PEOPLE}0"),
        (calendar,) if gaps.any else (),
        (button(t.plain("health.again"), Kind.HEALTH, looking.person_id),),
    ]


def span(t: Speech, length: timedelta) -> str:
    """«12 detik», «3 menit», «5 jam», «2 hari»: rounded down, never negative."""
    seconds = max(0, int(length.total_seconds()))
    for size, key in ((DAY, "health.days"), (HOUR, "health.hours"), (MINUTE, "health.minutes")):
        if seconds >= size:
            return t.plain(key, count=seconds // size)
    return t.plain("health.seconds", count=seconds)


def people_screen(
    t: Speech, people: Sequence[Unreachable], total: int, looking: Looking, *, page: int
) -> Screen:
    """Who cannot be written to, a page of them."""
    if not total:
        return Screen(t("health.all_reachable"), (_back(t, looking),))
    first = page * PEOPLE_A_PAGE
    lines = [_person(t, one, number, looking) for number, one in enumerate(people, start=first + 1)]
    parts = [t("health.people_head", count=total), Html("\n".join(lines)), t("health.people_do")]
    turn = pager(Kind.HEALTH, looking.person_id, page, -(-total // PEOPLE_A_PAGE), prefix=PEOPLE)
    return Screen(t.join(parts), tuple(row for row in (turn, _back(t, looking)) if row))


def _person(t: Speech, one: Unreachable, number: int, looking: Looking) -> Html:
    if one.since is None:
        why = t("health.never_joined")
    else:
        why = t("health.blocked_since", at=t.instant(one.since, looking.zone))
    if not one.unit:
        return t("health.person_alone", number=number, name=one.name, why=why)
    return t("health.person", number=number, name=one.name, unit=one.unit, why=why)


def uncertain_screen(
    t: Speech, listed: Sequence[Uncertain], total: int, looking: Looking, *, page: int
) -> Screen:
    """What may have arrived; each is sent again or let be."""
    if not listed:
        return Screen(t("health.none_uncertain"), (_back(t, looking),))
    newest = max(one.id for one in listed)
    pages = -(-len(listed) // UNCERTAIN_A_PAGE)
    page = min(page, pages - 1)
    first = page * UNCERTAIN_A_PAGE
    shown = list(enumerate(listed[first : first + UNCERTAIN_A_PAGE], start=first + 1))
    parts = [t("health.uncertain_head", count=total)]
    if total > len(listed):
        parts.append(t("health.newest_of", shown=len(listed), count=total))
    lines = [
        t(
            "health.uncertain_late" if one.late else "health.uncertain_line",
            number=number,
            what=told(t, one.kind),
            name=one.name,
            at=t.instant(one.at, looking.zone),
        )
        for number, one in shown
    ]
    parts += [Html("\n".join(lines)), t("health.uncertain_do")]
    rows = [
        (
            *(
                [button(t.plain("health.send_again", number=number), Kind.HEALTH_AGAIN, one.id)]
                if not one.late
                else []
            ),
            button(t.plain("health.let_be", number=number), Kind.HEALTH_LET_BE, one.id),
        )
        for number, one in shown
    ]
    if total > 1:
        rows.append((button(t.plain("health.let_all_be", count=total), Kind.HEALTH_LET_ALL_BE, newest),))
    turn = pager(Kind.HEALTH, looking.person_id, page, pages, prefix=UNCERTAIN)
    return Screen(t.join(parts), tuple(row for row in (*rows, turn, _back(t, looking)) if row))


def told(t: Speech, kind: str) -> Html:
    """What a notice of a kind tells, in a few words that begin a line."""
    words = t(f"told.{kind}") if t.has(f"told.{kind}") else t("told.other")
    return Html(words[:1].upper() + words[1:])


def faults_screen(t: Speech, faults: Sequence[Fault], total: int, looking: Looking) -> Screen:
    """The references of updates that the program failed on, for whoever keeps the server."""
    if not faults:
        return Screen(t("health.no_faults"), (_back(t, looking),))
    lines = [t("health.fault", reference=one.reference, at=t.instant(one.at, looking.zone)) for one in faults]
    parts = [t("health.faults_head"), Html("\n".join(lines)), t("health.faults_do")]
    if total > len(faults):
        parts.insert(1, t("health.newest_of", shown=len(faults), count=total))
    return Screen(t.join(parts), (_back(t, looking),))


def _back(t: Speech, looking: Looking) -> tuple[Button, ...]:
    return (button(t.plain("health.back"), Kind.HEALTH, looking.person_id),)
