"""Where RHK stand, in words: numbers, dated values, the judgement from the pace, the share outside."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.screens import shorten
from bot.texts import Html, Speech
from services.progress.counting import Outside
from services.progress.judging import MONEY, PERCENT, meets
from services.progress.standing import Dated, Measure, Pacing, Standing, Value, quarter_of
from services.states import Aspect

GOAL, UNIT, WORDING = 80, 30, 110


def number_words(t: Speech, value: object) -> str:
    """A number with the separators of the language."""
    text = f"{value:,f}" if not isinstance(value, int) else f"{value:,}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.translate(str.maketrans(",.", ".,")) if t.language == "id" else text


def percent(share: float) -> str:
    """«100%» is all of it or more, «0%» nothing: what lies between rounds to 1 to 99."""
    return f"{min(max(round(share * 100), 1), 99) if 0 < share < 1 else round(share * 100)}%"


def amount_of(t: Speech, one: Standing) -> str:
    """«7 dari 12 dokumen (58%)», with other units beside it; or that there is nothing to measure."""
    others = ", ".join(
        f"{number_words(t, other.number)} {shorten(other.unit, UNIT)}".strip() for other in one.others
    )
    if not one.measures:
        return others or _undated(t, one)
    said = "; ".join(measure_words(t, measure) for measure in one.measures)
    return t.plain("digest.and_others", said=said, others=others) if others else said


def _undated(t: Speech, one: Standing) -> str:
    """Of an RHK that adds up nothing: the first thing that is known of it, or what is to be reported."""
    if not one.dated:
        return t.plain("digest.unmeasured")
    known = next((item for item in one.dated if item.latest is not None), one.dated[0])
    if known.latest is not None:
        return str(told(t, known, known.latest))
    aspect = t.plain(f"skp.aspect_{known.aspect}")
    return t.plain("digest.unreported" if known.pending is None else "digest.unconfirmed", aspect=aspect)


def measure_words(t: Speech, one: Measure) -> str:
    share = t.plain("digest.share", percent=percent(one.share))
    goal = number_words(t, one.goal)
    return t.plain("digest.of_goal", done=number_words(t, one.done), goal=goal, unit=one.unit, share=share)


def pacing_words(t: Speech, one: Standing, *, start: bool = True) -> str:
    """«tertinggal»; nothing where nothing adds up. On record only since late in the year: said, too.

    `start`: False where that is said for all at once.
    """
    pacing = one.pacing
    if pacing is None:
        return ""
    if one.recorded_from is None or pacing is Pacing.REACHED:
        return t.plain(f"values.pacing_{pacing.value}")
    said = t.plain("values.recorded_from", day=t.date(one.recorded_from)) if start else ""
    return f"{t.plain('values.pacing_tertinggal')}{said}" if pacing is Pacing.BEHIND else said


def progress_head(t: Speech, found: Sequence[Standing], *, year: int, pace: float) -> Html:
    """How much of the year is over; and since when all of it is on record, where that is late."""
    start = _common_start(found)
    if start is None:
        return t("digest.progress_head", year=year, pace=percent(pace))
    return t("digest.progress_head_from", year=year, pace=percent(pace), day=t.date(start))


def progress_lines(t: Speech, found: Sequence[Standing], *, limit: int) -> list[Html]:
    """How far each RHK is, below `progress_head`."""
    start = _common_start(found) is None
    return [
        t(
            "digest.progress",
            text=shorten(one.text, limit),
            amount=amount_of(t, one),
            pacing=pacing_words(t, one, start=start),
        )
        for one in found
    ]


def _common_start(found: Sequence[Standing]) -> date | None:
    """Since when all are on record, where that is late in the year and the same for all."""
    starts = {one.recorded_from for one in found}
    return starts.pop() if len(starts) == 1 else None


def outside_line(t: Speech, outside: Outside | None) -> list[Html]:
    """How much of the work served no RHK, and of what: minutes, or entries."""
    if outside is None or not outside.entries:
        return []
    key = "values.outside_minutes" if outside.by_minutes else "values.outside_entries"
    return [t(key, share=percent(outside.share))]


def value_words(t: Speech, one: Dated, *, number: Decimal | None, day: date | None = None) -> str:
    """«92,5%», «Rp 11.500.000», «15 November 2026», «3 hari»."""
    if day is not None:
        return str(t.date(day, year=True))
    said, unit = number_words(t, number or Decimal(0)), (one.unit or "").strip()
    if unit.casefold().strip(". ") in MONEY or (not unit and one.aspect is Aspect.COST):
        return f"Rp {said}"
    is_share = not unit and one.goal is None and one.aspect is Aspect.QUALITY
    if unit.casefold() in PERCENT or is_share:
        return f"{said}%"
    return f"{said} {shorten(unit, UNIT)}".strip()


def goal_words(t: Speech, one: Dated) -> str:
    """The target: number and unit where it was understood, a date with its year, else as typed."""
    if one.goal_day is not None:
        return str(t.date(one.goal_day, year=True))
    if one.goal is None:
        return shorten(one.goal_text, GOAL)
    return value_words(t, one, number=one.goal)


def dated_line(t: Speech, one: Dated, *, limit: int = WORDING) -> Html:
    """«Kualitas, kepuasan siswa: 92% per 31 Oktober 2026 (target 90%, tercapai)», or that none is known."""
    text = shorten(one.text, limit)
    aspect = t(f"skp.aspect_{one.aspect}")
    if one.latest is None:
        return t("values.line_unknown", aspect=aspect, text=text, goal=goal_words(t, one))
    return t(
        "values.line",
        aspect=aspect,
        text=text,
        said=told(t, one, one.latest),
        goal=goal_of(t, one, one.latest),
    )


def told(t: Speech, one: Dated, value: Value) -> Html:
    """«92% per 31 Oktober 2026»."""
    return t(
        "values.as_of",
        value=value_words(t, one, number=value.number, day=value.day),
        day=t.date(value.as_of, year=True),
    )


def goal_of(t: Speech, one: Dated, value: Value) -> Html:
    """«target 90%, tercapai»; whether it is met only where that is sure."""
    met = meets(one, value)
    goal = t("values.goal", goal=goal_words(t, one))
    if met is None:
        return goal
    return t("values.goal_met", goal=goal, met=t(f"values.{'met' if met else 'missed'}_{one.aspect}"))


def quality_lines(t: Speech, found: Sequence[Standing], *, most: int = 99) -> list[Html]:
    """What is known of quality, which stands first."""
    return [dated_line(t, item, limit=WORDING) for one in found for item in one.quality][:most]


def quarter_line(t: Speech, one: Standing) -> Html | None:
    """«TW I 3 · TW II 4/6»: what was done in each quarter, beside what its steps plan."""
    start = quarter_of(one.recorded_from) if one.recorded_from else 1
    shown = [of for of in one.quarters if of.done or (of.planned and of.number >= start)]
    if not one.measures or not shown:
        return None
    said = [
        t.plain(
            "values.quarter" if of.planned is None else "values.quarter_planned",
            quarter=t.plain(f"skp.quarter_{of.number}"),
            done=number_words(t, of.done),
            planned=number_words(t, of.planned or 0),
        )
        for of in shown
    ]
    return t("values.quarters", said=" · ".join(said))
