"""The dialogue on an SKP: proposed, withdrawn, agreed, returned; what is expected; annexes by the line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn
from bot.skp_answers import ask_on_plan, ended, plan_card, shown_plan
from bot.views.agreeing import (
    decided_notice,
    expectation_notice,
    imported_notice,
    proposed_notice,
    withdrawn_notice,
)
from bot.views.plan_parts import RETURN_REASONS
from services.dialogue import Step
from services.errors import DomainError, NotAllowed, NotFound
from services.plans import annexes, dialogue, expecting, surroundings
from services.plans.access import own_plan
from services.plans.loading import PlanView
from services.plans.words import AnnexKind, Behaviour, PlanState


async def on_propose(turn: Turn, press: Press) -> Answer:
    """«Ajukan», or «Tetapkan» where nobody is above."""
    state = await dialogue.propose(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    plan = await shown_plan(turn, press.subject)
    if state is PlanState.AGREED:
        return Answer(cards=plan_card(plan), toast=turn.t.plain("skp.settled"))
    toast = turn.t.plain("skp.proposed", name=plan.supervisor_name or "")
    return Answer(cards=plan_card(plan), toast=toast)


async def on_withdraw(turn: Turn, press: Press) -> Answer:
    await dialogue.withdraw(turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now)
    plan = await shown_plan(turn, press.subject)
    return Answer(cards=plan_card(plan), toast=turn.t.plain("skp.withdrawn"))


async def on_agree(turn: Turn, press: Press) -> Answer:
    await dialogue.agree(turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now)
    plan = await shown_plan(turn, press.subject)
    toast = turn.t.plain("skp.agreed", name=plan.person_name, year=plan.year)
    return Answer(cards=plan_card(plan), toast=toast)


async def on_return(turn: Turn, press: Press) -> Answer:
    """The argument: a page of the card, or the chip of a reason."""
    if press.arg in RETURN_REASONS:
        return await returned(turn, press.subject, press.revision, turn.t.plain(f"skp.return_{press.arg}"))
    page = number(press.arg or "0")
    await dialogue.ensure_returnable(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    plan = await shown_plan(turn, press.subject)
    data = {"plan": plan.id, "revision": press.revision}
    answer = ask_on_plan(turn, Step.SKP_REASON, plan, "reason", **data)
    return replace(answer, cards=plan_card(plan, "reason", page=page))


async def returned(turn: Turn, plan_id: int, revision: int, reason: str) -> Answer:
    """Returned for a reason: the card says to whom and why."""
    await dialogue.return_plan(
        turn.session, turn.actor, plan_id, revision=revision, reason=reason, now=turn.now
    )
    turn.done()
    plan = await shown_plan(turn, plan_id)
    return Answer(cards=plan_card(plan), toast=turn.t.plain("skp.returned_toast", name=plan.person_name))


async def on_reason(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    plan_id, revision = int(data["plan"]), int(data["revision"])
    try:
        answer = await returned(turn, plan_id, revision, message.text)
    except DomainError as error:
        return ended(turn, error)
    return replace(answer, toast="", reaction="👌")


async def on_expect(turn: Turn, press: Press) -> Answer:
    if press.arg not in set(Behaviour):
        raise NotFound
    await expecting.ensure_may_expect(turn.session, turn.actor, press.subject, now=turn.now)
    plan = await shown_plan(turn, press.subject)
    data = {"plan": plan.id, "behaviour": press.arg}
    return ask_on_plan(turn, Step.SKP_EXPECTATION, plan, f"expect.{press.arg}", **data)


async def on_expectation(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    plan_id, behaviour = int(data["plan"]), Behaviour(data["behaviour"])
    try:
        await expecting.set_expectation(
            turn.session, turn.actor, plan_id, behaviour, message.text, now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    turn.done()
    return Answer(cards=plan_card(await shown_plan(turn, plan_id), "b"), reaction="👌")


async def on_annex(turn: Turn, press: Press) -> Answer:
    if press.arg not in set(AnnexKind):
        raise NotFound
    await own_plan(turn.session, turn.actor, press.subject, now=turn.now)
    plan = await shown_plan(turn, press.subject)
    data = {"plan": plan.id, "annex": press.arg}
    return ask_on_plan(turn, Step.SKP_ANNEX, plan, f"annex.{press.arg}", **data)


async def on_annex_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    plan_id, kind = int(data["plan"]), AnnexKind(data["annex"])
    try:
        await annexes.add_annex_lines(turn.session, turn.actor, plan_id, kind, message.text, now=turn.now)
    except DomainError as error:
        return ended(turn, error)
    turn.done()
    return Answer(cards=plan_card(await shown_plan(turn, plan_id), "a"), reaction="👌")


async def on_annex_drop(turn: Turn, press: Press) -> Answer:
    plan_id = await annexes.drop_annex_line(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(
        cards=plan_card(await shown_plan(turn, plan_id), "a"), toast=turn.t.plain("skp.annex_dropped")
    )


async def on_annex_keep(turn: Turn, press: Press) -> Answer:
    plan_id = await annexes.keep_annex_line(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(
        cards=plan_card(await shown_plan(turn, plan_id), "a"), toast=turn.t.plain("skp.restored_toast")
    )


async def told_of(turn: Turn, payload: Mapping[str, Any]) -> PlanView | None:
    """The SKP a notice is about; None when it is gone, or no longer theirs to see."""
    try:
        return await shown_plan(turn, int(payload["plan_id"]))
    except (NotAllowed, NotFound):
        return None


async def on_told_proposed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    plan = await told_of(turn, payload)
    if plan is None or plan.state is not PlanState.PROPOSED:
        return None
    return Answer(screens=(proposed_notice(turn.t, plan),))


async def on_told_withdrawn(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    plan = await told_of(turn, payload)
    if plan is None or plan.state is PlanState.PROPOSED:
        return None
    return Answer(screens=(withdrawn_notice(turn.t, plan),))


async def on_told_decided(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Agreed or returned: with who did it, as what, and why."""
    plan = await told_of(turn, payload)
    if plan is None:
        return None
    event = await surroundings.last_decision(turn.session, plan.id, int(payload["version"]))
    return Answer(screens=(decided_notice(turn.t, plan, event),)) if event else None


async def on_told_imported(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """The office's file took the place of what somebody was writing, or of what was expected."""
    plan = await told_of(turn, payload)
    if plan is None:
        return None
    own = plan.person_id == turn.actor.person_id
    screen = imported_notice(turn.t, plan, payload["behaviours"], own=own, given_up=bool(payload["given_up"]))
    return Answer(screens=(screen,))


async def on_told_expected(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    found = await expecting.expected(turn.session, turn.actor, int(payload["expectation_id"]))
    return Answer(screens=(expectation_notice(turn.t, found),)) if found else None


FEATURE = Feature(
    name="agreeing",
    presses={
        Kind.SKP_PROPOSE: on_propose,
        Kind.SKP_WITHDRAW: on_withdraw,
        Kind.SKP_AGREE: on_agree,
        Kind.SKP_RETURN: on_return,
        Kind.EXPECT: on_expect,
        Kind.ANNEX_ADD: on_annex,
        Kind.ANNEX_DROP: on_annex_drop,
        Kind.ANNEX_KEEP: on_annex_keep,
    },
    answers={
        Step.SKP_REASON: on_reason,
        Step.SKP_EXPECTATION: on_expectation,
        Step.SKP_ANNEX: on_annex_text,
    },
    notices={
        "plan_proposed": on_told_proposed,
        "plan_withdrawn": on_told_withdrawn,
        "plan_agreed": on_told_decided,
        "plan_returned": on_told_decided,
        "plan_imported": on_told_imported,
        expecting.KIND: on_told_expected,
    },
)
