"""The question of the day, asked at each person's own time. Its buttons belong to the day."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.context import Answer, Feature, Turn
from bot.views.prompt import greeting, prompt_screen
from services.prompting import look_at, too_late_to_ask


async def on_prompted(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Asks, unless the day was sent meanwhile or its evening is over."""
    actor = turn.actor
    work_date = date.fromisoformat(payload["work_date"])
    asking = await look_at(turn.session, actor, work_date)
    if asking.sent or too_late_to_ask(work_date, actor.zone, now=turn.now):
        return None
    words = greeting(turn.t, actor.name, now=turn.now, zone=actor.zone)
    return Answer(screens=(prompt_screen(turn.t, asking, greeting=words),))


FEATURE = Feature(name="prompt", notices={"prompted": on_prompted})
