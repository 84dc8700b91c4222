"""What a supervisor decided, told to the one whose work it is."""

from bot.callbacks import Kind
from bot.screens import PRIMARY, Button, Screen, button, shorten
from bot.texts import Speech
from bot.views.deciders import decider
from services.approvals.telling import Approved, Reopened, Returned

FIRST = {
    "outcome": ("outcome", "activity", "target", "evidence"),
    "evidence": ("evidence", "outcome"),
    "target": ("target", "activity", "outcome"),
    "quantity": ("quantity", "outcome", "evidence"),
    None: ("outcome", "activity", "target", "evidence"),
}
"""Which corrections a reason asks for, the fitting one first."""


def returned_screen(t: Speech, returned: Returned) -> Screen:
    """A returned entry with its reason and, first of all, the correction it asks for."""
    day, entry = returned.day, returned.entry
    order = FIRST.get(returned.code, FIRST[None])
    kinds = [one for one in order if one != "target" or day.has_plan]
    lines = [
        t("return.notice", name=decider(t, returned.by, returned.capacity), day=t.day(day.work_date)),
        t("return.notice_entry", number=entry.number, activity=shorten(entry.activity, 300)),
        t("return.notice_reason", reason=shorten(returned.reason, 1000)),
        t(f"return.next_{kinds[0]}"),
    ]
    buttons = [_correction(t, one, entry.id, first=place == 0) for place, one in enumerate(kinds)]
    rows = ((buttons[0],), *(tuple(buttons[start : start + 2]) for start in range(1, len(buttons), 2)))
    return Screen(t.join(lines), (*rows, (button(t.plain("return.to_day"), Kind.DAY_SHOW, day.id),)))


def _correction(t: Speech, name: str, entry_id: int, *, first: bool) -> Button:
    label, style = t.plain(f"return.fix_{name}"), PRIMARY if first else None
    match name:
        case "target":
            return button(label, Kind.ENTRY_LINK, entry_id, style=style)
        case "evidence":
            return button(label, Kind.ENTRY_CORRECT, entry_id, arg="evidence", style=style)
        case _:
            return button(label, Kind.ENTRY_FIELD, entry_id, arg=name, style=style)


def approved_screen(t: Speech, approved: Approved) -> Screen:
    """One short message for everything approved of a day in one go."""
    key = "review.told_all" if approved.everything else "review.told_some"
    name = decider(t, approved.by, approved.capacity)
    return Screen(t(key, name=name, day=t.day(approved.work_date), count=approved.approved))


def reopened_screen(t: Speech, reopened: Reopened) -> Screen:
    name = decider(t, reopened.by, reopened.capacity)
    return Screen(t("review.told_reopened", name=name, day=t.day(reopened.work_date)))


def evidence_question(t: Speech, activity: str) -> Screen:
    """Asks for evidence for one entry."""
    cancel = button(t.plain("dialogue.cancel"), Kind.CANCEL)
    return Screen(t("return.ask_evidence", activity=shorten(activity, 200)), ((cancel,),))
