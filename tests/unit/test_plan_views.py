"""The screens of an SKP fit into a message, however full it is, and say all of it on some page."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.screens import Screen
from bot.texts import Html, Speech, Texts
from bot.views import plan_parts, targets
from bot.views.paging import visible
from bot.views.plans import goal_of, plan_screen
from services.plans.loading import IndicatorView, PlanView, StepView, TargetView
from services.plans.surroundings import (
    AnnexLineView,
    EventView,
    ExpectationView,
    NoteView,
    ParentChoice,
    TeamPlan,
)
from services.plans.words import (
    LONGEST_EXPECTATION,
    LONGEST_LINE,
    LONGEST_WORDING,
    MOST_INDICATORS,
    MOST_STEPS,
    MOST_TARGETS,
    QUARTERS,
    AnnexKind,
    Aspect,
    Behaviour,
    PlanForm,
    PlanState,
    Section,
    StepVerdict,
)

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
ZONE = "Asia/Jakarta"
LONG, LINE = "kata " * (LONGEST_WORDING // 5), "kata " * (LONGEST_LINE // 5)


@pytest.fixture(params=["id", "en"])
def t(request: pytest.FixtureRequest) -> Speech:
    return Texts().speech(request.param)


def indicator(number: int, **fields: Any) -> IndicatorView:
    whole = IndicatorView(number, number, Aspect.QUANTITY, LONG, Decimal(12), "12 " + "x" * 190, "laporan")
    return replace(whole, **fields)


def target(number: int, before: TargetView | None = None) -> TargetView:
    return TargetView(
        id=number,
        plan_id=1,
        number=number,
        lineage=number,
        section=Section.MAIN,
        perspective=None,
        text=f"{LONG}{number}"[-LONGEST_WORDING:],
        parent_id=None,
        parent_text=LONG,
        pending=before is not None,
        drop_asked=False,
        dropped=False,
        indicators=tuple(indicator(one) for one in range(MOST_INDICATORS)),
        steps=tuple(
            StepView(quarter * 100 + one, quarter, LINE, 10**6)
            for quarter in QUARTERS
            for one in range(MOST_STEPS)
        ),
        before=before,
    )


FULL = PlanView(
    id=1,
    person_id=1,
    person_name="Nama " * 20,
    year=2026,
    form=PlanForm.JPT,
    state=PlanState.PROPOSED,
    version=2,
    agreed_version=12,
    revision=3,
    proposed_at=NOW,
    agreed_at=NOW,
    agreed_by="Nama " * 20,
    return_reason="alasan " * 140,
    supervisor_id=2,
    supervisor_name="Nama " * 20,
    supervisor_joined=False,
    reader="supervisor",
    years=(2024, 2025, 2027),
    targets=tuple(target(one, before=target(one + 500)) for one in range(1, MOST_TARGETS + 1)),
)


def fits(screen: Screen) -> Screen:
    assert visible(screen.text) <= 4096
    assert sum(len(row) for row in screen.rows) <= 100
    assert all(len(row) <= 8 for row in screen.rows)
    for row in screen.rows:
        for one in row:
            assert one.press is None or one.press.pack()
    return screen


@pytest.mark.parametrize("reader", ["owner", "supervisor"])
@pytest.mark.parametrize("state", list(PlanState))
def test_the_card_of_a_full_skp(t: Speech, reader: str, state: PlanState) -> None:
    plan = replace(FULL, reader=reader, state=state)
    shown = "".join(
        fits(plan_screen(t, plan, {}, zone=ZONE, open_years=(2026, 2027), leads=True, page=page)).text
        for page in range(60)
    )
    assert all(f"<b>{number}." in shown for number in range(1, MOST_TARGETS + 1))


@pytest.mark.parametrize("own", [True, False])
def test_the_card_of_a_full_rhk(t: Speech, own: bool) -> None:
    plan = replace(FULL, reader="owner" if own else "supervisor", state=PlanState.DRAFT)
    one, note = plan.targets[0], NoteView(LONG, "Nama " * 20, NOW)
    shown = ""
    for page in range(20):
        screen = targets.target_screen(
            t, plan, one, bar=None, parent=LONG, note=note, writable=own, zone=ZONE, page=page
        )
        shown += fits(screen).text
    assert t("skp.quarter_4") in shown
    fits(targets.measures_screen(t, plan, one))
    fits(targets.steps_screen(t, plan, one, writable=True))
    choices = tuple(ParentChoice(number, LONG, Section.MAIN) for number in range(40))
    fits(targets.parents_screen(t, plan, one, choices, page=3))
    for asked in (
        targets.ask_text(t, plan, one),
        targets.ask_indicators(t, plan, one),
        targets.ask_indicator(t, plan, one, one.indicators[0]),
        targets.ask_step(t, plan, one, 4),
    ):
        fits(asked)


def test_the_other_faces_when_they_are_full(t: Speech) -> None:
    said = "kata " * (LONGEST_EXPECTATION // 5)
    expected = {one: ExpectationView(one, said, "Nama " * 20, NOW) for one in Behaviour}
    fits(plan_parts.behaviours_screen(t, FULL, expected))
    fits(plan_parts.ask_expectation(t, FULL, Behaviour.LOYAL, said))
    lines = [AnnexLineView(one, kind, LINE, False, False) for kind in AnnexKind for one in range(20)]
    for page in range(20):
        fits(plan_parts.annexes_screen(t, FULL, lines, writable=True, page=page))
    events = [EventView(1, StepVerdict.RETURNED, LONG, "Nama " * 20, "plh", NOW)] * 30
    fits(plan_parts.history_screen(t, FULL, events, zone=ZONE, page=5))
    fits(plan_parts.version_screen(t, FULL, FULL.targets, 1, page=7))
    fits(plan_parts.version_screen(t, FULL, (), 1))
    team = [TeamPlan(one, "Nama " * 20, 1, PlanState.PROPOSED, 0, "plt", "Nama " * 20) for one in range(60)]
    fits(plan_parts.team_screen(t, team, 2026, me=1, page=2))
    for one in plan_parts.left_screens(t, [LONG] * 4):
        fits(one)
    assert plan_parts.left_screens(t, []) == ()


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (indicator(1), "12 laporan"),
        (indicator(1, goal=Decimal("1250.5000"), unit="skor"), "1.250,5 skor"),
        (indicator(1, goal=Decimal(90), unit="%", aspect=Aspect.QUALITY), "90%"),
        (indicator(1, goal=Decimal(12_000_000), unit="rupiah", aspect=Aspect.COST), "Rp 12.000.000"),
        (indicator(1, goal=None, goal_text="sesuai SOP", unit=None), "sesuai SOP"),
        (indicator(1, goal=Decimal(12), goal_text="12 bulan", unit="bulan", aspect=Aspect.TIME), "12 bulan"),
    ],
)
def test_a_target_is_said_as_offices_write_it(one: IndicatorView, said: str) -> None:
    assert goal_of(Texts().speech("id"), one) == Html(said)


def test_an_expectation_of_the_file_names_nobody() -> None:
    found = {Behaviour.LOYAL: ExpectationView(Behaviour.LOYAL, "Setiap laporan", "", NOW)}
    shown = plan_parts.behaviours_screen(Texts().speech("id"), FULL, found)
    assert "Ekspektasi: Setiap laporan" in shown.text
