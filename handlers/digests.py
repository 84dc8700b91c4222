"""`/rekap`: weekly summaries, at their time and on demand."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Picture, Turn, card
from bot.screens import CardRef, Screen
from bot.views.digest_pictures import own_picture, team_picture, unit_picture
from bot.views.digests import (
    OWN,
    TEAM,
    UNIT,
    Frame,
    Look,
    own_screen,
    sure_screen,
    team_screen,
    unit_screen,
    week_words,
)
from services.clock import local_date
from services.digests.access import ready_to_send, require_unit, send_again, units_of
from services.digests.periods import subject_of_group, subject_of_unit
from services.digests.person import person_week
from services.digests.team import team_leader, team_week
from services.digests.unit import unit_week
from services.digests.weeks import checked, read_week
from services.errors import NotAllowed, NotFound

DIGEST = "digest"
WORDS = {TEAM: re.compile(r"\b(?:tim|team)\b", re.IGNORECASE), UNIT: re.compile(r"\bunit\b", re.IGNORECASE)}


def today_of(turn: Turn) -> date:
    return local_date(turn.now, turn.actor.zone)


def look_in(turn: Turn, arg: str) -> Look:
    """What a button or a card asks for. Raises NotFound, Invalid."""
    parts = arg.split(".")
    if len(parts) != 5 or parts[0] not in (OWN, TEAM, UNIT):
        raise NotFound
    week, *numbers = parts[1:]
    if not all(one.isascii() and one.isdigit() and len(one) <= 18 for one in numbers):
        raise NotFound
    unit_id, full, page = (int(one) for one in numbers)
    return Look(parts[0], week_in(turn, week), unit_id, full=bool(full), page=page)


def week_in(turn: Turn, text: str) -> date:
    """A week in a button. Raises NotFound, Invalid."""
    try:
        week = date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
    return checked(week, today=today_of(turn))


async def frame_of(turn: Turn, look: Look) -> Frame:
    units = await units_of(turn.session, turn.actor)
    return Frame(look, today_of(turn), turn.actor.reports, turn.actor.supervises, units)


async def shown(turn: Turn, look: Look) -> tuple[Screen, Picture]:
    """A summary as the one acting may see it. Raises NotAllowed, NotFound."""
    session, actor = turn.session, turn.actor
    frame = await frame_of(turn, look)
    if look.mode == TEAM:
        leader = await team_leader(session, actor)
        team = await team_week(session, leader, look.week, now=turn.now)
        return team_screen(turn.t, team, frame), team_picture(turn.t, team)
    if look.mode == UNIT:
        unit = await require_unit(session, actor, look.unit_id)
        found = await unit_week(session, await subject_of_unit(session, unit.id), look.week, now=turn.now)
        return unit_screen(turn.t, found, frame), unit_picture(turn.t, found)
    if not actor.reports:
        raise NotAllowed
    own = await person_week(session, actor.person_id, look.week, now=turn.now)
    return own_screen(turn.t, own, frame), own_picture(turn.t, own)


async def render_digest(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.subject != turn.actor.person_id:
        raise NotAllowed
    look = look_in(turn, ref.view) if ref.view else await usual(turn, "")
    return (await shown(turn, look))[0]


async def usual(turn: Turn, words: str) -> Look:
    """What typed words ask for; without any, the last week of the kind that is the person's own."""
    week = read_week(words, today=today_of(turn))
    named = next((mode for mode, pattern in WORDS.items() if pattern.search(words)), None)
    mode = named or (OWN if turn.actor.reports else UNIT)
    if mode != UNIT:
        return Look(mode, week)
    return Look(UNIT, week, (await require_unit(turn.session, turn.actor, 0)).id)


def digest_card(turn: Turn, look: Look) -> tuple[CardRef, ...]:
    return card(DIGEST, turn.actor.person_id, view=look.pack(page=look.page))


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/rekap`, `/rekap minggu lalu`, `/rekap tim 12 Nov`."""
    return Answer(cards=digest_card(turn, await usual(turn, arguments)))


async def on_show(turn: Turn, press: Press) -> Answer:
    return Answer(cards=digest_card(turn, look_in(turn, press.arg)))


async def on_picture(turn: Turn, press: Press) -> Answer:
    picture = (await shown(turn, look_in(turn, press.arg)))[1]
    return Answer(picture=replace(picture, caption=picture.words, silent=False))


async def on_again(turn: Turn, press: Press) -> Answer:
    """Asks before a group gets a summary once more. Subject: the group."""
    week = week_in(turn, press.arg)
    group = await ready_to_send(turn.session, turn.actor, press.subject, week, now=turn.now)
    look = Look(UNIT, week, group.unit_id)
    problem = str(group.problem or "")
    return Answer(replace=sure_screen(turn.t, group.id, group.title, look, problem=problem))


async def on_send(turn: Turn, press: Press) -> Answer:
    week = week_in(turn, press.arg)
    group = await send_again(turn.session, turn.actor, press.subject, week, now=turn.now)
    words = turn.t.plain("digest.sent_again", group=group.title, week=week_words(turn.t, week))
    return Answer(cards=digest_card(turn, Look(UNIT, week, group.unit_id)), toast=words)


async def on_week_summed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """One's own week; nothing to somebody of whom nothing was asked and nobody said anything.

    Silent to who supervises: their team's comes at the same time, with a sound.
    """
    week = date.fromisoformat(payload["week"])
    own = await person_week(turn.session, turn.actor.person_id, week, now=turn.now)
    if own.empty:
        return None
    screen = own_screen(turn.t, own, await frame_of(turn, Look(OWN, week)))
    screen = replace(screen, silent=turn.actor.supervises)
    return Answer(picture=own_picture(turn.t, own), screens=(screen,))


async def on_team_summed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """A supervisor's team; nothing when nobody was asked for anything."""
    week = date.fromisoformat(payload["week"])
    team = await team_week(turn.session, turn.actor.person_id, week, now=turn.now)
    if team.empty:
        return None
    screen = team_screen(turn.t, team, await frame_of(turn, Look(TEAM, week)))
    return Answer(picture=team_picture(turn.t, team), screens=(screen,))


async def on_unit_summed(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """A unit, to its group: nobody acts here, so nothing can be pressed."""
    if turn.group is None:
        return None
    week = date.fromisoformat(payload["week"])
    subject = await subject_of_group(turn.session, turn.group.group_id)
    unit = await unit_week(turn.session, subject, week, now=turn.now)
    if unit.empty:
        return None
    return Answer(picture=unit_picture(turn.t, unit), screens=(unit_screen(turn.t, unit, None),))


FEATURE = Feature(
    name="digests",
    commands=(Command("rekap", on_command),),
    presses={
        Kind.WEEK_SHOW: on_show,
        Kind.WEEK_PICTURE: on_picture,
        Kind.WEEK_AGAIN: on_again,
        Kind.WEEK_SEND: on_send,
    },
    cards={DIGEST: render_digest},
    notices={
        "week_summed": on_week_summed,
        "team_summed": on_team_summed,
        "unit_summed": on_unit_summed,
    },
)
