"""Joining by a one-time link: the notice, the confirmation, the welcome; and the supervisor's «Bukan dia»."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Turn
from bot.screens import Screen
from bot.views.joining import greeted, invitation_question, joined_notice, undone, undone_notice, welcome
from bot.views.privacy import privacy_notice
from bot.views.prompt import greeting
from services.clock import local_date
from services.errors import Invalid, Outdated
from services.outbox import FORMER_CHAT
from services.people.identity import who_is
from services.people.joining import join, note_refusal, preview_invitation, undo_join
from services.people.profile import has_left, joining_stands, load_profile
from services.prompting import look_at
from services.settings import load_settings

AGAIN = "already_joined"
NOT_ME = "not_me"


async def on_start(turn: Turn, arguments: str) -> Answer:
    """`/start`, by somebody who has joined or not, with a link's token or without."""
    token = arguments.strip()
    if token:
        return await present(turn, token)
    if turn.found is not None:
        return Answer(screens=(await greet(turn),), menu=True)
    if await has_left(turn.session, turn.user_id):
        text = turn.t("errors.left", organization=turn.deps.settings.organization)
    else:
        text = turn.t("errors.stranger")
    return Answer(screens=(Screen(text),), menu=True)


async def present(turn: Turn, token: str) -> Answer:
    """The privacy notice, and who the link says one is, in the language of the invited person."""
    try:
        invitee = await preview_invitation(turn.session, token, turn.user_id, now=turn.now)
    except Invalid as refused:
        await note_refusal(turn.session, token, turn.user_id, code=refused.code, now=turn.now)
        if refused.code == AGAIN and turn.found is not None:
            return Answer(screens=(await greet(turn, joined=True),), menu=True)
        return Answer(screens=(Screen(turn.t(f"errors.{refused.code}", **refused.params)),))
    profile = await load_profile(turn.session, invitee.person_id)
    turn.t = turn.deps.texts.speech(profile.language)
    return Answer(screens=(notice(turn), invitation_question(turn.t, invitee, token=token)))


def notice(turn: Turn) -> Screen:
    settings = turn.deps.settings
    return privacy_notice(turn.t, organization=settings.organization, contact=settings.privacy_contact)


async def greet(turn: Turn, *, joined: bool = False) -> Screen:
    """A short greeting with today's buttons."""
    actor = turn.actor
    today = await look_at(turn.session, actor, local_date(turn.now, actor.zone))
    words = greeting(turn.t, actor.name, now=turn.now, zone=actor.zone)
    return greeted(turn.t, actor, today, greeting=words, joined=joined)


async def on_yes(turn: Turn, press: Press) -> Answer:
    """«Ya, saya …»: the button's token is checked like the link's. Pressed twice, it welcomes again."""
    try:
        await join(
            turn.session,
            press.arg,
            user_id=turn.user_id,
            chat_id=turn.chat_id,
            now=turn.now,
            account_name=turn.user_name,
        )
    except Invalid as refused:
        if refused.code != AGAIN:
            await note_refusal(turn.session, press.arg, turn.user_id, code=refused.code, now=turn.now)
            return Answer(replace=Screen(turn.t(f"errors.{refused.code}", **refused.params)))
    turn.found = await who_is(turn.session, turn.user_id, now=turn.now)
    return Answer(replace=await welcomed(turn), menu=True)


async def welcomed(turn: Turn) -> Screen:
    """The welcome, in the language of the person one now is."""
    actor = turn.actor
    turn.t = turn.deps.texts.speech(actor.language)
    profile = await load_profile(turn.session, actor.person_id)
    own = await load_settings(turn.session, actor, now=turn.now)
    today = await look_at(turn.session, actor, local_date(turn.now, actor.zone))
    return welcome(turn.t, actor, profile, own, today, now=turn.now)


async def on_no(turn: Turn, press: Press) -> Answer:
    """«Bukan saya»: nothing is stored but that the link went astray. It stays good for whom it was meant."""
    await note_refusal(turn.session, press.arg, turn.user_id, code=NOT_ME, now=turn.now)
    return Answer(replace=Screen(turn.t("join.not_me")))


async def on_undo(turn: Turn, press: Press) -> Answer:
    """«Bukan dia». The revision is the invitation that was used: a later joining is not undone by it."""
    try:
        found = await undo_join(
            turn.session, turn.actor, press.subject, now=turn.now, invitation_id=press.revision
        )
    except Outdated as stale:
        return Answer(replace=Screen(turn.t(f"errors.{stale.code}")), toast=turn.t.plain("errors.outdated"))
    profile = await load_profile(turn.session, press.subject)
    return Answer(replace=undone(turn.t, profile, found))


async def on_joined(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Somebody joined. Not worth telling once it is undone."""
    person_id, invitation_id = int(payload["person_id"]), int(payload["invitation_id"])
    if not await joining_stands(turn.session, person_id, invitation_id):
        return None
    profile = await load_profile(turn.session, person_id)
    account = str(payload.get("account", ""))
    moved = bool(payload.get("moved"))
    screen = joined_notice(turn.t, profile, account=account, invitation_id=invitation_id, moved=moved)
    return Answer(screens=(screen,))


async def on_moved(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """In the chat the person was moved from, which loses its menu; nothing once somebody joins from there."""
    if await who_is(turn.session, int(payload[FORMER_CHAT]), now=turn.now) is not None:
        return None
    text = turn.t("join.moved_away", organization=turn.deps.settings.organization)
    return Answer(screens=(Screen(text),), menu=True)


async def on_undone(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    profile = await load_profile(turn.session, int(payload["person_id"]))
    by = await load_profile(turn.session, int(payload["by"]))
    return Answer(screens=(undone_notice(turn.t, profile, by),))


FEATURE = Feature(
    name="joining",
    commands=(Command("start", on_start, shown_to=lambda actor: False, open_to_strangers=True),),
    presses={Kind.JOIN_YES: on_yes, Kind.JOIN_NO: on_no, Kind.JOIN_UNDO: on_undo},
    open_presses=frozenset({Kind.JOIN_YES, Kind.JOIN_NO}),
    notices={"person_joined": on_joined, "join_undone": on_undone, "account_moved": on_moved},
)
