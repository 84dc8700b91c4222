"""What the question of the day turns into: not now, or not on duty."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button
from bot.texts import Html, Speech
from bot.views.days import pending_screen
from bot.views.duty import KINDS_FACE, WISH_FACE, Draft
from bot.views.prompt import prompt_buttons
from bot.views.spans import long_span
from services.prompting import Absent, Asking, Away
from services.rounds.reminder_times import Choice, Later
from services.states import DayKind

SAID = (DayKind.LEAVE, DayKind.SICK, DayKind.PERMIT, DayKind.FIELD)
"""What «Tidak bertugas» may be said to be, by one more tap; never why."""


def later_screen(t: Speech, asking: Asking, choices: Sequence[Later], *, zone: str, today: date) -> Screen:
    """«Nanti»: when to come back. Only what is still open is offered."""
    text = t("later.when" if choices else "later.never")
    chips = [_choice(t, asking, one, zone=zone, today=today) for one in choices]
    rows = [tuple(chips[:2]), tuple(chips[2:]), (_fill(t, asking), nothing_button(t, asking.work_date))]
    back = button(t.plain("day.back"), Kind.PROMPT_SHOW, arg=asking.work_date.isoformat())
    return Screen(text, (*(row for row in rows if row), (back,)))


def _choice(t: Speech, asking: Asking, later: Later, *, zone: str, today: date) -> Button:
    at = later.due_at.astimezone(ZoneInfo(zone))
    day = t.options("calendar.weekdays")[at.weekday()]
    far = later.choice is Choice.TOMORROW and (later.day - today).days > 1
    key = "later.day_after" if far else f"later.{later.choice}"
    label = t.plain(key, clock=t.clock(at.time()), day=day)
    return button(label, Kind.PROMPT_SNOOZE, arg=f"{asking.work_date.isoformat()}.{later.choice}")


def _fill(t: Speech, asking: Asking, style: str | None = None) -> Button:
    return button(t.plain("prompt.fill"), Kind.PROMPT_FILL, arg=asking.work_date.isoformat(), style=style)


def nothing_button(t: Speech, work_date: date) -> Button:
    """«Tidak ada kegiatan»."""
    return button(t.plain("nothing.button"), Kind.NOTHING_ASK, arg=work_date.isoformat())


def what_on_screen(t: Speech, work_date: date) -> Screen:
    """Asks for the text of a day. «Tidak ada kegiatan» is an answer, too."""
    screen = pending_screen(t, t("day.what_on", day=t.day(work_date)))
    return replace(screen, rows=((nothing_button(t, work_date),), *screen.rows))


def snoozed_screen(t: Speech, asking: Asking, seconds: int, *, zone: str, today: date) -> Screen:
    """When the bot comes back (`seconds` since 1970); the report can be filled before that."""
    local = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    clock, days = t.clock(local.time()), (local.date() - today).days
    if days == 0:
        text = t("later.back_today", clock=clock)
    elif days == 1:
        text = t("later.back_tomorrow", clock=clock)
    else:
        text = t("later.back_on", day=t.day(local.date()), clock=clock)
    change = button(t.plain("later.change"), Kind.PROMPT_LATER, arg=asking.work_date.isoformat())
    return Screen(text, ((_fill(t, asking, PRIMARY), change),))


def away_screen(t: Speech, asking: Asking, away: Away, *, today: date) -> Screen:
    """What was recorded of the day, and how to say more or take it back."""
    day = t("later.today") if asking.work_date == today else t.day(asking.work_date)
    kind = t(f"later.kind_{away.kind}")
    if not away.own:
        span = t.day(away.first) if away.first == away.last else _span(t, away)
        key = "later.away_excused" if away.kind is DayKind.EXCUSED else "later.away_longer"
        return Screen(t(key, day=day, kind=kind, span=span))
    rows: list[tuple[Button, ...]] = []
    text = t("later.away", day=day, kind=kind)
    if away.kind is DayKind.OFF_DUTY:
        text = t.join([text, t("later.away_more")])
        arg = asking.work_date.isoformat()
        said = [
            button(t.plain(f"later.kind_{one}_button"), Kind.OFF_KIND, away.period_id, arg=f"{arg}.{one}")
            for one in SAID
        ]
        rows += [tuple(said[:2]), tuple(said[2:])]
    undo = button(t.plain("day.restore"), Kind.OFF_UNDO, away.period_id, arg=asking.work_date.isoformat())
    return Screen(text, (*rows, (undo,)))


def _span(t: Speech, away: Away) -> Html:
    return t("later.span", first=t.date(away.first), last=t.date(away.last))


def field_screen(t: Speech, asking: Asking, *, later: bool, period_id: int) -> Screen:
    """Dinas luar is work: its report is still asked for. `period_id`: what «Urungkan» takes back."""
    arg = asking.work_date.isoformat()
    undo = button(t.plain("day.restore"), Kind.OFF_UNDO, period_id, arg=arg)
    return Screen(t("later.field"), (*prompt_buttons(t, asking, later=later), (undo,)))


def absent_screen(
    t: Speech, found: Absent, *, today: date, ahead: Draft | None = None, asked: bool = False
) -> Screen:
    """Answers «saya sakit»: one tap records it, unless there is nothing left to record.

    `ahead`: the words may as well mean days to come; `asked`: which kind these are was said, too.
    """
    asking = found.asking
    day = t.day(asking.work_date)
    if asking.away is not None:
        return away_screen(t, asking, asking.away, today=today)
    if not found.expected:
        return Screen(t("later.offer_free", day=day))
    if asking.sent:
        return Screen(t("later.offer_sent", day=day))
    key = "later.offer_today" if asking.work_date == today else "later.offer_day"
    arg = asking.work_date.isoformat()
    mark = button(t.plain(key, day=day), Kind.PROMPT_OFF, asking.person_id, arg=arg, style=PRIMARY)
    if ahead is None:
        return Screen(t("later.offer"), ((mark,),))
    days = long_span(t, ahead.wish.first, ahead.wish.last)
    face = WISH_FACE if asked else KINDS_FACE
    coming = button(days, Kind.DUTY, asking.person_id, arg=f"{face}{ahead.pack()}")
    return Screen(t("later.offer_which", day=day, ahead=days), ((mark,), (coming,)))


def not_a_time_screen(t: Speech, offered: Screen) -> Screen:
    """A time of one's own was typed where only some are offered."""
    return replace(offered, text=t("later.not_a_time"))
