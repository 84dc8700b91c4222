"""One RHK: looked at, reworded, measured, planned by quarter, tied to the supervisor's."""

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn
from bot.screens import CardRef, Screen
from bot.skp_answers import TARGET, ask_on_target, ended, shown_target, target_card
from bot.views import targets as views
from bot.views.plan_parts import left_screens
from services.clock import local_date
from services.dialogue import Step
from services.errors import DomainError, NotFound
from services.plans import measures, steps, surroundings, writing
from services.plans.access import own_target, years_open
from services.plans.loading import PlanView, TargetView
from services.plans.measured import load_bars
from services.plans.words import QUARTERS, Perspective, PlanState, Section

MOST_PAGES = 99


async def render_target(turn: Turn, ref: CardRef) -> Screen | None:
    plan, one = await shown_target(turn, ref.subject)
    if ref.view in FACES and not one.dropped:
        return await FACES[ref.view](turn, plan, one, ref)
    bars = await load_bars(turn.session, plan, now=turn.now)
    return views.target_screen(
        turn.t,
        plan,
        one,
        bar=bars.get(one.lineage),
        parent=await surroundings.parent_of(turn.session, one),
        note=await surroundings.load_note(turn.session, one.lineage),
        writable=writable(turn, plan),
        zone=turn.actor.zone,
        page=ref.page,
    )


def writable(turn: Turn, plan: PlanView, *, beside: bool = False) -> bool:
    """Whether the reader may change the SKP now; `beside`: what is no part of the agreement."""
    years = years_open(local_date(turn.now, turn.actor.zone))
    return plan.own and plan.year in years and (beside or plan.state is not PlanState.PROPOSED)


async def face_measures(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    return views.measures_screen(turn.t, plan, one, undo=bool(ref.focus))


async def face_steps(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    return views.steps_screen(turn.t, plan, one, writable=writable(turn, plan, beside=True), undo=ref.focus)


async def face_parents(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    choices = await surroundings.parent_choices(turn.session, plan.person_id, plan.year)
    return views.parents_screen(turn.t, plan, one, choices, page=ref.page)


async def face_text(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    return views.ask_text(turn.t, plan, one)


async def face_indicators(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    return views.ask_indicators(turn.t, plan, one)


async def face_indicator(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    item = next((item for item in one.indicators if item.id == ref.focus), None)
    return views.ask_indicator(turn.t, plan, one, item) if item else views.measures_screen(turn.t, plan, one)


async def face_step(turn: Turn, plan: PlanView, one: TargetView, ref: CardRef) -> Screen:
    return views.ask_step(turn.t, plan, one, ref.focus)


FACES = {
    views.MEASURES: face_measures,
    views.STEPS: face_steps,
    views.PARENT: face_parents,
    "text": face_text,
    "indicators": face_indicators,
    "indicator": face_indicator,
    "step": face_step,
}


async def on_show(turn: Turn, press: Press) -> Answer:
    """The argument: a page, or a face (`m`, `q`, `p1`); the faces that change are their owner's."""
    face = press.arg[:1] if press.arg[:1].isalpha() else ""
    if face not in ("", views.MEASURES, views.STEPS, views.PARENT):
        raise NotFound
    page = number(press.arg.removeprefix(face) or "0")
    plan, one = await shown_target(turn, press.subject)
    if face and not plan.own:
        raise NotFound("target_gone")
    return Answer(cards=target_card(one.lineage, face, page=min(page, MOST_PAGES)))


async def on_text(turn: Turn, press: Press) -> Answer:
    _, target = await own_target(turn.session, turn.actor, press.subject, now=turn.now)
    _, one = await shown_target(turn, target.id)
    return ask_on_target(turn, Step.SKP_WORDING, one, "text", target=one.id)


async def on_wording(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    try:
        target_id = await writing.set_wording(
            turn.session, turn.actor, int(data["target"]), message.text, now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    return await written(turn, target_id)


async def written(turn: Turn, target_id: int, view: str = "") -> Answer:
    """After a typed change: the card below, the question over."""
    turn.done()
    _, one = await shown_target(turn, target_id)
    return Answer(cards=target_card(one.lineage, view), reaction="👌")


async def on_kind(turn: Turn, press: Press) -> Answer:
    """Utama or tambahan, or a perspective."""
    session, actor, now = turn.session, turn.actor, turn.now
    if press.arg in set(Section):
        target_id = await writing.set_section(session, actor, press.subject, Section(press.arg), now=now)
    elif press.arg in set(Perspective):
        perspective = Perspective(press.arg)
        target_id = await writing.set_perspective(session, actor, press.subject, perspective, now=now)
    else:
        raise NotFound
    return await pressed(turn, target_id, "skp.changed")


async def pressed(turn: Turn, target_id: int, toast: str, view: str = "", *, focus: int = 0) -> Answer:
    """After a press that changed something: the card in place."""
    _, one = await shown_target(turn, target_id)
    return Answer(cards=target_card(one.lineage, view, focus=focus), toast=turn.t.plain(toast))


async def on_parent(turn: Turn, press: Press) -> Answer:
    chosen = number(press.arg) or None
    target_id = await writing.set_parent(turn.session, turn.actor, press.subject, chosen, now=turn.now)
    return await pressed(turn, target_id, "skp.parent_set" if chosen else "skp.parent_unset")


async def on_drop(turn: Turn, press: Press) -> Answer:
    await writing.drop_target(turn.session, turn.actor, press.subject, now=turn.now)
    return await pressed(turn, press.subject, "skp.dropped_toast")


async def on_restore(turn: Turn, press: Press) -> Answer:
    target_id = await writing.restore_target(turn.session, turn.actor, press.subject, now=turn.now)
    return await pressed(turn, target_id, "skp.restored_toast")


async def on_add(turn: Turn, press: Press) -> Answer:
    _, target = await own_target(turn.session, turn.actor, press.subject, now=turn.now)
    _, one = await shown_target(turn, target.id)
    return ask_on_target(turn, Step.SKP_INDICATORS, one, "indicators", target=one.id)


async def on_indicators_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    try:
        target_id, left = await measures.add_indicators(
            turn.session, turn.actor, int(data["target"]), message.text, now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    if not left:
        return await written(turn, target_id)
    _, one = await shown_target(turn, target_id)
    asked = ask_on_target(turn, Step.SKP_INDICATORS, one, "indicators", target=one.id)
    return Answer(cards=asked.cards, screens=left_screens(turn.t, left), reaction="👌")


async def on_edit(turn: Turn, press: Press) -> Answer:
    target_id = await measures.target_of(turn.session, turn.actor, press.subject, now=turn.now)
    _, one = await shown_target(turn, target_id)
    if press.subject not in {item.id for item in one.indicators}:
        raise NotFound("indicator_gone")
    return ask_on_target(
        turn, Step.SKP_INDICATOR, one, "indicator", focus=press.subject, indicator=press.subject
    )


async def on_indicator_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    try:
        target_id = await measures.set_indicator(
            turn.session, turn.actor, int(data["indicator"]), message.text, now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    return await written(turn, target_id, views.MEASURES)


async def on_indicator_drop(turn: Turn, press: Press) -> Answer:
    target_id, turn.question = await measures.drop_indicator(
        turn.session, turn.actor, press.subject, now=turn.now
    )
    return await pressed(turn, target_id, "skp.measure_dropped", views.MEASURES, focus=1)


async def on_indicator_keep(turn: Turn, press: Press) -> Answer:
    """«Urungkan» under the indicators."""
    target_id = await measures.keep_indicator(turn.session, turn.actor, press.subject, now=turn.now)
    return await pressed(turn, target_id, "skp.restored_toast", views.MEASURES)


async def on_step(turn: Turn, press: Press) -> Answer:
    """«+ TW I»: the argument is the quarter."""
    quarter = number(press.arg)
    if quarter not in QUARTERS:
        raise NotFound
    target = await steps.open_quarter(turn.session, turn.actor, press.subject, quarter, now=turn.now)
    _, one = await shown_target(turn, target.id)
    return ask_on_target(
        turn, Step.SKP_STEP, one, "step", focus=quarter, target=press.subject, quarter=quarter
    )


async def on_step_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    target_id = int(data["target"])
    try:
        await steps.add_steps(
            turn.session, turn.actor, target_id, message.text, quarter=int(data["quarter"]), now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    return await written(turn, target_id, views.STEPS)


async def on_step_drop(turn: Turn, press: Press) -> Answer:
    target_id, _ = await steps.drop_step(turn.session, turn.actor, press.subject, now=turn.now)
    return await pressed(turn, target_id, "skp.step_dropped", views.STEPS, focus=press.subject)


async def on_step_keep(turn: Turn, press: Press) -> Answer:
    """«Urungkan» under the steps."""
    target_id, _ = await steps.keep_step(turn.session, turn.actor, press.subject, now=turn.now)
    return await pressed(turn, target_id, "skp.restored_toast", views.STEPS)


async def on_step_copy(turn: Turn, press: Press) -> Answer:
    """«Sama untuk semua triwulan»: the argument is the quarter that is planned."""
    quarter = number(press.arg)
    if quarter not in QUARTERS:
        raise NotFound
    await steps.copy_steps(turn.session, turn.actor, press.subject, quarter, now=turn.now)
    return await pressed(turn, press.subject, "skp.steps_copied", views.STEPS)


FEATURE = Feature(
    name="targets",
    presses={
        Kind.TARGET_SHOW: on_show,
        Kind.TARGET_TEXT: on_text,
        Kind.TARGET_KIND: on_kind,
        Kind.TARGET_PARENT: on_parent,
        Kind.TARGET_DROP: on_drop,
        Kind.TARGET_RESTORE: on_restore,
        Kind.INDICATOR_ADD: on_add,
        Kind.INDICATOR_EDIT: on_edit,
        Kind.INDICATOR_DROP: on_indicator_drop,
        Kind.INDICATOR_KEEP: on_indicator_keep,
        Kind.STEP_ADD: on_step,
        Kind.STEP_DROP: on_step_drop,
        Kind.STEP_KEEP: on_step_keep,
        Kind.STEP_COPY: on_step_copy,
    },
    answers={
        Step.SKP_WORDING: on_wording,
        Step.SKP_INDICATORS: on_indicators_text,
        Step.SKP_INDICATOR: on_indicator_text,
        Step.SKP_STEP: on_step_text,
    },
    cards={TARGET: render_target},
)
