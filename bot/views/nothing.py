"""«Tidak ada kegiatan»: why there is nothing to report."""

from datetime import date

from bot.callbacks import Kind
from bot.screens import PRIMARY, Screen, button
from bot.texts import Speech
from services.entries.nothing import REASONS
from services.prompting import Asking


def nothing_screen(t: Speech, work_date: date) -> Screen:
    """Asks for the reason: choose one or type it."""
    chips = tuple(
        (button(t.plain(f"nothing.{code}"), Kind.NOTHING_REASON, arg=f"{work_date.isoformat()}.{code}"),)
        for code in REASONS
    )
    cancel = button(t.plain("dialogue.cancel"), Kind.CANCEL)
    return Screen(t("nothing.ask", day=t.day(work_date)), (*chips, (cancel,)))


def not_nothing_screen(t: Speech, asking: Asking) -> Screen:
    """There are activities on that day already; they are one tap away."""
    show = button(t.plain("prompt.show"), Kind.DAY_SHOW, asking.day_id or 0, style=PRIMARY)
    return Screen(t("errors.nothing_but_entries", count=asking.entries), ((show,),))
