"""`/kesehatan`: whether the bot runs as it should, for admins, and what they may do about it."""

import re

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import CardRef, Screen
from bot.views import health as views
from services import delivery_trouble, health
from services.clock import local_date
from services.errors import NotAllowed, NotFound, Outdated

HEALTH = "health"
FACE = re.compile(r"([puf])([0-9]{1,3})")


async def render_health(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: a list, or nothing: how it is all in all."""
    actor, session = turn.actor, turn.session
    if ref.subject != actor.person_id:
        return None
    looking = views.Looking(actor.person_id, actor.zone)
    if ref.view == views.PEOPLE:
        return await _people(turn, looking, page=ref.page)
    if ref.view == views.FAULTS:
        faults, total = await health.list_faults(session, actor, now=turn.now)
        return views.faults_screen(turn.t, faults, total, looking)
    shown = await health.show_health(session, actor, now=turn.now, today=local_date(turn.now, actor.zone))
    if ref.view == views.UNCERTAIN:
        delivery = shown.delivery
        return views.uncertain_screen(
            turn.t, delivery.uncertain, delivery.uncertain_count, looking, page=ref.page
        )
    return views.main_screen(turn.t, shown, health.findings(shown), looking)


async def _people(turn: Turn, looking: views.Looking, *, page: int) -> Screen:
    people, total = await health.list_unreachable(
        turn.session, turn.actor, offset=page * views.PEOPLE_A_PAGE, limit=views.PEOPLE_A_PAGE
    )
    return views.people_screen(turn.t, people, total, looking, page=page)


def _card(turn: Turn, view: str = "", page: int = 0, *, toast: str = "") -> Answer:
    return Answer(cards=card(HEALTH, turn.actor.person_id, view=view, page=page), toast=toast)


async def on_health(turn: Turn, arguments: str) -> Answer:
    if not health.may_see(turn.actor):
        raise NotAllowed
    return _card(turn)


async def on_face(turn: Turn, press: Press) -> Answer:
    """`arg`: a list and its page, or nothing. Subject: whose screen it was."""
    if not health.may_see(turn.actor) or press.subject != turn.actor.person_id:
        raise NotAllowed
    face = FACE.fullmatch(press.arg)
    if press.arg and face is None:
        raise NotFound
    return _card(turn, face[1], int(face[2])) if face else _card(turn)


async def on_again(turn: Turn, press: Press) -> Answer:
    """Sends what may have arrived once more."""
    try:
        sent = await delivery_trouble.send_again(turn.session, turn.actor, press.subject, now=turn.now)
    except Outdated:
        raise Outdated("settled", card=(HEALTH, turn.actor.person_id)) from None
    key = "health.sent_again" if sent else "health.not_sent_late"
    return _card(turn, views.UNCERTAIN, toast=turn.t.plain(key))


async def on_let_be(turn: Turn, press: Press) -> Answer:
    """It arrived, or need not."""
    try:
        await delivery_trouble.let_be(turn.session, turn.actor, press.subject, now=turn.now)
    except Outdated:
        raise Outdated("settled", card=(HEALTH, turn.actor.person_id)) from None
    return _card(turn, views.UNCERTAIN, toast=turn.t.plain("health.left"))


async def on_let_all_be(turn: Turn, press: Press) -> Answer:
    """All that may have arrived, up to the newest that the screen knew of."""
    try:
        count = await delivery_trouble.let_all_be(
            turn.session, turn.actor, newest=press.subject, now=turn.now
        )
    except Outdated:
        raise Outdated("settled", card=(HEALTH, turn.actor.person_id)) from None
    return _card(turn, views.UNCERTAIN, toast=turn.t.plain("health.all_left", count=count))


FEATURE = Feature(
    name="health",
    commands=(Command("kesehatan", on_health, shown_to=health.may_see),),
    presses={
        Kind.HEALTH: on_face,
        Kind.HEALTH_AGAIN: on_again,
        Kind.HEALTH_LET_BE: on_let_be,
        Kind.HEALTH_LET_ALL_BE: on_let_all_be,
    },
    cards={HEALTH: render_health},
)
