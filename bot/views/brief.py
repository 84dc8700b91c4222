"""The supervisor's morning brief, and the week of somebody without feedback: read on a phone in one look."""

from collections.abc import Iterable, Sequence

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.feedback import STYLES, TONES, Choice
from bot.views.prompt import short_name
from bot.views.spans import short_span
from bot.views.values import waiting_words
from services.approvals.escalation import ESCALATED
from services.approvals.queue import Waiting
from services.briefing import Away, Brief, Missing
from services.nudging import Quiet, Week, WeekDay
from services.plans.surroundings import WaitingPlan

NAMES, LINES = 10, 5
"""How many names stand in one paragraph, and how many lines in one list."""
NAME, TEXT = 32, 90
MOST_BLOCKERS = 3
"""Blockers with a button of their own."""
ENTRIES = 3
"""Entries of one day on the card of the week."""
ACTIVITY, OUTCOME = 80, 80


def _name(name: str) -> str:
    return shorten(short_name(name), NAME)


def brief_screen(t: Speech, brief: Brief, *, greeting: Html) -> Screen:
    """Only what there is; every list is cut to what fits one look."""
    paragraphs = [
        t("brief.head", greeting=greeting, day=t.day(brief.work_date)),
        *_blockers(t, brief),
        *_waiting(t, brief.queue.days),
        *_plans(t, brief.plans),
        *_missing(t, brief.missing),
        *_away(t, brief),
        *_nothing(t, brief),
        *_coaching(t, brief),
        *_list(t, t("brief.values", count=len(brief.values)), waiting_words(t, brief.values)),
    ]
    return Screen(t.join(paragraphs), tuple(_buttons(t, brief)))


def _list(t: Speech, head: Html, lines: Sequence[Html]) -> list[Html]:
    """A heading with its lines; the rest is only counted."""
    if not lines:
        return []
    shown = list(lines[:LINES])
    if len(lines) > LINES:
        shown.append(t("brief.more", count=len(lines) - LINES))
    return [Html("\n".join([head, *shown]))]


def _row_of_names(t: Speech, head: Html, names: Sequence[Html]) -> list[Html]:
    """A heading with names one after the other."""
    if not names:
        return []
    said = ", ".join(names[:NAMES])
    more = len(names) - NAMES
    text = t("brief.and_others", names=Html(said), count=more) if more > 0 else Html(said)
    return [Html(f"{head}\n{text}")]


def _blockers(t: Speech, brief: Brief) -> list[Html]:
    lines = [
        t("brief.quoted", name=_name(one.person_name), text=shorten(one.text, TEXT)) for one in brief.blockers
    ]
    return _list(t, t("brief.blockers", count=len(lines)), lines)


def _waiting(t: Speech, days: Sequence[Waiting]) -> list[Html]:
    oldest = sorted(days, key=lambda one: -one.age)
    return _list(t, t("brief.waiting", count=len(days)), [_waits(t, one) for one in oldest])


def _plans(t: Speech, plans: Sequence[WaitingPlan]) -> list[Html]:
    lines = [
        t("brief.plan", name=_name(one.name), year=one.year, day=t.date(one.proposed_on)) for one in plans
    ]
    return _list(t, t("brief.plans", count=len(plans)), lines)


def _waits(t: Speech, one: Waiting) -> Html:
    line = t(
        "brief.waits",
        name=_name(one.person_name),
        day=t.date(one.work_date),
        age=t("brief.age", count=one.age) if one.age else t("brief.new"),
    )
    if one.capacity == ESCALATED:
        return t("brief.escalated", line=line, name=_name(one.supervisor_name))
    return line


def _missing(t: Speech, missing: Sequence[Missing]) -> list[Html]:
    days = {one.last for one in missing}
    head = (
        t("brief.missing_on", day=t.day(next(iter(days))), count=len(missing))
        if len(days) == 1
        else t("brief.missing", count=len(missing))
    )
    return _row_of_names(t, head, [_misses(t, one, dated=len(days) > 1) for one in missing])


def _misses(t: Speech, one: Missing, *, dated: bool) -> Html:
    """A name; where the others' last workday is another date, with its own."""
    name = _name(one.name)
    if dated:
        key = "brief.misses_day_of" if one.count > 1 else "brief.misses_day"
        return t(key, name=name, day=t.date(one.last), count=one.count)
    return t("brief.misses", name=name, count=one.count) if one.count > 1 else t("brief.name", name=name)


def _away(t: Speech, brief: Brief) -> list[Html]:
    def told(one: Away) -> Html:
        kind = t(f"brief.kind_{one.kind}")
        if one.last == brief.work_date:
            return t("brief.away_today", name=_name(one.name), kind=kind)
        until = short_span(t, one.last, one.last, today=brief.work_date)
        return t("brief.away_until", name=_name(one.name), kind=kind, until=until)

    return _row_of_names(t, t("brief.away"), [told(one) for one in brief.away])


def _nothing(t: Speech, brief: Brief) -> list[Html]:
    lines = [
        t(
            "brief.nothing_line",
            name=_name(one.name),
            day=t.date(one.work_date),
            reason=shorten(one.reason, TEXT),
        )
        for one in brief.nothing
    ]
    return _list(t, t("brief.nothing"), lines)


def _coaching(t: Speech, brief: Brief) -> list[Html]:
    lines = [
        t(
            "brief.follow_line",
            name=_name(one.to_name),
            day=t.date(one.given_on),
            text=shorten(one.text, TEXT),
        )
        for one in brief.coaching
    ]
    return _list(t, t("brief.coaching"), lines)


def _buttons(t: Speech, brief: Brief) -> Iterable[tuple[Button, ...]]:
    if brief.queue.days:
        label = t.plain("brief.check", count=len(brief.queue.days))
        yield (button(label, Kind.BRIEF_QUEUE, style=PRIMARY),)
    if brief.plans:
        label = t.plain("brief.check_plans", count=len(brief.plans))
        yield (button(label, Kind.BRIEF_PLANS, style=None if brief.queue.days else PRIMARY),)
    for one in brief.blockers[:MOST_BLOCKERS]:
        label = t.plain("brief.blocker", name=_name(one.person_name))
        yield (button(label, Kind.BLOCKER_SHOW, one.id, arg="brief"),)
    if brief.coaching:
        label = t.plain("brief.follow_up", count=len(brief.coaching))
        yield (button(label, Kind.FOLLOW_UP_SHOW, brief.coaching[0].id),)
    if brief.values:
        label = t.plain("brief.check_values", count=len(brief.values))
        yield (button(label, Kind.VALUE_TEAM, arg="brief"),)


def nudge_screen(t: Speech, people: Sequence[Quiet]) -> Screen:
    """Who has had no feedback; one press shows what they did."""
    names = [t("brief.name", name=_name(one.name)) for one in people]
    [text] = _row_of_names(t, t("nudge.head"), names)
    rows = tuple((button(_name(one.name), Kind.WEEK, one.person_id),) for one in people[:NAMES])
    return Screen(t.join([text, t("nudge.how")]), rows)


def week_screen(t: Speech, week: Week) -> Screen:
    """Somebody's last workdays, with the tones on the newest one at one tap."""
    blocks = [t("nudge.week", name=shorten(week.name, 120)), *(_day(t, one) for one in week.days)]
    sent = [one for one in week.days if one.day_id is not None]
    rows: list[tuple[Button, ...]] = []
    if sent:
        blocks.append(t("nudge.choose", day=t.day(sent[-1].work_date)))
        rows.append(_tones(t, sent[-1].day_id or 0))
    if len(sent) > 1:
        rows.append(
            tuple(
                button(short_span(t, one.work_date, one.work_date), Kind.FEEDBACK, one.day_id or 0)
                for one in sent[:-1]
            )
        )
    if week.following is not None:
        label = t.plain("nudge.next", name=_name(week.following.name))
        rows.append((button(label, Kind.WEEK, week.following.person_id, arg="next"),))
    return Screen(t.join(blocks), tuple(rows))


def _tones(t: Speech, day_id: int) -> tuple[Button, ...]:
    return tuple(
        button(
            t.plain(f"feedback.tone_{tone}"),
            Kind.FEEDBACK_TONE,
            day_id,
            arg=Choice(tone=number).pack(),
            style=STYLES[tone],
        )
        for number, tone in enumerate(TONES, start=1)
    )


def _day(t: Speech, one: WeekDay) -> Html:
    head = t("nudge.day", day=t.day(one.work_date))
    if one.day_id is None:
        return Html(f"{head}\n{t('nudge.nothing_sent')}")
    lines = [
        t("nudge.did", activity=shorten(did.activity, ACTIVITY), outcome=shorten(did.outcome, OUTCOME))
        if did.outcome
        else t("nudge.did_only", activity=shorten(did.activity, ACTIVITY))
        for did in one.entries[:ENTRIES]
    ]
    if len(one.entries) > ENTRIES:
        lines.append(t("brief.more", count=len(one.entries) - ENTRIES))
    return Html("\n".join([head, *lines]))
