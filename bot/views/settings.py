"""What a person has set for themselves, and how they change it."""

from datetime import datetime, time

from bot.callbacks import Kind
from bot.screens import Button, Screen, button
from bot.texts import ZONE_NAMES, Html, Speech
from services.settings import OwnSettings

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
        rows.append((button(t.plain("settings.change_time"), Kind.SET_TIME, person_id),))
    lines.append(t("settings.zone", zone=zone))
    lines.append(t("settings.language"))
    other = OTHER.get(own.language, "id")
    rows.append((button(t.plain("settings.switch"), Kind.SET_LANGUAGE, person_id, arg=other),))
    return Screen(t.join(lines), tuple(rows))


def _times(t: Speech, own: OwnSettings, zone: str, now: datetime) -> Html:
    if own.next_prompt is None:
        return t("settings.not_asked")
    if own.own_time is None:
        line = t("settings.time_default")
    else:
        line = t("settings.time_own", clock=t.clock(own.own_time), zone=zone)
    if own.next_prompt <= now:
        return line
    return Html(f"{line}\n{t('settings.next', when=t.instant(own.next_prompt, own.zone))}")


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
