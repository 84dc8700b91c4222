"""The supervisor's side: the queue, the review card and its decisions."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.kept_words import keep, kept_before, words_in
from bot.screens import CardRef, Screen
from bot.views.queue import decided_screen, done_screen, queue_screen
from bot.views.review import detail_screen, reason_screen, review_screen, which_screen
from services import cards
from services.approvals import deciding
from services.approvals.deciding import Outcome
from services.approvals.entitlement import QUEUE_CARD, REVIEW_CARD, require_supervisor
from services.approvals.queue import decided_days, is_reviewing, load_queue, next_waiting
from services.approvals.review import load_review
from services.blockers import count_open
from services.dialogue import Step
from services.errors import DomainError, Invalid, NotAllowed, NotFound
from services.progress.waiting import count_waiting

GONE = "gone"
"""The face of a card that is taken out of the chat."""


async def render_queue(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.subject != turn.actor.person_id:
        raise NotAllowed
    queue = await load_queue(turn.session, turn.actor, now=turn.now)
    if ref.view == "decided":
        return decided_screen(turn.t, queue, await decided_days(turn.session, turn.actor, now=turn.now))
    noticed, silent = ref.view == "noticed", ref.view == "quiet"
    blocked = await count_open(turn.session, turn.actor)
    values = await count_waiting(turn.session, turn.actor, now=turn.now)
    screen = queue_screen(
        turn.t, queue, blocked=blocked, page=ref.page, noticed=noticed, silent=silent, values=values
    )
    return done_screen(turn.t, screen) if ref.view == "done" and not queue.days else screen


async def render_review(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.view == GONE:
        return None
    review = await load_review(turn.session, turn.actor, ref.subject, now=turn.now)
    entry = review.day.entry(ref.focus)
    if ref.view == "detail" and entry is not None:
        return detail_screen(turn.t, review, entry, part=ref.page)
    if ref.view == "which" and review.waiting:
        words = words_in(turn.question, Step.REASON, day=ref.subject, entry=None)
        return which_screen(turn.t, review, words=words, page=ref.page)
    if ref.view == "reason" and entry is not None:
        return reason_screen(turn.t, review, entry)
    return review_screen(turn.t, review, page=ref.page)


def queue_card(turn: Turn, *, view: str = "", page: int = 0) -> tuple[CardRef, ...]:
    return card(QUEUE_CARD, turn.actor.person_id, view=view, page=page)


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/periksa`."""
    require_supervisor(turn.actor)
    return Answer(cards=queue_card(turn))


async def on_queue(turn: Turn, press: Press) -> Answer:
    require_supervisor(turn.actor)
    return Answer(cards=queue_card(turn, page=number(press.arg or "0")))


async def on_decided(turn: Turn, press: Press) -> Answer:
    require_supervisor(turn.actor)
    return Answer(cards=queue_card(turn, view="decided"))


async def on_review(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(REVIEW_CARD, press.subject, page=number(press.arg or "0")))


async def on_detail(turn: Turn, press: Press) -> Answer:
    day_id, _ = await deciding.day_of(turn.session, turn.actor, press.subject, now=turn.now)
    part = number(press.arg or "0")
    return Answer(cards=card(REVIEW_CARD, day_id, view="detail", focus=press.subject, page=part))


async def has_just_come(turn: Turn, day_id: int) -> bool:
    """Whether this day took the place of one that was decided a moment ago: nobody has read it yet."""
    moment = turn.now - turn.deps.settling
    since = await cards.shown_at(turn.session, turn.chat_id, REVIEW_CARD, day_id)
    return (
        since is not None
        and since > moment
        and await deciding.decided_since(turn.session, turn.actor, moment)
    )


async def on_approve_day(turn: Turn, press: Press) -> Answer:
    if await has_just_come(turn, press.subject):
        return Answer(toast=turn.t.plain("review.just_come"))
    outcome = await deciding.approve_day(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    return await follow(turn, outcome, "review.approved")


async def on_approve_entry(turn: Turn, press: Press) -> Answer:
    day_id, _ = await deciding.day_of(turn.session, turn.actor, press.subject, now=turn.now)
    if await has_just_come(turn, day_id):
        return Answer(toast=turn.t.plain("review.just_come"))
    outcome = await deciding.approve_entry(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    return await follow(turn, outcome, "review.approved", detail=True)


async def on_approve_all(turn: Turn, press: Press) -> Answer:
    count = await deciding.approve_all(turn.session, turn.actor, press.arg, now=turn.now)
    return Answer(cards=queue_card(turn, view="done"), toast=turn.t.plain("review.approved_all", count=count))


async def on_return_day(turn: Turn, press: Press) -> Answer:
    """Which entry is meant, unless there is only one; words typed meanwhile are the reason."""
    entries = await deciding.ready_to_return(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    if len(entries) == 1:
        return ask_reason(turn, press.subject, entries[0], press.revision)
    about = {"day": press.subject, "entry": None}
    words = await kept_before(turn, Step.REASON, **about)
    turn.ask(Step.REASON, revision=press.revision, **about, **words)
    return Answer(cards=card(REVIEW_CARD, press.subject, view="which", page=number(press.arg or "0")))


async def on_return_entry(turn: Turn, press: Press) -> Answer:
    day_id, _ = await deciding.day_of(turn.session, turn.actor, press.subject, now=turn.now)
    entries = await deciding.ready_to_return(
        turn.session, turn.actor, day_id, revision=press.revision, now=turn.now
    )
    if press.subject not in entries:
        raise NotFound("entry_gone")
    words = await kept_before(turn, Step.REASON, day=day_id, entry=None)
    if not words:
        return ask_reason(turn, day_id, press.subject, press.revision)
    outcome = await deciding.return_entry(
        turn.session, turn.actor, press.subject, revision=press.revision, reason=words["text"], now=turn.now
    )
    return await follow(turn, outcome, "return.done")


def ask_reason(turn: Turn, day_id: int, entry_id: int, revision: int) -> Answer:
    """Waits for a chip or for typed words; both name the entry and the revision that was shown."""
    turn.ask(Step.REASON, day=day_id, entry=entry_id, revision=revision)
    return Answer(cards=card(REVIEW_CARD, day_id, view="reason", focus=entry_id))


async def on_chip(turn: Turn, press: Press) -> Answer:
    if press.arg not in deciding.REASONS:
        raise NotFound
    outcome = await deciding.return_entry(
        turn.session,
        turn.actor,
        press.subject,
        revision=press.revision,
        reason=turn.t.plain(f"return.{press.arg}"),
        code=press.arg,
        now=turn.now,
    )
    turn.done()
    return await follow(turn, outcome, "return.done")


async def on_reason_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    if data["entry"] is None:
        return keep_reason(turn, message, int(data["day"]), int(data["revision"]))
    try:
        outcome = await deciding.return_entry(
            turn.session,
            turn.actor,
            int(data["entry"]),
            revision=int(data["revision"]),
            reason=message.text,
            now=turn.now,
        )
    except Invalid:
        raise  # the question stays: it may be answered again
    except DomainError as error:
        return ended(turn, error, int(data["day"]))
    turn.done()
    return await follow(turn, outcome, "return.done", typed=True)


def keep_reason(turn: Turn, message: Message, day_id: int, revision: int) -> Answer:
    """A reason before it is known for which entry: kept, and asked. Raises Invalid."""
    keep(turn, Step.REASON, message, day=day_id, entry=None, revision=revision)
    deciding.checked_reason(words_in(turn.question, Step.REASON))
    return Answer(cards=card(REVIEW_CARD, day_id, view="which"), reaction="👌")


def ended(turn: Turn, error: DomainError, day_id: int) -> Answer:
    """A typed answer came too late: nothing was stored, and the question ends with how it is now.

    Raises NotAllowed, which is audited.
    """
    if isinstance(error, NotAllowed):
        raise error
    turn.done()
    text = Screen(turn.t(f"errors.{error.code}", **error.params))
    shown = () if isinstance(error, NotFound) else card(REVIEW_CARD, day_id)
    return Answer(screens=(text,), cards=shown, untaken=True)


async def on_reopen(turn: Turn, press: Press) -> Answer:
    await deciding.reopen(
        turn.session,
        turn.actor,
        press.subject,
        revision=press.revision,
        entry_id=number(press.arg or "0") or None,
        now=turn.now,
    )
    shown = card(REVIEW_CARD, press.subject)
    return Answer(cards=(*shown, *await standing_queue(turn)), toast=turn.t.plain("review.reopened"))


async def follow(
    turn: Turn, outcome: Outcome, toast: str, *, detail: bool = False, typed: bool = False
) -> Answer:
    """After a decision: what still waits of that day, else the day that has waited longest, else the end."""
    said = turn.t.plain(toast, name=outcome.person_name, day=turn.t.date(outcome.work_date))
    following = (
        outcome.day_id if outcome.waiting else await next_waiting(turn.session, turn.actor, now=turn.now)
    )
    shown: tuple[CardRef, ...]
    if following is None:
        shown = queue_card(turn, view="done")
    elif following == outcome.day_id and detail:
        left = (await load_review(turn.session, turn.actor, following, now=turn.now)).waiting
        shown = card(REVIEW_CARD, following, view="detail", focus=left[0].id)
    else:
        shown = card(REVIEW_CARD, following)
    if following is not None:
        shown = (*shown, *await standing_queue(turn))
    if typed and following != outcome.day_id:
        shown = (*shown, *card(REVIEW_CARD, outcome.day_id, view=GONE))
    return Answer(cards=shown, toast=said, reaction="👌" if typed else "")


async def standing_queue(turn: Turn) -> tuple[CardRef, ...]:
    """The queue, if its message stands somewhere else in the chat: it is brought up to date there."""
    me = turn.actor.person_id
    if await cards.standing(turn.session, turn.chat_id, QUEUE_CARD, me) is None:
        return ()
    return queue_card(turn)


async def queue_changed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Edits the living queue, or sends it silently; nothing while a review card is being read."""
    me = turn.actor.person_id
    if await cards.standing(turn.session, turn.chat_id, QUEUE_CARD, me) is None:
        waits = await next_waiting(turn.session, turn.actor, now=turn.now) is not None
        empty = not waits and not await count_open(turn.session, turn.actor)
        if empty or await is_reviewing(turn.session, turn.chat_id, now=turn.now):
            return None
    return Answer(cards=queue_card(turn, view="quiet"), below=False)


async def queue_noticed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """The one audible notice at the end of the day; nothing when nothing waits."""
    if await next_waiting(turn.session, turn.actor, now=turn.now) is None:
        return None
    return Answer(cards=queue_card(turn, view="noticed"), below=True)


FEATURE = Feature(
    name="review",
    commands=(Command("periksa", on_command, shown_to=lambda actor: actor.supervises),),
    presses={
        Kind.QUEUE: on_queue,
        Kind.DECIDED: on_decided,
        Kind.REVIEW: on_review,
        Kind.REVIEW_PAGE: on_review,
        Kind.DETAIL: on_detail,
        Kind.APPROVE_DAY: on_approve_day,
        Kind.APPROVE_ENTRY: on_approve_entry,
        Kind.APPROVE_ALL: on_approve_all,
        Kind.RETURN_DAY: on_return_day,
        Kind.RETURN_ENTRY: on_return_entry,
        Kind.REASON: on_chip,
        Kind.REOPEN: on_reopen,
    },
    answers={Step.REASON: on_reason_text},
    cards={QUEUE_CARD: render_queue, REVIEW_CARD: render_review},
    notices={"queue_changed": queue_changed, "queue_noticed": queue_noticed},
)
