"""What a person has set for themselves, and how they change it. Two faces: everything, and the reminders."""

from datetime import datetime, time

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button
from bot.texts import ZONE_NAMES, Html, Speech
from services.rounds.due import QUIET_FROM
from services.rounds.reminder_times import MOST
from services.settings import PAUSES, OwnSettings

QUICK = (time(15, 0), time(15, 30), time(16, 0))
DEFAULT = "default"
"""Argument of the button that goes back to 30 minutes before the end of the day."""
OTHER = {"id": "en", "en": "id"}


def settings_card(t: Speech, own: OwnSettings, *, person_id: int, now: datetime) -> Screen:
    """The card: when the person is asked, where they are, in which language."""
    zone = ZONE_NAMES.get(own.zone, own.zone)
    lines = [t("settings.head")]
    rows: list[tuple[Button, ...]] = []
    if own.asked:
        lines.append(_times(t, own, zone, now))
        lines.append(_reminders(t, own))
        lines.append(t("settings.plan_on" if own.plan_asked else "settings.plan_off"))
        rows += _asking(t, own, person_id)
    lines.append(t("settings.zone", zone=zone))
    lines.append(t("settings.language"))
    other = OTHER.get(own.language, "id")
    rows.append((button(t.plain("settings.switch"), Kind.SET_LANGUAGE, person_id, arg=other),))
    return Screen(t.join(lines), tuple(rows))


def _asking(t: Speech, own: OwnSettings, person_id: int) -> list[tuple[Button, ...]]:
    plan = "settings.plan_stop" if own.plan_asked else "settings.plan_start"
    return [
        (
            button(t.plain("settings.change_time"), Kind.SET_TIME, person_id),
            button(t.plain("settings.change_cap"), Kind.SET_CAP, person_id),
        ),
        (button(t.plain(plan), Kind.SET_PLAN, person_id, arg="0" if own.plan_asked else "1"),),
    ]


def _reminders(t: Speech, own: OwnSettings) -> Html:
    if own.paused_until is not None:
        return t("settings.paused", day=t.day(own.paused_until))
    return t("settings.cap", count=own.reminder_cap) if own.reminder_cap else t("settings.cap_none")


def reminders_screen(t: Speech, own: OwnSettings, *, person_id: int) -> Screen:
    """How often, and not for a while."""
    caps = tuple(
        button(
            t.plain("settings.cap_times" if cap else "settings.cap_never", count=cap),
            Kind.SET_CAP,
            person_id,
            arg=str(cap),
            style=PRIMARY if cap == own.reminder_cap else None,
        )
        for cap in range(MOST, -1, -1)
    )
    pause: tuple[Button, ...]
    if own.paused_until is not None:
        pause = (button(t.plain("settings.pause_end"), Kind.SET_PAUSE, person_id, arg="0"),)
    else:
        pause = tuple(
            button(t.plain(f"settings.pause_{days}"), Kind.SET_PAUSE, person_id, arg=str(days))
            for days in PAUSES
        )
    back = (button(t.plain("day.back"), Kind.SET_SHOW, person_id),)
    text = t.join([t("settings.ask_cap", quiet=t.clock(QUIET_FROM)), _reminders(t, own)])
    return Screen(text, (caps[:2], caps[2:], pause, back))


def _times(t: Speech, own: OwnSettings, zone: str, now: datetime) -> Html:
    lines = [t("settings.shift")] if own.shift else []
    if own.own_time is None:
        lines.append(t("settings.time_default"))
    else:
        lines.append(t("settings.time_own", clock=t.clock(own.own_time), zone=zone))
    if own.next_prompt is None:
        lines += [t("settings.shift_none")] if own.shift else []
    elif own.next_prompt > now:
        lines.append(t("settings.next", when=t.instant(own.next_prompt, own.zone)))
    return Html("\n".join(lines))


def time_question(t: Speech, *, person_id: int, own_time: time | None) -> Screen:
    """Asks for the time: choose one or type it."""
    quick = tuple(
        button(t.clock(one), Kind.SET_TIME, person_id, arg=f"{one:%H:%M}") for one in QUICK if one != own_time
    )
    rows = [quick]
    if own_time is not None:
        rows.append((button(t.plain("settings.default"), Kind.SET_TIME, person_id, arg=DEFAULT),))
    rows.append((button(t.plain("dialogue.cancel"), Kind.CANCEL),))
    return Screen(t("settings.ask_time"), tuple(rows))
