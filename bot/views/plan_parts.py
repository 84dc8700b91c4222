"""The other faces of an SKP: behaviours, annexes, history, an older version; and the team's list."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.callbacks import Kind
from bot.screens import DANGER, PRIMARY, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.deciders import decider
from bot.views.paging import chunks, pager, pages_of
from bot.views.plans import INDICATOR, WORDING, indicator_line
from services.people.standing_in import SUPERVISOR
from services.plans.loading import PlanView, TargetView
from services.plans.surroundings import AnnexLineView, EventView, ExpectationView, TeamPlan
from services.plans.words import (
    LONGEST_EXPECTATION,
    AnnexKind,
    Behaviour,
    PlanForm,
    PlanState,
    StepVerdict,
)

RETURN_REASONS = ("low", "unclear", "unaligned")
"""Chips of why an SKP is returned."""
TEAM_PAGE = 10
ROOM = 2900
LEFT = 3000


def title(t: Speech, plan: PlanView) -> Html:
    """«SKP 2026», with whose it is for who decides on them."""
    key = "skp.title" if plan.own else "skp.title_of"
    return t(key, year=plan.year, name=plan.person_name, form=t(f"skp.form_{plan.form}"))


def back(t: Speech, plan: PlanView) -> tuple[Button, ...]:
    return (button(t.plain("day.back"), Kind.SKP_SHOW, plan.person_id, arg=str(plan.year)),)


def _expected(t: Speech, one: ExpectationView) -> Html:
    """With whose it is, unless the office's file brought it."""
    return t("skp.expected" if one.by else "skp.expected_unnamed", text=one.text, by=one.by)


def behaviours_screen(t: Speech, plan: PlanView, expected: Mapping[Behaviour, ExpectationView]) -> Screen:
    """The seven behaviours with what the leader expects of each."""
    lines = []
    for place, one in enumerate(Behaviour, start=1):
        found = expected.get(one)
        name = t(f"feedback.behaviour_{one}")
        said = _expected(t, found) if found else t("skp.not_expected")
        lines.append(Html(f"{t('skp.behaviour', number=place, name=name)}\n{said}"))
    rows: list[tuple[Button, ...]] = []
    if not plan.own:
        buttons = [
            button(str(place), Kind.EXPECT, plan.id, arg=one.value)
            for place, one in enumerate(Behaviour, start=1)
        ]
        rows += [tuple(buttons[:4]), tuple(buttons[4:])]
    hint = t("skp.behaviours_own" if plan.own else "skp.behaviours_lead", name=plan.person_name)
    rows.append(back(t, plan))
    return Screen(t.join([title(t, plan), hint, Html("\n\n".join(lines))]), tuple(rows))


def annexes_screen(
    t: Speech, plan: PlanView, lines: Sequence[AnnexLineView], *, writable: bool, page: int = 0
) -> Screen:
    """The three annexes by the line, and the form; «✕ 3» takes a line out, «↺ 3» keeps it."""
    blocks: list[Html] = []
    for kind in AnnexKind:
        own = [(place, one) for place, one in enumerate(lines, start=1) if one.kind is kind]
        head = t(f"skp.annex_{kind}")
        blocks += [head] if own else [Html(f"{head}\n{t('skp.annex_empty')}")]
        blocks += [_annex_line(t, place, one) for place, one in own]
    pages = pages_of(blocks, room=ROOM)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    rows: list[tuple[Button, ...]] = []
    if writable:
        rows += [
            (button(t.plain(f"skp.annex_add_{kind}"), Kind.ANNEX_ADD, plan.id, arg=kind.value),)
            for kind in AnnexKind
        ]
        marks = [_annex_button(t, place, one) for place, one in enumerate(lines, start=1)]
        rows += [tuple(marks[start : start + 6]) for start in range(0, len(marks), 6)]
        if not plan.agreed_version:
            other = PlanForm.COMMON if plan.form is PlanForm.JPT else PlanForm.JPT
            rows.append((button(t.plain(f"skp.use_form_{other}"), Kind.SKP_FORM, plan.id, arg=other.value),))
    rows.append(pager(Kind.SKP_PART, plan.id, page, len(pages), prefix="a"))
    rows.append(back(t, plan))
    text = t.join([title(t, plan), *blocks[first:end]])
    return Screen(text, tuple(row for row in rows if row))


def _annex_line(t: Speech, place: int, one: AnnexLineView) -> Html:
    key = "skp.annex_gone" if one.drop_asked else "skp.annex_new" if one.pending else "skp.annex_line"
    return t(key, number=place, text=one.text)


def _annex_button(t: Speech, place: int, one: AnnexLineView) -> Button:
    if one.drop_asked:
        return button(t.plain("skp.annex_keep", number=place), Kind.ANNEX_KEEP, one.id)
    return button(t.plain("skp.annex_drop", number=place), Kind.ANNEX_DROP, one.id)


def history_screen(
    t: Speech, plan: PlanView, events: Sequence[EventView], *, zone: str, page: int = 0
) -> Screen:
    """Who did what, when, on which version, and why; the versions that were agreed can be read."""
    blocks = [_event(t, one, zone) for one in events] or [t("skp.no_history")]
    pages = pages_of(blocks, room=ROOM)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    versions = [
        button(t.plain("skp.version", version=one), Kind.SKP_PART, plan.id, arg=f"v{one}.0")
        for one in range(plan.agreed_version, 0, -1)
    ][:9]
    rows = [tuple(versions[start : start + 3]) for start in range(0, len(versions), 3)]
    rows.append(pager(Kind.SKP_PART, plan.id, page, len(pages), prefix="h"))
    rows.append(back(t, plan))
    text = t.join([title(t, plan), t("skp.history_head"), *blocks[first:end]])
    return Screen(text, tuple(row for row in rows if row))


def _event(t: Speech, one: EventView, zone: str) -> Html:
    local = one.at.astimezone(ZoneInfo(zone))
    when = Html(f"{t.date(local.date(), year=True)}, {t.clock(local.time())}")
    name = decider(t, one.by, one.capacity) if one.by else t("skp.office")
    line = t(f"skp.event_{one.verdict}", version=one.version, when=when, name=name)
    if one.reason is None or one.verdict is not StepVerdict.RETURNED:
        return line
    return Html(f"{line}\n{t('skp.reason', reason=shorten(one.reason, 600))}")


def version_screen(
    t: Speech, plan: PlanView, targets: Sequence[TargetView], version: int, *, page: int = 0
) -> Screen:
    """What one agreed version held."""
    blocks = []
    for one in targets:
        lines = [t("skp.target", number=one.number, text=shorten(one.text, WORDING * 2))]
        lines += [indicator_line(t, item, limit=INDICATOR) for item in one.indicators]
        blocks.append(Html("\n".join(lines)))
    pages = pages_of(blocks or [t("skp.version_empty")], room=ROOM)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    holds = t("skp.version_holds" if version == plan.agreed_version else "skp.version_old", version=version)
    shown = blocks[first:end] or [t("skp.version_empty")]
    to_history = button(t.plain("day.back"), Kind.SKP_PART, plan.id, arg="h")
    rows = (pager(Kind.SKP_PART, plan.id, page, len(pages), prefix=f"v{version}."), (to_history,))
    return Screen(t.join([title(t, plan), holds, *shown]), tuple(row for row in rows if row))


def team_screen(t: Speech, plans: Sequence[TeamPlan], year: int, *, me: int, page: int = 0) -> Screen:
    """Everybody's SKP in a word, what waits first. `me`: who reads it."""
    own = (button(t.plain("skp.own"), Kind.SKP_SHOW, me, arg=str(year)),)
    if not plans:
        return Screen(t("skp.team_empty"), (own,))
    pages = -(-len(plans) // TEAM_PAGE)
    page = min(page, pages - 1)
    shown = plans[page * TEAM_PAGE : (page + 1) * TEAM_PAGE]
    waiting = sum(one.waits for one in plans)
    head = t("skp.team_head", year=year, count=len(plans), waiting=waiting)
    lines = [_team_line(t, place, one) for place, one in enumerate(shown, start=page * TEAM_PAGE + 1)]
    rows: list[tuple[Button, ...]] = [
        (
            button(
                t.plain("skp.team_open", name=shorten(one.name, 40)),
                Kind.SKP_SHOW,
                one.person_id,
                arg=str(year),
                style=PRIMARY if one.waits else None,
            ),
        )
        for one in shown
        if one.plan_id is not None
    ]
    rows.append(pager(Kind.SKP_TEAM, 0, page, pages, prefix=f"{year}."))
    rows.append(own)
    return Screen(t.join([head, Html("\n".join(lines))]), tuple(row for row in rows if row))


def _team_line(t: Speech, place: int, one: TeamPlan) -> Html:
    state = t("skp.team_none") if one.state is None else t(f"skp.team_{_word(one)}")
    name = shorten(one.name, 60)
    if one.capacity == SUPERVISOR:
        return t("skp.team_line", number=place, name=name, state=state)
    seat = t(f"skp.team_as_{one.capacity}", name=shorten(one.supervisor_name, 60))
    return t("skp.team_line_as", number=place, name=name, state=state, seat=seat)


def _word(one: TeamPlan) -> str:
    if one.state is PlanState.DRAFT and one.agreed_version:
        return "changing"
    return str(one.state)


def ask_screen(t: Speech, plan: PlanView, text: Html) -> Screen:
    """A question about an SKP: what is typed next answers it."""
    cancel = button(t.plain("dialogue.cancel"), Kind.SKP_SHOW, plan.person_id, arg=str(plan.year))
    return Screen(t.join([title(t, plan), text]), ((cancel,),))


def return_screen(t: Speech, plan: PlanView, shown: Screen) -> Screen:
    """Asks why an SKP is returned, under what is returned: a chip, or typed words."""
    chips = [
        button(t.plain(f"skp.return_{one}"), Kind.SKP_RETURN, plan.id, revision=plan.revision, arg=one)
        for one in RETURN_REASONS
    ]
    asked = ask_screen(t, plan, t("skp.ask_reason"))
    return Screen(t.join([shown.text, t("skp.ask_reason")]), (*((one,) for one in chips), *asked.rows))


def discard_screen(t: Speech, plan: PlanView) -> Screen:
    """Whether the whole version in hand is to go."""
    sure = button(
        t.plain("skp.discard_sure"), Kind.SKP_DISCARD, plan.id, revision=plan.revision, arg="y", style=DANGER
    )
    asked = t("skp.ask_discard", version=plan.version, holds=plan.agreed_version, count=len(plan.changes))
    return Screen(t.join([title(t, plan), asked]), ((sure,), back(t, plan)))


def ask_expectation(t: Speech, plan: PlanView, behaviour: Behaviour, standing: str | None) -> Screen:
    """Asks what is expected of a behaviour."""
    name = t(f"feedback.behaviour_{behaviour}")
    asked = t("skp.ask_expectation", behaviour=name, name=plan.person_name, limit=LONGEST_EXPECTATION)
    parts = [asked, t("skp.standing", text=standing)] if standing else [asked]
    return ask_screen(t, plan, t.join(parts))


def unread_screens(t: Speech, number: int, left: Sequence[str]) -> tuple[Screen, ...]:
    """The same of one RHK among several that came together: no question stands open."""
    if not left:
        return ()
    first, *rest = chunks("\n".join(left), LEFT)
    told = Screen(t("skp.unread", number=number, count=len(left), text=first))
    return (told, *(Screen(t("skp.reason", reason=one)) for one in rest))


def left_screens(t: Speech, left: Sequence[str]) -> tuple[Screen, ...]:
    """Lines that are no indicator as far as can be told: given back, so that nothing typed is lost."""
    if not left:
        return ()
    first, *rest = chunks("\n".join(left), LEFT)
    told = Screen(t("skp.left", count=len(left), text=first))
    return (told, *(Screen(t("skp.reason", reason=one)) for one in rest))
