"""Typed, versioned button data: `version:kind:subject:revision:argument`, at most 64 bytes.

A button proves nothing: every press is authorised again, from the database, in a service.
"""

import enum
from dataclasses import dataclass

from services.errors import NotFound

VERSION = "1"
LIMIT = 64
MOST_DIGITS = 18


class Kind(enum.StrEnum):
    """Every button there is. Two or three letters, since bytes are few."""

    # dialogue
    CANCEL = "x"
    # the prompt
    PROMPT_FILL = "pf"
    PROMPT_SAME = "ps"
    # the day card: subject is the day
    DAY_SHOW = "d"
    DAY_PAGE = "dp"
    DAY_SEND = "ds"
    DAY_WITHDRAW = "dw"
    DAY_OUTCOMES = "do"
    DAY_LINKS = "dl"
    DAY_UNDO = "du"
    # an entry of one's own: subject is the entry
    ENTRY_SHOW = "e"
    ENTRY_FIELD = "ef"
    ENTRY_DELETE = "ed"
    ENTRY_UP = "eu"
    ENTRY_DOWN = "en"
    ENTRY_LINK = "el"
    ENTRY_TARGET = "et"
    ENTRY_CORRECT = "ec"
    OUTCOME_PICK = "op"
    OUTCOME_SKIP = "ok"
    MASK = "mk"
    # evidence: subject is the evidence
    EVIDENCE_DROP = "vd"
    EVIDENCE_MOVE = "vm"
    EVIDENCE_OPEN = "vo"
    # the supervisor: subject is the day, or the entry
    QUEUE = "q"
    DECIDED = "qd"
    REVIEW = "r"
    REVIEW_PAGE = "rp"
    APPROVE_DAY = "ra"
    APPROVE_ALL = "rl"
    RETURN_DAY = "rr"
    DETAIL = "rd"
    APPROVE_ENTRY = "rea"
    RETURN_ENTRY = "rer"
    REASON = "rn"
    REOPEN = "ro"
    # feedback: subject is the entry, the day or the feedback
    FEEDBACK = "f"
    FEEDBACK_TONE = "ft"
    FEEDBACK_ABOUT = "fa"
    FEEDBACK_PHRASE = "fp"
    FEEDBACK_READ = "fk"
    FEEDBACK_REPLY = "fr"
    # joining: subject is the invitation or the person
    JOIN_YES = "jy"
    JOIN_NO = "jn"
    JOIN_UNDO = "ju"
    # settings
    SET_TIME = "st"
    SET_LANGUAGE = "sl"


@dataclass(frozen=True, slots=True)
class Press:
    """What a button says: its kind, what it is about, and the revision it was shown at."""

    kind: Kind
    subject: int = 0
    revision: int = 0
    arg: str = ""

    def pack(self) -> str:
        data = f"{VERSION}:{self.kind}:{self.subject}:{self.revision}:{self.arg}"
        if len(data.encode()) > LIMIT:
            raise ValueError(f"button data of {self.kind} is over {LIMIT} bytes")
        return data


def unpack(data: str | None) -> Press | None:
    """The press, or None for anything that is not of this version."""
    parts = (data or "").split(":", 4)
    if len(parts) != 5 or parts[0] != VERSION or len((data or "").encode()) > LIMIT:
        return None
    try:
        return Press(Kind(parts[1]), _number(parts[2]), _number(parts[3]), parts[4])
    except ValueError:
        return None


def number(text: str) -> int:
    """A number out of a button; anything else is no button of ours. Raises NotFound."""
    try:
        return _number(text)
    except ValueError:
        raise NotFound from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise ValueError(text)
    return int(text)
