"""The picture of a weekly summary: a short caption where its words follow, else what it shows in words."""

from collections.abc import Sequence
from datetime import date

from bot.context import Picture
from bot.screens import shorten
from bot.texts import Html, Speech
from bot.views.progress import amount_of, number_words, percent
from bot.views.spans import long_span
from documents.pictures import Bar, DayCount, WeekPicture
from services.digests.periods import Period
from services.digests.person import PersonWeek
from services.digests.support import Supported
from services.digests.team import TeamWeek
from services.digests.unit import UnitWeek

MOST_DAYS, MOST_BARS = 7, 12
SATURDAY = 5
NAMED = 3
"""Bars that the caption names."""

Column = tuple[date, int, int]
"""A date, how many reported, how many were asked."""


def own_picture(t: Speech, own: PersonWeek) -> Picture:
    """A person's week."""
    bars = [Bar(one.text, one.share, amount_of(t, one), one.expected) for one in own.progress]
    days = [(day, int(reported), int(asked)) for day, asked, reported in own.days]
    reported = t("digest.reported", reported=own.reported, asked=own.asked)
    return _picture(t, own.name, own.period, bars, days, year=own.year, said=reported)


def team_picture(t: Speech, team: TeamWeek) -> Picture:
    """A supervisor's people together, and how far they carry the supervisor's own RHK."""
    title = t.plain("digest.team_title", name=team.name)
    bars = _supported(t, team.supported)
    said = t("digest.reported_team", reported=team.reported, asked=team.asked, people=len(team.workers))
    return _picture(t, title, team.period, bars, team.days, year=team.year, said=said)


def unit_picture(t: Speech, unit: UnitWeek) -> Picture:
    """A unit's week."""
    bars = _supported(t, unit.supported)
    said = t("digest.reported_unit", reported=unit.reported, asked=unit.asked, people=unit.people)
    return _picture(t, unit.name, unit.period, bars, unit.days, year=unit.year, said=said)


def _supported(t: Speech, found: Sequence[Supported]) -> list[Bar]:
    return [
        Bar(
            t.plain("digest.all_rhk" if len(found) == 1 else "digest.others")
            if one.text is None
            else one.text,
            one.share,
            t.plain("digest.mean", share=percent(one.share), count=number_words(t, one.count)),
            one.expected,
        )
        for one in found
    ]


def _picture(
    t: Speech,
    title: str,
    period: Period,
    bars: Sequence[Bar],
    days: Sequence[Column],
    *,
    year: int,
    said: Html,
) -> Picture:
    drawn = tuple(bars[:MOST_BARS])
    rest = len(bars) - len(drawn)
    week = long_span(t, period.first, period.last)
    drawing = WeekPicture(
        title=title,
        subtitle=str(week),
        bars_title=t.plain("digest.picture_bars", year=year),
        bars=drawn,
        days_title=t.plain("digest.picture_days"),
        days=columns(t, days),
        empty=t.plain("digest.picture_empty"),
        footer=t.plain("digest.picture_more", count=rest) if rest > 0 else "",
        expected_label=t.plain("digest.picture_pace"),
    )
    head = t("digest.caption", title=shorten(title, 120), week=week)
    lines = [head, said]
    measured = [one for one in drawn if one.share is not None]
    lines += [
        t("digest.caption_bar", text=shorten(one.label, 80), value=shorten(one.value, 80))
        for one in measured[:NAMED]
    ]
    if len(measured) > NAMED:
        lines.append(t("digest.caption_more", count=len(measured) - NAMED))
    caption = Html(f"{head}\n{t('digest.caption_below')}")
    return Picture(drawing, caption, words=Html("\n".join(lines)), silent=True)


def columns(t: Speech, days: Sequence[Column]) -> tuple[DayCount, ...]:
    """The last week's days, without a Saturday or Sunday on which nothing was asked and nothing came."""
    weekdays = t.options("calendar.weekdays")
    shown = [one for one in days[-MOST_DAYS:] if one[0].weekday() < SATURDAY or one[1] or one[2]]
    return tuple(
        DayCount(f"{weekdays[day.weekday()][:3]} {day.day}", reported, asked)
        for day, reported, asked in shown
    )
