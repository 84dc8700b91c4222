"""What the bot tells its admins when messages do not arrive: once a day and cause at most."""

from collections.abc import Mapping
from typing import Any

from bot.context import Answer, Feature, Turn
from bot.views.trouble import trouble_screen
from services.delivery_trouble import TROUBLED, Cause, load_trouble
from services.health import may_see


async def on_troubled(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """How it stands now; nothing when it was mended meanwhile, or the person is no admin any more."""
    if not may_see(turn.actor):
        return None
    trouble = await load_trouble(turn.session, turn.actor, Cause(payload["cause"]), now=turn.now)
    return Answer(screens=(trouble_screen(turn.t, trouble),)) if trouble else None


FEATURE = Feature(name="trouble", notices={TROUBLED: on_troubled})
