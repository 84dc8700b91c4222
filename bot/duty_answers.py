"""What words about days away become: the preview of `/cuti`, with «Simpan».

Shared by the command, its questions, and a text that nothing waits for; handlers never import each other.
"""

from dataclasses import replace
from datetime import date

from bot.context import Answer, Message, Turn, card
from bot.views.duty import (
    HALF_FACE,
    KINDS_FACE,
    WISH_FACE,
    Draft,
    unread_screen,
)
from services.clock import local_date
from services.dialogue import Step
from services.duty import periods
from services.duty.limits import open_since
from services.duty.periods import DUTY_CARD, Wish
from services.duty.reading import Said, at_work_elsewhere, read_duty
from services.errors import Invalid
from services.reading.capture import read_entries
from services.reading.date_faults import find_fault
from services.states import DayKind


def read(turn: Turn, text: str) -> Said:
    """What a text says of days away, seen from where the person is."""
    return read_duty(text, today=_today(turn), since=open_since(turn.actor.zone, now=turn.now))


async def as_elsewhere(turn: Turn, message: Message) -> Answer | None:
    """What becomes of an unasked text that says where somebody works on a day to come; None of any other."""
    if turn.found is None or not turn.actor.reports or not at_work_elsewhere(message.text):
        return None
    if any(one.outcome for one in read_entries(message.text)):
        return None  # what came of it is told: a report
    said = read(turn, message.text)
    if said.kind is None or said.span is None or said.span.first <= _today(turn):
        return None
    return await proposed(turn, said, said.kind)


def still_ahead(turn: Turn, text: str) -> Said | None:
    """The days a text about being away names, when they are still to come or more than one; else None."""
    said = read(turn, text)
    span = said.span
    if span is None or (span.last <= _today(turn) and span.first == span.last):
        return None
    return said


async def draft_of(turn: Turn, said: Said, kind: DayKind) -> Draft:
    """The days that were read, counted. Raises Invalid, with the limit that was passed."""
    span = said.span
    if span is None:
        raise Invalid("dates", "duty_unread")
    last: date | None = span.last
    if said.workdays:
        last = await periods.end_after_workdays(turn.session, turn.actor, span.first, said.length)
    if last is None:
        raise Invalid("dates", "duty_no_workdays", count=said.length)
    wish = Wish(kind, span.first, last)
    periods.check(turn.actor, wish, now=turn.now)
    return Draft(wish, 0 if said.workdays else min(said.length, 999))


async def proposed(turn: Turn, said: Said, kind: DayKind | None) -> Answer:
    """Shows what was understood, to be confirmed; without a kind asks for it. Raises as `draft_of`."""
    draft = await draft_of(turn, said, kind or DayKind.LEAVE)
    return shown(turn, draft, half=said.half) if kind is not None else ask_kind(turn, draft)


def shown(turn: Turn, draft: Draft, *, half: bool = False) -> Answer:
    """The preview. What is typed while it stands belongs to it."""
    confirm(turn, draft)
    face = HALF_FACE if half else WISH_FACE
    return Answer(cards=card(DUTY_CARD, turn.actor.person_id, view=f"{face}{draft.pack()}"))


def confirm(turn: Turn, draft: Draft) -> None:
    """From now on a typed text corrects this draft."""
    turn.ask(Step.DUTY_CONFIRM, draft=draft.pack(), card=[DUTY_CARD, turn.actor.person_id])


def ask_kind(turn: Turn, draft: Draft | None = None) -> Answer:
    """«Yang mana?», with the days that are known already; the kind may be typed."""
    packed = draft.pack() if draft is not None else ""
    turn.ask(Step.DUTY_KIND, draft=packed, card=[DUTY_CARD, turn.actor.person_id])
    return Answer(cards=card(DUTY_CARD, turn.actor.person_id, view=f"{KINDS_FACE}{packed}"))


def ask_again(turn: Turn, text: str, kind: DayKind) -> Answer:
    """Names what is wrong with the days that were typed and waits for others: one message."""
    wait_for_days(turn, kind)
    misread = find_fault(text, today=_today(turn))
    return Answer(screens=(unread_screen(turn.t, misread, kind),))


def wait_for_days(turn: Turn, kind: DayKind) -> None:
    """The next text is the days of this kind."""
    turn.ask(Step.DUTY_DATES, kind=kind.value, card=[DUTY_CARD, turn.actor.person_id])


def changed(draft: Draft, new: Draft, *, kind: DayKind, dated: bool) -> Draft:
    """A draft with what was typed about it: another kind, other days (`dated`)."""
    base = new if dated else draft
    zone = draft.wish.zone if kind is DayKind.FIELD else None
    return replace(base, wish=replace(base.wish, kind=kind, zone=zone))


def _today(turn: Turn) -> date:
    return local_date(turn.now, turn.actor.zone)
