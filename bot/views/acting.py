"""`/pengganti`: who stands in for whom, how somebody is named, and what both are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.callbacks import Kind
from bot.screens import DANGER, PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.duty import date_of
from bot.views.paging import pager
from bot.views.spans import long_span, short_span
from services.approvals.acting import Candidate, Span
from services.errors import NotFound
from services.states import Capacity

PAGE = 8
NAME, LABEL = 60, 34
LIST, SUPERVISORS, PEOPLE, DATES, SURE = "", "s", "w", "d", "c"
"""Faces of the card."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A wish as a button carries it; whose place it is, is the button's subject."""

    acting_id: int
    capacity: Capacity
    first: date
    last: date

    def pack(self) -> str:
        return f"{self.acting_id}.{self.capacity}.{self.first:%Y%m%d}.{self.last:%Y%m%d}"


def unpack_draft(arg: str) -> Draft:
    """The draft in a button. Raises NotFound for anything that no button of ours says."""
    parts = arg.split(".")
    if len(parts) != 4 or parts[1] not in set(Capacity):
        raise NotFound
    if not (parts[0].isascii() and parts[0].isdigit() and len(parts[0]) <= 18):
        raise NotFound
    return Draft(int(parts[0]), Capacity(parts[1]), date_of(parts[2]), date_of(parts[3]))


def list_screen(
    t: Speech, spans: Sequence[Span], *, person_id: int, admin: bool, today: date, page: int = 0
) -> Screen:
    """What holds or comes, each with «Akhiri», and «Tunjuk pengganti»."""
    pages = max(1, -(-len(spans) // PAGE))
    page = min(page, pages - 1)
    shown = spans[page * PAGE : (page + 1) * PAGE]
    lines = [_line(t, one, admin=admin) for one in shown] or [t("acting.none")]
    rows: list[tuple[Button, ...]] = [
        (button(_end_label(t, one, today), Kind.ACTING_END, one.id, style=DANGER),) for one in shown
    ]
    rows.append(pager(Kind.ACTING, person_id, page, pages))
    subject = 0 if admin else person_id
    rows.append((button(t.plain("acting.new"), Kind.ACTING_NEW, subject, style=PRIMARY),))
    return Screen(t.join([t("acting.head"), *lines]), tuple(row for row in rows if row))


def _line(t: Speech, one: Span, *, admin: bool) -> Html:
    key = "acting.line_of" if admin else "acting.line"
    return t(
        key,
        name=shorten(one.acting_name, NAME),
        title=_title(t, one.capacity),
        supervisor=shorten(one.supervisor_name, NAME),
        span=long_span(t, one.first, one.last),
    )


def _end_label(t: Speech, one: Span, today: date) -> str:
    span = short_span(t, one.first, one.last, today=today)
    return t.plain("acting.end", name=shorten(one.acting_name, 24), span=span)


def _title(t: Speech, capacity: Capacity) -> str:
    return t.plain(f"acting.title_{capacity}")


def supervisors_screen(t: Speech, found: Sequence[Candidate], *, person_id: int, page: int = 0) -> Screen:
    """For an admin: in whose place."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages - 1)
    rows: list[tuple[Button, ...]] = [
        (button(shorten(one.name, LABEL), Kind.ACTING_NEW, one.person_id),)
        for one in found[page * PAGE : (page + 1) * PAGE]
    ]
    rows += [pager(Kind.ACTING_NEW, 0, page, pages), _to_list(t, person_id)]
    return Screen(t("acting.in_whose_place"), tuple(row for row in rows if row))


def people_screen(
    t: Speech,
    found: Sequence[Candidate],
    *,
    supervisor_id: int,
    supervisor: str | None,
    person_id: int,
    page: int = 0,
    searched: bool = False,
) -> Screen:
    """Who: the people near by, or those whose name was typed. `supervisor` None: one's own place."""
    pages = max(1, -(-len(found) // PAGE))
    page = min(page, pages - 1)
    shown = found[page * PAGE : (page + 1) * PAGE] if not searched else found
    rows: list[tuple[Button, ...]] = [
        (button(shorten(_with_position(one), LABEL), Kind.ACTING_WHO, supervisor_id, arg=str(one.person_id)),)
        for one in shown
    ]
    if not searched:
        rows.append(pager(Kind.ACTING_NEW, supervisor_id, page, pages))
    rows.append(_to_list(t, person_id))
    asked = t("acting.who_of", name=shorten(supervisor, NAME)) if supervisor else t("acting.who")
    return Screen(t.join([asked, t("acting.or_type")]), tuple(row for row in rows if row))


def _with_position(one: Candidate) -> str:
    return f"{one.name} · {one.position}" if one.position else one.name


def dates_screen(t: Speech, name: str, *, person_id: int) -> Screen:
    """From when until when."""
    return Screen(t("acting.ask_dates", name=shorten(name, NAME)), (_to_list(t, person_id),))


def sure_screen(
    t: Speech, draft: Draft, *, name: str, supervisor_id: int, supervisor: str, person_id: int
) -> Screen:
    """What was understood, in words, before it is kept."""
    other = Capacity.PLT if draft.capacity is Capacity.PLH else Capacity.PLH
    text = t(
        "acting.sure",
        name=shorten(name, NAME),
        title=_title(t, draft.capacity),
        supervisor=shorten(supervisor, NAME),
        span=long_span(t, draft.first, draft.last),
        count=(draft.last - draft.first).days + 1,
        meaning=t(f"acting.meaning_{draft.capacity}"),
    )
    turned = Draft(draft.acting_id, other, draft.first, draft.last)
    rows = (
        (
            button(t.plain("acting.save"), Kind.ACTING_SAVE, supervisor_id, arg=draft.pack(), style=SUCCESS),
            button(
                t.plain("acting.make", title=_title(t, other)),
                Kind.ACTING_DRAFT,
                supervisor_id,
                arg=turned.pack(),
            ),
        ),
        (button(t.plain("acting.other_dates"), Kind.ACTING_WHO, supervisor_id, arg=str(draft.acting_id)),),
        _to_list(t, person_id),
    )
    return Screen(text, rows)


def _to_list(t: Speech, person_id: int) -> tuple[Button, ...]:
    return (button(t.plain("dialogue.cancel"), Kind.ACTING, person_id),)


def told_screen(t: Speech, span: Span, *, what: str, to_acting: bool) -> Screen:
    """`what`: set, begun, ended or over. To the stand-in, or to the one they stand in for."""
    key = f"acting.told_{what}" if to_acting else f"acting.boss_{what}"
    text = t(
        key,
        name=shorten(span.acting_name, NAME),
        title=_title(t, span.capacity),
        supervisor=shorten(span.supervisor_name, NAME),
        span=long_span(t, span.first, span.last),
    )
    check = what in ("set", "begun") and to_acting
    rows = ((button(t.plain("acting.check"), Kind.BRIEF_QUEUE),),) if check else ()
    return Screen(text, rows)
