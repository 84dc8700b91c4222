"""What somebody is told of an SKP they have to do with."""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button, shorten
from bot.texts import Speech
from bot.views.deciders import decider
from services.plans.expecting import Expected
from services.plans.loading import PlanView
from services.plans.surroundings import EventView
from services.plans.words import StepVerdict


def proposed_notice(t: Speech, plan: PlanView) -> Screen:
    """To who decides: an SKP, or a change of one, waits."""
    key = "skp.told_changed" if plan.agreed_version else "skp.told_proposed"
    text = t(key, name=plan.person_name, year=plan.year, count=len(plan.changes) or len(plan.targets))
    return Screen(text, (_open(t, plan, "skp.review"),))


def withdrawn_notice(t: Speech, plan: PlanView) -> Screen:
    return Screen(t("skp.told_withdrawn", name=plan.person_name, year=plan.year), silent=True)


def decided_notice(t: Speech, plan: PlanView, event: EventView) -> Screen:
    """To its owner: agreed, or returned and why."""
    name = decider(t, event.by or "", event.capacity)
    if event.verdict is StepVerdict.RETURNED:
        reason = shorten(event.reason or "", 1000)
        text = t("skp.told_returned", name=name, year=plan.year, reason=reason)
        return Screen(text, (_open(t, plan, "skp.fix"),))
    text = t("skp.told_agreed", name=name, year=plan.year, version=event.version)
    return Screen(text, (_open(t, plan, "skp.open"),))


def expectation_notice(t: Speech, one: Expected) -> Screen:
    """To its owner: what the leader expects of a behaviour."""
    behaviour = t(f"feedback.behaviour_{one.behaviour}")
    text = t("skp.told_expected", name=one.by, behaviour=behaviour, text=one.text)
    opened = button(t.plain("skp.open"), Kind.SKP_SHOW, one.person_id, arg=str(one.year))
    return Screen(text, ((opened,),))


def imported_notice(
    t: Speech, plan: PlanView, behaviours: Sequence[str], *, own: bool, given_up: bool
) -> Screen:
    """To its owner or to who decides: what the office's file took the place of."""
    whom = "" if own else "_above"
    parts = []
    if given_up:
        parts.append(t(f"skp.told_imported{whom}", name=plan.person_name, year=plan.year))
    if behaviours:
        names = ", ".join(t.plain(f"feedback.behaviour_{one}") for one in behaviours)
        parts.append(
            t(f"skp.told_expectations{whom}", name=plan.person_name, year=plan.year, behaviours=names)
        )
    return Screen(t.join(parts), (_open(t, plan, "skp.open"),))


def _open(t: Speech, plan: PlanView, label: str) -> tuple[Button, ...]:
    return (button(t.plain(label), Kind.SKP_SHOW, plan.person_id, arg=str(plan.year), style=PRIMARY),)
