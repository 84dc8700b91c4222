"""Joining as the one who joins sees it, and as those see it who are told."""

from datetime import datetime

from bot.callbacks import Kind
from bot.screens import DANGER, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.outcomes import example_of
from bot.views.prompt import day_buttons, short_name
from services.entries.disowning import Disowned
from services.people.identity import Actor
from services.people.joining import Invitee
from services.people.profile import Profile
from services.prompting import Asking
from services.settings import OwnSettings
from services.states import RoleName

ON_BUTTON = 40
"""Characters of a name on a button; a phone shows about so many."""


def invitation_question(t: Speech, invitee: Invitee, *, token: str) -> Screen:
    """«Benar ini Anda?». The buttons carry the token: only who holds the link can press them."""
    lines = [t("join.invited", name=invitee.name, place=_place(t, invitee.position, invitee.unit))]
    if invitee.moves:
        lines.append(t("join.moves"))
    lines.append(t("join.is_it_you"))
    yes = t.plain("join.yes", name=shorten(short_name(invitee.name), ON_BUTTON))
    rows = (
        (button(yes, Kind.JOIN_YES, arg=token, style=SUCCESS),),
        (button(t.plain("join.no"), Kind.JOIN_NO, arg=token),),
    )
    return Screen(t.join(lines), rows)


def _place(t: Speech, position: str | None, unit: str | None) -> Html:
    """«Guru, MTsN 3 Sukamaju» on its own line; nothing when neither is known."""
    known = [one for one in (position, unit) if one]
    return t("join.place", place=", ".join(known)) if known else Html("")


def welcome(
    t: Speech, actor: Actor, profile: Profile, own: OwnSettings, today: Asking, *, now: datetime
) -> Screen:
    """What will happen and what to do now, by role, in one message."""
    lines = [t("join.welcome", name=short_name(actor.name))]
    rows: tuple[tuple[Button, ...], ...] = ()
    if actor.reports:
        lines.append(_asked(t, own, now))
        lines.append(t("join.type_now", example=example_of(t, profile.position)))
        rows = day_buttons(t, today)
    if actor.supervises:
        lines.append(t("join.supervisor"))
    if RoleName.ADMIN in actor.roles:
        lines.append(t("join.admin"))
    if RoleName.OBSERVER in actor.roles and not actor.reports:
        lines.append(t("join.observer"))
    return Screen(t.join(lines), rows)


def _asked(t: Speech, own: OwnSettings, now: datetime) -> Html:
    if own.next_prompt is None and own.shift:
        return t("join.asked_never")
    if own.own_time is not None:
        return t("join.asked_own", clock=t.clock(own.own_time))
    if own.next_prompt is None or own.next_prompt <= now:
        return t("join.asked")
    return t("join.asked_first", when=t.instant(own.next_prompt, own.zone))


def greeted(t: Speech, actor: Actor, today: Asking, *, greeting: Html, joined: bool) -> Screen:
    """Somebody who has joined opens the bot again; `joined`: by a link they had used already."""
    lines = [greeting]
    if joined:
        lines.append(t("join.already", name=short_name(actor.name)))
    if not actor.reports:
        lines.append(t("join.again_other"))
        return Screen(t.join(lines))
    lines.append(t("join.again_sent" if today.sent else "join.again"))
    return Screen(t.join(lines), day_buttons(t, today))


def joined_notice(
    t: Speech, profile: Profile, *, account: str, invitation_id: int, moved: bool = False
) -> Screen:
    """Tells the supervisor who joined or moved, and with which account; one press takes it back."""
    if moved:
        lines = [t("join.told_moved", name=profile.name, account=account or "?")]
    else:
        lines = [t("join.told", name=profile.name, place=_place(t, profile.position, profile.unit))]
        if account:
            lines.append(t("join.told_account", account=account))
    lines.append(t("join.told_undo"))
    undo = button(
        t.plain("join.undo"), Kind.JOIN_UNDO, profile.person_id, revision=invitation_id, style=DANGER
    )
    return Screen(t.join(lines), ((undo,),))


def undone(t: Speech, profile: Profile, found: Disowned) -> Screen:
    """Answers «Bukan dia»: what became of the account and of what was written with it."""
    lines = [t("join.undone", name=profile.name)]
    if found.removed:
        lines.append(t("join.undone_removed", count=found.removed))
    if found.kept:
        lines.append(t("join.undone_kept", count=found.kept))
    if found.agreed:
        lines.append(t("join.undone_agreed", years=", ".join(map(str, found.agreed))))
    lines.append(t("join.undone_next"))
    return Screen(t.join(lines))


def undone_notice(t: Speech, profile: Profile, by: Profile) -> Screen:
    """Tells an administrator that somebody else had joined in a person's name."""
    return Screen(t("join.undone_told", name=profile.name, by=by.name))
