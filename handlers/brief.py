"""The supervisor's morning: the brief, and who has had no feedback for a week."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Turn, card
from bot.screens import CardRef, Screen
from bot.views.brief import brief_screen, nudge_screen, week_screen
from bot.views.prompt import greeting
from services.approvals.entitlement import QUEUE_CARD, REVIEW_CARD, capacity_of, require_supervisor
from services.approvals.queue import load_queue
from services.briefing import load_brief
from services.clock import local_date
from services.nudging import WEEK, load_week, without_feedback
from services.plans.loading import CARD, TEAM, subject_of
from services.plans.surroundings import load_waiting_plans


async def on_briefed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """One message on its own morning, or none when there is nothing to say."""
    actor = turn.actor
    if not actor.supervises or date.fromisoformat(payload["work_date"]) != local_date(turn.now, actor.zone):
        return None
    brief = await load_brief(turn.session, actor, now=turn.now)
    if brief.empty:
        return None
    words = greeting(turn.t, actor.name, now=turn.now, zone=actor.zone)
    return Answer(screens=(brief_screen(turn.t, brief, greeting=words),))


async def on_queue(turn: Turn, press: Press) -> Answer:
    """«Periksa»: the queue, or the only day in it; the brief stays where it is."""
    require_supervisor(turn.actor)
    queue = await load_queue(turn.session, turn.actor, now=turn.now)
    if len(queue.days) == 1:
        return Answer(cards=card(REVIEW_CARD, queue.days[0].day_id), below=True)
    return Answer(cards=card(QUEUE_CARD, turn.actor.person_id), below=True)


async def on_plans(turn: Turn, press: Press) -> Answer:
    """«Periksa SKP»: the only one that waits, else the team's SKP of the year of the oldest."""
    require_supervisor(turn.actor)
    plans = await load_waiting_plans(turn.session, turn.actor, now=turn.now)
    if len(plans) == 1:
        return Answer(cards=card(CARD, subject_of(plans[0].person_id, plans[0].year)), below=True)
    year = plans[0].year if plans else local_date(turn.now, turn.actor.zone).year
    return Answer(cards=card(TEAM, year), below=True)


async def on_nudged(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Those of whom it is still true when it is delivered."""
    people = await without_feedback(turn.session, turn.actor, now=turn.now)
    still = [one for one in people if one.person_id in payload["person_ids"]]
    return Answer(screens=(nudge_screen(turn.t, still),)) if still else None


async def render_week(turn: Turn, ref: CardRef) -> Screen | None:
    return week_screen(turn.t, await load_week(turn.session, turn.actor, ref.subject, now=turn.now))


async def on_week(turn: Turn, press: Press) -> Answer:
    """Below the list of names; «Berikutnya» takes the place of the one before."""
    await capacity_of(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=card(WEEK, press.subject), below=press.arg != "next")


FEATURE = Feature(
    name="brief",
    presses={Kind.BRIEF_QUEUE: on_queue, Kind.BRIEF_PLANS: on_plans, Kind.WEEK: on_week},
    cards={WEEK: render_week},
    notices={"briefed": on_briefed, "nudged": on_nudged},
)
