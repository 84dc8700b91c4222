"""`/capaian`: where one's RHK stand, a value that is reported, and what waits for who confirms it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from bot.callbacks import LIMIT, Kind
from bot.screens import DANGER, PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.deciders import decider
from bot.views.paging import pager, pages_of
from bot.views.progress import (
    amount_of,
    dated_line,
    goal_of,
    goal_words,
    outside_line,
    pacing_words,
    percent,
    quarter_line,
    told,
    value_words,
)
from services.clock import local_date
from services.errors import NotFound
from services.people.standing_in import SUPERVISOR
from services.progress.counting import Outside
from services.progress.standing import Dated, Standing, Value
from services.progress.typed import ReadValue, lasts
from services.progress.waiting import OwnIndicator, Reported
from services.states import Aspect, ValueState

WORDING, TEXT, NAME, REASON = 160, 300, 60, 700
PAGE, TEAM_PAGE = 5, 8
ROOM = 2900
KEPT = 6
"""Confirmed values that are shown of one indicator."""


def own_screen(
    t: Speech,
    found: Sequence[Standing],
    *,
    year: int,
    pace: float,
    outside: Outside | None,
    waiting: int,
    person_id: int,
    page: int = 0,
) -> Screen:
    """Each RHK with what is known of it, quality first. `waiting`: values of others to be confirmed."""
    head = [t("values.title", year=year, pace=percent(pace)), *outside_line(t, outside)]
    rows: list[tuple[Button, ...]] = []
    if waiting:
        rows.append((button(t.plain("values.to_team", count=waiting), Kind.VALUE_TEAM, style=PRIMARY),))
    if not found:
        return Screen(
            t.join([t("values.title_only", year=year), t("values.nothing", year=year)]), tuple(rows)
        )
    blocks = [_block(t, one, place) for place, one in enumerate(found, start=1)]
    pages = pages_of(blocks, most=PAGE, room=ROOM)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    opens = [
        button(
            t.plain("values.open", number=place, aspect=t.plain(f"skp.aspect_{item.aspect}")),
            Kind.VALUE_SHOW,
            item.indicator_id,
        )
        for place, one in enumerate(found, start=1)
        for item in one.dated
        if first < place <= end
    ]
    rows += [tuple(opens[start : start + 2]) for start in range(0, len(opens), 2)]
    rows.append(pager(Kind.VALUES, person_id, page, len(pages), prefix=f"{year}."))
    rows.append((button(t.plain("values.to_skp"), Kind.SKP_SHOW, person_id, arg=str(year)),))
    return Screen(t.join([Html("\n".join(head)), *blocks[first:end]]), tuple(row for row in rows if row))


def _block(t: Speech, one: Standing, place: int) -> Html:
    lines = [t("skp.target", number=place, text=shorten(one.text, WORDING))]
    for item in sorted(one.dated, key=lambda item: item.aspect is not Aspect.QUALITY):
        lines.append(dated_line(t, item))
        if item.pending is not None:
            lines.append(_pending(t, item, item.pending))
    if one.measures:
        lines.append(t("values.amount", amount=amount_of(t, one), pacing=pacing_words(t, one)))
        lines += [line] if (line := quarter_line(t, one)) else []
    elif not one.dated:
        lines.append(t("values.unmeasured"))
    return Html("\n".join(lines))


def _pending(t: Speech, item: Dated, value: Value) -> Html:
    key = "values.pending" if value.state is ValueState.REPORTED else "values.pending_returned"
    return t(key, said=told(t, item, value))


def indicator_screen(t: Speech, one: OwnIndicator, *, zone: str) -> Screen:
    """One's own indicator: what was confirmed, what waits, what came back and why."""
    item = one.dated
    parts = [_head(t, one)]
    if item.latest is None:
        parts.append(t("values.none_yet"))
    else:
        parts.append(_known(t, item, item.latest, zone))
        earlier = item.confirmed[1 : KEPT + 1]
        if earlier:
            parts.append(t("values.earlier", said="; ".join(told(t, item, value) for value in earlier)))
    if item.pending is not None:
        parts.append(_open(t, item, item.pending))
    ask = button(t.plain("values.report"), Kind.VALUE_ASK, item.indicator_id, style=PRIMARY)
    back = button(t.plain("values.back"), Kind.VALUES, one.target.person_id, arg=str(one.year))
    return Screen(t.join(parts), ((ask,), (back,)))


def _head(t: Speech, one: OwnIndicator) -> Html:
    item = one.dated
    return t(
        "values.head",
        aspect=t(f"skp.aspect_{item.aspect}"),
        text=shorten(item.text, TEXT),
        goal=goal_words(t, item),
        target=shorten(one.target.text, TEXT),
    )


def _known(t: Speech, item: Dated, value: Value, zone: str) -> Html:
    said, goal = told(t, item, value), goal_of(t, item, value)
    if value.by is None or value.decided_at is None:
        return t("values.recorded", said=said, goal=goal)
    day = t.date(local_date(value.decided_at, zone), year=True)
    return t("values.confirmed", said=said, goal=goal, name=shorten(value.by, NAME), day=day)


def _open(t: Speech, item: Dated, value: Value) -> Html:
    if value.state is ValueState.REPORTED:
        return t("values.waits", said=told(t, item, value))
    reason = shorten(value.reason or "", REASON)
    return t("values.returned", said=told(t, item, value), name=shorten(value.by or "", NAME), reason=reason)


def ask_screen(t: Speech, one: OwnIndicator) -> Screen:
    """Asks for the value, with an example of its kind."""
    item = one.dated
    kind = ""
    if item.aspect is Aspect.TIME and lasts(item.unit):
        kind = "_lama"
    elif item.aspect is Aspect.QUALITY and not value_words(t, item, number=item.goal).endswith("%"):
        kind = "_lain"
    example = t(f"values.example_{item.aspect}{kind}", unit=item.unit or "")
    asked = "values.ask_time" if item.aspect is Aspect.TIME and not kind else "values.ask"
    cancel = button(t.plain("dialogue.cancel"), Kind.VALUE_SHOW, item.indicator_id)
    return Screen(t.join([_head(t, one), t(asked, example=example)]), ((cancel,),))


def sure_screen(t: Speech, one: OwnIndicator, value: ReadValue, *, alone: bool) -> Screen:
    """What was understood, in words, before it goes anywhere. `alone`: there is no supervisor here."""
    item = one.dated
    parts = [
        _head(t, one),
        t(
            "values.sure",
            value=value_words(t, item, number=value.number, day=value.day),
            day=t.day(value.as_of, year=True),
        ),
    ]
    if item.pending is not None and item.pending.state is ValueState.REPORTED:
        parts.append(t("values.replaces", said=told(t, item, item.pending)))
    label = t.plain("values.record" if alone else "values.send")
    send = button(label, Kind.VALUE_SEND, item.indicator_id, arg=packed(value), style=SUCCESS)
    rows = (
        (send,),
        (
            button(t.plain("values.change"), Kind.VALUE_ASK, item.indicator_id),
            button(t.plain("dialogue.cancel"), Kind.VALUE_SHOW, item.indicator_id),
        ),
    )
    return Screen(t.join(parts), rows)


def packed(value: ReadValue) -> str:
    """A value as a button says it, «92.5__2026-10-31»."""
    number = "" if value.number is None else f"{value.number.normalize():f}"
    day = "" if value.day is None else value.day.isoformat()
    return f"{number}_{day}_{value.as_of.isoformat()}"


def unpacked(arg: str) -> ReadValue:
    """The value in a button. Raises NotFound for anything else."""
    parts = arg.split("_")
    if len(parts) != 3 or len(arg) > LIMIT or not arg.isascii():
        raise NotFound
    try:
        number = Decimal(parts[0]) if parts[0] else None
        day = date.fromisoformat(parts[1]) if parts[1] else None
        as_of = date.fromisoformat(parts[2])
    except (ValueError, InvalidOperation):
        raise NotFound from None
    if number is not None and not (number.is_finite() and 0 <= number < Decimal(10) ** 14):
        raise NotFound
    return ReadValue(number, day, as_of)


def team_screen(t: Speech, waiting: Sequence[Reported], *, page: int = 0) -> Screen:
    """What waits to be confirmed, each with a button."""
    if not waiting:
        return Screen(t("values.team_empty"))
    pages = -(-len(waiting) // TEAM_PAGE)
    page = min(page, pages - 1)
    shown = list(enumerate(waiting, start=1))[page * TEAM_PAGE : (page + 1) * TEAM_PAGE]
    lines = [_team_line(t, one, place) for place, one in shown]
    numbers = [button(str(place), Kind.VALUE_REVIEW, one.value.id) for place, one in shown]
    rows = (tuple(numbers[:4]), tuple(numbers[4:]), pager(Kind.VALUE_TEAM, 0, page, pages))
    text = t.join([t("values.team_head", count=len(waiting)), Html("\n".join(lines))])
    return Screen(text, tuple(row for row in rows if row))


def _team_line(t: Speech, one: Reported, place: int) -> Html:
    line = t(
        "values.team_line",
        number=place,
        name=shorten(one.person_name, NAME),
        text=shorten(one.dated.text, 80),
        said=told(t, one.dated, one.value),
    )
    return Html(f"{line} {_seat(t, one)}") if one.capacity != SUPERVISOR else line


def _seat(t: Speech, one: Reported) -> Html:
    return t("values.in_seat", seat=t(f"skp.team_as_{one.capacity}", name=shorten(one.supervisor_name, NAME)))


def review_screen(t: Speech, one: Reported, *, following: int | None, more: int, zone: str) -> Screen:
    """One value to be confirmed or returned; decided, what became of it. `more`: others that wait."""
    parts = [
        t(
            "values.review",
            name=shorten(one.person_name, NAME),
            aspect=t(f"skp.aspect_{one.dated.aspect}"),
            text=shorten(one.dated.text, TEXT),
            target=shorten(one.target_text, TEXT),
        ),
        t("values.review_said", said=told(t, one.dated, one.value), goal=goal_of(t, one.dated, one.value)),
    ]
    if one.before is not None:
        parts.append(t("values.earlier", said=told(t, one.dated, one.before)))
    if one.capacity != SUPERVISOR:
        parts.append(_seat(t, one))
    rows: list[tuple[Button, ...]] = []
    if one.waits:
        rows.append(
            (
                button(
                    t.plain("values.confirm"),
                    Kind.VALUE_CONFIRM,
                    one.value.id,
                    revision=one.value.revision,
                    style=SUCCESS,
                ),
                button(
                    t.plain("values.return"),
                    Kind.VALUE_RETURN,
                    one.value.id,
                    revision=one.value.revision,
                    style=DANGER,
                ),
            )
        )
    else:
        parts.append(_became(t, one, zone))
    if following is not None:
        rows.append(
            (button(t.plain("values.next", count=more), Kind.VALUE_REVIEW, following, style=PRIMARY),)
        )
    rows.append((button(t.plain("values.to_list"), Kind.VALUE_TEAM),))
    return Screen(t.join(parts), tuple(rows))


def _became(t: Speech, one: Reported, zone: str) -> Html:
    """How it was decided, by whom and when."""
    value = one.value
    day = t.date(local_date(value.decided_at, zone), year=True) if value.decided_at else ""
    name = shorten(value.by or "", NAME)
    if value.state is ValueState.RETURNED:
        return t("values.is_returned", name=name, day=day, reason=shorten(value.reason or "", REASON))
    return t("values.is_confirmed", name=name, day=day)


def reason_screen(t: Speech, one: Reported) -> Screen:
    """Asks why a value comes back."""
    text = t("values.ask_reason", name=shorten(one.person_name, NAME), said=told(t, one.dated, one.value))
    return Screen(text, ((button(t.plain("dialogue.cancel"), Kind.VALUE_REVIEW, one.value.id),),))


def decided_notice(t: Speech, one: Reported, *, capacity: str) -> Screen:
    """To its owner: confirmed, or returned and why."""
    name, said = decider(t, one.value.by or "", capacity), told(t, one.dated, one.value)
    text = shorten(one.dated.text, TEXT)
    if one.value.state is ValueState.RETURNED:
        reason = shorten(one.value.reason or "", REASON)
        again = button(t.plain("values.again"), Kind.VALUE_ASK, one.dated.indicator_id, style=PRIMARY)
        return Screen(t("values.told_returned", name=name, said=said, text=text, reason=reason), ((again,),))
    return Screen(t("values.told_confirmed", name=name, said=said, text=text), silent=True)


def values_button(t: Speech, count: int) -> tuple[Button, ...]:
    """Leads to the values that wait; nothing when none does."""
    return (button(t.plain("values.to_team", count=count), Kind.VALUE_TEAM, arg="brief"),) if count else ()


def waiting_words(t: Speech, waiting: Sequence[Reported]) -> list[Html]:
    """For the brief: whose values wait."""
    return [
        t("brief.value", name=shorten(one.person_name, NAME), said=told(t, one.dated, one.value))
        for one in waiting
    ]
