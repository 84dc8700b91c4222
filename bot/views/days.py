"""The day card: what a person did on one day, as they see it."""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import DANGER, PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.blockers import day_button, entry_rows, parts_of
from bot.views.evidence import attached_part, evidence_rows
from services.entries.asking import Asked, answer_code
from services.entries.days import settled
from services.entries.views import DayView, EntryView
from services.states import State

NBSP = "\u00a0"
"""Keeps a number and its unit on one line."""
PAGE = 6
"""Entries on one page of a card."""
ACTIVITY, OUTCOME, TARGET = 160, 140, 90
"""Characters shown of each on the card; the entry's own screen shows all of it."""
ROOM = 3200
"""Characters for all activities listed in the outcome question."""
READY_SHOWN = 8
"""Ready answers below one question: a phone shows no more."""


def day_card(
    t: Speech,
    day: DayView,
    *,
    page: int | None = None,
    taken: int = 0,
    answered: int = 0,
    sensitive: bool = False,
    attached: int = 0,
    reported: bool = False,
    corrects: int | None = None,
    restorable: bool = False,
    closed: bool = False,
    waits: Sequence[int] = (),
) -> Screen:
    """The card itself; without a `page` the one with what just came, else the first.

    `taken`: the message it was just read from, which may turn out to be no activity; `answered`: the one
    that was just taken as outcomes, which may be an activity; `sensitive`: that message holds a citizen's
    number. `attached`: the evidence that just came, with where it went. `reported`: what was taken may have
    been the answer to the outcome question. `corrects`: the returned entry it may correct. `restorable`: what
    was just removed can be put back. `closed`: its month takes no new entries any more.
    `waits`: the numbers whose outcome the next text gives, asked about before.
    """
    pages = max(1, -(-len(day.entries) // PAGE))
    home = next((one for one in day.entries if any(piece.id == attached for piece in one.evidence)), None)
    if page is None:
        page = page_of(home.number) if home else _page_of(day, taken)
    page = min(page, pages - 1)
    shown = day.entries[page * PAGE : (page + 1) * PAGE]
    lines = [_head(t, day)]
    lines += [Html("\n".join([entry_lines(t, one), *parts_of(t, day, one)])) for one in shown]
    if day.nothing_reason is not None:
        lines += [t("nothing.reason", reason=shorten(day.nothing_reason, ACTIVITY)), t("nothing.after_all")]
    elif not day.entries:
        lines.append(t("day.empty"))
    lines += parts_of(t, day, None)
    lines += _foot(t, day, closed=closed)
    if waits:
        lines.append(t("day.still_waits", numbers=", ".join(str(one) for one in waits)))
    if sensitive:
        lines.append(t("day.sensitive"))
    rows: list[tuple[Button, ...]] = _restoring(t, day) if restorable else []
    if sensitive:
        rows.append(
            (
                button(t.plain("day.mask"), Kind.MASK, day.id, arg=str(taken), style=PRIMARY),
                button(t.plain("day.keep"), Kind.DAY_PAGE, day.id, arg=str(page)),
            )
        )
    rows += _actions(t, day)
    rows += _numbers(shown)
    rows.append(day_button(t, day))
    if home is not None:
        line, moves = attached_part(t, day, home, attached)
        lines.append(line)
        rows.append(moves)
    if pages > 1:
        rows.append(_pager(t, day, page, pages))
    if reported:
        rows.append((button(t.plain("day.is_outcome"), Kind.DAY_UNDO, day.id, arg=f"o{taken}"),))
    if corrects:
        fix = button(t.plain("return.is_fix"), Kind.RETURNED_FIX, corrects, arg=str(taken), style=PRIMARY)
        rows.append((fix,))
    if any(one.source_message_id == taken for one in day.entries) and taken:
        rows.append((button(t.plain("day.undo"), Kind.DAY_UNDO, day.id, arg=str(taken)),))
    if answered:
        rows.append((button(t.plain("day.new_activity"), Kind.DAY_UNDO, day.id, arg=f"a{answered}"),))
    return Screen(Html("\n\n".join(lines)), tuple(rows))


def _restoring(t: Speech, day: DayView) -> list[tuple[Button, ...]]:
    """«Urungkan», right after something was removed."""
    return [(button(t.plain("day.restore"), Kind.DAY_UNDO, day.id, arg="r"),)]


def pending_screen(t: Speech, text: Html) -> Screen:
    """A question that waits for a text, and the way out of it."""
    return Screen(text, ((button(t.plain("dialogue.cancel"), Kind.CANCEL),),))


def _page_of(day: DayView, message_id: int) -> int:
    """The page on which the entries of a message begin."""
    place = next((one.number for one in day.entries if message_id and one.source_message_id == message_id), 1)
    return page_of(place)


def page_of(number: int) -> int:
    """The page an entry stands on, by its number."""
    return (number - 1) // PAGE


def _head(t: Speech, day: DayView) -> Html:
    name = "day.head_late" if day.late else "day.head"
    head = t(name, day=t.day(day.work_date), state=_state(t, day))
    if day.copied_from is not None and day.having(State.DRAFT):
        return Html(f"{head}\n{t('day.copied', day=t.day(day.copied_from))}")
    return head


def _state(t: Speech, day: DayView) -> Html:
    """How far the day is, and whether part of it came back."""
    if day.nothing_reason is not None:
        return t("nothing.state")
    state = settled(one.state for one in day.entries)
    returned = len(day.having(State.RETURNED))
    told = t(f"day.state_{state}", supervisor=day.supervisor_name or "")
    if returned in (0, len(day.entries)):
        return told
    some = t("day.state_some_returned", count=returned)
    return some if state is State.RETURNED else Html(f"{told} · {some}")


def entry_lines(t: Speech, entry: EntryView, *, full: bool = False, why: str = "") -> Html:
    """One entry in a few lines: what, when, outcome, RHK and why it was suggested, evidence."""
    lines = [
        t(
            f"entry.line_{entry.state}",
            number=entry.number,
            activity=shorten(entry.activity, 1500 if full else ACTIVITY),
            time=_time(t, entry),
        )
    ]
    if entry.outcome:
        outcome = shorten(entry.outcome, 1200 if full else OUTCOME)
        lines.append(t("entry.outcome", outcome=outcome))
    elif entry.editable and not full:
        lines.append(t("entry.no_outcome"))
    lines.append(amount(t, entry))
    lines.append(target_line(t, entry, limit=400 if full else TARGET))
    if why:
        lines.append(t("entry.why", words=why))
    if entry.evidence:
        lines.append(evidence_line(t, entry))
    if entry.state is State.RETURNED and entry.return_reason:
        lines.append(t("entry.returned_because", reason=shorten(entry.return_reason, 400 if full else 120)))
    return Html("\n".join(line for line in lines if line))


def amount(t: Speech, entry: EntryView) -> Html:
    """«Jumlah: 25 berkas», as it is stored and handed on; nothing when there is none."""
    if entry.quantity is None:
        return Html("")
    return t("entry.amount", amount=f"{entry.quantity}{NBSP}{entry.unit or ''}".strip())


def _time(t: Speech, entry: EntryView) -> Html:
    if entry.starts and entry.ends:
        return t("entry.span", starts=t.clock(entry.starts), ends=t.clock(entry.ends))
    if entry.starts:
        return t("entry.from", starts=t.clock(entry.starts))
    if entry.minutes:
        return t("entry.minutes", minutes=entry.minutes)
    return Html("")


def target_line(t: Speech, entry: EntryView, *, limit: int = TARGET) -> Html:
    """The RHK, `Di luar SKP`, a guess marked as such, or that there is none yet."""
    if entry.outside_plan:
        return t("entry.outside" if entry.linked else "entry.outside_unsure")
    if entry.target_text is None:
        return t("entry.unlinked")
    key = "entry.target" if entry.linked else "entry.target_unsure"
    return t(key, target=shorten(entry.target_text, limit))


def evidence_line(t: Speech, entry: EntryView) -> Html:
    """How much evidence, and whether some of it is still being fetched or could not be."""
    count, failed = len(entry.evidence), sum(one.failed for one in entry.evidence)
    if failed:
        return t("entry.evidence_failed", count=count, failed=failed)
    if not all(one.stored for one in entry.evidence):
        return t("entry.evidence_coming", count=count)
    return t("entry.evidence", count=count)


def _foot(t: Speech, day: DayView, *, closed: bool) -> list[Html]:
    lines = []
    here = day.supervisor_active and day.supervisor_joined
    if day.having(State.SUBMITTED) and day.supervisor_name is not None and not here:
        key = "day.waits_for_joining" if day.supervisor_active else "day.waits_for_nobody"
        lines.append(t(key, supervisor=day.supervisor_name))
    if closed and day.having(State.DRAFT):
        lines.append(t("day.closed_unsent"))
    elif not day.has_plan and day.having(State.DRAFT, State.RETURNED):
        lines.append(t("day.no_plan"))
    elif day.having(State.DRAFT) and day.having(State.SUBMITTED, State.APPROVED, State.RECORDED):
        lines.append(t("day.more_unsent"))
    return lines


def _actions(t: Speech, day: DayView) -> list[tuple[Button, ...]]:
    rows: list[tuple[Button, ...]] = []
    if day.nothing_reason is not None:
        rows.append((button(t.plain("day.restore"), Kind.NOTHING_UNDO, day.id, revision=day.revision),))
    unsent = day.having(State.DRAFT, State.RETURNED)
    if unsent:
        label = t.plain("day.send_again" if day.having(State.RETURNED) else "day.send")
        send = button(label, Kind.DAY_SEND, day.id, revision=day.revision, style=SUCCESS)
        missing = [one for one in unsent if not one.outcome]
        row = [send]
        if missing and day.outcomes_asked:
            row.append(button(t.plain("day.outcomes"), Kind.DAY_OUTCOMES, day.id))
        rows.append(tuple(row))
    unlinked = [one for one in day.entries if one.awaits_target]
    if unlinked and day.has_plan:
        rows.append((button(t.plain("day.links", count=len(unlinked)), Kind.DAY_LINKS, day.id),))
    if day.having(State.SUBMITTED, State.RECORDED):
        rows.append((button(t.plain("day.withdraw"), Kind.DAY_WITHDRAW, day.id, revision=day.revision),))
    return rows


def _numbers(entries: Sequence[EntryView]) -> list[tuple[Button, ...]]:
    marks = {State.RETURNED: "↩ ", State.APPROVED: "✓ ", State.SUBMITTED: "", State.DRAFT: "✎ "}
    found = [button(f"{marks.get(one.state, '')}{one.number}", Kind.ENTRY_SHOW, one.id) for one in entries]
    return [tuple(found)] if found else []


def _pager(t: Speech, day: DayView, page: int, pages: int) -> tuple[Button, ...]:
    before, after = max(0, page - 1), min(pages - 1, page + 1)
    return (
        button("‹", Kind.DAY_PAGE, day.id, arg=str(before)),
        button(f"{page + 1}/{pages}", Kind.DAY_PAGE, day.id, arg=str(page)),
        button("›", Kind.DAY_PAGE, day.id, arg=str(after)),
    )


def entry_screen(
    t: Speech, day: DayView, entry: EntryView, *, restorable: bool = False, why: str = ""
) -> Screen:
    """One entry in full, with everything its owner may do to it; a piece just dropped may be put back.

    `why`: what speaks for the RHK that was suggested.
    """
    parts = parts_of(t, day, entry, limit=500)
    body = Html("\n".join([entry_lines(t, entry, full=True, why=why), *parts]))
    text = Html(f"{_head(t, day)}\n\n{body}")
    back = (button(t.plain("day.back"), Kind.DAY_PAGE, day.id, arg=str(page_of(entry.number))),)
    evidence = evidence_rows(t, entry, own=True)
    if not entry.editable:
        return Screen(text, (*evidence, *entry_rows(t, day, entry), back))

    def field(name: str) -> Button:
        return button(t.plain(f"entry.edit_{name}"), Kind.ENTRY_FIELD, entry.id, arg=name)

    rows: list[tuple[Button, ...]] = [
        *(_restoring(t, day) if restorable else ()),
        (field("activity"), field("outcome")),
        (field("quantity"), field("time")),
    ]
    if day.has_plan:
        rows.append((button(t.plain("entry.edit_target"), Kind.ENTRY_LINK, entry.id),))
    if len(day.entries) > 1:
        rows.append(
            (
                button(t.plain("entry.up"), Kind.ENTRY_UP, entry.id),
                button(t.plain("entry.down"), Kind.ENTRY_DOWN, entry.id),
            )
        )
    rows += [*evidence, *entry_rows(t, day, entry)]
    rows.append((button(t.plain("entry.delete"), Kind.ENTRY_DELETE, entry.id, style=DANGER), *back))
    return Screen(text, tuple(rows))


def outcome_question(t: Speech, day: DayView, asked: Sequence[Asked]) -> Screen:
    """The one question for all missing outcomes, with ready answers."""
    several = len(asked) > 1
    lines = [t("ask.head")]
    if several:
        room = max(24, min(100, ROOM // len(asked)))
        listed = [
            t("ask.line", number=one.entry.number, activity=shorten(one.entry.activity, room))
            for one in asked
        ]
        lines.append(Html("\n".join(listed)))
        first, second = asked[0].entry.number, asked[1].entry.number
        lines.append(t("ask.how_several", first=first, second=second))
    else:
        lines.append(t("ask.line_one", activity=shorten(asked[0].entry.activity, 300)))
        lines.append(t("ask.how_one"))
    rows = []
    offered = [(one.entry, ready) for one in asked for ready in one.ready]
    for entry, ready in offered[:READY_SHOWN]:
        label = f"{entry.number}. {ready}" if several else ready
        rows.append((button(shorten(label, 60), Kind.OUTCOME_PICK, entry.id, arg=answer_code(ready)),))
    rows.append((button(t.plain("ask.skip"), Kind.OUTCOME_SKIP, day.id),))
    return Screen(Html("\n\n".join(lines)), tuple(rows))
