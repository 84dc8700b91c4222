"""`/pengganti`: a supervisor, or an admin for one, names somebody who stands in; both are told."""

from collections.abc import Mapping
from typing import Any

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.screens import CardRef, Screen, shorten
from bot.views.acting import (
    DATES,
    LIST,
    PEOPLE,
    SUPERVISORS,
    SURE,
    Draft,
    dates_screen,
    list_screen,
    people_screen,
    supervisors_screen,
    sure_screen,
    told_screen,
    unpack_draft,
)
from services.approvals import acting
from services.clock import local_date
from services.dialogue import Step
from services.errors import Invalid, NotAllowed, NotFound
from services.people.identity import Actor
from services.reading.dates import Mode, read_dates
from services.states import Capacity, RoleName

ACTING = "acting"


def is_admin(actor: Actor) -> bool:
    return RoleName.ADMIN in actor.roles


def names_stand_ins(actor: Actor) -> bool:
    """In whose menu the command stands; who only stands in names nobody, which the service decides."""
    return actor.supervises or is_admin(actor)


async def render(turn: Turn, ref: CardRef) -> Screen | None:
    """`view`: a face, and after it the draft; `focus`: in whose place."""
    actor = turn.actor
    if ref.subject != actor.person_id:
        raise NotAllowed
    face, arg = ref.view[:1], ref.view[1:]
    if face == SUPERVISORS:
        found = await acting.supervisors(turn.session, actor)
        return supervisors_screen(turn.t, found, person_id=actor.person_id, page=ref.page)
    if face == PEOPLE:
        return await people(turn, ref.focus, page=ref.page, words=arg)
    if face == DATES:
        name = await acting.ensure_eligible(turn.session, turn.actor, ref.focus, number(arg))
        return dates_screen(turn.t, name, person_id=actor.person_id)
    if face == SURE:
        return await sure(turn, ref.focus, unpack_draft(arg))
    spans = await acting.load_spans(turn.session, actor, now=turn.now)
    today = local_date(turn.now, actor.zone)
    admin = is_admin(actor)
    return list_screen(turn.t, spans, person_id=actor.person_id, admin=admin, today=today, page=ref.page)


async def people(turn: Turn, supervisor_id: int, *, page: int, words: str) -> Screen:
    """Those near by, or those whose name was typed."""
    name = await acting.ensure_may_name(turn.session, turn.actor, supervisor_id)
    if words:
        found = await acting.find_people(turn.session, turn.actor, supervisor_id, words)
    else:
        found = await acting.candidates(turn.session, turn.actor, supervisor_id)
    own = supervisor_id == turn.actor.person_id
    return people_screen(
        turn.t,
        found,
        supervisor_id=supervisor_id,
        supervisor=None if own else name,
        person_id=turn.actor.person_id,
        page=page,
        searched=bool(words),
    )


async def sure(turn: Turn, supervisor_id: int, draft: Draft) -> Screen:
    return sure_screen(
        turn.t,
        draft,
        name=await acting.ensure_eligible(turn.session, turn.actor, supervisor_id, draft.acting_id),
        supervisor_id=supervisor_id,
        supervisor=await acting.ensure_may_name(turn.session, turn.actor, supervisor_id),
        person_id=turn.actor.person_id,
    )


def face(turn: Turn, view: str, *, supervisor_id: int = 0, page: int = 0) -> tuple[CardRef, ...]:
    return card(ACTING, turn.actor.person_id, view=view, focus=supervisor_id, page=page)


async def on_command(turn: Turn, arguments: str) -> Answer:
    return Answer(cards=face(turn, LIST))


async def on_list(turn: Turn, press: Press) -> Answer:
    await acting.load_spans(turn.session, turn.actor, now=turn.now)
    return Answer(cards=face(turn, LIST, page=number(press.arg or "0")))


async def on_new(turn: Turn, press: Press) -> Answer:
    """Subject 0: in whose place is still to be chosen."""
    page = number(press.arg or "0")
    if press.subject == 0:
        turn.actor.require(RoleName.ADMIN)
        return Answer(cards=face(turn, SUPERVISORS, page=page))
    await acting.ensure_may_name(turn.session, turn.actor, press.subject)
    turn.ask(Step.ACTING_NAME, supervisor=press.subject)
    return Answer(cards=face(turn, PEOPLE, supervisor_id=press.subject, page=page))


async def on_name(turn: Turn, message: Message) -> Answer:
    """A part of a name: the question stays, so that another part may follow."""
    supervisor_id = int(turn.question.data["supervisor"]) if turn.question else 0
    words = " ".join(message.text.split())[:60]
    await acting.find_people(turn.session, turn.actor, supervisor_id, words)
    return Answer(cards=face(turn, PEOPLE + words, supervisor_id=supervisor_id))


async def on_who(turn: Turn, press: Press) -> Answer:
    """Now the dates are asked for."""
    acting_id = number(press.arg)
    await acting.ensure_may_name(turn.session, turn.actor, press.subject)
    await acting.ensure_eligible(turn.session, turn.actor, press.subject, acting_id)
    turn.ask(Step.ACTING_DATES, supervisor=press.subject, acting=acting_id)
    return Answer(cards=face(turn, f"{DATES}{acting_id}", supervisor_id=press.subject))


async def on_dates(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    today = local_date(turn.now, turn.actor.zone)
    span = read_dates(message.text, today=today, mode=Mode.FUTURE)
    if span is None:
        raise Invalid("dates", "acting_unread")
    acting.ensure_dates(span.first, span.last, today=today)
    draft = Draft(int(data["acting"]), Capacity.PLH, span.first, span.last)
    turn.done()
    return Answer(cards=face(turn, SURE + draft.pack(), supervisor_id=int(data["supervisor"])))


async def on_draft(turn: Turn, press: Press) -> Answer:
    await acting.ensure_may_name(turn.session, turn.actor, press.subject)
    draft = unpack_draft(press.arg)
    return Answer(cards=face(turn, SURE + draft.pack(), supervisor_id=press.subject))


async def on_save(turn: Turn, press: Press) -> Answer:
    await acting.ensure_may_name(turn.session, turn.actor, press.subject)
    draft = unpack_draft(press.arg)
    span_id = await acting.name_acting(
        turn.session,
        turn.actor,
        press.subject,
        draft.acting_id,
        capacity=draft.capacity,
        first=draft.first,
        last=draft.last,
        now=turn.now,
    )
    span = await acting.load_span(turn.session, span_id)
    said = turn.t.plain("acting.saved", name=shorten(span.acting_name, 60))
    return Answer(cards=face(turn, LIST), toast=said, menu=True)


async def on_end(turn: Turn, press: Press) -> Answer:
    span = await acting.end_acting(turn.session, turn.actor, press.subject, now=turn.now)
    said = turn.t.plain("acting.ended", name=shorten(span.acting_name, 60))
    return Answer(cards=face(turn, LIST), toast=said, menu=True)


def told(what: str, *, still: bool) -> Any:
    """A notice of a span; none when it was ended meanwhile (`still`), or is gone."""

    async def notice(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
        try:
            span = await acting.load_span(turn.session, int(payload["span_id"]))
        except NotFound:
            return None
        if still and span.ended:
            return None
        to_acting = span.acting_id == turn.actor.person_id
        screen = told_screen(turn.t, span, what=what, to_acting=to_acting)
        return Answer(screens=(screen,), menu=True)

    return notice


FEATURE = Feature(
    name="acting",
    commands=(Command("pengganti", on_command, shown_to=names_stand_ins),),
    presses={
        Kind.ACTING: on_list,
        Kind.ACTING_NEW: on_new,
        Kind.ACTING_WHO: on_who,
        Kind.ACTING_DRAFT: on_draft,
        Kind.ACTING_SAVE: on_save,
        Kind.ACTING_END: on_end,
    },
    answers={Step.ACTING_NAME: on_name, Step.ACTING_DATES: on_dates},
    cards={ACTING: render},
    notices={
        "acting_set": told("set", still=True),
        "acting_ended": told("ended", still=False),
        "acting_begun": told("begun", still=True),
        "acting_over": told("over", still=True),
    },
)
