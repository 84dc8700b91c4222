"""Why days that were typed could not be read, in one sentence."""

from bot.texts import Html, Speech
from services.reading.date_faults import Fault, Misread


def fault_text(t: Speech, misread: Misread) -> Html:
    """«Tanggal 31 November tidak ada.», «Tanggal 19 November 2026 itu hari Kamis.»"""
    if misread.fault is Fault.NO_SUCH_DAY:
        month = t.options("calendar.months")[misread.month - 1]
        return t("dates.no_such_day", day=misread.day, month=month)
    if misread.dated is not None:
        weekday = t.options("calendar.weekdays")[misread.dated.weekday()]
        return t("dates.other_weekday", date=t.date(misread.dated, year=True), weekday=weekday)
    return t(f"dates.{misread.fault}")
