"""The supervisor's side of dated values: what waits, confirmed or returned with a reason."""

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Feature, Message, Turn
from bot.screens import CardRef, Screen
from bot.skp_answers import ended
from bot.values_answers import TEAM, review_card, team_card
from bot.views.values import reason_screen, review_screen, team_screen
from services.approvals.entitlement import require_supervisor
from services.dialogue import Step
from services.errors import DomainError, NotAllowed
from services.progress import values
from services.progress.values import REVIEW_CARD
from services.progress.waiting import load_reported, load_waiting

REASON = "reason"


async def render_team(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.subject != turn.actor.person_id:
        raise NotAllowed
    return team_screen(turn.t, await load_waiting(turn.session, turn.actor, now=turn.now), page=ref.page)


async def render_value(turn: Turn, ref: CardRef) -> Screen | None:
    one = await load_reported(turn.session, turn.actor, ref.subject, now=turn.now)
    if ref.view == REASON and one.waits:
        return reason_screen(turn.t, one)
    others = [other.value.id for other in await load_waiting(turn.session, turn.actor, now=turn.now)]
    rest = [other for other in others if other != ref.subject]
    following = rest[0] if rest and not one.waits else None
    return review_screen(turn.t, one, following=following, more=len(rest), zone=turn.actor.zone)


async def on_team(turn: Turn, press: Press) -> Answer:
    """From the brief, which stays where it is, or back from one value."""
    require_supervisor(turn.actor)
    page = 0 if press.arg == "brief" else number(press.arg or "0")
    return Answer(cards=team_card(turn, page=min(page, 99)), below=press.arg == "brief" or None)


async def on_review(turn: Turn, press: Press) -> Answer:
    await load_reported(turn.session, turn.actor, press.subject, now=turn.now)
    return Answer(cards=review_card(press.subject))


async def on_confirm(turn: Turn, press: Press) -> Answer:
    await values.confirm(turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now)
    return Answer(cards=review_card(press.subject), toast=turn.t.plain("values.toast_confirmed"))


async def on_return(turn: Turn, press: Press) -> Answer:
    await values.decidable(turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now)
    data = {"value": press.subject, "revision": press.revision}
    turn.ask(Step.VALUE_REASON, card=[REVIEW_CARD, press.subject], **data)
    return Answer(cards=review_card(press.subject, REASON))


async def on_reason(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    value_id, revision = int(data["value"]), int(data["revision"])
    try:
        await values.return_value(
            turn.session, turn.actor, value_id, revision=revision, reason=message.text, now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    turn.done()
    return Answer(cards=review_card(value_id), reaction="👌")


FEATURE = Feature(
    name="value_review",
    presses={
        Kind.VALUE_TEAM: on_team,
        Kind.VALUE_REVIEW: on_review,
        Kind.VALUE_CONFIRM: on_confirm,
        Kind.VALUE_RETURN: on_return,
    },
    answers={Step.VALUE_REASON: on_reason},
    cards={TEAM: render_team, REVIEW_CARD: render_value},
)
