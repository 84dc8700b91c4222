"""`/pengaturan`: the person's own time and language."""

from dataclasses import replace

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.settings import DEFAULT, settings_card, time_question
from services.dialogue import Step
from services.errors import NotAllowed
from services.rounds import PromptTime, reset_prompt_time, set_prompt_time
from services.settings import load_settings, set_language

SETTINGS = "settings"


async def render_settings(turn: Turn, ref: CardRef) -> Screen | None:
    if ref.subject != turn.actor.person_id:
        return None
    own = await load_settings(turn.session, turn.actor)
    return settings_card(turn.t, own, person_id=ref.subject, now=turn.now)


async def on_settings(turn: Turn, arguments: str) -> Answer:
    return Answer(cards=card(SETTINGS, turn.actor.person_id))


async def on_time(turn: Turn, press: Press) -> Answer:
    """`arg`: a time, `default`, or nothing: then it is asked for. Subject: whose settings were shown."""
    actor = turn.actor
    if press.subject != actor.person_id or not actor.reports:
        raise NotAllowed
    if not press.arg:
        own = await load_settings(turn.session, actor)
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
    presses={Kind.SET_TIME: on_time, Kind.SET_LANGUAGE: on_language},
    answers={Step.PROMPT_TIME: on_time_text},
    cards={SETTINGS: render_settings},
)
