"""Reporting: text becomes entries, the day card shows them, `Kirim` puts them before the supervisor."""

from dataclasses import replace
from datetime import date

from bot.callbacks import Kind, Press, number
from bot.context import Answer, Command, Feature, Message, Turn, card
from bot.corrections import as_correction
from bot.day_answers import (
    ASK,
    DAY,
    absent,
    answer,
    ask_day,
    ask_outcomes,
    asked_for_help,
    both,
    day_question,
    kept_question,
    one_day,
    take,
    work_date_of,
)
from bot.duty_answers import as_elsewhere
from bot.plan_answers import as_plan
from bot.screens import CardRef, Screen
from bot.sending import send_day, send_typed
from bot.views.blockers import day_screen
from bot.views.days import day_card, entry_screen, page_of
from bot.views.links import ASKED, link_screen, reasons, unsure_screen
from services import cards
from services.approvals import correcting
from services.clock import local_date
from services.dialogue import SOFT, Step
from services.entries import answering, asking, copying, drafting, editing, following, sending
from services.entries.blocked import note_answer
from services.entries.days import ensure_asked, ensure_open, find_day, is_closed, open_day
from services.entries.suggesting import load_plan, suggestion_for
from services.entries.views import DayView, EntryView, load_day, load_own_day
from services.errors import Invalid
from services.reading.absence import Absence, read_absence
from services.reading.capture import read_entries
from services.reading.date_heading import LeadingDay
from services.reading.dates import Mode, read_dates
from services.reading.orders import is_send
from services.reading.sensitive import find_sensitive
from services.states import LinkSource


async def render_day(turn: Turn, ref: CardRef) -> Screen | None:
    day = await load_own_day(turn.session, turn.actor, ref.subject)
    entry = day.entry(ref.focus)
    if ref.view in ("entry", "dropped") and entry is not None:
        why = await _why(turn, day, entry)
        return entry_screen(turn.t, day, entry, restorable=ref.view == "dropped", why=why)
    if ref.view == "blockers" and day.blockers:
        return day_screen(turn.t, day)
    if ref.view in ("link", "unsure"):
        chosen = await render_links(turn, ref, day)
        if chosen is not None:
            return chosen
    corrects = None
    if ref.view in ("taken", "sensitive"):
        corrects = await correcting.may_correct(turn.session, turn.actor, day, ref.focus, now=turn.now)
    return _card(turn, ref, day, corrects=corrects)


def _card(turn: Turn, ref: CardRef, day: DayView, *, corrects: int | None = None) -> Screen:
    """The usual face, with what just came (`taken`, `reported`, `answered…`, `attached`), or went."""
    taken = ref.focus if ref.view in ("taken", "reported", "sensitive") else 0
    sensitive = ref.view in ("sensitive", "answered_sensitive")
    attached = ref.focus if ref.view == "attached" else 0
    if attached:
        captioned = _captioned(day, attached)
        taken = next((one.source_message_id or 0 for one in captioned), 0)
        sensitive = any(find_sensitive(f"{one.activity} {one.outcome or ''}") for one in captioned)
    answered = ref.focus if ref.view.startswith("answered") else 0
    focused = day.entry(ref.focus) if not ref.view else None
    return day_card(
        turn.t,
        day,
        waits=_waits(turn, day),
        page=page_of(focused.number) if focused else None if taken or attached else ref.page,
        taken=taken,
        answered=answered,
        sensitive=sensitive,
        attached=attached,
        reported=ref.view == "reported",
        corrects=corrects,
        restorable=ref.view == "removed",
        closed=is_closed(turn.actor, day.work_date, now=turn.now),
    )


def _waits(turn: Turn, day: DayView) -> tuple[int, ...]:
    """The entries whose outcome was asked for, and is still waited for."""
    if turn.question is None or asking.TOLD not in turn.question.data:
        return ()
    return tuple(one.number for one in asking.still_asked(day, turn.question))


def _captioned(day: DayView, evidence_id: int) -> list[EntryView]:
    """The entries that came in the caption of a file."""
    came = {one.source_message_id for entry in day.entries for one in entry.evidence if one.id == evidence_id}
    return [one for one in day.entries if one.editable and one.source_message_id in came]


async def _why(turn: Turn, day: DayView, entry: EntryView) -> str:
    """What speaks for the RHK that stands suggested; nothing for one its owner chose."""
    if entry.link_source is not LinkSource.SUGGESTED or entry.outside_plan:
        return ""
    plan = await load_plan(turn.session, day.person_id, day.work_date.year)
    found = suggestion_for(plan, entry.activity, entry.outcome).ranking if plan else ()
    return reasons(turn.t, found[0]) if found and found[0].key == entry.target_id else ""


async def render_links(turn: Turn, ref: CardRef, day: DayView) -> Screen | None:
    """Choosing the RHK: of one entry, or of all that are unsure; None when there is nothing to choose."""
    plan = await load_plan(turn.session, day.person_id, day.work_date.year)
    if plan is None:
        return None
    entry = day.entry(ref.focus)
    if ref.view == "link" and entry is not None:
        found = suggestion_for(plan, entry.activity, entry.outcome)
        return link_screen(
            turn.t,
            day,
            entry,
            dict(plan.targets),
            found,
            current=plan.standing.get(entry.target_id or 0),
            page=ref.page,
        )
    unsure = [one for one in day.entries if one.awaits_target]
    if not unsure or ref.view == "link":
        return None
    pairs = [(one, suggestion_for(plan, one.activity, one.outcome)) for one in unsure[:ASKED]]
    return unsure_screen(turn.t, day, pairs, dict(plan.targets), plan.standing, more=len(unsure) > ASKED)


async def on_report(turn: Turn, message: Message) -> Answer:
    """A text nothing waits for. In reply to an outcome question that has lapsed it is still its answer."""
    if message.reply_to is not None:
        standing = await cards.stood(turn.session, turn.chat_id, message.reply_to)
        if standing is not None and standing[0] == ASK:
            await asking.ask_again(turn.session, turn.actor, standing[1])
            day = await load_day(turn.session, standing[1])
            missing = asking.missing_outcomes(day)
            if missing and not answering.is_absence(message.text, missing):
                return await answer(turn, message, day, missing)
    if message.reply_to is None:
        ensure_asked(turn.actor)
    if is_send(message.text):
        return await send_typed(turn)
    return (
        asked_for_help(turn, message)
        or await as_correction(turn, message)
        or await as_elsewhere(turn, message)
        or await as_plan(turn, message)
        or await take(turn, message)
    )


async def on_day_named(turn: Turn, message: Message) -> Answer:
    """The answer to «which day?»: all that was kept is taken for it; what names no day is kept as well.

    A report with its own day goes before it: what was kept is given back, unless it says that again.
    """
    data = turn.question.data if turn.question else {}
    reply = drafting.read_reply(message.text, turn.actor, turn.now)
    if reply.reports or reply.absence is Absence.AWAY:
        said_again = drafting.without_day(data["text"], turn.actor, turn.now).casefold()
        turn.words_taken = said_again in message.text.casefold()
    if reply.absence is Absence.AWAY:
        return await absent(turn, message, reply.absence)
    if reply.reports:
        turn.done()
        return await take(turn, message)
    if reply.more:
        turn.ask(Step.DAY, text=f"{data['text']}\n{reply.more}", message=data["message"])
        return Answer(screens=(day_question(turn, reply.said) if reply.said else kept_question(turn),))
    work_date = one_day(turn, message.text)
    if work_date is None:
        return Answer(screens=(day_question(turn, message.text),))
    turn.done()
    kept = Message(int(data["message"]), text=drafting.without_day(data["text"], turn.actor, turn.now))
    return await take(turn, kept, work_date=work_date)


async def on_day_text(turn: Turn, message: Message) -> Answer:
    """What was done on the day in question. A day the text itself begins with goes before it."""
    work_date = date.fromisoformat(turn.question.data["day"]) if turn.question else None
    bare = drafting.bare_day(message.text, turn.actor, turn.now)
    if bare is not None:
        return another_day(turn, bare, work_date)
    said_help = asked_for_help(turn, message)
    if said_help is not None:
        return said_help
    named = drafting.names_day(message.text, turn.actor, turn.now)
    waiting, turn.question = turn.question, None
    if work_date is not None and not named:
        closed = refusal(turn, work_date)
        if closed is not None:
            return Answer(screens=(closed,))
    taken = await take(turn, message, work_date=None if named else work_date)
    if not taken.cards and turn.question is None and read_absence(message.text) is None:
        turn.question = waiting
    return taken


def another_day(turn: Turn, bare: LeadingDay, asked: date | None) -> Answer:
    """A day alone changes the day in question; one that cannot be reported leaves it, named once more."""
    if bare.day is None:
        said: Screen | None = Screen(turn.t("day.not_that_day", said=bare.said[:60]))
    else:
        said = refusal(turn, bare.day)
    if bare.day is not None and said is None:
        return ask_day(turn, bare.day)
    screens = (said,) if said is not None else ()
    if asked is None or refusal(turn, asked) is not None:
        turn.done()
        return Answer(screens=screens)
    return Answer(screens=(*screens, *ask_day(turn, asked).screens))


def refusal(turn: Turn, work_date: date) -> Screen | None:
    """Why nothing can be reported of that day; None when it can."""
    try:
        ensure_open(turn.actor, work_date, now=turn.now)
    except Invalid as refused:
        return Screen(turn.t(f"errors.{refused.code}"))
    return None


async def on_edit(turn: Turn, message: Message) -> Answer:
    """An edited message edits what it was taken for: its entries, or the answer just given."""
    known = await editing.holds_sensitive(turn.session, turn.actor, message.message_id)
    answered = await answering.recall(turn.session, turn.chat_id, message_id=message.message_id)
    if answered is not None:
        return await answer_edited(turn, message, answered)
    edited = await following.follow_edit(
        turn.session, turn.actor, message.text, message_id=message.message_id, now=turn.now
    )
    if edited is None:
        odd = bool(read_entries(message.text)) and not message.text.startswith("/")
        return Answer(screens=(Screen(turn.t("day.edit_unknown")),) if odd else (), untaken=odd)
    await ask_outcomes(turn, edited.day_id)
    view = "sensitive" if find_sensitive(message.text) and not known else ""
    stays = edited.stays_on
    told = (Screen(turn.t("day.edit_stays", day=turn.t.day(stays))),) if stays else ()
    if edited.unplaced:
        told = (Screen(turn.t("day.edit_unknown")),)
    return Answer(cards=both(edited.day_id, view=view, focus=message.message_id), screens=told)


async def answer_edited(turn: Turn, message: Message, answered: answering.Answered) -> Answer:
    """The answer just given is taken anew, and what it says stands in the way."""
    await answering.take_back(turn.session, turn.actor, answered, now=turn.now)
    rest = await note_answer(
        turn.session,
        turn.actor,
        answered.day_id,
        message.text,
        message_id=message.message_id,
        now=turn.now,
    )
    day = await load_day(turn.session, answered.day_id)
    asked = tuple(one for one in asking.missing_outcomes(day) if one.id in answered.before)
    return await answer(turn, replace(message, text=rest), day, asked)


async def on_show(turn: Turn, press: Press) -> Answer:
    return Answer(cards=both(press.subject))


async def on_page(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(DAY, press.subject, page=number(press.arg)))


async def on_send(turn: Turn, press: Press) -> Answer:
    return await send_day(turn, press.subject, revision=press.revision, unsure=press.arg)


async def on_withdraw(turn: Turn, press: Press) -> Answer:
    day_id = await sending.withdraw_day(
        turn.session, turn.actor, press.subject, revision=press.revision, now=turn.now
    )
    return Answer(cards=both(day_id), toast=turn.t.plain("day.withdrawn"))


async def on_mask(turn: Turn, press: Press) -> Answer:
    day_id = await editing.mask_entries(
        turn.session, turn.actor, press.subject, number(press.arg), now=turn.now
    )
    return Answer(cards=both(day_id), toast=turn.t.plain("day.masked"))


async def on_links(turn: Turn, press: Press) -> Answer:
    return Answer(cards=card(DAY, press.subject, view="unsure"))


async def on_today(turn: Turn, arguments: str) -> Answer:
    """`/hari`: the card of today, or of the day that is named; an empty day gone by is asked about.

    An outcome question goes on waiting.
    """
    today = local_date(turn.now, turn.actor.zone)
    span = read_dates(arguments, today=today, mode=Mode.PAST) if arguments.strip() else None
    if arguments.strip() and (span is None or span.first != span.last):
        return Answer(screens=(Screen(turn.t("day.which", said=arguments[:60])),))
    waiting = await answering.waiting(turn.session, turn.chat_id, now=turn.now)
    if waiting is not None and waiting.step in SOFT:
        turn.question = waiting
    work_date = span.first if span else today
    day_id = await find_day(turn.session, turn.actor, work_date)
    if day_id is None and work_date != today:
        return ask_day(turn, work_date)
    if day_id is None:
        day_id = (await open_day(turn.session, turn.actor, work_date, now=turn.now)).id
    return Answer(cards=both(day_id))


async def on_same(turn: Turn, press: Press) -> Answer:
    """«Sama seperti kemarin» from the prompt; the argument is the work date."""
    day_id = await copying.copy_last_day(turn.session, turn.actor, work_date_of(press.arg), now=turn.now)
    await ask_outcomes(turn, day_id)
    return Answer(cards=both(day_id), toast=turn.t.plain("day.same_taken"))


async def on_fill(turn: Turn, press: Press) -> Answer:
    """«Isi laporan»: asks for the text of that day. «Tidak ada kegiatan» is an answer, too."""
    return ask_day(turn, work_date_of(press.arg))


FEATURE = Feature(
    name="day",
    commands=(Command("hari", on_today, shown_to=lambda actor: actor.reports),),
    presses={
        Kind.DAY_SHOW: on_show,
        Kind.DAY_PAGE: on_page,
        Kind.DAY_SEND: on_send,
        Kind.DAY_WITHDRAW: on_withdraw,
        Kind.DAY_LINKS: on_links,
        Kind.MASK: on_mask,
        Kind.PROMPT_SAME: on_same,
        Kind.PROMPT_FILL: on_fill,
    },
    answers={Step.DAY: on_day_named, Step.DAY_TEXT: on_day_text},
    cards={DAY: render_day},
    on_report=on_report,
    on_edit=on_edit,
)
