"""`/pohon`: whose RHK serves whose, down to what was done for it; and what one's own are for."""

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Turn, card
from bot.screens import CardRef, Screen
from bot.views.cascade import choice_screen, loose_screen, target_screen, top_screen, work_screen
from services.cascade.connecting import CARD, connect, disconnect, load_choice, load_loose
from services.cascade.looking import load_target, load_top, load_work
from services.clock import local_date
from services.errors import Invalid, NotFound

RHK, WORK, LOOSE, CHOICE = "r", "w", "l", "c"
"""Faces of the card. The view names the face and whose tree, the focus the RHK or the year."""
FIRST_YEAR, LAST_YEAR = 2000, 2100


async def render(turn: Turn, ref: CardRef) -> Screen | None:
    """The tree as it is now, at the place the card stands."""
    face, _, seat = ref.view.partition(".")
    actor = turn.actor
    root = number(seat) if seat else actor.person_id
    if face == RHK:
        return await target_face(turn, root, ref)
    if face == WORK:
        return await work_face(turn, root, ref)
    if face == CHOICE:
        return choice_screen(
            turn.t, await load_choice(turn.session, actor, ref.focus, now=turn.now), page=ref.page
        )
    year = ref.focus or local_date(turn.now, actor.zone).year
    if face == LOOSE:
        loose = await load_loose(turn.session, actor, root, year, page=ref.page, now=turn.now)
        return loose_screen(turn.t, loose)
    return top_screen(turn.t, await load_top(turn.session, actor, root, year, now=turn.now), page=ref.page)


async def target_face(turn: Turn, root: int, ref: CardRef) -> Screen:
    """Who serves an RHK; where nobody does, what was done for it."""
    look = await load_target(turn.session, turn.actor, root, ref.focus, page=ref.page, now=turn.now)
    if look.count or not look.place.reads_work:
        return target_screen(turn.t, look)
    return await work_face(turn, root, ref)


async def work_face(turn: Turn, root: int, ref: CardRef) -> Screen:
    work = await load_work(turn.session, turn.actor, root, ref.focus, page=ref.page, now=turn.now)
    return work_screen(turn.t, work)


def tree_card(turn: Turn, face: str, root: int, *, focus: int, page: int = 0) -> tuple[CardRef, ...]:
    """The one living tree of whoever looks, at a place."""
    return card(CARD, turn.actor.person_id, view=f"{face}.{root}", focus=focus, page=page)


def pair(arg: str) -> tuple[int, int]:
    """«2026.1», «7.0» out of a button. Raises NotFound."""
    first, _, page = arg.partition(".")
    return number(first), number(page)


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/pohon`, `/pohon 2025`."""
    return Answer(cards=tree_card(turn, "", turn.actor.person_id, focus=year_in(arguments.strip())))


def year_in(said: str) -> int:
    """A typed year; 0: none was, this one is meant. Raises Invalid."""
    if not said:
        return 0
    if not (said.isascii() and said.isdigit() and len(said) == 4 and FIRST_YEAR <= int(said) <= LAST_YEAR):
        raise Invalid("year", "tree_year_unread", said=said[:40])
    return int(said)


def checked_year(year: int) -> int:
    """Raises NotFound for a year that no SKP has."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    return year


async def on_top(turn: Turn, press: Press) -> Answer:
    year, page = pair(press.arg)
    return Answer(cards=tree_card(turn, "", press.subject, focus=checked_year(year), page=page))


async def on_loose(turn: Turn, press: Press) -> Answer:
    year, page = pair(press.arg)
    return Answer(cards=tree_card(turn, LOOSE, press.subject, focus=checked_year(year), page=page))


async def on_target(turn: Turn, press: Press) -> Answer:
    root, page = pair(press.arg)
    return Answer(cards=tree_card(turn, RHK, root, focus=press.subject, page=page))


async def on_work(turn: Turn, press: Press) -> Answer:
    root, page = pair(press.arg)
    return Answer(cards=tree_card(turn, WORK, root, focus=press.subject, page=page))


async def on_choose(turn: Turn, press: Press) -> Answer:
    page = number(press.arg or "0")
    return Answer(cards=tree_card(turn, CHOICE, turn.actor.person_id, focus=press.subject, page=page))


async def on_connect(turn: Turn, press: Press) -> Answer:
    """One tap: this RHK serves that one of the supervisor."""
    await connect(turn.session, turn.actor, press.subject, number(press.arg), now=turn.now)
    cards = tree_card(turn, CHOICE, turn.actor.person_id, focus=press.subject)
    return Answer(cards=cards, toast=turn.t.plain("tree.connected_toast"))


async def on_undo(turn: Turn, press: Press) -> Answer:
    await disconnect(turn.session, turn.actor, press.subject, number(press.arg), now=turn.now)
    cards = tree_card(turn, CHOICE, turn.actor.person_id, focus=press.subject)
    return Answer(cards=cards, toast=turn.t.plain("tree.undone_toast"))


FEATURE = Feature(
    name="cascade",
    commands=(Command("pohon", on_command, shown_to=lambda actor: actor.reports or actor.supervises),),
    presses={
        Kind.TREE_TOP: on_top,
        Kind.TREE_LOOSE: on_loose,
        Kind.TREE_RHK: on_target,
        Kind.TREE_WORK: on_work,
        Kind.TREE_CHOOSE: on_choose,
        Kind.TREE_CONNECT: on_connect,
        Kind.TREE_UNDO: on_undo,
    },
    cards={CARD: render},
)
