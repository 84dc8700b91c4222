"""One notice: rendered in its receiver's language from the present state, sent, and what came of it.

Facts that every notice needs are read for a whole claim at once, and notices of a kind that is told to many
are rendered together: a constant number of statements for however many.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession
from telegram.ext import ExtBot

from bot import menus, presenter
from bot.context import Answer, Deps, Prepared, Turn
from bot.delivery.braking import Brake, Met
from bot.delivery.endings import Ending, NotJoined, NotLinked, TooLate, ending
from bot.pacing import Pace, Slot, in_bulk
from bot.registry import Registry
from bot.screens import Screen
from models import OutboxState
from services import cards, outbox
from services.cards import Placed
from services.people.identities import who_are
from services.people.identity import Actor
from services.rounds import lateness

log = structlog.get_logger()


@dataclass(slots=True)
class Post:
    """What a delivery works with."""

    deps: Deps
    registry: Registry
    bot: ExtBot[Any]
    pace: Pace
    brake: Brake


@dataclass(slots=True)
class Told:
    """A row that was tried. `slot`: what it used of the pace. `begun`: what arrived.

    `placed`: cards that stand there now; `gone`: messages that show none any more; `outdone`: messages that
    show one which stands in another by now.
    """

    row: outbox.Claimed
    slot: Slot
    end: Ending = field(default_factory=lambda: Ending(OutboxState.SENT))
    message_id: int | None = None
    begun: list[int] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    outdone: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the receivers of one claim, and what is rendered already; by the row's id."""

    actors: Mapping[int, Actor]
    prepared: Mapping[int, "Rendered | None"]


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer with its cards."""

    answer: Answer
    cards: tuple[presenter.Rendered, ...] = ()


async def gather_facts(post: Post, rows: Sequence[outbox.Claimed]) -> Facts:
    """Reads what the rows of a claim need together, and renders those kinds that are rendered in bulk."""
    now = post.deps.clock()
    async with post.deps.database.reading() as session:
        users = [row.user_id for row in rows if row.user_id is not None]
        found = await who_are(session, users, now=now)
        actors = {row.id: found[row.user_id] for row in rows if row.user_id in found}
        prepared: dict[int, Rendered | None] = {}
        by_kind: dict[str, list[outbox.Claimed]] = {}
        for row in rows:
            if (
                row.kind in post.registry.batches
                and row.id in actors
                and _is_in_time(row, actors[row.id], now)
            ):
                by_kind.setdefault(row.kind, []).append(row)
        for kind, of_kind in by_kind.items():
            try:
                prepared |= await _rendered_together(post, session, kind, of_kind, actors)
            except Exception as error:  # one by one, whoever it is about fails alone
                log.exception("notices_not_rendered_together", kind=kind, error=type(error).__name__)
    return Facts(actors, prepared)


async def _rendered_together(
    post: Post,
    session: AsyncSession,
    kind: str,
    rows: Sequence[outbox.Claimed],
    actors: Mapping[int, Actor],
) -> dict[int, Rendered | None]:
    turns = [_turn(post, session, row, actors.get(row.id)) for row in rows]
    found = await post.registry.batches[kind](turns, [row.payload for row in rows])
    places = [
        (turn.chat_id, ref.kind, ref.subject)
        for turn, one in zip(turns, found, strict=True)
        if one is not None
        for ref in one.answer.cards
    ]
    standing = await cards.standing_many(session, places)
    return {
        row.id: None if one is None else Rendered(one.answer, _placed(turn.chat_id, one, standing))
        for row, turn, one in zip(rows, turns, found, strict=True)
    }


def _placed(
    chat_id: int, one: Prepared, standing: Mapping[tuple[int, str, int], int]
) -> tuple[presenter.Rendered, ...]:
    return tuple(
        presenter.Rendered(ref, screen, standing.get((chat_id, ref.kind, ref.subject)))
        for ref, screen in zip(one.answer.cards, one.screens, strict=True)
    )


async def tell(post: Post, row: outbox.Claimed, facts: Facts | Exception, *, seconds: float) -> Told:
    """Renders and sends one row. Never raises: what went wrong, with its facts too, is its ending.

    `seconds`: it is cut off after so many; what had not arrived by then may have.
    """
    told = Told(row, Slot())
    try:
        if isinstance(facts, Exception):
            raise facts
        async with asyncio.timeout(seconds) as limit:
            with in_bulk(told.slot):
                await _send(post, told, facts)
        told.end = Ending(OutboxState.SENT, met=Met.ANSWER if told.begun or told.slot.used else Met.NOTHING)
    except Exception as error:
        if isinstance(error, TimeoutError) and not isinstance(facts, Exception) and limit.expired():
            told.end = _cut_off(told)
        else:
            told.end = ending(error, begun=bool(told.begun))
        if told.end.bug:
            log.exception("notice_failed", outbox_id=row.id, kind=row.kind)
    post.deps.metrics.notice(row.kind, told.end.state.value)
    if told.end.state is not OutboxState.SENT:
        log.info("notice_not_sent", outbox_id=row.id, kind=row.kind, state=told.end.state)
    return told


def _cut_off(told: Told) -> Ending:
    """Only a menu may follow once the notice itself has its message."""
    if told.message_id is not None:
        return Ending(OutboxState.SENT, met=Met.TROUBLE)
    return Ending(OutboxState.UNCERTAIN, "no end in time", met=Met.TROUBLE)


async def _send(post: Post, told: Told, facts: Facts) -> None:
    """Raises NotJoined, NotLinked, TooLate, TelegramError."""
    row, bot = told.row, post.bot
    if row.chat_id is None:
        raise NotJoined
    chat_id, topic = row.chat_id, row.group.thread_id if row.group else None
    actor = facts.actors.get(row.id)
    if row.id in facts.prepared:
        rendered = facts.prepared[row.id]
    else:
        async with post.deps.database.reading() as session:
            rendered = await _rendered(post, session, row, actor)
    if rendered is None:
        return
    answer = rendered.answer
    if answer.picture is not None:
        sent = await presenter.send_picture(bot, post.deps, chat_id, answer.picture, thread_id=topic)
        told.begun.append(sent)
    for screen in answer.screens:
        shown = screen if row.group is None else _without_presses(screen)
        told.begun.append(await presenter.send(bot, chat_id, shown, thread_id=topic))
    last = await _show(bot, told, chat_id, rendered)
    told.message_id = told.begun[0] if told.begun else last
    if answer.menu:
        menu = menus.menu_of(post.registry, post.deps.texts, actor)
        await presenter.insist(partial(menus.publish, bot, chat_id, menu))


async def _show(bot: ExtBot[Any], told: Told, chat_id: int, rendered: Rendered) -> int | None:
    """Living cards; that they stand there is stored with the row's ending. Gives the last one's message."""
    last: int | None = None
    for one in rendered.cards:
        if one.screen is None:
            told.gone += [one.standing] if one.standing is not None else []
            continue
        stays = one.standing is not None and not rendered.answer.below
        if stays and one.standing and await presenter.edit(bot, chat_id, one.standing, one.screen):
            continue
        last = await presenter.send(bot, chat_id, one.screen)
        told.begun.append(last)
        told.placed.append(Placed(chat_id, one.card.kind, one.card.subject, last))
        told.gone += [one.standing] if one.standing is not None else []
    return last


async def _rendered(
    post: Post, session: AsyncSession, row: outbox.Claimed, actor: Actor | None
) -> Rendered | None:
    """None: there is nothing left to tell. Raises NotJoined, NotLinked, TooLate."""
    turn = _turn(post, session, row, actor)
    if row.group is not None and not row.group.linked:
        raise NotLinked
    if row.group is None and not row.former and actor is None:
        raise NotJoined
    if not _is_in_time(row, actor, turn.now):
        raise TooLate(lateness.told_at(row.kind, now=turn.now, zone=actor.zone if actor else row.zone))
    answer: Answer | None = await post.registry.notices[row.kind](turn, row.payload)
    if answer is None:
        return None
    return Rendered(answer, await presenter.render(post.registry, turn, answer.cards))


def _turn(post: Post, session: AsyncSession, row: outbox.Claimed, actor: Actor | None) -> Turn:
    assert row.chat_id is not None, "a row without a chat is not rendered"
    return Turn(
        session=session,
        now=post.deps.clock(),
        t=post.deps.texts.speech(row.language),
        deps=post.deps,
        chat_id=row.chat_id,
        user_id=row.user_id or 0,
        found=actor,
        group=row.group,
    )


def _is_in_time(row: outbox.Claimed, actor: Actor | None, now: datetime) -> bool:
    """Whether a row is not stale, or of a kind that may be told now all the same."""
    if not lateness.is_stale(row.stale_at, now):
        return True
    return lateness.told_at(row.kind, now=now, zone=actor.zone if actor else row.zone) == now


def _without_presses(screen: Screen) -> Screen:
    """No button that presses stands in a group: anybody there could press it."""
    rows = tuple(tuple(one for one in row if one.press is None) for row in screen.rows)
    return replace(screen, rows=tuple(row for row in rows if row))
