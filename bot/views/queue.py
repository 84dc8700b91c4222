"""What waits for a supervisor: one living message; and what they decided last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from types import MappingProxyType

from bot.callbacks import Kind
from bot.screens import SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.blockers import queue_button
from bot.views.paging import pager
from bot.views.values import values_button
from services.approvals.queue import Decided, Queue, Waiting
from services.people.standing_in import SUPERVISOR

PAGE = 8
NAME = 40
Blocked = Mapping[tuple[int, date], int]
"""How many blockers are open, by person and work date."""
NOTHING: Blocked = MappingProxyType({})


def queue_screen(
    t: Speech,
    queue: Queue,
    *,
    blocked: Blocked = NOTHING,
    page: int = 0,
    noticed: bool = False,
    silent: bool = False,
    values: int = 0,
) -> Screen:
    """The queue, oldest first. `noticed`: the one audible message at the end of the day.

    `blocked`: how much stands in the way, by person and work date. `values`: of SKP, to be confirmed.
    """
    decided = (button(t.plain("queue.decided"), Kind.DECIDED, queue.supervisor_id),)
    obstacles = queue_button(t, sum(blocked.values()))
    reported = values_button(t, values)
    if not queue.days:
        rows = tuple(row for row in (obstacles, reported, decided) if row)
        return Screen(t("queue.empty"), rows, silent=silent)
    pages = -(-len(queue.days) // PAGE)
    page = min(page, pages - 1)
    first = page * PAGE
    shown = queue.days[first : first + PAGE]
    head = t("queue.head_noticed" if noticed else "queue.head", count=len(queue.days))
    lines = [head, *_sections(t, shown, first + 1, blocked)]
    buttons: list[tuple[Button, ...]] = [
        obstacles,
        *(
            (button(_label(t, one.person_name, t.date(one.work_date)), Kind.REVIEW, one.day_id),)
            for one in shown
        ),
    ]
    if len(queue.days) > 1 and queue.complete:
        label = t.plain("queue.approve_all", count=len(queue.days))
        press = button(label, Kind.APPROVE_ALL, queue.supervisor_id, arg=queue.digest, style=SUCCESS)
        buttons.append((press,))
    elif len(queue.days) > 1:
        lines.append(t("queue.incomplete"))
    buttons.append(reported)
    buttons.append(pager(Kind.QUEUE, queue.supervisor_id, page, pages))
    buttons.append(decided)
    return Screen(Html("\n\n".join(lines)), tuple(row for row in buttons if row), silent=silent)


def _sections(t: Speech, shown: Sequence[Waiting], start: int, blocked: Blocked) -> list[Html]:
    """The lines, under a heading for each seat that is not the actor's own."""
    blocks: list[Html] = []
    numbered = enumerate(shown, start)
    for heading, group in groupby(numbered, key=lambda pair: _heading(t, pair[1])):
        text = "\n".join(_line(t, one, place, blocked) for place, one in group)
        blocks.append(Html(f"{heading}\n{text}" if heading else text))
    return blocks


def _heading(t: Speech, one: Waiting) -> Html:
    if one.capacity == SUPERVISOR:
        return Html("")
    key = "queue.as_stand_in" if one.of_stand_in else f"queue.as_{one.capacity}"
    return t(key, name=shorten(one.supervisor_name, NAME))


def _line(t: Speech, one: Waiting, place: int, blocked: Blocked) -> Html:
    if one.fresh:
        age = t("queue.today")
    elif one.age:
        age = t("queue.age", count=one.age)
    else:
        age = t("queue.just_sent")
    return t(
        "queue.line",
        number=place,
        name=shorten(one.person_name, NAME),
        day=t.day(one.work_date),
        age=age,
        late=t("queue.late") if one.late else "",
        count=one.entries,
        incomplete="" if one.complete else t("queue.mark_incomplete"),
        blocked=t("queue.mark_blocked") if (one.person_id, one.work_date) in blocked else "",
    )


def _label(t: Speech, name: str, day: str) -> str:
    return t.plain("queue.label", name=shorten(name, 28), day=day)


def decided_screen(t: Speech, queue: Queue, decided: Sequence[Decided]) -> Screen:
    """The last decided days, each one press away: that is where an approval can be reopened."""
    rows: list[tuple[Button, ...]] = [
        (button(_label(t, one.person_name, t.date(one.work_date)), Kind.REVIEW, one.day_id),)
        for one in decided
    ]
    rows.append((button(t.plain("review.to_queue"), Kind.QUEUE, queue.supervisor_id),))
    if not decided:
        return Screen(t("queue.none_decided"), tuple(rows))
    lines = [
        t(
            f"queue.decided_{one.state}",
            number=place,
            name=shorten(one.person_name, NAME),
            day=t.day(one.work_date),
        )
        for place, one in enumerate(decided, start=1)
    ]
    return Screen(t.join([t("queue.head_decided"), Html("\n".join(lines))]), tuple(rows))


def done_screen(t: Speech, screen: Screen) -> Screen:
    """The empty queue right after the last decision."""
    return replace(screen, text=t("queue.done"))
