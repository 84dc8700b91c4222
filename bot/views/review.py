"""The review card: one person's day before their supervisor, and its faces."""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import DANGER, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.blockers import review_buttons, review_part
from bot.views.changes import changes_of, span
from bot.views.days import amount, evidence_line, target_line
from bot.views.evidence import evidence_rows
from bot.views.kept import kept_part, kept_row
from bot.views.paging import chunks, pager, pages_of
from services.approvals.deciding import REASONS, SHORTEST_REASON
from services.approvals.review import Review
from services.entries.views import EntryView
from services.states import State

PAGE = 6
ACTIVITY, OUTCOME, TARGET, REASON = 160, 140, 90, 120
"""UTF-16 units shown of each on the card; `Rinci` shows all of it."""
CHUNK = 1500
CHOICES = 24
"""Entries offered on one screen that asks which one to return."""


def review_screen(t: Speech, review: Review, *, page: int = 0) -> Screen:
    """The card itself: what was sent, what was decided, what changed since a return."""
    entries = review.day.entries
    blocks = [_entry(t, review, one) for one in entries]
    pages = pages_of(blocks, most=PAGE)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    blocked = review_part(t, review.day)
    lines = [_head(t, review), *([blocked] if blocked else []), *blocks[first:end]]
    day = review.day
    if day.nothing_reason is not None:
        reason = t("nothing.reason", reason=shorten(day.nothing_reason, ACTIVITY))
        lines += [t("nothing.state"), reason]
    elif not review.waiting:
        lines.append(t("review.nothing_waits"))
    rows: list[tuple[Button, ...]] = []
    if review.waiting:
        rows.append(
            (
                button(
                    t.plain("review.approve"),
                    Kind.APPROVE_DAY,
                    day.id,
                    revision=day.revision,
                    style=SUCCESS,
                ),
                button(
                    t.plain("review.return"), Kind.RETURN_DAY, day.id, revision=day.revision, style=DANGER
                ),
            )
        )
    elif review.approved:
        rows.append((button(t.plain("review.reopen"), Kind.REOPEN, day.id, revision=day.revision),))
    rows.append(review_buttons(t, day))
    more = [button(t.plain("review.feedback"), Kind.FEEDBACK, day.id)] if entries else []
    if len(entries) > 1 or any(_has_more(one) for one in entries):
        start = (review.waiting or entries)[0]
        more.append(button(t.plain("review.detail"), Kind.DETAIL, start.id))
    rows += [tuple(more), pager(Kind.REVIEW_PAGE, day.id, page, len(pages)), (_to_queue(t),)]
    return Screen(Html("\n\n".join(lines)), tuple(row for row in rows if row))


def _to_queue(t: Speech) -> Button:
    return button(t.plain("review.to_queue"), Kind.QUEUE)


def _head(t: Speech, review: Review) -> Html:
    day = review.day
    head = t(
        "review.head",
        name=shorten(day.person_name, 120),
        day=t.day(day.work_date),
        late=t("review.late") if day.late else "",
    )
    if day.copied_from is not None:
        return Html(f"{head}\n{t('review.copied', day=t.day(day.copied_from))}")
    return head


def _has_more(entry: EntryView) -> bool:
    """Whether `Rinci` shows something that the card does not."""
    lengths = ((entry.activity, ACTIVITY), (entry.outcome, OUTCOME), (entry.target_text, TARGET))
    return any(text is not None and len(text) > limit for text, limit in lengths) or bool(
        entry.before or entry.evidence
    )


def _title(t: Speech, entry: EntryView, activity: str) -> Html:
    at = span(t, entry.starts, entry.ends, entry.minutes)
    return t(
        f"entry.line_{entry.state}",
        number=entry.number,
        activity=activity,
        time=t("review.at", time=at) if at else "",
    )


def _entry(t: Speech, review: Review, entry: EntryView) -> Html:
    """One entry in a few lines; a returned one only with its reason, since its owner is rewriting it."""
    lines = [_title(t, entry, shorten(entry.activity, ACTIVITY))]
    if entry.state is State.RETURNED:
        reason = shorten(entry.return_reason or "", REASON)
        return Html(f"{lines[0]}\n{t('entry.returned_because', reason=reason)}")
    lines.append(_outcome(t, shorten(entry.outcome or "", OUTCOME)))
    lines += [one for one in (amount(t, entry),) if one]
    lines.append(target_line(t, entry, limit=TARGET))
    if entry.evidence:
        lines.append(evidence_line(t, entry))
    changed = _changed(t, review, entry)
    if changed:
        lines.append(changed)
    return Html("\n".join(lines))


def _outcome(t: Speech, text: str) -> Html:
    return t("entry.outcome", outcome=text) if text else t("review.no_outcome")


def _changed(t: Speech, review: Review, entry: EntryView, *, full: bool = False) -> Html | None:
    if entry.state is not State.SUBMITTED:
        return None
    added = review.new_evidence.get(entry.id, 0)
    return changes_of(t, entry, review.targets, new_evidence=added, full=full)


def detail_screen(t: Speech, review: Review, entry: EntryView, *, part: int = 0) -> Screen:
    """One entry with its whole text, decided by itself; long texts go over several parts."""
    blocks = _whole(t, review, entry)
    parts = pages_of(blocks)
    part = min(part, len(parts) - 1)
    first, end = parts[part]
    day, entries = review.day, review.day.entries
    place = next(index for index, one in enumerate(entries) if one.id == entry.id)
    head = t("review.detail_head", head=_head(t, review), place=place + 1, count=len(entries))
    rows: list[tuple[Button, ...]] = []
    if entry.state is State.SUBMITTED:
        rows.append(
            (
                button(
                    t.plain("review.approve"),
                    Kind.APPROVE_ENTRY,
                    entry.id,
                    revision=day.revision,
                    style=SUCCESS,
                ),
                button(
                    t.plain("review.return"),
                    Kind.RETURN_ENTRY,
                    entry.id,
                    revision=day.revision,
                    style=DANGER,
                ),
            )
        )
    elif entry.state is State.APPROVED:
        reopen = t.plain("review.reopen")
        rows.append((button(reopen, Kind.REOPEN, day.id, revision=day.revision, arg=str(entry.id)),))
    rows.append((button(t.plain("review.feedback"), Kind.FEEDBACK, day.id, arg=str(entry.id)),))
    rows += evidence_rows(t, entry, own=False)
    rows.append(pager(Kind.DETAIL, entry.id, part, len(parts)))
    steps = []
    if place > 0:
        steps.append(button(t.plain("review.before"), Kind.DETAIL, entries[place - 1].id))
    if place + 1 < len(entries):
        steps.append(button(t.plain("review.after"), Kind.DETAIL, entries[place + 1].id))
    rows.append(tuple(steps))
    rows.append((button(t.plain("day.back"), Kind.REVIEW, day.id),))
    text = Html("\n".join(blocks[first:end]))
    return Screen(t.join([head, text]), tuple(row for row in rows if row))


def _whole(t: Speech, review: Review, entry: EntryView) -> list[Html]:
    activity, *rest = chunks(entry.activity, CHUNK)
    blocks = [_title(t, entry, activity), *(t("review.text", text=one) for one in rest)]
    if entry.state is State.RETURNED:
        reasons = chunks(entry.return_reason or "", CHUNK)
        return [*blocks, *(t("entry.returned_because", reason=one) for one in reasons)]
    outcome, *rest = chunks(entry.outcome or "", CHUNK)
    blocks += [_outcome(t, outcome), *(t("review.text", text=one) for one in rest)]
    blocks += [one for one in (amount(t, entry),) if one]
    blocks.append(target_line(t, entry, limit=CHUNK))
    if entry.evidence:
        blocks.append(evidence_line(t, entry))
    changed = _changed(t, review, entry, full=True)
    return [*blocks, changed] if changed else blocks


def which_screen(t: Speech, review: Review, *, words: str = "", page: int = 0) -> Screen:
    """Asks which of several entries is returned. `words`: the reason that was typed already."""
    waiting = review.waiting
    pages = max(1, -(-len(waiting) // CHOICES))
    page = min(page, pages - 1)
    shown = waiting[page * CHOICES : (page + 1) * CHOICES]
    listed = [t("return.line", number=one.number, activity=shorten(one.activity, 80)) for one in shown]
    day = review.day
    numbers = [
        button(str(one.number), Kind.RETURN_ENTRY, one.id, revision=day.revision, style=DANGER)
        for one in shown
    ]
    rows = [tuple(numbers[start : start + 6]) for start in range(0, len(numbers), 6)]
    if pages > 1:
        steps = (("‹", max(0, page - 1)), ("›", min(pages - 1, page + 1)))
        rows.append(
            tuple(
                button(label, Kind.RETURN_DAY, day.id, revision=day.revision, arg=str(at))
                for label, at in steps
            )
        )
    rows += [kept_row(t), _cancel(t, day.id)] if words else [_cancel(t, day.id)]
    asked = [kept_part(t, words), t("return.which")] if words else [t("return.which")]
    return Screen(t.join([_head(t, review), *asked, Html("\n".join(listed))]), tuple(rows))


def reason_screen(t: Speech, review: Review, entry: EntryView) -> Screen:
    """Asks for the reason: a chip, or typed words."""
    day = review.day
    asked = t("return.ask", activity=shorten(entry.activity, 200), limit=SHORTEST_REASON)
    chips: Sequence[Button] = [
        button(t.plain(f"return.{code}"), Kind.REASON, entry.id, revision=day.revision, arg=code)
        for code in REASONS
    ]
    rows = (tuple(chips[:2]), tuple(chips[2:]), _cancel(t, day.id))
    return Screen(t.join([_head(t, review), asked]), rows)


def _cancel(t: Speech, day_id: int) -> tuple[Button, ...]:
    return (button(t.plain("dialogue.cancel"), Kind.REVIEW, day_id),)
