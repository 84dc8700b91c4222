"""Weekly summaries in words: one's own, a supervisor's, a unit's for its group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.paging import pages_of, visible
from bot.views.progress import outside_line, percent, progress_head, progress_lines, quality_lines
from bot.views.spans import long_span
from services.digests.access import UnitRef
from services.digests.periods import Period
from services.digests.person import PersonWeek
from services.digests.record import Outcome, Worker
from services.digests.support import Supported
from services.digests.team import Course, Review, TeamWeek
from services.digests.unit import UnitWeek
from services.digests.weeks import WEEK, first_of, last_ended, week_of

OWN, TEAM, UNIT = "p", "t", "u"
FULL = "f"
TEXT, LABEL, NAME = 150, 90, 40
ROOM = 3300
"""UTF-16 units of the whole message that lists may fill."""
FOLDED = 4
"""Lines of a list that stand open; a longer one is folded."""
UNITS = 6
"""Units offered on one screen."""


@dataclass(frozen=True, slots=True)
class Look:
    """Which summary is looked at: its kind, whether in full, of which unit, which week, which page."""

    mode: str
    week: date
    unit_id: int = 0
    full: bool = False
    page: int = 0

    def pack(self, *, week: date | None = None, page: int = 0, full: bool | None = None) -> str:
        """The look as a button says it, `p.2026-11-12.0.0.0`."""
        is_full = self.full if full is None else full
        return f"{self.mode}.{(week or self.week).isoformat()}.{self.unit_id}.{int(is_full)}.{page}"


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a summary: when it is read, and what else the reader may look at."""

    look: Look
    today: date
    has_own: bool = False
    has_team: bool = False
    units: tuple[UnitRef, ...] = ()


def own_screen(t: Speech, own: PersonWeek, frame: Frame | None) -> Screen:
    """A person's own week."""
    head = _head(t, t("digest.own_head"), own.period)
    if own.empty and not own.away:
        return _framed(t, [head, t("digest.nothing_asked")], frame, picture=False)
    if own.empty:
        return _framed(t, [head, t("digest.nothing_away", away=_away(t, own))], frame, picture=False)
    if frame is not None and frame.look.full:
        return _paged(t, head, _all_of_own(t, own), frame)
    parts = [head, _own_numbers(t, own)]
    if own.best:
        parts.append(_block(t, t("digest.own_best"), [_result(t, one) for one in own.best]))
    if own.progress:
        parts += _progress_blocks(t, own)
    if own.quiet:
        lines = [t("digest.bullet", text=shorten(one.text, LABEL)) for one in own.quiet]
        parts.append(_block(t, t("digest.quiet", count=len(lines)), lines, room=ROOM // 5))
    parts.append(_feedback(t, own))
    return _framed(t, parts, frame, full=len(own.progress) > FOLDED or len(own.best) < own.approved)


def _own_numbers(t: Speech, own: PersonWeek) -> Html:
    lines = [t("digest.reported", reported=own.reported, asked=own.asked)]
    if own.late:
        lines.append(t("digest.late", count=own.late))
    if own.extra:
        lines.append(t("digest.extra", count=own.extra))
    if own.away:
        lines.append(t("digest.away_own", away=_away(t, own)))
    lines.append(t("digest.entries", count=own.entries, with_outcome=own.with_outcome))
    if own.effects * 2 < own.with_outcome:
        lines.append(t("digest.effects_next"))
    elif own.effects:
        lines.append(t("digest.effects", effects=own.effects, with_outcome=own.with_outcome))
    if own.has_supervisor:
        lines.append(t("digest.approved", count=own.approved))
    return Html("\n".join(lines))


def _away(t: Speech, own: PersonWeek) -> Html:
    return Html(
        ", ".join(
            t("digest.away_kind", kind=t(f"duty.kind_{kind}"), count=count)
            for kind, count in sorted(own.away.items())
        )
    )


def _progress_blocks(t: Speech, own: PersonWeek) -> list[Html]:
    """Quality first where it is known, then what adds up, then what served no RHK."""
    known = quality_lines(t, own.progress)
    lines = progress_lines(t, own.progress, limit=LABEL)
    blocks = [_block(t, t("digest.quality"), known, room=ROOM // 4)] if known else []
    return [
        *blocks,
        _block(t, progress_head(t, own.progress, year=own.year, pace=own.pace), lines),
        *outside_line(t, own.outside),
    ]


def _feedback(t: Speech, own: PersonWeek) -> Html:
    if not own.feedback:
        return t("digest.no_feedback")
    tones = ", ".join(
        t.plain("digest.tone", count=count, tone=t.plain(f"digest.tone_{tone}"))
        for tone, count in sorted(own.feedback.items())
    )
    unread = t("digest.unread", count=own.unread) if own.unread else ""
    return t("digest.feedback", tones=tones, unread=unread)


def _result(t: Speech, one: Outcome) -> Html:
    return t("digest.bullet", text=shorten(one.outcome, TEXT))


def _all_of_own(t: Speech, own: PersonWeek) -> list[Html]:
    lines = [progress_head(t, own.progress, year=own.year, pace=own.pace)] if own.progress else []
    lines += progress_lines(t, own.progress, limit=600)
    lines += quality_lines(t, own.progress)
    if own.outcomes:
        lines.append(t("digest.all_approved", count=len(own.outcomes)))
    return lines + [
        t("digest.dated", day=t.date(one.work_date), text=shorten(one.outcome, 300)) for one in own.outcomes
    ]


def team_screen(t: Speech, team: TeamWeek, frame: Frame | None) -> Screen:
    """A supervisor's people, one line each, and what is theirs to do."""
    head = _head(t, t("digest.team_head"), team.period)
    if team.empty:
        return _framed(t, [head, t("digest.team_nothing")], frame, picture=False)
    lines = [_worker(t, one, team.courses.get(one.id)) for one in team.workers]
    if frame is not None and frame.look.full:
        unserved = _unserved(t, team, most=99)
        title = t("digest.unserved", count=len(unserved))
        blocks = [t("digest.people"), *lines, *([title, *unserved] if unserved else [])]
        return _paged(t, head, blocks, frame, review=team.waiting > 0)
    numbers = [t("digest.reported_team", reported=team.reported, asked=team.asked, people=len(team.workers))]
    numbers.append(t("digest.approved", count=team.approved))
    parts = [head, Html("\n".join([*numbers, *_review(t, team.review)]))]
    if team.without_feedback:
        names = ", ".join(shorten(one, NAME) for one in team.without_feedback[:12])
        more = len(team.without_feedback) - 12
        rest = t.plain("digest.and_more", count=more) if more > 0 else ""
        parts.append(t("digest.without_feedback", names=f"{names}{rest}"))
    unserved = _unserved(t, team)
    if unserved:
        parts.append(_block(t, t("digest.unserved", count=len(team.unserved)), unserved))
    room = ROOM - sum(visible(one) + 2 for one in parts)
    parts.insert(2, _block(t, t("digest.people"), lines, room=room))
    return _framed(t, parts, frame, full=len(lines) > FOLDED, review=team.waiting > 0)


def _worker(t: Speech, one: Worker, course: Course | None) -> Html:
    """How somebody's week was, and below it how their SKP goes, where there is something to see to."""
    line = _worked(t, one)
    said = _course(t, course) if course is not None else ""
    return t("digest.worker_course", line=line, said=said) if said else line


def _course(t: Speech, one: Course) -> str:
    said = [t.plain("digest.course_behind", count=one.behind)] if one.behind else []
    if one.idle:
        said.append(t.plain("digest.course_idle", count=one.idle))
    if one.outside is not None and one.outside.entries_outside:
        key = "digest.course_minutes" if one.outside.by_minutes else "digest.course_entries"
        said.append(t.plain(key, share=percent(one.outside.share)))
    return ", ".join(said)


def _worked(t: Speech, one: Worker) -> Html:
    name = shorten(one.name, NAME)
    if one.joined_on is None:
        return t("digest.not_joined", name=name)
    if not one.asked and not one.entries:
        return t("digest.worker_away", name=name)
    waiting = t("digest.waiting", count=one.waiting) if one.waiting else ""
    line = "digest.worker" if one.missing == 0 else "digest.worker_missing"
    return t(line, name=name, reported=one.done, asked=len(one.asked), count=one.entries, waiting=waiting)


def _review(t: Speech, review: Review) -> list[Html]:
    if not review.sent and review.age is None:
        return []
    lines = [t("digest.review", decided=review.decided, sent=review.sent)] if review.sent else []
    if review.age is not None:
        lines.append(_age(t, review.age))
    return lines


def _age(t: Speech, days: float) -> Html:
    """How long people usually wait, in words; a median between two numbers is said as both."""
    low = int(days)
    if low == days:
        return t("digest.age", count=low) if low else t("digest.age_same_day")
    return t("digest.age_between", low=low, high=low + 1) if low else t("digest.age_or_next")


def _unserved(t: Speech, team: TeamWeek, *, most: int = 6) -> list[Html]:
    return [
        t("digest.unserved_line" if one.ever else "digest.unserved_ever", text=shorten(one.text, LABEL))
        for one in team.unserved[:most]
    ]


def unit_screen(t: Speech, unit: UnitWeek, frame: Frame | None) -> Screen:
    """A unit's week as its group sees it; with a frame: for somebody who looks at it beforehand."""
    head = _head(t, t("digest.unit_head", unit=shorten(unit.name, 80)), unit.period)
    if unit.empty:
        return _framed(t, [head, t("digest.unit_nothing")], frame, picture=False)
    numbers = [t("digest.reported_unit", reported=unit.reported, asked=unit.asked, people=unit.people)]
    numbers.append(t("digest.approved", count=unit.approved))
    parts = [head, Html("\n".join(numbers))]
    if unit.best:
        told = [
            t("digest.told", name=shorten(one.person_name, NAME), text=shorten(one.outcome, TEXT))
            for one in unit.best
        ]
        parts.append(_block(t, t("digest.worth"), told, folded=99))
    if unit.supported:
        lines = [support_line(t, one, alone=len(unit.supported) == 1) for one in unit.supported]
        head = t("digest.support_head", year=unit.year, pace=percent(unit.pace))
        parts.append(_block(t, head, lines))
    parts += outside_line(t, unit.outside)
    if unit.away:
        room = ROOM - sum(visible(one) + 2 for one in parts)
        names = [t("digest.away_line", name=shorten(name, NAME), count=days) for name, days in unit.away]
        parts.append(_block(t, t("digest.away_unit", count=len(names)), names, room=room))
    return _framed(t, parts, frame)


def support_line(t: Speech, one: Supported, *, alone: bool = False) -> Html:
    """`alone`: no RHK of its own stands beside it, so it is not the rest of anything."""
    if one.text is None and alone:
        return t("digest.support_all", share=percent(one.share), count=one.count)
    text = t.plain("digest.others") if one.text is None else shorten(one.text, LABEL)
    return t("digest.support", text=text, share=percent(one.share), count=one.count)


def sure_screen(t: Speech, group_id: int, title: str, look: Look, *, problem: str = "") -> Screen:
    """Asks before a summary goes to a group once more. `problem`: what kept the last one from it."""
    text = t("digest.sure", group=shorten(title, 80), week=week_words(t, look.week))
    if problem:
        met = t("digest.did_not_arrive", problem=t(f"groups.problem_{problem}"))
        text = t.join([met, t(f"groups.mend_{problem}"), text])
    send = button(t.plain("digest.send"), Kind.WEEK_SEND, group_id, arg=look.week.isoformat(), style=PRIMARY)
    return Screen(text, ((send,), (button(t.plain("dialogue.cancel"), Kind.WEEK_SHOW, arg=look.pack()),)))


def week_words(t: Speech, week: date) -> Html:
    """«Jumat, 6 – Kamis, 12 November 2026»."""
    return long_span(t, first_of(week), week)


def _head(t: Speech, title: Html, period: Period) -> Html:
    lines = [title, long_span(t, period.first, period.last)]
    if period.running:
        lines.append(t("digest.so_far"))
    return Html("\n".join(lines))


def _block(
    t: Speech, head: Html, lines: Sequence[Html], *, room: int = ROOM // 2, folded: int = FOLDED
) -> Html:
    """A list under its head, folded when it is long, and cut with a count when it does not fit."""
    shown: list[Html] = []
    for one in lines:
        room -= visible(one) + 1
        if room < 0 and shown:
            break
        shown.append(one)
    if len(shown) < len(lines):
        shown.append(t("digest.more_lines", count=len(lines) - len(shown)))
    text = Html("\n".join(shown))
    return Html(f"{head}\n{t('digest.folded', lines=text) if len(shown) > folded else text}")


def _paged(t: Speech, head: Html, blocks: Sequence[Html], frame: Frame, *, review: bool = False) -> Screen:
    """Everything, over several pages."""
    pages = pages_of(blocks, most=30)
    page = min(frame.look.page, len(pages) - 1)
    first, end = pages[page]
    look = frame.look
    steps = [
        button(label, Kind.WEEK_SHOW, arg=look.pack(page=at))
        for label, at in (
            ("‹", max(0, page - 1)),
            (f"{page + 1}/{len(pages)}", page),
            ("›", min(page + 1, len(pages) - 1)),
        )
    ]
    rows: list[tuple[Button, ...]] = [tuple(steps)] if len(pages) > 1 else []
    if review:
        rows.append((button(t.plain("digest.to_queue"), Kind.QUEUE, style=PRIMARY),))
    rows.append((button(t.plain("digest.short"), Kind.WEEK_SHOW, arg=look.pack(full=False)),))
    return Screen(t.join([head, Html("\n".join(blocks[first:end]))]), tuple(rows))


def _framed(
    t: Speech,
    parts: Iterable[Html],
    frame: Frame | None,
    *,
    full: bool = False,
    review: bool = False,
    picture: bool = True,
) -> Screen:
    """The text with its buttons; none in a group."""
    text = t.join(parts)
    if frame is None:
        return Screen(text)
    look = frame.look
    rows: list[tuple[Button, ...]] = []
    if review:
        rows.append((button(t.plain("digest.to_queue"), Kind.QUEUE, style=PRIMARY),))
    more = []
    if picture:
        more.append(button(t.plain("digest.picture"), Kind.WEEK_PICTURE, arg=look.pack()))
    if full:
        more.append(button(t.plain("digest.full"), Kind.WEEK_SHOW, arg=look.pack(full=True)))
    rows.append(tuple(more))
    rows.append(_weeks(t, frame))
    rows += _others(t, frame)
    return Screen(text, tuple(row for row in rows if row))


def _weeks(t: Speech, frame: Frame) -> tuple[Button, ...]:
    look, running = frame.look, week_of(frame.today)
    before = button(t.plain("digest.week_before"), Kind.WEEK_SHOW, arg=look.pack(week=look.week - WEEK))
    if look.week >= running:
        return (before,)
    key = "digest.week_now" if look.week == running - WEEK else "digest.week_after"
    return (before, button(t.plain(key), Kind.WEEK_SHOW, arg=look.pack(week=look.week + WEEK)))


def _others(t: Speech, frame: Frame) -> list[tuple[Button, ...]]:
    """What else there is to look at, and sending a unit's summary to its group again."""
    look = frame.look
    rows: list[tuple[Button, ...]] = []
    unit = next((one for one in frame.units if one.id == look.unit_id), None)
    if look.mode == UNIT and unit is not None and unit.may_send and look.week <= last_ended(frame.today):
        label = t.plain("digest.send_again")
        rows += [
            (
                button(
                    label if len(unit.groups) == 1 else shorten(f"{label}: {title}", 60),
                    Kind.WEEK_AGAIN,
                    group_id,
                    arg=look.week.isoformat(),
                ),
            )
            for group_id, title in unit.groups[:UNITS]
        ]
    modes = []
    if frame.has_own and look.mode != OWN:
        modes.append(button(t.plain("digest.to_own"), Kind.WEEK_SHOW, arg=Look(OWN, look.week).pack()))
    if frame.has_team and look.mode != TEAM:
        modes.append(button(t.plain("digest.to_team"), Kind.WEEK_SHOW, arg=Look(TEAM, look.week).pack()))
    others = [one for one in frame.units if look.mode != UNIT or one.id != look.unit_id]
    if len(frame.units) == 1:
        modes += [
            button(t.plain("digest.to_unit"), Kind.WEEK_SHOW, arg=Look(UNIT, look.week, one.id).pack())
            for one in others
        ]
        others = []
    rows.append(tuple(modes))
    rows += [
        (button(shorten(one.name, 40), Kind.WEEK_SHOW, arg=Look(UNIT, look.week, one.id).pack()),)
        for one in others[:UNITS]
    ]
    return [row for row in rows if row]
