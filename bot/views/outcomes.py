"""A polite word on an outcome that says little yet, with one example from the same kind of job."""

from bot.callbacks import Kind
from bot.screens import PRIMARY, Screen, button, shorten
from bot.texts import Html, Speech
from services.entries.remarks import Remark
from services.entries.views import DayView
from services.reading.job_families import job_family

SHOWN = 120


def example_of(t: Speech, position: str | None) -> Html:
    """«Mengajar pecahan → 26 dari 30 siswa …», from the same kind of job."""
    family = job_family(position)
    return t("ask.example", did=t.plain(f"example_did.{family}"), good=t.plain(f"example_good.{family}"))


def remark_screen(t: Speech, day: DayView, remark: Remark) -> Screen:
    """What was written is kept; what would say more; an example; and two ways on."""
    entry = next(one for one in day.entries if one.id == remark.entry_id)
    family = job_family(day.position)
    example = t(
        "ask.remark_example",
        did=t.plain(f"example_did.{family}"),
        poor=t.plain(f"example_poor.{family}"),
        good=t.plain(f"example_good.{family}"),
    )
    name = "counted" if remark.counted else remark.kind
    said = t(f"ask.remark_{name}", number=entry.number, outcome=shorten(entry.outcome or "", SHOWN))
    improve = button(t.plain("ask.improve"), Kind.ENTRY_FIELD, entry.id, arg="outcome", style=PRIMARY)
    enough = button(t.plain("ask.enough"), Kind.DAY_SHOW, day.id)
    return Screen(t.join([said, example]), ((improve, enough),))
