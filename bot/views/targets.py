"""The card of one RHK: all of its wording, whom it serves, indicators, steps by quarter, the last note."""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.paging import chunks, pager, pages_of
from bot.views.plan_parts import title
from bot.views.plans import bar_line, indicator_line, measure_line, wording_line
from bot.views.progress import dated_line
from services.clock import local_date
from services.plans.loading import IndicatorView, PlanView, StepView, TargetView
from services.plans.surroundings import NoteView, ParentChoice
from services.plans.words import (
    LONGEST_WORDING,
    MOST_INDICATORS,
    QUARTERS,
    Aspect,
    Perspective,
    PlanForm,
    Section,
)
from services.progress.standing import Standing

ROOM = 2900
WORDING, STEP, INDICATOR, VALUE = 1_000, 300, 400, 24
PARENTS = 6
TOGETHER = 4
"""Indicators that stay on one screen, however long they are."""
MEASURES, STEPS, PARENT = "m", "q", "p"
"""Faces of the card, as its buttons name them."""


def target_screen(
    t: Speech,
    plan: PlanView,
    one: TargetView,
    *,
    bar: Standing | None,
    parent: str | None,
    note: NoteView | None,
    writable: bool,
    zone: str,
    page: int = 0,
) -> Screen:
    """The card. `writable`: the reader may change it now."""
    blocks = _facts(t, plan, one, bar, parent)
    blocks += [*_indicators(t, one, bar), *_steps(t, one)]
    if note is not None:
        day = t.date(local_date(note.at, zone), year=True)
        blocks.append(t("skp.note", name=note.by, day=day, text=shorten(note.text, 400)))
    pages = pages_of(blocks, room=ROOM)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    rows: list[tuple[Button, ...]] = []
    if writable and one.dropped:
        rows.append((button(t.plain("skp.restore"), Kind.TARGET_RESTORE, one.id, style=PRIMARY),))
    elif writable:
        rows += _own_rows(t, plan, one)
    elif plan.own and not one.dropped:
        rows.append((button(t.plain("skp.steps"), Kind.TARGET_SHOW, one.id, arg=STEPS),))
    if plan.own and not one.dropped:
        rows += _value_rows(t, plan, one)
    rows.append(pager(Kind.TARGET_SHOW, one.id, page, len(pages)))
    if not plan.own:
        rows.append(_neighbours(t, plan, one))
    rows.append((_to_plan(t, plan),))
    return Screen(t.join([title(t, plan), *blocks[first:end]]), tuple(row for row in rows if row))


def _facts(
    t: Speech, plan: PlanView, one: TargetView, bar: Standing | None, parent: str | None
) -> list[Html]:
    head = wording_line(t, plan, one, limit=WORDING)
    if one.dropped:
        head = Html(f"{head}\n{t('skp.dropped')}")
    elif one.drop_asked:
        head = Html(f"{head}\n{t('skp.drop_asked', version=plan.version)}")
    lines = [t(f"skp.section_name_{one.section}")]
    if plan.form is PlanForm.JPT:
        lines.append(
            t(f"skp.perspective_name_{one.perspective}" if one.perspective else "skp.no_perspective_name")
        )
    if parent:
        lines.append(t("skp.serves", text=shorten(parent, 300)))
    elif plan.supervisor_id:
        lines.append(t("skp.serves_none"))
    if bar is not None and bar.goal:
        lines.append(bar_line(t, bar))
    return [head, Html("\n".join(lines))]


def _indicators(t: Speech, one: TargetView, bar: Standing | None) -> list[Html]:
    """Quality first; what is dated with its newest value."""
    if not one.indicators:
        return [t("skp.no_indicators")]
    known = {item.lineage: item for item in bar.dated if item.latest} if bar else {}
    ordered = sorted(one.indicators, key=lambda item: item.aspect is not Aspect.QUALITY)
    lines = [
        dated_line(t, known[item.lineage]) if item.lineage in known else measure_line(t, one, item)
        for item in ordered
    ]
    parts = [lines[start : start + TOGETHER] for start in range(0, len(lines), TOGETHER)]
    first, *rest = (Html("\n".join(part)) for part in parts)
    return [Html(f"{t('skp.indicators_head')}\n{first}"), *rest]


def _steps(t: Speech, one: TargetView) -> list[Html]:
    if not one.steps:
        return [t("skp.no_steps")]
    found = [t("skp.steps_head")]
    for quarter in QUARTERS:
        lines = [_step(t, step) for step in one.steps if step.quarter == quarter]
        if lines:
            found.append(Html("\n".join([t("skp.quarter", quarter=t(f"skp.quarter_{quarter}")), *lines])))
    return found


def _step(t: Speech, step: StepView) -> Html:
    text = shorten(step.text, STEP)
    return t("skp.step", text=text) if step.goal is None else t("skp.step_goal", text=text, goal=step.goal)


def _own_rows(t: Speech, plan: PlanView, one: TargetView) -> list[tuple[Button, ...]]:
    if one.drop_asked:
        return [(button(t.plain("skp.restore"), Kind.TARGET_RESTORE, one.id, style=PRIMARY),)]
    rows: list[tuple[Button, ...]] = [
        (
            button(t.plain("skp.edit_text"), Kind.TARGET_TEXT, one.id),
            button(t.plain("skp.measures"), Kind.TARGET_SHOW, one.id, arg=MEASURES),
        ),
        (
            button(t.plain("skp.steps"), Kind.TARGET_SHOW, one.id, arg=STEPS),
            button(t.plain("skp.parent"), Kind.TARGET_SHOW, one.id, arg=f"{PARENT}0"),
        ),
    ]
    other = Section.ADDITIONAL if one.section is Section.MAIN else Section.MAIN
    last = [button(t.plain(f"skp.make_{other}"), Kind.TARGET_KIND, one.id, arg=other.value)]
    if one.before is not None:
        last.append(button(t.plain("skp.undo_change"), Kind.TARGET_RESTORE, one.id))
    last.append(button(t.plain("skp.drop"), Kind.TARGET_DROP, one.id))
    if plan.form is PlanForm.JPT:
        perspectives = [
            button(t.plain(f"skp.perspective_button_{item}"), Kind.TARGET_KIND, one.id, arg=item.value)
            for item in Perspective
            if item is not one.perspective
        ]
        rows += [tuple(perspectives[:2]), tuple(perspectives[2:])]
    return [*rows, tuple(last)]


def _value_rows(t: Speech, plan: PlanView, one: TargetView) -> list[tuple[Button, ...]]:
    """«Laporkan capaian» for what does not add up by itself, once it holds."""
    if not plan.agreed_version or one.pending:
        return []
    return [
        (button(t.plain("skp.report_value", text=shorten(item.text, VALUE)), Kind.VALUE_ASK, item.id),)
        for item in one.indicators
        if item.aspect is not Aspect.QUANTITY
    ]


def _neighbours(t: Speech, plan: PlanView, one: TargetView) -> tuple[Button, ...]:
    """The RHK before and behind it, for who goes through all of them."""
    beside = {item.number: item for item in plan.targets}
    found = [("skp.target_before", one.number - 1), ("skp.target_after", one.number + 1)]
    return tuple(
        button(t.plain(key, number=number), Kind.TARGET_SHOW, beside[number].id)
        for key, number in found
        if number in beside and not one.dropped
    )


def _to_plan(t: Speech, plan: PlanView) -> Button:
    return button(t.plain("skp.to_plan"), Kind.SKP_SHOW, plan.person_id, arg=str(plan.year))


def _to_target(t: Speech, one: TargetView, label: str = "day.back") -> tuple[Button, ...]:
    return (button(t.plain(label), Kind.TARGET_SHOW, one.id),)


def measures_screen(t: Speech, plan: PlanView, one: TargetView, *, undo: bool = False) -> Screen:
    """The indicators, each to be changed or taken away, and one to be added. `undo`: one was just taken."""
    lines = [
        t("skp.measure", number=place, line=_measure(t, item))
        for place, item in enumerate(one.indicators, start=1)
    ] or [t("skp.no_measures")]
    rows: list[tuple[Button, ...]] = []
    if undo:
        rows.append((button(t.plain("skp.restore"), Kind.INDICATOR_KEEP, one.id),))
    pairs = [
        (
            button(t.plain("skp.measure_edit", number=place), Kind.INDICATOR_EDIT, item.id),
            button(t.plain("skp.measure_drop", number=place), Kind.INDICATOR_DROP, item.id),
        )
        for place, item in enumerate(one.indicators, start=1)
    ]
    for start in range(0, len(pairs), 2):
        rows.append(tuple(one for pair in pairs[start : start + 2] for one in pair))
    if len(one.indicators) < MOST_INDICATORS:
        rows.append((button(t.plain("skp.measure_add"), Kind.INDICATOR_ADD, one.id, style=PRIMARY),))
    rows.append(_to_target(t, one))
    head = [title(t, plan), t("skp.measures_of", text=shorten(one.text, 240))]
    return Screen(t.join([*head, Html("\n".join(lines))]), tuple(rows))


def _measure(t: Speech, item: IndicatorView) -> Html:
    return indicator_line(t, item, limit=110)


def steps_screen(t: Speech, plan: PlanView, one: TargetView, *, writable: bool, undo: int = 0) -> Screen:
    """The steps by quarter; «+ TW I» adds, «✕ 3» takes away. `undo`: the step that was just taken away."""
    parts = [title(t, plan), t("skp.steps_of", text=shorten(one.text, 240))]
    place, drops = 0, []
    for quarter in QUARTERS:
        lines = []
        for step in (item for item in one.steps if item.quarter == quarter):
            place += 1
            lines.append(t("skp.numbered", number=place, line=_short_step(t, step)))
            drops.append(button(t.plain("skp.step_drop", number=place), Kind.STEP_DROP, step.id))
        said = lines or [t("skp.quarter_empty")]
        parts.append(Html("\n".join([t("skp.quarter", quarter=t(f"skp.quarter_{quarter}")), *said])))
    rows: list[tuple[Button, ...]] = []
    if writable:
        rows.append(
            tuple(
                button(
                    t.plain("skp.step_add", quarter=t.plain(f"skp.quarter_{quarter}")),
                    Kind.STEP_ADD,
                    one.id,
                    arg=str(quarter),
                )
                for quarter in QUARTERS
            )
        )
        rows += [tuple(drops[start : start + 6]) for start in range(0, len(drops), 6)]
        planned = sorted({step.quarter for step in one.steps})
        if undo:
            rows.insert(0, (button(t.plain("skp.restore"), Kind.STEP_KEEP, undo),))
        elif len(planned) == 1:
            rows.append((button(t.plain("skp.step_copy"), Kind.STEP_COPY, one.id, arg=str(planned[0])),))
    rows.append(_to_target(t, one))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _short_step(t: Speech, step: StepView) -> Html:
    text = shorten(step.text, 60)
    return (
        t("skp.step_text", text=text) if step.goal is None else t("skp.step_sum", text=text, goal=step.goal)
    )


def parents_screen(
    t: Speech, plan: PlanView, one: TargetView, choices: Sequence[ParentChoice], *, page: int = 0
) -> Screen:
    """Which RHK of the supervisor it serves."""
    head = [title(t, plan), t("skp.parent_of", text=shorten(one.text, 240))]
    none = (button(t.plain("skp.parent_none"), Kind.TARGET_PARENT, one.id, arg="0"),)
    if not choices:
        key = "skp.parents_missing" if plan.supervisor_id else "skp.parents_alone"
        head.append(t(key, name=plan.supervisor_name or "", year=plan.year))
        rows: list[tuple[Button, ...]] = [none] if one.parent_id or one.parent_text else []
        return Screen(t.join(head), (*rows, _to_target(t, one)))
    pages = -(-len(choices) // PARENTS)
    page = min(page, pages - 1)
    shown = list(enumerate(choices, start=1))[page * PARENTS : (page + 1) * PARENTS]
    key = "skp.numbered_chosen"
    lines = [
        t(key if item.id == one.parent_id else "skp.numbered", number=place, line=shorten(item.text, 300))
        for place, item in shown
    ]
    numbers = tuple(button(str(place), Kind.TARGET_PARENT, one.id, arg=str(item.id)) for place, item in shown)
    text = t.join([*head, t("skp.parent_ask", name=plan.supervisor_name or ""), Html("\n\n".join(lines))])
    steps = pager(Kind.TARGET_SHOW, one.id, page, pages, prefix=PARENT)
    rows = [numbers, none, steps, _to_target(t, one)]
    return Screen(text, tuple(row for row in rows if row))


def ask_text(t: Speech, plan: PlanView, one: TargetView) -> Screen:
    """Asks for the new wording, with the present one to copy."""
    asked = t("skp.ask_wording", text=next(chunks(one.text, WORDING)), limit=LONGEST_WORDING)
    return _ask(t, plan, one, asked)


def ask_indicators(t: Speech, plan: PlanView, one: TargetView) -> Screen:
    """Asks for indicators, with those that were read so far."""
    asked = t("skp.ask_indicators", text=shorten(one.text, 240))
    if not one.indicators:
        return _ask(t, plan, one, asked)
    lines = [indicator_line(t, item, limit=110) for item in one.indicators]
    return _ask(t, plan, one, t.join([Html("\n".join([t("skp.read_so_far"), *lines])), asked]))


def ask_indicator(t: Speech, plan: PlanView, one: TargetView, item: IndicatorView) -> Screen:
    """Asks for one indicator anew."""
    return _ask(t, plan, one, t("skp.ask_indicator", line=indicator_line(t, item, limit=INDICATOR)))


def ask_step(t: Speech, plan: PlanView, one: TargetView, quarter: int) -> Screen:
    """Asks for steps of a quarter."""
    named = t(f"skp.quarter_{quarter}")
    return _ask(t, plan, one, t("skp.ask_step", quarter=named, text=shorten(one.text, 240)))


def _ask(t: Speech, plan: PlanView, one: TargetView, text: Html) -> Screen:
    return Screen(t.join([title(t, plan), text]), (_to_target(t, one, "dialogue.cancel"),))
