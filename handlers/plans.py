"""`/skp`: one's own SKP, and that of the people one decides on."""

from collections.abc import Sequence

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn
from bot.screens import CardRef, Screen
from bot.skp_answers import (
    ask_on_plan,
    ask_on_target,
    asked_year,
    plan_card,
    shown_plan,
    shown_target,
    target_card,
    year_and_page,
)
from bot.views.plan_parts import (
    annexes_screen,
    ask_expectation,
    ask_screen,
    behaviours_screen,
    discard_screen,
    history_screen,
    left_screens,
    return_screen,
    team_screen,
    unread_screens,
    version_screen,
)
from bot.views.plans import nobody_screen, plan_screen
from services.approvals.entitlement import require_supervisor
from services.clock import local_date
from services.dialogue import Step
from services.errors import NotFound
from services.plans import surroundings, writing
from services.plans.access import own_plan, years_open
from services.plans.loading import CARD, TEAM, PlanView, load_plan_view, of_subject
from services.plans.measured import load_bars
from services.plans.words import AnnexKind, Behaviour, PlanForm, PlanState
from services.states import RoleName


async def render_plan(turn: Turn, ref: CardRef) -> Screen | None:
    person_id, year = of_subject(ref.subject)
    plan = await load_plan_view(turn.session, turn.actor, person_id, year, now=turn.now)
    face, _, detail = ref.view.partition(".")
    if face in FACES and (plan.id or face == "new"):
        return await FACES[face](turn, plan, ref, detail)
    return await listed(turn, plan, ref)


async def listed(turn: Turn, plan: PlanView, ref: CardRef) -> Screen:
    """The RHK of an SKP, and what may be done with it."""
    return plan_screen(
        turn.t,
        plan,
        await load_bars(turn.session, plan, now=turn.now),
        zone=turn.actor.zone,
        open_years=years_open(local_date(turn.now, turn.actor.zone)),
        leads=plan.own and turn.actor.supervises,
        page=ref.page,
    )


async def behaviours(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    return behaviours_screen(turn.t, plan, await surroundings.load_expectations(turn.session, plan.id))


async def annexes(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    lines = await surroundings.load_annexes(turn.session, plan)
    return annexes_screen(turn.t, plan, lines, writable=writable(turn, plan), page=ref.page)


async def history(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    events = await surroundings.load_history(turn.session, plan.id)
    return history_screen(turn.t, plan, events, zone=turn.actor.zone, page=ref.page)


async def version(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    targets = await surroundings.load_version(turn.session, plan, ref.focus)
    return version_screen(turn.t, plan, targets, ref.focus, page=ref.page)


async def new(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    return ask_screen(turn.t, plan, turn.t("skp.ask_target"))


async def annex(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    named = turn.t(f"skp.annex_{AnnexKind(detail)}")
    hint = turn.t(f"skp.annex_hint_{AnnexKind(detail)}")
    return ask_screen(turn.t, plan, turn.t("skp.ask_annex", annex=named, hint=hint))


async def reason(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    """Why it is returned, under the list of what is."""
    return return_screen(turn.t, plan, await listed(turn, plan, ref))


async def discard(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    return discard_screen(turn.t, plan)


async def expectation(turn: Turn, plan: PlanView, ref: CardRef, detail: str) -> Screen:
    standing = (await surroundings.load_expectations(turn.session, plan.id)).get(Behaviour(detail))
    return ask_expectation(turn.t, plan, Behaviour(detail), standing.text if standing else None)


FACES = {
    "b": behaviours,
    "a": annexes,
    "h": history,
    "v": version,
    "new": new,
    "annex": annex,
    "reason": reason,
    "discard": discard,
    "expect": expectation,
}


async def render_team(turn: Turn, ref: CardRef) -> Screen | None:
    require_supervisor(turn.actor)
    plans = await surroundings.load_team(turn.session, turn.actor, ref.subject, now=turn.now)
    return team_screen(turn.t, plans, ref.subject, me=turn.actor.person_id, page=ref.page)


def writable(turn: Turn, plan: PlanView) -> bool:
    """Whether the reader may change the SKP now."""
    years = years_open(local_date(turn.now, turn.actor.zone))
    return plan.own and plan.year in years and plan.state is not PlanState.PROPOSED


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/skp`, `/skp 2025`."""
    year = asked_year(turn, arguments.strip())
    actor = turn.actor
    plan = await load_plan_view(turn.session, actor, actor.person_id, year, now=turn.now)
    if not plan.id and not actor.reports:
        if actor.supervises:
            return Answer(cards=(CardRef(TEAM, year),))
        return Answer(screens=(nobody_screen(turn.t, admin=RoleName.ADMIN in actor.roles),))
    return Answer(cards=plan_card(plan))


async def on_show(turn: Turn, press: Press) -> Answer:
    year, page = year_and_page(press.arg)
    plan = await load_plan_view(turn.session, turn.actor, press.subject, year, now=turn.now)
    if not plan.id and not plan.own:
        raise NotFound("skp_gone")
    return Answer(cards=plan_card(plan, page=page))


async def on_part(turn: Turn, press: Press) -> Answer:
    """`b`, `a1`, `h`, `v2.0`: a face and its page."""
    face, rest = press.arg[:1], press.arg[1:]
    if face not in ("b", "a", "h", "v"):
        raise NotFound
    plan = await shown_plan(turn, press.subject)
    if face == "v":
        number_, _, page = rest.partition(".")
        held = number(number_)
        if not 1 <= held <= plan.agreed_version:
            raise NotFound("skp_gone")
        return Answer(cards=plan_card(plan, face, page=number(page or "0"), focus=held))
    return Answer(cards=plan_card(plan, face, page=number(rest or "0")))


async def on_team(turn: Turn, press: Press) -> Answer:
    require_supervisor(turn.actor)
    year, page = year_and_page(press.arg)
    return Answer(cards=(CardRef(TEAM, year, page),))


async def on_new(turn: Turn, press: Press) -> Answer:
    """«Tambah RHK», «Tulis RHK pertama»: of one's own, whatever the button says."""
    year, _ = year_and_page(press.arg)
    await writing.ensure_may_add(turn.session, turn.actor, year, now=turn.now)
    actor = turn.actor
    plan = await load_plan_view(turn.session, actor, actor.person_id, year, now=turn.now)
    return ask_on_plan(turn, Step.SKP_TARGET, plan, "new", year=year)


async def on_new_text(turn: Turn, message: Message) -> Answer:
    """The RHK with its indicators; what was not understood is given back."""
    year = int(turn.question.data["year"]) if turn.question else 0
    found = await writing.add_targets(turn.session, turn.actor, year, message.text, now=turn.now)
    turn.done()
    if len(found) > 1:
        return await several(turn, found)
    (written,) = found
    _, one = await shown_target(turn, written.target_id)
    if one.indicators and not written.left:
        return Answer(cards=target_card(one.lineage), reaction="👌")
    answer = ask_on_target(turn, Step.SKP_INDICATORS, one, "indicators", target=one.id)
    return Answer(cards=answer.cards, screens=left_screens(turn.t, written.left), reaction="👌")


async def several(turn: Turn, found: Sequence[writing.Written]) -> Answer:
    """Several RHK came in one message: all of them on the card, and what was not understood of each."""
    plan = await shown_plan(turn, found[0].plan_id)
    numbers = {one.id: one.number for one in plan.targets}
    told = [screen for one in found for screen in unread_screens(turn.t, numbers[one.target_id], one.left)]
    return Answer(cards=plan_card(plan), screens=tuple(told), reaction="👌")


async def on_discard(turn: Turn, press: Press) -> Answer:
    """«Batalkan semua perubahan»: asked first; the argument `y` is sure."""
    if press.arg == "y":
        session, actor = turn.session, turn.actor
        await writing.discard_changes(session, actor, press.subject, revision=press.revision, now=turn.now)
        plan = await shown_plan(turn, press.subject)
        return Answer(cards=plan_card(plan), toast=turn.t.plain("skp.restored_toast"))
    await own_plan(turn.session, turn.actor, press.subject, now=turn.now)
    plan = await shown_plan(turn, press.subject)
    return Answer(cards=plan_card(plan, "discard" if plan.changes else ""))


async def on_form(turn: Turn, press: Press) -> Answer:
    if press.arg not in set(PlanForm):
        raise NotFound
    await writing.set_form(turn.session, turn.actor, press.subject, PlanForm(press.arg), now=turn.now)
    plan = await shown_plan(turn, press.subject)
    toast = turn.t.plain(f"skp.form_set_{plan.form}")
    return Answer(cards=plan_card(plan, "a"), toast=toast)


FEATURE = Feature(
    name="plans",
    commands=(Command("skp", on_command, shown_to=lambda actor: actor.reports or actor.supervises),),
    presses={
        Kind.SKP_SHOW: on_show,
        Kind.SKP_PART: on_part,
        Kind.SKP_TEAM: on_team,
        Kind.SKP_NEW: on_new,
        Kind.SKP_FORM: on_form,
        Kind.SKP_DISCARD: on_discard,
    },
    answers={Step.SKP_TARGET: on_new_text},
    cards={CARD: render_plan, TEAM: render_team},
)
