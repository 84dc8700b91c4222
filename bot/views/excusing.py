"""`/bebaskan`: which days, for whom and why; what was written, and what its people are told."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.callbacks import Kind
from bot.screens import DANGER, SUCCESS, Button, Screen, button
from bot.texts import Html, Speech
from bot.views.duty import date_of
from bot.views.faults import fault_text
from bot.views.paging import pager
from bot.views.spans import long_span
from services.duty.excusing import Choices, Excuse, Reach, Reached, Scope
from services.errors import NotFound
from services.reading.date_faults import Misread

SCOPE_FACE, ONE_FACE, REASON_FACE, CHECK_FACE, DONE_FACE = "s", "o", "r", "v", "x"
REASONS = ("network", "field", "event")
TYPED = "t"
"""In place of a reason's code: it was typed, and waits in the dialogue."""
ON_A_PAGE = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """How far an excuse is put together, in one argument."""

    first: date
    last: date
    scope: Scope | None = None
    reason: str = ""

    def pack(self) -> str:
        scope = f"{self.scope.reach}{self.scope.person_id}" if self.scope else ""
        return f"{self.first:%Y%m%d}.{self.last:%Y%m%d}.{scope}.{self.reason}"


def unpack_plan(arg: str) -> Plan:
    """The plan in a button. Raises NotFound for anything that no button of ours says."""
    parts = arg.split(".")
    if len(parts) != 4 or parts[3] not in ("", TYPED, *REASONS):
        raise NotFound
    return Plan(date_of(parts[0]), date_of(parts[1]), _scope_of(parts[2]), parts[3])


def _scope_of(text: str) -> Scope | None:
    if not text:
        return None
    reach, person = text[:1], text[1:]
    if reach not in set(Reach) or not (person.isascii() and person.isdigit() and len(person) <= 18):
        raise NotFound
    return Scope(Reach(reach), int(person))


def dates_screen(t: Speech, *, person_id: int, today: date) -> Screen:
    """Asks for the days: pressed or typed."""
    days = (("excuse.today", today), ("excuse.yesterday", today - timedelta(days=1)))
    quick = tuple(
        button(t.plain(key), Kind.EXCUSE, person_id, arg=f"{SCOPE_FACE}{Plan(day, day).pack()}")
        for key, day in days
    )
    return Screen(t("excuse.which_days"), (quick, (_cancel(t),)))


def unread_screen(t: Speech, misread: Misread, *, person_id: int, today: date) -> Screen:
    """Days that could not be read: what is wrong with them, and the question once more."""
    asked = dates_screen(t, person_id=person_id, today=today)
    return replace(asked, text=t.join([fault_text(t, misread), Html(asked.text)]))


def scope_screen(t: Speech, plan: Plan, choices: Choices, *, person_id: int) -> Screen:
    """For whom. The people below are offered only when there are more of them."""

    def choice(label: str, scope: Scope) -> tuple[Button, ...]:
        following = Plan(plan.first, plan.last, scope)
        return (button(label, Kind.EXCUSE, person_id, arg=f"{REASON_FACE}{following.pack()}"),)

    rows = []
    if choices.direct > 1:
        rows.append(choice(t.plain("excuse.direct", count=choices.direct), Scope(Reach.DIRECT)))
    if choices.below > choices.direct:
        rows.append(choice(t.plain("excuse.below", count=choices.below), Scope(Reach.BELOW)))
    if choices.direct > 1:
        one = button(t.plain("excuse.one"), Kind.EXCUSE, person_id, arg=f"{ONE_FACE}0.{plan.pack()}")
        rows.append((one,))
    elif choices.direct == 1:
        only, name = choices.people[0]
        rows.append(choice(name, Scope(Reach.ONE, only)))
    rows.append((_again(t, person_id),))
    return Screen(t.join([_days(t, plan), t("excuse.for_whom")]), tuple(rows))


def one_screen(t: Speech, plan: Plan, choices: Choices, *, person_id: int, page: int) -> Screen:
    """Which one person."""
    pages = max(1, -(-choices.direct // ON_A_PAGE))
    page = min(page, pages - 1)
    rows: list[tuple[Button, ...]] = []
    for one, name in choices.people[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]:
        following = Plan(plan.first, plan.last, Scope(Reach.ONE, one))
        rows.append((button(name, Kind.EXCUSE, person_id, arg=f"{REASON_FACE}{following.pack()}"),))
    turning = pager(Kind.EXCUSE, person_id, page, pages)
    if turning:
        places = (max(0, page - 1), page, min(pages - 1, page + 1))
        rows.append(
            tuple(
                button(shown.label, Kind.EXCUSE, person_id, arg=f"{ONE_FACE}{at}.{plan.pack()}")
                for shown, at in zip(turning, places, strict=True)
            )
        )
    rows.append((_again(t, person_id),))
    return Screen(t.join([_days(t, plan), t("excuse.which_one")]), tuple(rows))


def reason_screen(t: Speech, plan: Plan, reached: Reached, *, person_id: int) -> Screen:
    """Why: a chip, or typed."""
    rows: list[tuple[Button, ...]] = []
    for code in REASONS:
        arg = f"{CHECK_FACE}{Plan(plan.first, plan.last, plan.scope, code).pack()}"
        rows.append((button(t.plain(f"excuse.reason_{code}"), Kind.EXCUSE, person_id, arg=arg),))
    rows.append((_again(t, person_id),))
    return Screen(t.join([_days(t, plan), _people(t, reached), t("excuse.why")]), tuple(rows))


def check_screen(t: Speech, plan: Plan, reached: Reached, reason: str, *, person_id: int) -> Screen:
    """What will be written, before it is."""
    lines = [_days(t, plan), _people(t, reached), t("excuse.because", reason=reason), t("excuse.means")]
    save = button(t.plain("excuse.save"), Kind.EXCUSE_SAVE, person_id, arg=plan.pack(), style=SUCCESS)
    return Screen(t.join(lines), ((save,), (_again(t, person_id),)))


def done_screen(t: Speech, excuse: Excuse) -> Screen:
    """What was written, with a way back."""
    days = long_span(t, excuse.first, excuse.last)
    more = excuse.count - len(excuse.names)
    names = ", ".join(excuse.names) + (t.plain("excuse.more", count=more) if more > 0 else "")
    lines = [
        t("excuse.undone_head" if excuse.undone else "excuse.done_head"),
        t("excuse.done", days=days, count=excuse.count, names=names),
        t("excuse.because", reason=excuse.reason),
    ]
    undo = button(t.plain("excuse.undo"), Kind.EXCUSE_UNDO, excuse.id, style=DANGER)
    return Screen(t.join(lines), () if excuse.undone else ((undo,),))


def excused_screen(t: Speech, excuse: Excuse, *, today: date) -> Screen:
    """What somebody is told who was excused, or is no longer."""
    days = long_span(t, excuse.first, excuse.last, year=excuse.last.year != today.year)
    if excuse.undone:
        return Screen(t("excuse.told_undone", name=excuse.by, days=days))
    return Screen(t("excuse.told", name=excuse.by, days=days, reason=excuse.reason))


def reason_text(t: Speech, code: str) -> str:
    """The words of a chip."""
    return t.plain(f"excuse.reason_{code}")


def _days(t: Speech, plan: Plan) -> Html:
    total = (plan.last - plan.first).days + 1
    return t("excuse.head", days=long_span(t, plan.first, plan.last), count=total)


def _people(t: Speech, reached: Reached) -> Html:
    if reached.name is not None:
        return t("excuse.for_one", name=reached.name)
    return t("excuse.for_many", count=reached.count)


def _again(t: Speech, person_id: int) -> Button:
    return button(t.plain("excuse.again"), Kind.EXCUSE, person_id)


def _cancel(t: Speech) -> Button:
    return button(t.plain("dialogue.cancel"), Kind.CANCEL)
