"""Choosing the RHK: for one entry, and for all unsure ones at once."""

from collections.abc import Mapping, Sequence

from bot.callbacks import Kind
from bot.screens import SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from services.entries.views import DayView, EntryView
from services.linking import Ranked, Suggestion

LISTED = 10
"""RHK on one screen; more are paged."""
OFFERED = 2
"""RHK offered for one entry on the shared screen, besides `Di luar SKP`."""
ASKED = 6
"""Unsure entries on the shared screen; the rest follow."""
LATER, SUGGESTED = "anyway", "suggested"
"""How the RHK go that are not sure: none for now, or as the card suggests."""
REASONS = 5
"""Words that explain a suggestion."""


def link_screen(
    t: Speech,
    day: DayView,
    entry: EntryView,
    targets: Mapping[int, str],
    suggestion: Suggestion,
    *,
    current: int | None,
    page: int = 0,
) -> Screen:
    """Every RHK of the plan, the likeliest first, with why; `current`: the one it is linked to."""
    ranking = suggestion.ranking
    pages = max(1, -(-len(ranking) // LISTED))
    page = min(page, pages - 1)
    shown = ranking[page * LISTED : (page + 1) * LISTED]
    lines = [t("link.head", activity=shorten(entry.activity, 200))]
    if suggestion.outside_chosen:
        lines.append(t("link.outside_because", words=t.plain("link.chosen", count=suggestion.outside_chosen)))
    for place, one in enumerate(shown, start=page * LISTED + 1):
        line = t("link.line", number=place, target=shorten(targets[one.key], 220))
        why = reasons(t, one, words=place == 1 and not suggestion.outside)
        lines.append(Html(f"{line}\n{t('link.because', words=why)}") if why else line)
    numbers = [
        button(
            f"✓ {place}" if one.key == current else str(place),
            Kind.ENTRY_TARGET,
            entry.id,
            arg=str(one.key),
        )
        for place, one in enumerate(shown, start=page * LISTED + 1)
    ]
    rows = [tuple(numbers[start : start + 5]) for start in range(0, len(numbers), 5)]
    outside = t.plain("link.outside_on" if entry.outside_plan else "link.outside")
    rows.append((button(outside, Kind.ENTRY_TARGET, entry.id, arg="0"),))
    if pages > 1:
        rows.append(
            (
                button("‹", Kind.ENTRY_LINK, entry.id, arg=str(max(0, page - 1))),
                button(f"{page + 1}/{pages}", Kind.ENTRY_LINK, entry.id, arg=str(page)),
                button("›", Kind.ENTRY_LINK, entry.id, arg=str(min(pages - 1, page + 1))),
            )
        )
    rows.append((button(t.plain("day.back"), Kind.DAY_SHOW, day.id),))
    return Screen(Html("\n\n".join(lines)), tuple(rows))


def reasons(t: Speech, one: Ranked, *, words: bool = True) -> str:
    """Why an RHK is suggested: at most five of the person's words, and who chose it before; or nothing."""
    said: list[str] = []
    for label in one.because if words else ():
        room = REASONS - sum(len(each.split()) for each in said)
        if len(label.split()) <= room:
            said.append(label)
        elif not said:
            said.append(" ".join(label.split()[:room]))
    parts = [", ".join(said)] if said else []
    if one.chosen:
        parts.append(t.plain("link.chosen", count=one.chosen))
    elif one.colleagues:
        parts.append(t.plain("link.colleagues"))
    return "; ".join(parts)


def unsure_screen(
    t: Speech,
    day: DayView,
    unsure: Sequence[tuple[EntryView, Suggestion]],
    targets: Mapping[int, str],
    standing: Mapping[int, int],
    *,
    more: bool = False,
) -> Screen:
    """All entries whose RHK is not sure: one row of choices each, what the card suggests first, with a mark.

    `standing`: any RHK → the one it is today. `more`: there are others; what is not shown is not agreed to.
    """
    order = {key: place for place, key in enumerate(targets, start=1)}
    lines = [t("link.unsure_head")]
    used: set[int] = set()
    rows: list[tuple[Button, ...]] = []
    for entry, suggestion in unsure:
        lines.append(t("link.unsure_line", number=entry.number, activity=shorten(entry.activity, 120)))
        choices = _choices(entry, suggestion, standing)
        used.update(key for key in choices if key)
        picks = [_pick(t, entry, key, order, marked=key == _suggested(entry, standing)) for key in choices]
        rows.append((*picks, button("…", Kind.ENTRY_LINK, entry.id)))
    legend = [
        t("link.legend", number=order[key], target=shorten(targets[key], 160))
        for key in sorted(used, key=order.__getitem__)
    ]
    lines.append(Html("\n".join(legend)))
    suggested = all(one.editable and _suggested(one, standing) is not None for one, _ in unsure)
    if suggested and not more:
        rows.insert(0, (_send(t, day, SUGGESTED, style=SUCCESS),))
    back = button(t.plain("day.back"), Kind.DAY_SHOW, day.id)
    later = any(one.editable for one in day.entries)
    rows.append((_send(t, day, LATER), back) if later else (back,))
    return Screen(Html("\n\n".join(lines)), tuple(rows))


def _suggested(entry: EntryView, standing: Mapping[int, int]) -> int | None:
    """The RHK the card suggests for it, 0 for `Di luar SKP`, None for nothing."""
    return 0 if entry.outside_plan else standing.get(entry.target_id or 0)


def _choices(entry: EntryView, suggestion: Suggestion, standing: Mapping[int, int]) -> list[int]:
    """What is offered for an entry, the likeliest first; 0: `Di luar SKP`."""
    first = _suggested(entry, standing)
    ranked = [one.key for one in suggestion.ranking if one.key != first]
    if first is None and suggestion.outside:
        first = 0
    found = [] if first is None else [first]
    found += ranked[: OFFERED - sum(key != 0 for key in found)]
    return found if 0 in found else [*found, 0]


def _pick(t: Speech, entry: EntryView, key: int, order: Mapping[int, int], *, marked: bool) -> Button:
    name = "link.unsure_pick" if key else "link.unsure_outside"
    label = t.plain(name, number=entry.number, target=order.get(key, 0))
    return button(f"✓ {label}" if marked else label, Kind.ENTRY_TARGET, entry.id, arg=f"{key}.u")


def _send(t: Speech, day: DayView, how: str, *, style: str | None = None) -> Button:
    return button(
        t.plain(f"link.send_{how}"), Kind.DAY_SEND, day.id, revision=day.revision, arg=how, style=style
    )
