"""`/capaian`: where one's SKP stands, and reporting kualitas, waktu and biaya in one's own words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Message, Turn
from bot.day_answers import take
from bot.screens import CardRef, Screen
from bot.skp_answers import asked_year, ended, year_and_page
from bot.values_answers import ASK, OVERVIEW, SURE, indicator_card, overview_card, team_card
from bot.views.values import (
    ask_screen,
    decided_notice,
    indicator_screen,
    own_screen,
    packed,
    sure_screen,
    unpacked,
)
from services.clock import local_date
from services.dialogue import Step
from services.errors import DomainError, NotAllowed
from services.progress import waiting
from services.progress.counting import load_outside
from services.progress.loading import load_pace
from services.progress.standing import right_after
from services.progress.values import DECIDED, OWN_CARD, read_report, report_value, reportable
from services.states import ValueState

SAID = "said"
"""In the question's data: a value was read, and may be corrected until it is sent."""


async def render_overview(turn: Turn, ref: CardRef) -> Screen | None:
    actor, session, now = turn.actor, turn.session, turn.now
    if ref.subject != actor.person_id:
        raise NotAllowed
    today = local_date(now, actor.zone)
    year = ref.focus or today.year
    found = await waiting.load_own(session, actor.person_id, year, now=now)
    outside = await load_outside(session, [actor.person_id], year=year, at=right_after(now)) if found else {}
    return own_screen(
        turn.t,
        found,
        year=year,
        pace=await load_pace(session, actor.person_id, max(min(today, date(year, 12, 31)), date(year, 1, 1))),
        outside=outside.get(actor.person_id),
        waiting=await waiting.count_waiting(session, actor, now=now) if actor.supervises else 0,
        person_id=actor.person_id,
        page=ref.page,
    )


async def render_indicator(turn: Turn, ref: CardRef) -> Screen | None:
    one = await waiting.load_indicator(turn.session, turn.actor, ref.subject, now=turn.now)
    if ref.view == ASK:
        return ask_screen(turn.t, one)
    if ref.view.startswith(SURE):
        alone = turn.actor.supervisor_id is None
        return sure_screen(turn.t, one, unpacked(ref.view.removeprefix(SURE)), alone=alone)
    return indicator_screen(turn.t, one, zone=turn.actor.zone)


async def on_command(turn: Turn, arguments: str) -> Answer:
    """`/capaian`, `/capaian 2025`: one's own; for who only decides on others, what waits."""
    if turn.actor.reports:
        return Answer(cards=overview_card(turn, year=asked_year(turn, arguments.strip())))
    if turn.actor.supervises:
        return Answer(cards=team_card(turn))
    raise NotAllowed("values_not_asked")


async def on_overview(turn: Turn, press: Press) -> Answer:
    if not turn.actor.reports:
        raise NotAllowed("values_not_asked")
    year, page = year_and_page(press.arg)
    return Answer(cards=overview_card(turn, page=min(page, 99), year=year))


async def on_show(turn: Turn, press: Press) -> Answer:
    lineage = await waiting.lineage_in(turn.session, turn.actor, press.subject)
    return Answer(cards=indicator_card(lineage))


async def on_ask(turn: Turn, press: Press) -> Answer:
    """«Laporkan capaian»."""
    asked = await reportable(turn.session, turn.actor, press.subject, now=turn.now)
    turn.ask(Step.VALUE, card=[OWN_CARD, asked.lineage], indicator=asked.indicator_id)
    return Answer(cards=indicator_card(asked.lineage, ASK))


async def on_text(turn: Turn, message: Message) -> Answer:
    """What was understood is said back; nothing is reported yet. Until it is, another value replaces it."""
    data = turn.question.data if turn.question else {}
    indicator, said = int(data["indicator"]), bool(data.get(SAID))
    try:
        read = await read_report(
            turn.session, turn.actor, indicator, message.text, correcting=said, now=turn.now
        )
    except DomainError as error:
        return ended(turn, error)
    if read is None:
        turn.done()
        return await take(turn, message)
    asked, value = read
    turn.ask(Step.VALUE, card=[OWN_CARD, asked.lineage], indicator=indicator, **{SAID: True})
    return Answer(cards=indicator_card(asked.lineage, f"{SURE}{packed(value)}"), reaction="👌")


async def on_send(turn: Turn, press: Press) -> Answer:
    asked = await reportable(turn.session, turn.actor, press.subject, now=turn.now)
    one = await report_value(turn.session, turn.actor, press.subject, unpacked(press.arg), now=turn.now)
    key = "values.toast_recorded" if one.state is ValueState.CONFIRMED else "values.toast_sent"
    return Answer(cards=indicator_card(asked.lineage), toast=turn.t.plain(key))


async def on_decided(turn: Turn, payload: Mapping[str, Any]) -> Answer | None:
    """Confirmed or returned, as long as it was not reported anew."""
    value_id, revision = int(payload["value_id"]), int(payload["revision"])
    one = await waiting.load_decided(turn.session, turn.actor, value_id, revision=revision)
    if one is None:
        return None
    return Answer(screens=(decided_notice(turn.t, one, capacity=str(payload["capacity"])),))


FEATURE = Feature(
    name="values",
    commands=(Command("capaian", on_command, shown_to=lambda actor: actor.reports or actor.supervises),),
    presses={
        Kind.VALUES: on_overview,
        Kind.VALUE_SHOW: on_show,
        Kind.VALUE_ASK: on_ask,
        Kind.VALUE_SEND: on_send,
    },
    answers={Step.VALUE: on_text},
    cards={OVERVIEW: render_overview, OWN_CARD: render_indicator},
    notices={DECIDED: on_decided},
)
