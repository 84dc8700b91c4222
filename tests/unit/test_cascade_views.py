"""The tree on a screen: it fits whatever the lengths, and its buttons bear the numbers of its text."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.screens import Screen, units
from bot.texts import Texts
from bot.views.cascade import (
    MOST,
    choice_screen,
    crumbs_line,
    loose_screen,
    target_screen,
    top_screen,
    work_screen,
)
from bot.views.paging import visible
from services.cascade.connecting import Choice, LooseLook, LooseTarget
from services.cascade.looking import (
    PAGE,
    Above,
    Branch,
    Crumb,
    Frame,
    Place,
    Seat,
    Supporter,
    TargetLook,
    Top,
    Wording,
    WorkLook,
)
from services.cascade.work import Done
from services.plans.words import Section
from services.progress.standing import Amount, Measure, Standing
from services.states import State

TEXTS = Texts()
LONG = "🧕<&>" * 1_000
NAME = "🧕<&>" * 50
DAY = date(2026, 9, 30)
NUMBER = re.compile(r"^(\d+)\. ", re.MULTILINE)
TELEGRAM = 4_096


FRAME = Frame(10**17, NAME, 2026, own=True, leads=True, capacity="supervisor")


def wording(number: int = 40) -> Wording:
    return Wording(10**17 + number, number, LONG, Section.MAIN)


UP = tuple(Above(NAME, LONG) for _ in range(4))
STANDING = Standing(
    1,
    1,
    LONG,
    measures=(Measure(1, LONG, Decimal(10**14), "🧕" * 60, 10**9),),
    others=tuple(Amount(10**12, "🧕" * 60) for _ in range(40)),
)


def place(levels: int) -> Place:
    """Somewhere in the tree of a supervisor for whom the reader stands in, under what hangs nowhere."""
    return Place(
        replace(FRAME, own=False, capacity="plh"),
        tuple(Crumb(10**17, NAME, 40) for _ in range(levels)),
        wording(),
        NAME,
        loose=True,
        mine=False,
        direct=False,
        reads_work=True,
    )


def check(screen: Screen) -> None:
    """Fits as Telegram counts it; few rows; every button packs."""
    assert visible(screen.text) <= TELEGRAM
    assert len(screen.rows) <= 8
    for row in screen.rows:
        assert 0 < len(row) <= 8
        for one in row:
            assert one.label
            assert units(one.label) <= 64
            assert one.press is not None
            one.press.pack()


def numbers_of(screen: Screen) -> tuple[list[int], list[int]]:
    """Numbers in the text, and on the buttons."""
    text = re.sub(r"<[^>]*>", "", screen.text)
    said = [int(one) for one in NUMBER.findall(text)]
    return said, [int(one.label) for row in screen.rows for one in row if one.label.isdigit()]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("leads", [True, False])
def test_the_top_fits(language: str, own: bool, leads: bool) -> None:
    branches = tuple(
        Branch(wording(number), 10**6, 10**6, 0.5, quiet=True, up=UP, last=DAY) for number in range(1, 41)
    )
    others = tuple(Seat(10**17, NAME, "plt") for _ in range(5))
    whose = replace(FRAME, own=own, leads=leads, capacity="supervisor" if own else "plt")
    seen: list[int] = []
    for page in range(40):
        screen = top_screen(TEXTS.speech(language), Top(whose, branches, 10**6, others), page=page)
        check(screen)
        said, pressed = numbers_of(screen)
        assert said == pressed
        assert len(pressed) <= MOST
        seen += [one for one in pressed if one not in seen]
    assert seen == list(range(1, 41))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("levels", [1, 2, 9])
def test_one_rhk_fits(language: str, levels: int) -> None:
    supporters = tuple(Supporter(10**17 + n, NAME, LONG, STANDING, DAY, 10**6) for n in range(PAGE))
    where = replace(place(levels), mine=levels == 1, loose=levels == 2, direct=True)
    look = TargetLook(where, STANDING, UP, supporters, 10**6, 3, 10**5)
    screen = target_screen(TEXTS.speech(language), look)
    check(screen)
    said, pressed = numbers_of(screen)
    assert said == pressed == list(range(19, 25))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("levels", [1, 2, 9])
def test_entries_fit(language: str, levels: int) -> None:
    entries = tuple(Done(DAY, State.SUBMITTED, LONG, LONG) for _ in range(5))
    look = WorkLook(replace(place(levels), loose=levels != 9), STANDING, UP, entries, 10**6, 7, 10**6)
    check(work_screen(TEXTS.speech(language), look))


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_hangs_nowhere_fits(language: str) -> None:
    t = TEXTS.speech(language)
    loose = tuple(LooseTarget(10**17 + n, NAME, LONG) for n in range(PAGE))
    screen = loose_screen(t, LooseLook(FRAME, loose, 10**6, 1, 10**6))
    check(screen)
    said, pressed = numbers_of(screen)
    assert said == pressed == list(range(7, 13))
    choices = tuple(wording(number) for number in range(1, 41))
    for serves in (None, wording()):
        choice = Choice(FRAME, 10**17, NAME, LONG, LONG, choices, True, serves, True)
        for page in range(40):
            screen = choice_screen(t, choice, page=page)
            check(screen)
            said, pressed = numbers_of(screen)
            assert said == pressed


def test_a_long_way_is_said_in_one_line() -> None:
    t = TEXTS.speech("id")
    short = replace(
        place(2), loose=False, frame=FRAME, crumbs=(Crumb(1, "", 2), Crumb(2, "Ani Rahmawati", 1))
    )
    assert crumbs_line(t, short) == "🌳 RHK 2 › Ani Rahmawati › RHK 1"
    deep = tuple(Crumb(n, f"Orang {n}" if n else "", n + 1) for n in range(6))
    line = crumbs_line(t, replace(short, crumbs=deep))
    assert line == "🌳 RHK 1 › … › Orang 4 › RHK 5 › Orang 5 › RHK 6"
