"""Reporting: text becomes entries, the day card shows them, `Kirim` puts them before the supervisor."""

from collections.abc import Sequence
from datetime import date

from bot.callbacks import Kind, Press
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.screens import CardRef, Screen
from bot.views.days import day_card, entry_screen, outcome_question
from bot.views.links import link_screen, unsure_screen
from services.clock import local_date
from services.dialogue import Step
from services.entries import asking, copying, drafting, editing, sending
from services.entries.days import open_day, own_day
from services.entries.suggesting import load_plan, suggestion_for
from services.entries.views import EntryView, load_day
from services.errors import NotFound
from services.reading.dates import Mode, read_dates

DAY, ASK = "day", "ask"


def both(day_id: int, *, view: str = "", focus: int = 0, page: int = 0) -> tuple[CardRef, ...]:
    """The day card and, below it, the outcome question while it is pending."""
    return (*card(DAY, day_id, view=view, focus=focus, page=page), *card(ASK, day_id))


async def render_day(turn: Turn, ref: CardRef) -> Screen | None:
    await own_day(turn.session, turn.actor, ref.subject)
    day = await load_day(turn.session, ref.subject)
    entry = day.entry(ref.focus)
    if ref.view == "entry" and entry is not None:
        return entry_screen(turn.t, day, entry)
    if ref.view in ("link", "unsure"):
        plan = await load_plan(turn.session, day.person_id, day.work_date.year)
        if plan is not None and ref.view == "link" and entry is not None:
            found = suggestion_for(plan, entry.activity, entry.outcome)
            return link_screen(turn.t, day, entry, dict(plan.targets), found, page=ref.page)
        unsure = [one for one in day.entries if one.editable and not one.linked][:6]
        if plan is not None and ref.view == "unsure" and unsure:
            pairs = [(one, suggestion_for(plan, one.activity, one.outcome)) for one in unsure]
            return unsure_screen(turn.t, day, pairs, dict(plan.targets))
    taken = ref.focus if ref.view in ("taken", "sensitive") else 0
    attached = ref.focus if ref.view == "attached" else 0
    return day_card(
        turn.t, day, page=ref.page, taken=taken, sensitive=ref.view == "sensitive", attached=attached
    )


async def render_question(turn: Turn, ref: CardRef) -> Screen | None:
    question = turn.question
    if question is None or question.step is not Step.OUTCOMES or question.data["day"] != ref.subject:
        return None
    day = await load_day(turn.session, ref.subject)
    asked = [one for one in asking.missing_outcomes(day) if one.id in question.data["entries"]]
    return (
        outcome_question(turn.t, day, await asking.ready_answers(turn.session, day, tuple(asked)))
        if asked
        else None
    )


async def on_report(turn: Turn, message: Message) -> Answer:
    return await take(turn, message, work_date=None)


async def take(turn: Turn, message: Message, *, work_date: date | None) -> Answer:
    """Takes a text as a report and says what became of it."""
    taken = await drafting.take_report(
        turn.session,
        turn.actor,
        message.text,
        message_id=message.message_id,
        now=turn.now,
        work_date=work_date,
    )
    if taken.unclear_day is not None:
        turn.ask(Step.DAY, text=message.text, message=message.message_id)
        return Answer(screens=(Screen(turn.t("day.unclear", said=taken.unclear_day)),))
    if taken.day is not None:
        turn.ask(Step.DAY_TEXT, day=taken.day.isoformat())
        return Answer(screens=(Screen(turn.t("day.what_on", day=turn.t.day(taken.day))),))
    if taken.day_id is None:
        return Answer(screens=(Screen(turn.t("day.no_activity")),))
    await ask_outcomes(turn, taken.day_id)
    view = "sensitive" if taken.sensitive else "taken"
    return Answer(cards=both(taken.day_id, view=view, focus=message.message_id), reaction="👌")


async def ask_outcomes(turn: Turn, day_id: int) -> None:
    """Asks for the missing outcomes, unless that was done or another question waits."""
    day = await load_day(turn.session, day_id)
    missing = asking.missing_outcomes(day)
    if missing and not day.outcomes_asked:
        wait_for_outcomes(turn, day_id, missing)
        await asking.mark_asked(turn.session, turn.actor, day_id)


def wait_for_outcomes(turn: Turn, day_id: int, entries: Sequence[EntryView]) -> None:
    """The next text answers for these entries, called by their numbers on the card."""
    turn.ask(
        Step.OUTCOMES,
        day=day_id,
        entries=[one.id for one in entries],
        numbers=[one.number for one in entries],
    )


async def on_outcomes(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    entries = [int(one) for one in data["entries"]]
    numbers = [int(one) for one in data["numbers"]]
    answers = asking.assign_answers(message.text, numbers)
    turn.done()
    taken = await editing.set_outcomes(
        turn.session, turn.actor, dict(zip(entries, answers, strict=True)), now=turn.now
    )
    return Answer(cards=both(taken.day_id), screens=await repeated(turn, taken), reaction="👌")


async def repeated(turn: Turn, taken: editing.OutcomesTaken) -> tuple[Screen, ...]:
    """A polite word, once, on an outcome that only repeats its activity."""
    if not taken.repeated:
        return ()
    day = await load_day(turn.session, taken.day_id)
    numbers = ", ".join(str(one.number) for one in day.entries if one.id in taken.repeated)
    example = turn.t(f"examples.{asking.job_family(day.position)}")
    return (Screen(turn.t("ask.repeats", numbers=numbers, example=example)),)


async def on_day_named(turn: Turn, message: Message) -> Answer:
    """The answer to «which day?»: the kept text is taken for it."""
    data = turn.question.data if turn.question else {}
    span = read_dates(message.text, today=local_date(turn.now, turn.actor.zone), mode=Mode.PAST)
    if span is None or span.first != span.last:
        return Answer(screens=(Screen(turn.t("day.unclear", said=message.text[:60])),))
    turn.done()
    kept = Message(int(data["message"]), text=drafting.without_day(data["text"], turn.actor, turn.now))
    return await take(turn, kept, work_date=span.first)


async def on_day_text(turn: Turn, message: Message) -> Answer:
    data = turn.question.data if turn.question else {}
    turn.done()
    return await take(turn, message, work_date=date.fromisoformat(data["day"]))


async def on_edit(turn: Turn, message: Message) -> Answer:
    day_id = await editing.follow_edit(
        turn.session, turn.actor, message.text, message_id=message.message_id, now=turn.now
    )
    return Answer(cards=both(day_id) if day_id is not None else ())


async def on_show(turn: Turn, press: Press) -> Answer:
    return Answer(cards=both(press.subject))


async def on_page(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(DAY, press.subject, page=number(press.arg)))


async def on_send(turn: Turn, press: Press) -> Answer:
    day = await load_day(turn.session, press.subject)
    unsure = [one for one in day.entries if one.editable and not one.linked]
    if unsure and day.has_plan and press.arg != "anyway" and day.person_id == turn.actor.person_id:
        return Answer(cards=card(DAY, press.subject, view="unsure"))
    sent = await sending.submit_day(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    turn.done()
    key = "day.sent" if sent.supervised else "day.recorded"
    return Answer(cards=both(sent.day_id), toast=turn.t.plain(key, count=sent.entries))


async def on_withdraw(turn: Turn, press: Press) -> Answer:
    day_id = await sending.withdraw_day(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    return Answer(cards=both(day_id), toast=turn.t.plain("day.withdrawn"))


async def on_undo(turn: Turn, press: Press) -> Answer:
    await editing.undo_text(turn.session, turn.actor, press.subject, number(press.arg), now=turn.now)
    turn.done()
    return Answer(cards=both(press.subject), toast=turn.t.plain("day.undone"))


async def on_mask(turn: Turn, press: Press) -> Answer:
    day_id = await editing.mask_entries(
        turn.session, turn.actor, press.subject, number(press.arg), now=turn.now
    )
    return Answer(cards=both(day_id), toast=turn.t.plain("day.masked"))


async def on_ask_outcomes(turn: Turn, press: Press) -> Answer:
    """Asks again because the person wants to be asked."""
    day = await own_day(turn.session, turn.actor, press.subject)
    day.outcomes_asked = False
    await ask_outcomes(turn, press.subject)
    return Answer(cards=both(press.subject))


async def on_pick_outcome(turn: Turn, press: Press) -> Answer:
    text = await asking.pick_ready(turn.session, turn.actor, press.arg)
    if text is None:
        raise NotFound("entry_gone")
    taken = await editing.set_outcomes(turn.session, turn.actor, {press.subject: text}, now=turn.now)
    return Answer(cards=await remaining(turn, taken.day_id))


async def on_skip_outcomes(turn: Turn, press: Press) -> Answer:
    day = await load_day(turn.session, press.subject)
    await own_day(turn.session, turn.actor, press.subject)
    skipped: dict[int, str | None] = {one.id: None for one in asking.missing_outcomes(day)}
    turn.done()
    if skipped:
        await editing.set_outcomes(turn.session, turn.actor, skipped, now=turn.now)
    return Answer(cards=tuple(reversed(both(press.subject))), below=False)


async def remaining(turn: Turn, day_id: int) -> tuple[CardRef, ...]:
    """After a ready answer: the question goes on about the others, or ends. The question was pressed."""
    day = await load_day(turn.session, day_id)
    left = asking.missing_outcomes(day)
    if left:
        wait_for_outcomes(turn, day_id, left)
    else:
        turn.done()
    return tuple(reversed(both(day_id)))


async def on_links(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(DAY, press.subject, view="unsure"))


async def on_today(turn: Turn, arguments: str) -> Answer:
    """`/hari`: the card of today, or of the day that is named."""
    today = local_date(turn.now, turn.actor.zone)
    span = read_dates(arguments, today=today, mode=Mode.PAST) if arguments.strip() else None
    if arguments.strip() and span is None:
        return Answer(screens=(Screen(turn.t("day.unclear", said=arguments[:60])),))
    day = await open_day(turn.session, turn.actor, span.first if span else today, now=turn.now)
    return Answer(cards=both(day.id))


async def on_same(turn: Turn, press: Press) -> Answer:
    """«Sama seperti kemarin» from the prompt; the argument is the work date."""
    day_id = await copying.copy_last_day(
        turn.session, turn.actor, date.fromisoformat(press.arg), now=turn.now
    )
    await ask_outcomes(turn, day_id)
    return Answer(cards=both(day_id), toast=turn.t.plain("day.same_taken"))


async def on_fill(turn: Turn, press: Press) -> Answer:
    """«Isi laporan»: asks for the text of that day."""
    work_date = date.fromisoformat(press.arg)
    await open_day(turn.session, turn.actor, work_date, now=turn.now)
    turn.ask(Step.DAY_TEXT, day=work_date.isoformat())
    return Answer(screens=(Screen(turn.t("day.what_on", day=turn.t.day(work_date))),))


def number(text: str) -> int:
    """A number out of a button; anything else is no button of ours."""
    if not (text.isascii() and text.isdigit()):
        raise NotFound
    return int(text)


FEATURE = Feature(
    name="day",
    commands=(Command("hari", on_today, shown_to=lambda actor: actor.reports),),
    presses={
        Kind.DAY_SHOW: on_show,
        Kind.DAY_PAGE: on_page,
        Kind.DAY_SEND: on_send,
        Kind.DAY_WITHDRAW: on_withdraw,
        Kind.DAY_OUTCOMES: on_ask_outcomes,
        Kind.DAY_LINKS: on_links,
        Kind.DAY_UNDO: on_undo,
        Kind.MASK: on_mask,
        Kind.OUTCOME_PICK: on_pick_outcome,
        Kind.OUTCOME_SKIP: on_skip_outcomes,
        Kind.PROMPT_SAME: on_same,
        Kind.PROMPT_FILL: on_fill,
    },
    answers={Step.OUTCOMES: on_outcomes, Step.DAY: on_day_named, Step.DAY_TEXT: on_day_text},
    cards={DAY: render_day, ASK: render_question},
    on_report=on_report,
    on_edit=on_edit,
)
