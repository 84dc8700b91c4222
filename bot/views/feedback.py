"""Umpan balik: choosing its tone and words, and the note as its two people see it."""

from dataclasses import dataclass, replace

from bot.callbacks import Kind
from bot.screens import DANGER, PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.kept import kept_part, kept_row
from services.approvals.review import Review
from services.entries.views import EntryView
from services.errors import NotFound
from services.feedback import LONGEST, SHORTEST, About, Note
from services.states import Behaviour, Tone

BEHAVIOURS, TONES = tuple(Behaviour), tuple(Tone)
STYLES = {Tone.APPRECIATION: SUCCESS, Tone.IMPROVEMENT: DANGER, Tone.DIRECTION: PRIMARY}


@dataclass(frozen=True, slots=True)
class Choice:
    """How far a note is composed: entry, RHK, behaviour and tone by number, 0 for none, in one argument."""

    entry: int = 0
    target: int = 0
    behaviour: int = 0
    tone: int = 0

    def pack(self) -> str:
        return f"{self.entry}.{self.target}.{self.behaviour}.{self.tone}"

    def about(self, day_id: int) -> About:
        return About(
            day_id,
            self.entry or None,
            self.target or None,
            BEHAVIOURS[self.behaviour - 1] if self.behaviour else None,
        )

    @property
    def tone_name(self) -> Tone:
        return TONES[self.tone - 1]


def unpack_choice(arg: str) -> Choice:
    """The choice in a button. Raises NotFound for anything that no button of ours says."""
    parts = arg.split(".") if arg else []
    if len(parts) > 4 or not all(one.isascii() and one.isdigit() and len(one) <= 18 for one in parts):
        raise NotFound
    choice = Choice(*(int(one) for one in parts))
    if choice.behaviour > len(BEHAVIOURS) or choice.tone > len(TONES):
        raise NotFound
    return choice


def phrases(t: Speech, tone: Tone) -> list[str]:
    """The one-tap phrases of a tone."""
    return t.options(f"feedback.{tone}")


def tone_screen(t: Speech, review: Review, choice: Choice, *, words: str = "") -> Screen:
    """First face: on what, and in which tone. `words`: the note that was typed already."""
    day_id = review.day.id
    tones = tuple(
        button(
            t.plain(f"feedback.tone_{tone}"),
            Kind.FEEDBACK_TONE,
            day_id,
            arg=replace(choice, tone=number).pack(),
            style=STYLES[tone],
        )
        for number, tone in enumerate(TONES, start=1)
    )
    rows: list[tuple[Button, ...]] = [tones]
    entry = review.day.entry(choice.entry)
    if entry is not None and entry.target_id is not None and not choice.target:
        on_target = replace(choice, target=entry.target_id).pack()
        rows.append((button(t.plain("feedback.on_target"), Kind.FEEDBACK, day_id, arg=on_target),))
    rows.append((button(t.plain("feedback.on_behaviour"), Kind.FEEDBACK_ABOUT, day_id, arg=choice.pack()),))
    if words:
        rows.append(kept_row(t))
    rows.append((_back(t, review, choice),))
    asked = [kept_part(t, words), t("feedback.tone_of_kept")] if words else [t("feedback.which_tone")]
    return Screen(t.join([_head(t, review, choice), *asked]), tuple(rows))


def behaviour_screen(t: Speech, review: Review, choice: Choice, *, words: str = "") -> Screen:
    """Which of the seven values the note is on."""
    day_id = review.day.id
    found = [
        button(
            t.plain(f"feedback.behaviour_{one}"),
            Kind.FEEDBACK,
            day_id,
            arg=replace(choice, behaviour=number).pack(),
        )
        for number, one in enumerate(BEHAVIOURS, start=1)
    ]
    rows = [tuple(found[start : start + 2]) for start in range(0, len(found), 2)]
    whole = replace(choice, behaviour=0).pack()
    rows.append((button(t.plain("feedback.no_behaviour"), Kind.FEEDBACK, day_id, arg=whole),))
    kept = [kept_part(t, words)] if words else []
    return Screen(t.join([_head(t, review, choice), *kept, t("feedback.which_behaviour")]), tuple(rows))


def phrase_screen(t: Speech, review: Review, choice: Choice) -> Screen:
    """Second face: phrases at one tap, or typed words."""
    day_id = review.day.id
    rows: list[tuple[Button, ...]] = [
        (button(phrase, Kind.FEEDBACK_PHRASE, day_id, arg=f"{choice.pack()}-{number}"),)
        for number, phrase in enumerate(phrases(t, choice.tone_name), start=1)
    ]
    tones = replace(choice, tone=0).pack()
    rows.append((button(t.plain("dialogue.cancel"), Kind.FEEDBACK, day_id, arg=tones),))
    asked = t("feedback.ask", tone=t(f"feedback.tone_{choice.tone_name}"), least=SHORTEST, most=LONGEST)
    return Screen(t.join([_head(t, review, choice), asked]), tuple(rows))


def _back(t: Speech, review: Review, choice: Choice) -> Button:
    if review.day.entry(choice.entry) is not None:
        return button(t.plain("day.back"), Kind.DETAIL, choice.entry)
    return button(t.plain("day.back"), Kind.REVIEW, review.day.id)


def _head(t: Speech, review: Review, choice: Choice) -> Html:
    day = review.day
    lines = [t("feedback.head", name=shorten(day.person_name, 120), day=t.day(day.work_date))]
    entry = day.entry(choice.entry)
    if entry is not None:
        lines.append(t("feedback.about_entry", number=entry.number, activity=shorten(entry.activity, 300)))
    target = _target_text(entry, choice)
    if target:
        lines.append(t("feedback.about_target", target=shorten(target, 300)))
    if choice.behaviour:
        name = t(f"feedback.behaviour_{BEHAVIOURS[choice.behaviour - 1]}")
        lines.append(t("feedback.about_behaviour", behaviour=name))
    return Html("\n".join(lines))


def _target_text(entry: EntryView | None, choice: Choice) -> str | None:
    return entry.target_text if entry is not None and choice.target == entry.target_id else None


def note_screen(t: Speech, note: Note, *, addressee: bool) -> Screen:
    """A note: to its addressee with «Balas» and «Sudah dibaca», to its giver with the reply."""
    key = "feedback.note" if addressee else "feedback.replied"
    lines = [t(key, name=shorten(note.from_name if addressee else note.to_name, 120), tone=_tone(t, note))]
    about = _about(t, note)
    if about:
        lines.append(about)
    lines.append(t("feedback.quote", text=note.text))
    if note.progress is not None:
        lines.append(t(f"coaching.is_{note.progress}"))
    if note.follow_up_on is not None and note.closed_at is None:
        lines.append(t("coaching.looks_again", day=t.day(note.follow_up_on)))
    if note.reply is not None:
        lines.append(t("feedback.your_reply" if addressee else "feedback.their_reply", text=note.reply))
    if not addressee:
        return Screen(Html("\n".join(lines)))
    buttons = []
    if note.reply is None:
        buttons.append(button(t.plain("feedback.reply"), Kind.FEEDBACK_REPLY, note.id, style=PRIMARY))
    if note.read_at is None:
        buttons.append(button(t.plain("feedback.read"), Kind.FEEDBACK_READ, note.id))
    elif note.reply is None:
        lines.append(t("feedback.was_read"))
    return Screen(Html("\n".join(lines)), (tuple(buttons),) if buttons else ())


def _tone(t: Speech, note: Note) -> Html:
    return t(f"feedback.tone_{note.tone}")


def _about(t: Speech, note: Note) -> Html:
    lines = []
    if note.work_date is not None:
        lines.append(t("feedback.note_day", day=t.day(note.work_date)))
    if note.activity:
        lines.append(t("feedback.note_entry", activity=shorten(note.activity, 300)))
    if note.target_text:
        lines.append(t("feedback.about_target", target=shorten(note.target_text, 300)))
    if note.behaviour is not None:
        name = t(f"feedback.behaviour_{note.behaviour}")
        lines.append(t("feedback.about_behaviour", behaviour=name))
    return Html("\n".join(lines))
