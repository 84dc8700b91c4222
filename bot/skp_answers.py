"""What the handlers of an SKP share: its cards, and questions that stand on them."""

from typing import Any

from bot.callbacks import number
from bot.context import Answer, Turn, card
from bot.screens import CardRef, Screen
from services.clock import local_date
from services.dialogue import Step
from services.errors import DomainError, Invalid, NotAllowed, NotFound
from services.plans.loading import CARD, PlanView, TargetView, load_by_id, load_target_view

TARGET = "target"
"""The card of an RHK; its subject is the lineage, so that it stays one card however it is reworded."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


def plan_card(plan: PlanView, view: str = "", *, page: int = 0, focus: int = 0) -> tuple[CardRef, ...]:
    return card(CARD, plan.subject, view=view, page=page, focus=focus)


def target_card(lineage: int, view: str = "", *, page: int = 0, focus: int = 0) -> tuple[CardRef, ...]:
    return card(TARGET, lineage, view=view, page=page, focus=focus)


def ask_on_plan(turn: Turn, step: Step, plan: PlanView, view: str, /, **data: Any) -> Answer:
    """The next text answers a question that stands on the card of the SKP."""
    turn.ask(step, card=[CARD, plan.subject], **data)
    return Answer(cards=plan_card(plan, view))


def ask_on_target(
    turn: Turn, step: Step, one: TargetView, view: str, /, *, focus: int = 0, **data: Any
) -> Answer:
    """The same on the card of an RHK."""
    turn.ask(step, card=[TARGET, one.lineage], **data)
    return Answer(cards=target_card(one.lineage, view, focus=focus))


async def shown_target(turn: Turn, target_id: int) -> tuple[PlanView, TargetView]:
    """An RHK one may look at. Raises NotFound, NotAllowed."""
    return await load_target_view(turn.session, turn.actor, target_id, now=turn.now)


async def shown_plan(turn: Turn, plan_id: int) -> PlanView:
    """An SKP one may look at. Raises NotFound, NotAllowed."""
    return await load_by_id(turn.session, turn.actor, plan_id, now=turn.now)


def ended(turn: Turn, error: DomainError) -> Answer:
    """A typed answer came too late: nothing was stored and the question ends with why.

    Raises what may be answered again (Invalid), and NotAllowed, which is audited.
    """
    if isinstance(error, Invalid | NotAllowed):
        raise error
    kind = turn.question.data.get("card") if turn.question else None
    turn.done()
    shown = card(str(kind[0]), int(kind[1])) if kind and not isinstance(error, NotFound) else ()
    told = Screen(turn.t(f"errors.{error.code}", **error.params))
    return Answer(screens=(told,), cards=shown, untaken=True)


def year_and_page(arg: str) -> tuple[int, int]:
    """«2026», «2026.1» out of a button. Raises NotFound."""
    year, _, page = arg.partition(".")
    if len(year) != 4:
        raise NotFound
    return number(year), number(page or "0")


def asked_year(turn: Turn, said: str) -> int:
    """The year typed behind the command, else this one. Raises Invalid `skp_year_unread`."""
    if not said:
        return local_date(turn.now, turn.actor.zone).year
    if not (said.isascii() and said.isdigit() and len(said) == 4 and FIRST_YEAR <= int(said) <= LAST_YEAR):
        raise Invalid("year", "skp_year_unread", said=said[:40])
    return int(said)
