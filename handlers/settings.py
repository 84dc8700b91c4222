"""`/pengaturan`: the person's own time, reminders and language."""

from dataclasses import replace

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.settings import DEFAULT, reminders_screen, settings_card, time_question
from services.dialogue import Step
from services.errors import NotAllowed, NotFound
from services.rounds import PromptTime, reset_prompt_time, set_prompt_time
from services.settings import (
    ask_for_plan,
    load_settings,
    pause_reminders,
    set_language,
    set_reminder_cap,
)

SETTINGS, REMINDERS = "settings", "reminders"
"""The card, and its face about reminders."""


async def render_settings(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.subject != turn.actor.person_id:
        return None
    own = await load_settings(turn.session, turn.actor, now=turn.now)
    if ref.view == REMINDERS and own.asked:
        return reminders_screen(turn.t, own, person_id=ref.subject)
    return settings_card(turn.t, own, person_id=ref.subject, now=turn.now)


async def on_settings(turn: Turn, arguments: str) -> Answer:
    return Answer(cards=card(SETTINGS, turn.actor.person_id))


def _own(turn: Turn, press: Press) -> int:
    """Whose settings were shown: only one's own are changed. Raises NotAllowed."""
    if press.subject != turn.actor.person_id or not turn.actor.reports:
        raise NotAllowed
    return press.subject


async def on_show(turn: Turn, press: Press) -> Answer:
    """Back from the reminders."""
    return Answer(cards=card(SETTINGS, _own(turn, press)))


async def on_cap(turn: Turn, press: Press) -> Answer:
    """`arg`: reminders a day, or nothing: then they are shown."""
    whose = _own(turn, press)
    if not press.arg:
        return Answer(cards=card(SETTINGS, whose, view=REMINDERS))
    await set_reminder_cap(turn.session, turn.actor, number(press.arg), now=turn.now)
    return Answer(cards=card(SETTINGS, whose), toast=turn.t.plain("settings.cap_kept"))


async def on_pause(turn: Turn, press: Press) -> Answer:
    """`arg`: for how many days; 0: no longer."""
    whose = _own(turn, press)
    await pause_reminders(turn.session, turn.actor, number(press.arg) or None, now=turn.now)
    return Answer(cards=card(SETTINGS, whose), toast=turn.t.plain("settings.cap_kept"))


async def on_plan(turn: Turn, press: Press) -> Answer:
    """`arg`: 1 to be asked in the morning, 0 not to be."""
    whose = _own(turn, press)
    if press.arg not in ("0", "1"):
        raise NotFound
    await ask_for_plan(turn.session, turn.actor, press.arg == "1", now=turn.now)
    return Answer(cards=card(SETTINGS, whose), toast=turn.t.plain("settings.cap_kept"))


async def on_time(turn: Turn, press: Press) -> Answer:
    """`arg`: a time, `default`, or nothing: then it is asked for. Subject: whose settings were shown."""
    actor = turn.actor
    _own(turn, press)
    if not press.arg:
        own = await load_settings(turn.session, actor, now=turn.now)
        turn.ask(Step.PROMPT_TIME)
        return Answer(screens=(time_question(turn.t, person_id=actor.person_id, own_time=own.own_time),))
    if press.arg == DEFAULT:
        kept = await reset_prompt_time(turn.session, actor, now=turn.now)
    else:
        kept = await set_prompt_time(turn.session, actor, press.arg, now=turn.now)
    return Answer(cards=card(SETTINGS, actor.person_id), toast=_kept(turn, kept))


async def on_time_text(turn: Turn, message: Message) -> Answer:
    await set_prompt_time(turn.session, turn.actor, message.text, now=turn.now)
    turn.done()
    return Answer(cards=card(SETTINGS, turn.actor.person_id), reaction="👌")


def _kept(turn: Turn, kept: PromptTime) -> str:
    if kept.following is None or kept.following.due_at <= turn.now:
        return turn.t.plain("settings.time_kept")
    when = turn.t.instant(kept.following.due_at, turn.actor.zone)
    return turn.t.plain("settings.time_kept_next", when=when)


async def on_language(turn: Turn, press: Press) -> Answer:
    """The card, the menu and everything after speak the other language."""
    if press.subject != turn.actor.person_id:
        raise NotAllowed
    await set_language(turn.session, turn.actor, press.arg, now=turn.now)
    turn.found = replace(turn.actor, language=press.arg)
    turn.t = turn.deps.texts.speech(press.arg)
    return Answer(
        cards=card(SETTINGS, turn.actor.person_id), toast=turn.t.plain("settings.language_kept"), menu=True
    )


FEATURE = Feature(
    name="settings",
    commands=(Command("pengaturan", on_settings),),
    presses={
        Kind.SET_TIME: on_time,
        Kind.SET_LANGUAGE: on_language,
        Kind.SET_SHOW: on_show,
        Kind.SET_CAP: on_cap,
        Kind.SET_PAUSE: on_pause,
        Kind.SET_PLAN: on_plan,
    },
    answers={Step.PROMPT_TIME: on_time_text},
    cards={SETTINGS: render_settings},
)
