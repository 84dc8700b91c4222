"""The file of an e-Kinerja sheet, and the mark that it was copied."""

from functools import partial

from bot.callbacks import Kind, Press
from bot.context import Answer, Feature, Turn
from bot.sheets import load, look_in, sheet_card
from bot.views.sheet import CSV, OVERVIEW, XLSX, fetched_screen
from bot.views.sheet_file import file_name, lines_of
from documents.sheet import write_csv, write_xlsx
from services.errors import Invalid, NotFound
from services.sheet import copying
from services.sheet.access import ensure_own, note_export


async def on_file(turn: Turn, press: Press) -> Answer:
    """`arg`: xlsx or csv, and the period. The file is made once the transaction is over."""
    kind, _, rest = press.arg.partition(".")
    if kind not in (XLSX, CSV) or not rest:
        raise NotFound
    look = look_in(rest)
    sheet = await load(turn, press.subject, look)
    if not sheet.entries:
        raise Invalid("period", "sheet_empty")
    own = press.subject == turn.actor.person_id
    period = f"{sheet.first}/{sheet.last}"
    note_export(turn.session, turn.actor.person_id, sheet.person_id, now=turn.now, detail=period)
    lines = lines_of(sheet)
    make = partial(write_xlsx, lines, made=turn.now) if kind == XLSX else partial(write_csv, lines)
    name = file_name(sheet, "xlsx" if kind == XLSX else "csv")
    return Answer(screens=(fetched_screen(turn.t, sheet, look, own=own),), document=(name, make))


async def on_copied(turn: Turn, press: Press) -> Answer:
    """«Tandai semua sudah disalin»."""
    look = look_in(press.arg)
    ensure_own(turn.actor, press.subject)
    sheet = await load(turn, press.subject, look)
    count = await copying.mark_sheet(turn.session, turn.actor, sheet, mark=press.revision, now=turn.now)
    toast = turn.t.plain("sheet.marked", count=count)
    return Answer(cards=sheet_card(press.subject, look.at(OVERVIEW)), toast=toast)


FEATURE = Feature(
    name="sheet_files",
    presses={Kind.SHEET_FILE: on_file, Kind.SHEET_COPIED: on_copied},
)
