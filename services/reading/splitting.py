"""A message parted into blocks, one per activity, with the lines that belong to each.

message → lines (tables and "1. … 2. …" in one line unfolded) → what each line is → blocks. Lines under an
activity that only hold its outcome, time, amount or link go with it. Sub-points under a numbered point are
its details; points under a heading are activities.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum

from services.reading import phrases
from services.reading.lines import CHECKS, Line, lines_of
from services.reading.links import take_links
from services.reading.outcomes import opens_with_mark
from services.reading.quantities import read_quantity
from services.reading.times import read_times

_TAIL = re.compile(rf"[\s{CHECKS}👍🙏👌💪\ufe0f\u200d🏻🏼🏽🏾🏿]+$")
_LABELS = re.compile(
    r"(?P<activity>(?:nama\s|uraian\s|judul\s|jenis\s)?(?:kegiatan|keg|aktivitas|aktifitas|tugas|pekerjaan|uraian)"
    r"(?:\s(?:harian|tugas|pekerjaan|kegiatan))?(?:\s(?:ke-?)?\d{1,2})?)\s*[:=]"
    r"|(?P<times>waktu(?:\spelaksanaan)?|jam|pukul|pkl|durasi|lama(?:nya)?)\s*[:=]"
    r"|(?P<amount>volume|vol|jumlah|jml|kuantitas|realisasi|qty|target)\s*[:=]"
    r"|(?P<link>link(?:\s\w+){0,2}|tautan|bukti(?:\sdukung)?|eviden(?:ce)?|dokumentasi|data\sdukung|lampiran|foto)\s*[:=]",
    re.IGNORECASE,
)
_PLACE_LABEL = re.compile(r"(?:tempat|lokasi|peserta|catatan|ket(?:erangan)?)\s*[:=]", re.IGNORECASE)
_OUTCOME_HEADING = re.compile(
    r"(?:hasil|hasilnya|output|outcome|dampak|manfaat)(?:\skegiatan)?\s?[:=]?\s*", re.IGNORECASE
)
_RUNS_ON = re.compile(
    r"(?:[,&/(]|\b(?:dan|serta|di|ke|dari|untuk|utk|dengan|dgn|yang|yg|pada|atau|tentang|oleh|dalam|bagi|terkait|se"
    r"|tahun|bulan|nomor|kepada|antara))$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"(?:dan|serta|di|ke|dari|untuk|dengan|yang|pada|oleh|bagi|terkait|tentang|bersama|kepada|beserta)\b|[(,&]"
)
_DOING = re.compile(
    r"(?:me|ng|ny)\w{3,}|(?:rapat|koordinasi|sosialisasi|pembinaan|pelatihan|kunjungan|monitoring|pendampingan|survei"
    r"|apel|bimtek|workshop|penyuluhan|verifikasi|input|pelayanan|penyusunan|evaluasi|konsultasi|pem\w{4,}|peng\w{4,})\b",
    re.IGNORECASE,
)

_LONGEST_TIME = 60


class Role(Enum):
    """What a line is to the activities of its message."""

    ACTIVITY = "activity"
    DETAIL = "detail"
    OUTCOME = "outcome"
    TIMES = "times"
    AMOUNT = "amount"
    LINK = "link"
    NOTHING = "nothing"


@dataclass(slots=True)
class Block:
    """One activity as typed, and the lines that belong to it."""

    text: str = ""
    bullet: str | None = None
    indent: int = 0
    outcomes: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    details: int = 0


def split_message(text: str) -> tuple[Block, ...]:
    """The activities of one message in order; empty when it holds none."""
    return _Blocks(lines_of(text)).read()


class _Blocks:
    """Gathers lines into blocks, in one pass."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._blocks: list[Block] = []
        self._waiting = Block()  # lines that came before their activity
        self._level: tuple[str | None, int] | None = None
        self._expects_outcome = False
        self._outcome_points = -1
        self._closed = False
        self._lone_times_first = False
        self._comma_list = _is_comma_list(lines)

    def read(self) -> tuple[Block, ...]:
        for place, line in enumerate(self._lines):
            self._take(place, line)
        if not self._blocks and self._waiting.outcomes:
            self._blocks.append(Block(text=self._waiting.outcomes.pop(0)))
            self._adopt(self._blocks[0])
        elif self._blocks and self._has_waiting():
            self._adopt(self._blocks[-1])
        return tuple(block for block in self._blocks if block.text or block.outcomes)

    def _take(self, place: int, line: Line) -> None:
        text = phrases.strip_closing(_TAIL.sub("", line.text)).strip()
        if not text:
            if line.bullet == "number" and not line.text:
                self._start("", line)
            return
        line = replace(line, text=text)
        role, text = self._role_of(place, line)
        current = self._blocks[-1] if self._blocks else None
        target = current or self._waiting
        if role is Role.NOTHING:
            return
        if role is Role.ACTIVITY:
            self._start(text, line)
        elif role is Role.DETAIL and current:
            _append(current, text, point=line.bullet is not None)
        elif role is Role.OUTCOME:
            self._add_outcome(text, line, target)
        elif role is Role.TIMES:
            (self._waiting if self._lone_times_first else target).times.append(text)
        elif role is Role.AMOUNT:
            target.amounts.append(text)
        elif role is Role.LINK:
            target.links.append(text)

    def _role_of(self, place: int, line: Line) -> tuple[Role, str]:
        text, current = line.text, self._blocks[-1] if self._blocks else None
        if _OUTCOME_HEADING.fullmatch(text) and text.rstrip().endswith((":", "=")) and current:
            self._expects_outcome, self._outcome_points = True, 0
            return Role.NOTHING, ""
        if current and not current.text and line.bullet is None:
            return Role.DETAIL, text
        if self._expects_outcome and (line.bullet or self._outcome_points == 0) and not _LABELS.match(text):
            return Role.OUTCOME, text
        self._expects_outcome = False
        labelled = self._labelled(text, line)
        if labelled:
            return labelled
        if line.bullet == "arrow" and current and current.bullet != "arrow":
            return Role.OUTCOME, text
        if opens_with_mark(text) and (current or line.bullet is None):
            return Role.OUTCOME, text
        if self._is_only_time(text):
            self._lone_times_first = self._lone_times_first or current is None
            return Role.TIMES, text
        if self._is_nothing(place, line):
            return Role.NOTHING, ""
        links, rest = take_links(text)
        if links and not re.search(r"\w", rest):
            return Role.LINK, text
        if current and self._belongs(line, current, place):
            return Role.DETAIL, text
        return Role.ACTIVITY, self._without_opening(line)

    def _labelled(self, text: str, line: Line) -> tuple[Role, str] | None:
        match = _LABELS.match(text)
        if not match:
            if self._blocks and _PLACE_LABEL.match(text):
                return Role.DETAIL, text
            return None
        rest = text[match.end() :].strip()
        if match["activity"]:
            return (Role.ACTIVITY, rest) if rest else None
        if match["link"]:
            links, other = take_links(rest)
            return (Role.LINK, rest) if links and not re.search(r"\w", other) else None
        if match["times"]:
            *times, other = read_times(text if match["times"].lower() in {"jam", "pukul", "pkl"} else rest)
            return (Role.TIMES, text) if any(times) and not re.search(r"\w", str(other)) else None
        return (Role.AMOUNT, rest) if rest and len(rest.split()) <= 3 and read_quantity(rest) else None

    def _is_nothing(self, place: int, line: Line) -> bool:
        text = line.text
        first = not self._blocks
        if line.bullet is None and phrases.is_closing(text, reported=not first):
            self._closed = not first
            return True
        if phrases.is_chatter(text) or phrases.is_date(text):
            return True
        listed = place + 1 < len(self._lines) and self._is_point(self._lines[place + 1])
        if line.bullet is None:
            if self._closed and len(text.split()) <= 5 and not _DOING.match(text):
                return True
            if phrases.is_identity(text, alone=len(self._lines) == 1):
                return first or len(self._lines) == place + 1
            if first and phrases.is_title(text) and place + 1 < len(self._lines):
                return True
            if listed and (phrases.is_intro(text) and not text.rstrip().endswith(".")):
                return True
        opens_list = listed and self._lines[place + 1].bullet != line.bullet
        if phrases.is_heading(text) and (line.bullet is None or text.endswith(":") or opens_list):
            self._level = None
            return True
        if listed and text.endswith(":") and not _DOING.match(text) and self._level_above(line):
            self._level = None
            return True
        return line.bullet is None and not self._without_opening(line)

    def _level_above(self, line: Line) -> bool:
        return line.bullet is None or line.bullet == "letter"

    @staticmethod
    def _is_point(line: Line) -> bool:
        if line.bullet is not None:
            return True
        start, _, minutes, rest = read_times(line.text)
        return bool(start or minutes) and line.text.endswith(rest)

    @staticmethod
    def _is_only_time(text: str) -> bool:
        if len(text) > _LONGEST_TIME:
            return False
        start, end, minutes, rest = read_times(text)
        return bool(start or end or minutes) and not re.search(r"\w", rest)

    def _belongs(self, line: Line, current: Block, place: int) -> bool:
        """Whether a line goes on with the activity above it."""
        if line.bullet is not None:
            return self._is_sub_point(line, current)
        if current.text.endswith(":") and not _DOING.match(line.text) and current.bullet is None:
            return False
        if line.after_blank:
            return False
        listed = self._comma_list and current.text.endswith(",")
        if (_RUNS_ON.search(current.text) and not listed) or _GOES_ON.match(line.text):
            return not current.outcomes
        if current.bullet is None:
            return False
        if read_times(line.text)[0] and not read_times(line.text)[3].startswith(line.text[:6]):
            return False
        more = any(later.bullet == current.bullet for later in self._lines[place + 1 :])
        return line.text[0].islower() or (more and not _DOING.match(line.text))

    def _is_sub_point(self, line: Line, current: Block) -> bool:
        leads = current.text.endswith(":") or current.details > 0
        if self._level is None or (current.bullet is None and not leads):
            return False
        kind, indent = self._level
        if kind is None:
            return leads and bool(_DOING.match(current.text))
        if line.bullet == kind:
            return line.indent >= indent + 2
        if line.indent >= indent + 2:
            return True
        return kind == "number" or (kind == "letter" and line.bullet not in {"number", "letter"})

    def _without_opening(self, line: Line) -> str:
        return line.text if line.bullet else phrases.strip_opening(line.text)

    def _start(self, text: str, line: Line) -> None:
        if self._level is None or (line.bullet is not None and self._level[0] is None):
            self._level = (line.bullet, line.indent)
        block = Block(text=text, bullet=line.bullet, indent=line.indent)
        self._blocks.append(block)
        self._adopt(block)

    def _has_waiting(self) -> bool:
        waiting = self._waiting
        return bool(waiting.outcomes or waiting.times or waiting.amounts or waiting.links)

    def _adopt(self, block: Block) -> None:
        """Give an activity the lines that stood above it."""
        if self._has_waiting():
            block.outcomes[:0] = self._waiting.outcomes
            block.times[:0] = self._waiting.times
            block.amounts[:0] = self._waiting.amounts
            block.links[:0] = self._waiting.links
            self._waiting = Block()

    def _add_outcome(self, text: str, line: Line, target: Block) -> None:
        """One outcome; points under "Hasil:" after several activities go to them in order."""
        if self._expects_outcome:
            several = line.bullet in {"number", "letter"} and len(self._blocks) > 1
            place = min(self._outcome_points, len(self._blocks) - 1) if several else len(self._blocks) - 1
            self._outcome_points += 1
            target = self._blocks[place]
        target.outcomes.append(text)


def _is_comma_list(lines: list[Line]) -> bool:
    """Whether commas end the lines one after the other, so that they part points instead of joining lines."""
    plain = [line.text for line in lines if line.bullet is None and not line.text.endswith(":")]
    return len(plain) > 2 and all(text.endswith((",", ";")) for text in plain[:-1])


def _append(block: Block, text: str, *, point: bool) -> None:
    if not block.text or not point:
        block.text = f"{block.text} {text}".strip()
        return
    first = " " if block.text.endswith(":") else ": "
    joint = ", " if block.details else first
    block.text = f"{block.text}{joint}{text}"
    block.details += 1
