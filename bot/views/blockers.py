"""What stands in the way: as part of a day, by itself, and all of it for the supervisor."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.callbacks import Kind
from bot.screens import PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.kept import kept_part, kept_row
from bot.views.paging import pager
from services.blockers import CHIPS, BlockerView
from services.entries.views import BlockerPart, DayView, EntryView

PAGE = 6
TEXT, NAME, LABEL = 140, 40, 44
"""UTF-16 units of each where several stand together; a card by itself shows all of it."""


def parts_of(t: Speech, day: DayView, entry: EntryView | None, *, limit: int = TEXT) -> list[Html]:
    """«⚠ …» below an entry, or of the day itself when there is none, with the answer so far."""
    shown = {one.id for one in day.entries}
    if entry is not None:
        found = [one for one in day.blockers if one.entry_id == entry.id]
    else:
        found = [one for one in day.blockers if one.entry_id not in shown]
    return [_part(t, one, limit) for one in found]


def _part(t: Speech, one: BlockerPart, limit: int) -> Html:
    line = t("blocker.line", text=shorten(one.text, limit))
    return (
        Html(f"{line}\n{t('blocker.line_answer', text=shorten(one.answer, limit))}") if one.answer else line
    )


def day_button(t: Speech, day: DayView) -> tuple[Button, ...]:
    """«Kendala» below a day card, with how many are open; nothing on an empty day."""
    if day.blockers:
        return (button(t.plain("blocker.open", count=len(day.blockers)), Kind.BLOCKER_DAY, day.id),)
    return (button(t.plain("blocker.add"), Kind.BLOCKER_DAY, day.id),) if day.entries else ()


def entry_rows(t: Speech, day: DayView, entry: EntryView) -> list[tuple[Button, ...]]:
    """Below one entry: a new blocker, and the end of each that is there."""
    found = [one for one in day.blockers if one.entry_id == entry.id]
    rows = [(_solved(t, one, several=len(found) > 1),) for one in found]
    return [(button(t.plain("blocker.add"), Kind.BLOCKER_ENTRY, entry.id),), *rows]


def _solved(t: Speech, one: BlockerPart, *, several: bool) -> Button:
    label = t.plain("blocker.solved")
    return button(f"{label}: {shorten(one.text, 24)}" if several else label, Kind.BLOCKER_CLOSE, one.id)


def day_screen(t: Speech, day: DayView) -> Screen:
    """All that stands in the way of one's own day, and the end of each."""
    numbers = {one.id: one.number for one in day.entries}
    lines = [t("blocker.own_head", day=t.day(day.work_date))]
    for one in day.blockers:
        number = numbers.get(one.entry_id or 0)
        about = t("blocker.about_entry", number=number) if number else t("blocker.about_day")
        lines.append(Html(f"{about}\n{_part(t, one, 500)}"))
    rows = [(_solved(t, one, several=len(day.blockers) > 1),) for one in day.blockers]
    more = button(t.plain("blocker.more"), Kind.BLOCKER_ADD, day.id)
    back = button(t.plain("day.back"), Kind.DAY_PAGE, day.id, arg="0")
    return Screen(t.join(lines), (*rows, (more, back)))


def review_part(t: Speech, day: DayView) -> Html | None:
    """What the supervisor sees first of a day; None when nothing stands in its way."""
    numbers = {one.id: one.number for one in day.entries}
    lines = []
    for one in day.blockers:
        number = numbers.get(one.entry_id or 0)
        key = "blocker.review_entry" if number else "blocker.review_day"
        lines.append(t(key, number=number or "", text=shorten(one.text, TEXT)))
        if one.answer:
            lines.append(t("blocker.line_answer", text=shorten(one.answer, TEXT)))
    return Html("\n".join(lines)) if lines else None


def review_buttons(t: Speech, day: DayView) -> tuple[Button, ...]:
    """From the review card to the answer."""
    if not day.blockers:
        return ()
    if len(day.blockers) > 1:
        return (button(t.plain("blocker.open", count=len(day.blockers)), Kind.BLOCKERS),)
    [one] = day.blockers
    kind = Kind.BLOCKER_SHOW if one.answer else Kind.BLOCKER_ANSWER
    return (button(t.plain("blocker.show" if one.answer else "blocker.answer"), kind, one.id),)


def queue_button(t: Speech, count: int) -> tuple[Button, ...]:
    """From the queue or the brief to all that is open; nothing when nothing is."""
    return (button(t.plain("blocker.open", count=count), Kind.BLOCKERS),) if count else ()


@dataclass(frozen=True, slots=True)
class Listing:
    """What is open. `waits`: typed words are an answer; `words`: one that was typed, and is asked about."""

    blockers: Sequence[BlockerView]
    supervises: bool
    waits: bool = False
    words: str = ""


def list_screen(t: Speech, listing: Listing, *, page: int = 0) -> Screen:
    """Everything open, oldest first."""
    blockers, words = listing.blockers, listing.words
    to_queue = (button(t.plain("review.to_queue"), Kind.QUEUE),) if listing.supervises else ()
    if not blockers:
        return Screen(t("blocker.none"), (to_queue,) if to_queue else ())
    pages = -(-len(blockers) // PAGE)
    page = min(page, pages - 1)
    first = page * PAGE
    shown = blockers[first : first + PAGE]
    lines = [t("blocker.head", count=len(blockers))]
    if words:
        lines = [kept_part(t, words), t("blocker.which")]
    lines += [_listed(t, one, place) for place, one in enumerate(shown, first + 1)]
    if listing.waits and not words:
        lines.append(t("blocker.may_type"))
    kind = Kind.BLOCKER_ANSWER if words else Kind.BLOCKER_SHOW
    rows: list[tuple[Button, ...]] = [
        (button(_label(t, one, place), kind, one.id),) for place, one in enumerate(shown, first + 1)
    ]
    rows += [pager(Kind.BLOCKERS, 0, page, pages), kept_row(t) if words else (), to_queue]
    return Screen(t.join(lines), tuple(row for row in rows if row))


def _listed(t: Speech, one: BlockerView, place: int) -> Html:
    name = shorten(one.person_name, NAME)
    head = t("blocker.listed", number=place, name=name, day=t.day(one.work_date))
    lines = [head, t("blocker.line", text=shorten(one.text, TEXT))]
    if one.answer:
        lines.append(t("blocker.line_answer", text=shorten(one.answer, TEXT)))
    return Html("\n".join(lines))


def _label(t: Speech, one: BlockerView, place: int) -> str:
    return shorten(f"{place}. {one.person_name}: {one.text}", LABEL)


def blocker_screen(t: Speech, one: BlockerView, *, asking: bool = False, waits: bool = False) -> Screen:
    """One blocker in full, with what this viewer may do. `asking`: its answer; `waits`: it may be typed."""
    lines = [t("blocker.title", name=shorten(one.person_name, 120), day=t.day(one.work_date))]
    lines.append(t("blocker.quote", text=one.text))
    if one.activity:
        lines.append(t("blocker.activity", activity=shorten(one.activity, 300)))
    if one.answer:
        lines.append(t("blocker.answered", name=one.answered_by or "", text=one.answer))
    if one.closed_at is not None:
        lines.append(t("blocker.closed", name=one.closed_by or ""))
    elif asking:
        lines.append(t("blocker.ask_answer"))
    elif waits and not one.own:
        lines.append(t("blocker.may_type"))
    return Screen(t.join(lines), _asking_rows(t, one) if asking else _rows(t, one))


def _rows(t: Speech, one: BlockerView) -> tuple[tuple[Button, ...], ...]:
    to_list = (button(t.plain("blocker.to_list"), Kind.BLOCKERS),)
    if one.closed_at is not None:
        return (to_list,)
    if one.own:
        return ((button(t.plain("blocker.solved"), Kind.BLOCKER_CLOSE, one.id, style=SUCCESS),), to_list)
    label = t.plain("blocker.answer_again" if one.answer else "blocker.answer")
    style = None if one.answer else PRIMARY
    answer = button(label, Kind.BLOCKER_ANSWER, one.id, style=style)
    return ((answer, button(t.plain("blocker.finish"), Kind.BLOCKER_CLOSE, one.id)), to_list)


def _asking_rows(t: Speech, one: BlockerView) -> tuple[tuple[Button, ...], ...]:
    chips = [
        (button(t.plain(f"blocker.chip_{code}"), Kind.BLOCKER_CHIP, one.id, arg=code),) for code in CHIPS
    ]
    return (*chips, (button(t.plain("dialogue.cancel"), Kind.BLOCKER_SHOW, one.id),))


def answered_screen(t: Speech, one: BlockerView) -> Screen:
    """Told to the person: what their supervisor answered."""
    lines = [
        t("blocker.told_answer", name=one.answered_by or "", day=t.day(one.work_date)),
        t("blocker.line", text=shorten(one.text, 300)),
        t("blocker.quote", text=one.answer or ""),
    ]
    solved = button(t.plain("blocker.solved"), Kind.BLOCKER_CLOSE, one.id)
    return Screen(t.join(lines), ((solved,),))


def closed_screen(t: Speech, one: BlockerView) -> Screen:
    """Told to the other: it is closed. To a supervisor it is silent."""
    key = "blocker.told_closed" if one.own else "blocker.told_solved"
    text = shorten(one.text, 300)
    return Screen(t(key, name=one.closed_by or "", day=t.day(one.work_date), text=text), silent=not one.own)
