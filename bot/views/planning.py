"""The plan of a day: its card, its questions, and its part of the afternoon's question."""

from collections.abc import Sequence
from datetime import date

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button, shorten
from bot.texts import Html, Speech
from services.planning import MOST_LINES, PlanLineView

SHOWN = 200
"""UTF-16 units of one line."""
MOST_LEFT = 1900
"""Characters of lines that did not fit."""


def plan_screen(
    t: Speech,
    lines: Sequence[PlanLineView],
    *,
    work_date: date,
    today: date,
    greeting: Html | None = None,
    sensitive: bool = False,
) -> Screen:
    """The card: its lines, and what may be done with them. `greeting`: the morning question.

    `sensitive`: a line that was just typed holds a citizen's number.
    """
    head = t("plan.head", day=t.day(work_date))
    parts = [Html(f"{greeting}\n{head}") if greeting else head]
    if lines:
        parts.append(numbered(t, lines))
    room = sum(not one.rolled for one in lines) < MOST_LINES
    if not any(not one.rolled for one in lines):
        parts.append(_ask(t, work_date, today))
    rows: list[tuple[Button, ...]] = []
    argument = work_date.isoformat()
    if sensitive:
        parts.append(t("day.sensitive"))
        rows.append(
            (
                button(t.plain("day.mask"), Kind.PLAN_MASK, arg=argument, style=PRIMARY),
                button(t.plain("day.keep"), Kind.PLAN_MASK, arg=f"{argument}.k"),
            )
        )
    drops = [
        button(t.plain("plan.drop", number=place), Kind.PLAN_DROP, one.id, arg=argument)
        for place, one in enumerate(lines, start=1)
        if not one.done
    ]
    if room:
        label = t.plain("plan.more" if lines else "plan.write")
        rows.append((button(label, Kind.PLAN_WRITE, arg=argument, style=None if lines else PRIMARY),))
    rows += [tuple(drops[:MOST_LINES]), tuple(drops[MOST_LINES:])]
    if work_date == today and greeting is None:
        rows.append(plan_buttons(t, lines, work_date))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def numbered(t: Speech, lines: Sequence[PlanLineView]) -> Html:
    """The lines with their numbers: ✓ what is in the report, ↻ what was left of the workday before."""
    return Html("\n".join(_line(t, place, one) for place, one in enumerate(lines, start=1)))


def _line(t: Speech, place: int, line: PlanLineView) -> Html:
    key = "plan.line_done" if line.done else "plan.line_rolled" if line.rolled else "plan.line"
    return t(key, number=place, text=shorten(line.text, SHOWN), day=t.day(line.planned))


def plan_lines(t: Speech, lines: Sequence[PlanLineView]) -> Html | None:
    """The plan as a part of the afternoon's question; None when nothing was planned."""
    return Html(f"{t('plan.in_prompt')}\n{numbered(t, lines)}") if lines else None


def plan_buttons(t: Speech, lines: Sequence[PlanLineView], work_date: date) -> tuple[Button, ...]:
    """«Pakai rencana», while a line is unfinished; a row of its own."""
    if all(one.done for one in lines):
        return ()
    return (button(t.plain("plan.use"), Kind.PLAN_USE, arg=work_date.isoformat(), style=PRIMARY),)


def _ask(t: Speech, work_date: date, today: date) -> Html:
    if work_date == today:
        return t("plan.ask", limit=MOST_LINES)
    return t("plan.ask_ahead", day=t.day(work_date), limit=MOST_LINES)


def plan_question(t: Speech, work_date: date, today: date) -> Screen:
    """Asks for the lines."""
    return Screen(_ask(t, work_date, today), (_cancel(t),))


def left_screen(t: Speech, left: Sequence[str]) -> Screen:
    """Lines that did not fit, to be copied: nothing typed is lost."""
    text = "\n".join(left)[:MOST_LEFT]
    return Screen(t("plan.left", limit=MOST_LINES, count=len(left), text=text))


def _cancel(t: Speech) -> tuple[Button, ...]:
    return (button(t.plain("dialogue.cancel"), Kind.CANCEL),)
