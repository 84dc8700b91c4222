"""What the handlers of the e-Kinerja sheet share: which sheet a button means, and reading it as one may."""

from datetime import date

from bot.context import Turn, card
from bot.screens import CardRef
from bot.views.sheet import OVERVIEW, Look
from services.clock import local_date
from services.errors import Invalid, NotFound
from services.sheet import periods
from services.sheet.access import ensure_may_fetch
from services.sheet.loading import load_sheet
from services.sheet.periods import Period
from services.sheet.rows import Sheet
from services.sheet.writing import SHEET_CARD


def today_of(turn: Turn) -> date:
    """The date where the one acting is."""
    return local_date(turn.now, turn.actor.zone)


def base_of(turn: Turn) -> str | None:
    """Under which address stored evidence is found."""
    return turn.deps.settings.evidence_url


def look_in(arg: str) -> Look:
    """What a button asks for. Raises NotFound."""
    look = Look.unpack(arg)
    if look is None:
        raise NotFound
    try:
        periods.checked(look.first, look.last)
    except Invalid:
        raise NotFound from None
    return look


def look_or_month(turn: Turn, arg: str) -> Look:
    """The same; nothing: this month. Raises NotFound."""
    return look_in(arg) if arg else look_at(periods.month_of(today_of(turn)))


def look_at(period: Period, *, everything: bool = False) -> Look:
    """The overview of a period."""
    return Look(period.first, period.last, everything, OVERVIEW)


async def load(turn: Turn, person_id: int, look: Look) -> Sheet:
    """A sheet for somebody who may fetch it. Raises NotAllowed, NotFound."""
    await ensure_may_fetch(turn.session, turn.actor, person_id, now=turn.now)
    return await load_sheet(
        turn.session,
        person_id,
        first=look.first,
        last=look.last,
        everything=look.everything,
        base=base_of(turn),
    )


async def load_own(turn: Turn, look: Look) -> Sheet:
    """One's own, for a button about one of its entries."""
    return await load(turn, turn.actor.person_id, look)


def sheet_card(person_id: int, look: Look, *, focus: int = 0) -> tuple[CardRef, ...]:
    """The card of somebody's sheet."""
    return card(SHEET_CARD, person_id, view=look.pack(), focus=focus)
