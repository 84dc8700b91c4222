"""The tree of results in a chat: its top, one RHK with who serves it, what was done, what hangs nowhere.

Nothing is indented and no line is drawn: on a narrow phone both break. Where one stands says one line.
"""

from collections.abc import Sequence

from bot.callbacks import Kind
from bot.screens import PRIMARY, SUCCESS, Button, Screen, button, shorten
from bot.texts import Html, Speech
from bot.views.paging import pager, pages_of
from bot.views.progress import amount_of, percent
from services.cascade.connecting import Choice, LooseLook
from services.cascade.looking import (
    PAGE,
    Above,
    Branch,
    Crumb,
    Frame,
    Place,
    Supporter,
    TargetLook,
    Top,
    WorkLook,
)
from services.cascade.work import PAGE as ENTRIES
from services.cascade.work import Done
from services.progress.standing import Standing
from services.states import State

MOST = 8
"""Numbers of one screen."""
ROOM = 3200
WORDING, SHORT, ABOVE, NAME, CRUMB, AMOUNT, WORDS = 500, 160, 120, 40, 20, 110, 210
"""UTF-16 units shown of each."""
STEPS = 4
"""Steps of the way that are spelt out; of a longer one the first and the last."""


def top_screen(t: Speech, top: Top, *, page: int = 0) -> Screen:
    """The RHK at the top of a tree."""
    frame = top.frame
    if not top.branches:
        text = t.join([_title(t, frame), _nothing(t, frame)])
        return Screen(text, tuple(row for row in (*_to_plan(t, frame), *_ways(t, top)) if row))
    blocks = [_branch(t, frame, one) for one in top.branches]
    pages = pages_of(blocks, most=MOST, room=ROOM)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    intro = "intro_of" if not frame.own else "intro_leads" if frame.leads else "intro_own"
    text = t.join([Html(f"{_title(t, frame)}\n{t(f'tree.{intro}')}"), *blocks[first:end]])
    numbers = [
        button(str(one.wording.number), Kind.TREE_RHK, one.wording.lineage, arg=f"{frame.root}.0")
        for one in top.branches[first:end]
    ]
    turning = pager(Kind.TREE_TOP, frame.root, page, len(pages), prefix=f"{frame.year}.")
    return Screen(text, tuple(row for row in (*_lined(numbers), turning, *_ways(t, top)) if row))


def _title(t: Speech, frame: Frame) -> Html:
    if frame.own:
        return t("tree.title", year=frame.year)
    return t(f"tree.title_{frame.capacity}", year=frame.year, name=shorten(frame.name, NAME))


def _nothing(t: Speech, frame: Frame) -> Html:
    if not frame.own:
        return t("tree.nothing_of", name=shorten(frame.name, NAME), year=frame.year)
    return t("tree.nothing_leads" if frame.leads else "tree.nothing", year=frame.year)


def _to_plan(t: Speech, frame: Frame) -> list[tuple[Button, ...]]:
    if not frame.own:
        return []
    return [(button(t.plain("tree.plan"), Kind.SKP_SHOW, frame.root, arg=str(frame.year), style=PRIMARY),)]


def _ways(t: Speech, top: Top) -> list[tuple[Button, ...]]:
    """What hangs nowhere, and the trees of other seats."""
    year = top.frame.year
    rows: list[tuple[Button, ...]] = []
    if top.loose:
        label = t.plain("tree.to_loose", count=top.loose)
        rows.append((button(label, Kind.TREE_LOOSE, top.frame.root, arg=f"{year}.0"),))
    for one in top.others[:2]:
        label = t.plain(f"tree.to_{one.capacity}", name=shorten(one.name, CRUMB))
        rows.append((button(label, Kind.TREE_TOP, one.person_id, arg=f"{year}.0"),))
    return rows


def _branch(t: Speech, frame: Frame, one: Branch) -> Html:
    lines = [t("tree.numbered", number=one.wording.number, text=shorten(one.wording.text, SHORT))]
    if frame.leads:
        lines += _served(t, one)
    else:
        lines += above_lines(t, one.up) or [t("tree.nothing_above")]
        lines.append(t("tree.last", day=t.date(one.last)) if one.last else t("tree.never"))
    return Html("\n".join(lines))


def _served(t: Speech, one: Branch) -> list[Html]:
    if not one.people:
        return [t("tree.unserved")]
    said = t("tree.served", count=one.people)
    if one.deeper:
        said = t("tree.deeper", said=said, count=one.deeper)
    lines = [said]
    if one.mean is not None:
        lines.append(t("tree.mean", share=percent(one.mean)))
    if one.quiet:
        lines.append(t("tree.quiet"))
    return lines


def above_lines(t: Speech, up: Sequence[Above]) -> list[Html]:
    """«↑ Budi Santoso: Meningkatnya mutu …», the nearest first."""
    return [t("tree.above", name=shorten(one.name, NAME), text=shorten(one.text, ABOVE)) for one in up]


def target_screen(t: Speech, look: TargetLook) -> Screen:
    """One RHK and who serves it."""
    place, frame = look.place, look.place.frame
    parts = _head(t, place, look.progress, look.up)
    first = look.page * PAGE
    if look.count:
        named = _named(t, [one.name for one in look.supporters])
        blocks = [
            _supporter(t, one, number, name)
            for number, (one, name) in enumerate(zip(look.supporters, named, strict=True), first + 1)
        ]
        parts += [t("tree.supporters", count=look.count), *blocks]
    else:
        parts.append(t("tree.unserved"))
    numbers = [
        button(str(number), Kind.TREE_RHK, one.lineage, arg=f"{frame.root}.0")
        for number, one in enumerate(look.supporters, first + 1)
    ]
    turning = pager(Kind.TREE_RHK, place.lineage, look.page, look.pages, prefix=f"{frame.root}.")
    rows = [*_lined(numbers), turning]
    if place.reads_work:
        key = "tree.to_work_own" if place.mine else "tree.to_work"
        label = t.plain(key, name=shorten(place.owner, CRUMB))
        rows.append((button(label, Kind.TREE_WORK, place.lineage, arg=f"{frame.root}.0"),))
    rows.append(_back(t, place))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _named(t: Speech, names: Sequence[str]) -> list[list[Html]]:
    """A heading with the name above somebody's first line, and nothing above the others."""
    return [
        [] if place and names[place - 1] == name else [t("tree.person", name=shorten(name, NAME))]
        for place, name in enumerate(names)
    ]


def _supporter(t: Speech, one: Supporter, number: int, name: list[Html]) -> Html:
    said = _amount(t, one.progress)
    said.append(t("tree.last", day=t.date(one.last)) if one.last else t("tree.never"))
    lines = [
        *name,
        t("tree.numbered", number=number, text=shorten(one.text, SHORT)),
        *(t("tree.fact", fact=fact) for fact in said),
    ]
    if one.below:
        lines.append(t("tree.below", count=one.below))
    return Html("\n".join(lines))


def work_screen(t: Speech, look: WorkLook) -> Screen:
    """What was done for one RHK, newest first."""
    place, frame = look.place, look.place.frame
    parts = _head(t, place, look.progress, look.up)
    if place.mine and frame.leads and not look.supporters:
        parts.append(t("tree.unserved"))
    if look.entries:
        parts += [t("tree.work", count=look.count), *(_done(t, one) for one in look.entries)]
    else:
        parts.append(t("tree.no_work"))
    if not (place.mine or place.direct):
        parts.append(t("tree.only_approved"))
    pages = max(1, -(-look.count // ENTRIES))
    rows = [pager(Kind.TREE_WORK, place.lineage, look.page, pages, prefix=f"{frame.root}.")]
    if look.supporters:
        label = t.plain("tree.to_supporters", count=look.supporters)
        rows.append((button(label, Kind.TREE_RHK, place.lineage, arg=f"{frame.root}.0"),))
    rows.append(_back(t, place))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _done(t: Speech, one: Done) -> Html:
    head = t("tree.entry", day=t.day(one.work_date), state=t(f"tree.state_{State(one.state)}"))
    lines = [head, t("tree.words", text=shorten(one.activity, WORDS))]
    if one.outcome:
        lines.append(t("tree.outcome", text=shorten(one.outcome, WORDS)))
    return Html("\n".join(lines))


def _head(t: Speech, place: Place, progress: Standing | None, up: Sequence[Above]) -> list[Html]:
    """Where one stands, the wording, how far it is, what it is for."""
    lines = [crumbs_line(t, place), t("tree.wording", text=shorten(place.wording.text, WORDING))]
    lines += [t("tree.progress", amount=amount) for amount in _amount(t, progress)]
    return [Html("\n".join(lines)), *([Html("\n".join([t("tree.for"), *above_lines(t, up)]))] if up else [])]


def _amount(t: Speech, progress: Standing | None) -> list[str]:
    """«8 dari 12 dokumen (67%)»; nothing where nothing adds up."""
    if progress is None or not (progress.measures or progress.others):
        return []
    return [shorten(amount_of(t, progress), AMOUNT)]


def crumbs_line(t: Speech, place: Place) -> Html:
    """«RHK 2 › Ani Rahmawati › RHK 1»."""
    steps = [crumb_of(t, one) for one in place.crumbs]
    if len(steps) > STEPS:
        steps = [steps[0], "…", *steps[-2:]]
    if place.loose:
        steps = [t.plain("tree.loose"), *steps]
    if not place.frame.own:
        steps = [shorten(place.frame.name, CRUMB), *steps]
    return t("tree.way", way=" › ".join(steps))


def crumb_of(t: Speech, one: Crumb) -> str:
    number = t.plain("tree.rhk", number=one.number)
    return f"{shorten(one.name, CRUMB)} › {number}" if one.name else number


def _back(t: Speech, place: Place) -> tuple[Button, ...]:
    """One level up, and to the top."""
    frame = place.frame
    top = button(t.plain("tree.to_top"), Kind.TREE_TOP, frame.root, arg=f"{frame.year}.0")
    if len(place.crumbs) > 1:
        before = place.crumbs[-2]
        label = t.plain("tree.back", where=crumb_of(t, before))
        return (button(label, Kind.TREE_RHK, before.lineage, arg=f"{frame.root}.0"), top)
    if place.loose and place.direct:
        label = t.plain("tree.back", where=t.plain("tree.loose"))
        return (button(label, Kind.TREE_LOOSE, frame.root, arg=f"{frame.year}.0"), top)
    return (top,)


def loose_screen(t: Speech, look: LooseLook) -> Screen:
    """RHK of direct people that hang nowhere."""
    frame, first = look.frame, look.page * PAGE
    parts = [_title(t, frame)]
    numbers = []
    if look.targets:
        parts[0] = Html(f"{parts[0]}\n{t('tree.loose_intro', count=look.count)}")
        named = _named(t, [one.name for one in look.targets])
        for number, (one, name) in enumerate(zip(look.targets, named, strict=True), first + 1):
            line = t("tree.numbered", number=number, text=shorten(one.text, SHORT))
            parts.append(Html("\n".join([*name, line])))
            numbers.append(button(str(number), Kind.TREE_CHOOSE, one.lineage, arg="0"))
    else:
        parts.append(t("tree.loose_none"))
    turning = pager(Kind.TREE_LOOSE, frame.root, look.page, look.pages, prefix=f"{frame.year}.")
    top = button(t.plain("tree.to_top"), Kind.TREE_TOP, frame.root, arg=f"{frame.year}.0")
    return Screen(t.join(parts), tuple(row for row in (*_lined(numbers), turning, (top,)) if row))


def choice_screen(t: Speech, choice: Choice, *, page: int = 0) -> Screen:
    """Which RHK of the supervisor somebody's RHK serves; the likeliest first."""
    frame = choice.frame
    said = t("tree.loose_one", name=shorten(choice.name, NAME), text=shorten(choice.text, WORDING // 2))
    if choice.named and choice.serves is None:
        said = Html(f"{said}\n{t('tree.named', text=shorten(choice.named, SHORT))}")
    rows: list[tuple[Button, ...]] = []
    parts = [_title(t, frame), said]
    if choice.serves is not None:
        text = shorten(choice.serves.text, SHORT * 2)
        parts.append(t("tree.connected", number=choice.serves.number, text=text))
        if choice.undoable:
            undo = t.plain("tree.undo")
            rows.append((button(undo, Kind.TREE_UNDO, choice.lineage, arg=str(choice.serves.lineage)),))
    elif choice.choices:
        rows += _choices(t, choice, parts, page)
    else:
        parts.append(_nothing(t, frame))
    work = button(t.plain("tree.its_work"), Kind.TREE_WORK, choice.lineage, arg=f"{frame.root}.0")
    label = t.plain("tree.back", where=t.plain("tree.loose"))
    rows.append((work, button(label, Kind.TREE_LOOSE, frame.root, arg=f"{frame.year}.0")))
    return Screen(t.join(parts), tuple(row for row in rows if row))


def _choices(t: Speech, choice: Choice, parts: list[Html], page: int) -> list[tuple[Button, ...]]:
    blocks = [
        t(
            "tree.likely" if choice.likely and place == 1 else "tree.numbered",
            number=one.number,
            text=shorten(one.text, SHORT * 2),
        )
        for place, one in enumerate(choice.choices, 1)
    ]
    pages = pages_of(blocks, most=MOST, room=ROOM - 700)
    page = min(page, len(pages) - 1)
    first, end = pages[page]
    parts += [t("tree.which"), *blocks[first:end]]
    numbers = [
        button(
            str(one.number),
            Kind.TREE_CONNECT,
            choice.lineage,
            arg=str(one.lineage),
            style=SUCCESS if choice.likely and place == 0 else None,
        )
        for place, one in enumerate(choice.choices[first:end], first)
    ]
    return [*_lined(numbers), pager(Kind.TREE_CHOOSE, choice.lineage, page, len(pages))]


def _lined(numbers: Sequence[Button]) -> list[tuple[Button, ...]]:
    """Numbers in rows that a narrow phone shows whole."""
    if len(numbers) <= 5:
        return [tuple(numbers)]
    half = -(-len(numbers) // 2)
    return [tuple(numbers[:half]), tuple(numbers[half:])]
