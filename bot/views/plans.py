"""The SKP card: its state in words, its RHK with progress, and what may be done with it now."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from bot.callbacks import Kind
from bot.screens import DANGER, PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.paging import pager, pages_of
from bot.views.progress import dated_line, number_words, percent
from services.clock import local_date
from services.plans.loading import IndicatorView, PlanView, ReturnedView, TargetView
from services.plans.words import Aspect, PlanForm, PlanState, Section
from services.progress.standing import Standing

PAGE = 8
WORDING, INDICATOR = 240, 110
"""UTF-16 units shown of each on the card; the RHK's own card shows all of it."""
CELLS = 10
REVIEWED = 6
"""Indicators of one RHK shown before a decision; the others are one press away."""
Bars = Mapping[int, Standing]
"""Lineage → how far its RHK is."""


def plan_screen(
    t: Speech,
    plan: PlanView,
    bars: Bars,
    *,
    zone: str,
    open_years: Sequence[int],
    leads: bool = False,
    page: int = 0,
) -> Screen:
    """The card, for its owner or for who decides on it. `open_years`: whose SKP may be written now.

    `leads`: the reader decides on others.
    """
    head = t.join(_head(t, plan, zone))
    if not plan.targets:
        return Screen(t.join([head, _nothing(t, plan, open_years)]), _first_rows(t, plan, open_years, leads))
    blocks = [target_block(t, plan, one, bars.get(one.lineage)) for one in plan.targets]
    pages = pages_of(blocks, most=PAGE, room=2900)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    text = [head, *_sections(t, plan, plan.targets[first:end], blocks[first:end])]
    if plan.state is PlanState.PROPOSED and not plan.own:
        text.append(t("skp.decide"))
    return Screen(t.join(text), _rows(t, plan, open_years, leads, (first, end), page, len(pages)))


def _head(t: Speech, plan: PlanView, zone: str) -> list[Html]:
    key = "skp.title" if plan.own else "skp.title_of"
    title = t(key, year=plan.year, name=plan.person_name, form=t(f"skp.form_{plan.form}"))
    if not plan.id:
        return [title]
    parts = [Html(f"{title}\n{state_line(t, plan, zone)}")]
    if plan.state is PlanState.RETURNED and plan.return_reason and plan.own:
        parts.append(t("skp.reason", reason=shorten(plan.return_reason, 500)))
    if plan.returned is not None and not plan.own:
        parts += _returned(t, plan, plan.returned, zone)
    changed = plan.changes
    if plan.agreed_version and changed:
        new = sum(one.is_new for one in changed)
        gone = sum(one.drop_asked for one in changed)
        parts.append(t("skp.changes", new=new, changed=len(changed) - new - gone, gone=gone))
    return parts


def _returned(t: Speech, plan: PlanView, one: ReturnedView, zone: str) -> list[Html]:
    """To who decides: why the version before them, or away from them, was returned."""
    reason = shorten(one.reason, 500)
    if plan.state is PlanState.RETURNED:
        return [t("skp.reason", reason=reason)]
    if plan.state is not PlanState.PROPOSED:
        return []
    key = "skp.you_returned" if one.mine else "skp.was_returned"
    return [t(key, name=one.by, day=t.date(local_date(one.at, zone)), reason=reason)]


def state_line(t: Speech, plan: PlanView, zone: str) -> Html:
    """«Disepakati 5 Januari 2026 oleh Budi Santoso», «Menunggu persetujuan …»."""
    if plan.state is PlanState.PROPOSED and plan.proposed_at:
        name = plan.supervisor_name or "–"
        said = t("skp.state_proposed", name=name, day=_date(t, plan.proposed_at, zone))
        if plan.supervisor_joined or not plan.own:
            return said
        return Html(f"{said}\n{t('skp.waits_for_joining', name=name)}")
    holds = _holds(t, plan, zone)
    if plan.state is PlanState.RETURNED and plan.returned and not plan.own:
        day = _date(t, plan.returned.at, zone)
        said = t("skp.state_returned_to", name=plan.person_name, day=day)
        return Html(f"{said}\n{holds}") if plan.agreed_version else said
    if plan.state is PlanState.AGREED:
        return holds
    if not plan.own and plan.agreed_version:
        return holds
    if plan.state is PlanState.RETURNED:
        return (
            t("skp.state_returned") if not plan.agreed_version else t("skp.state_returned_still", holds=holds)
        )
    if not plan.agreed_version:
        return t("skp.state_draft" if plan.supervisor_id else "skp.state_draft_alone")
    return t("skp.state_next", version=plan.version, holds=holds)


def _holds(t: Speech, plan: PlanView, zone: str) -> Html:
    if plan.agreed_at is None:
        return t("skp.state_agreed")
    day = _date(t, plan.agreed_at, zone)
    if plan.agreed_by is None:
        return t("skp.state_imported", day=day)
    if plan.agreed_by == plan.person_name and plan.supervisor_id is None:
        return t("skp.state_alone", day=day)
    return t("skp.state_agreed_by", day=day, name=plan.agreed_by)


def _date(t: Speech, moment: datetime, zone: str) -> Html:
    return t.date(local_date(moment, zone), year=True)


def _sections(t: Speech, plan: PlanView, targets: Sequence[TargetView], blocks: Sequence[Html]) -> list[Html]:
    found: list[Html] = []
    pairs = zip(targets, blocks, strict=True)
    for key, group in groupby(pairs, key=lambda pair: _heading(plan, pair[0])):
        found += [t(key), *(block for _, block in group)]
    return found


def _heading(plan: PlanView, target: TargetView) -> str:
    if plan.form is PlanForm.JPT and target.section is Section.MAIN:
        return f"skp.perspective_{target.perspective}" if target.perspective else "skp.no_perspective"
    return f"skp.section_{target.section}"


def target_block(t: Speech, plan: PlanView, one: TargetView, bar: Standing | None) -> Html:
    """One RHK on the card; before a decision with its indicators and what was there before."""
    lines = [wording_line(t, plan, one)]
    if plan.state is PlanState.PROPOSED and not plan.own:
        lines += [measure_line(t, one, item, limit=INDICATOR) for item in one.indicators[:REVIEWED]]
        if len(one.indicators) > REVIEWED:
            lines.append(t("skp.more_indicators", count=len(one.indicators) - REVIEWED))
        lines += _gone(t, one)[:REVIEWED]
    elif not one.indicators:
        lines.append(t("skp.unmeasured"))
    else:
        lines += _progress(t, one, bar)
    return Html("\n".join(lines))


def _progress(t: Speech, one: TargetView, bar: Standing | None) -> list[Html]:
    """What is known of quality first, then the bar; else what it is measured by."""
    known = [dated_line(t, item) for item in bar.quality] if bar else []
    if bar is not None and bar.goal:
        return [*known, bar_line(t, bar)]
    return known or [indicator_line(t, one.indicators[0], limit=INDICATOR)]


def wording_line(t: Speech, plan: PlanView, one: TargetView, *, limit: int = WORDING) -> Html:
    """The wording with its number; what is new, changed or to go is marked against what holds."""
    text = shorten(one.text, limit)
    if one.dropped:
        return t("skp.target_dropped", text=text)
    if one.drop_asked:
        return t("skp.target_gone", number=one.number, text=text)
    if not plan.agreed_version or not one.pending:
        return t("skp.target", number=one.number, text=text)
    if one.before is None:
        return t("skp.target_new", number=one.number, text=text)
    if one.before.text == one.text:
        return t("skp.target_touched", number=one.number, text=text)
    return t("skp.target_changed", number=one.number, text=text, before=shorten(one.before.text, limit))


def _gone(t: Speech, one: TargetView) -> list[Html]:
    """Indicators that held before and no longer would, struck through."""
    if one.before is None:
        return []
    kept = {item.lineage for item in one.indicators}
    return [
        t("skp.indicator_gone", text=shorten(item.text, INDICATOR), goal=shorten(item.goal_text, 60))
        for item in one.before.indicators
        if item.lineage not in kept
    ]


def measure_line(t: Speech, one: TargetView, item: IndicatorView, *, limit: int = 400) -> Html:
    """An indicator; one that differs from what holds with what it was."""
    held = one.before.indicators if one.before else ()
    old = next((other for other in held if other.lineage == item.lineage), None)
    if old is None or (old.text, old.goal_text) == (item.text, item.goal_text):
        return indicator_line(t, item, limit=limit)
    aspect = t(f"skp.aspect_{item.aspect}")
    text, goal, before = shorten(item.text, limit), goal_of(t, item), goal_of(t, old)
    if old.text == item.text:
        return t("skp.indicator_changed", aspect=aspect, text=text, before=before, goal=goal)
    named = shorten(old.text, limit)
    return t("skp.indicator_reworded", aspect=aspect, text=text, named=named, before=before, goal=goal)


def indicator_line(t: Speech, one: IndicatorView, *, limit: int = 400) -> Html:
    """«• Kuantitas: jumlah laporan – 12 laporan»."""
    aspect = t(f"skp.aspect_{one.aspect}")
    return t("skp.indicator", aspect=aspect, text=shorten(one.text, limit), goal=goal_of(t, one))


def goal_of(t: Speech, one: IndicatorView) -> str:
    """The target of an indicator: number and unit where it was understood, else as typed."""
    if one.goal is None or one.aspect is Aspect.TIME:
        words = shorten(one.goal_text, 80)
        return f"{words} {one.unit}" if one.unit and one.unit.casefold() not in words.casefold() else words
    unit = one.unit or ""
    if unit == "rupiah":
        return f"Rp {number_words(t, one.goal)}"
    joint = "" if unit == "%" else " "
    return f"{number_words(t, one.goal)}{joint}{unit}".strip()


def bar_line(t: Speech, bar: Standing) -> Html:
    """«▰▰▰▱▱▱▱▱▱▱ 32 % · 4/12 laporan»."""
    share = bar.share or 0.0
    full = min(CELLS, int(share * CELLS))
    goal = number_words(t, bar.goal or 0)
    done = number_words(t, bar.done)
    cells = "▰" * full + "▱" * (CELLS - full)
    return t("skp.bar", cells=cells, percent=percent(share), done=done, goal=goal, unit=bar.unit)


def _nothing(t: Speech, plan: PlanView, open_years: Sequence[int]) -> Html:
    if not plan.own:
        return t("skp.nothing_of")
    return t("skp.nothing" if plan.year in open_years else "skp.nothing_past", year=plan.year)


def _first_rows(
    t: Speech, plan: PlanView, open_years: Sequence[int], leads: bool
) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    if plan.own and plan.year in open_years:
        first = button(
            t.plain("skp.write_first"), Kind.SKP_NEW, plan.person_id, arg=str(plan.year), style=PRIMARY
        )
        rows.append((first,))
    if plan.id:
        rows.append(_parts(t, plan))
    return tuple(row for row in (*rows, *_ways(t, plan, open_years, leads)) if row)


def _rows(
    t: Speech,
    plan: PlanView,
    open_years: Sequence[int],
    leads: bool,
    shown: tuple[int, int],
    page: int,
    pages: int,
) -> tuple[tuple[Button, ...], ...]:
    rows: list[tuple[Button, ...]] = []
    if plan.state is PlanState.PROPOSED and not plan.own:
        rows.append(
            (
                button(t.plain("skp.agree"), Kind.SKP_AGREE, plan.id, revision=plan.revision, style=SUCCESS),
                button(
                    t.plain("skp.return"),
                    Kind.SKP_RETURN,
                    plan.id,
                    revision=plan.revision,
                    arg=str(page) if page else "",
                    style=DANGER,
                ),
            )
        )
    numbers = [button(str(one.number), Kind.TARGET_SHOW, one.id) for one in plan.targets[shown[0] : shown[1]]]
    rows += [tuple(numbers[:5]), tuple(numbers[5:])] if len(numbers) > 5 else [tuple(numbers)]
    rows.append(pager(Kind.SKP_SHOW, plan.person_id, page, pages, prefix=f"{plan.year}."))
    if plan.own:
        rows += _own_rows(t, plan, open_years)
    rows.append(_parts(t, plan))
    return tuple(row for row in (*rows, *_ways(t, plan, open_years, leads)) if row)


def _own_rows(t: Speech, plan: PlanView, open_years: Sequence[int]) -> list[tuple[Button, ...]]:
    if plan.year not in open_years:
        return []
    if plan.state is PlanState.PROPOSED:
        return [(button(t.plain("skp.withdraw"), Kind.SKP_WITHDRAW, plan.id, revision=plan.revision),)]
    add = button(t.plain("skp.add"), Kind.SKP_NEW, plan.person_id, arg=str(plan.year))
    if plan.state is PlanState.AGREED:
        return [(add,)]
    label = t.plain("skp.propose" if plan.supervisor_id else "skp.settle")
    propose = button(label, Kind.SKP_PROPOSE, plan.id, revision=plan.revision, style=SUCCESS)
    if not plan.agreed_version:
        return [(add,), (propose,)]
    discard = button(t.plain("skp.discard"), Kind.SKP_DISCARD, plan.id, revision=plan.revision)
    return [(add,), (propose,), (discard,)]


def _parts(t: Speech, plan: PlanView) -> tuple[Button, ...]:
    return (
        button(t.plain("skp.behaviours"), Kind.SKP_PART, plan.id, arg="b"),
        button(t.plain("skp.annexes"), Kind.SKP_PART, plan.id, arg="a"),
        button(t.plain("skp.history"), Kind.SKP_PART, plan.id, arg="h"),
    )


def _ways(t: Speech, plan: PlanView, open_years: Sequence[int], leads: bool) -> list[tuple[Button, ...]]:
    """Other years, and the team."""
    years = sorted({*plan.years, *(open_years if plan.own else ())} - {plan.year})
    others = [
        button(t.plain("skp.year", year=year), Kind.SKP_SHOW, plan.person_id, arg=str(year))
        for year in years[-4:]
    ]
    rows = [tuple(others)]
    if leads or not plan.own:
        label = t.plain("skp.team" if plan.own else "skp.to_team")
        rows.append((button(label, Kind.SKP_TEAM, arg=str(plan.year)),))
    return rows


def nobody_screen(t: Speech, *, admin: bool) -> Screen:
    """For somebody who has no SKP here and will not have one."""
    return Screen(t("skp.nobody_admin" if admin else "skp.nobody"))
