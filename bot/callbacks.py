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
    PROMPT_SHOW = "pb"
    PROMPT_LATER = "pl"
    PROMPT_SNOOZE = "pz"
    PROMPT_OFF = "po"
    # a day away, said by one tap: subject is the period
    OFF_KIND = "pk"
    OFF_UNDO = "pu"
    # «Tidak ada kegiatan»; to take it back the subject is the day
    NOTHING_ASK = "pn"
    NOTHING_REASON = "pr"
    NOTHING_UNDO = "px"
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
    # the plan of a day: subject is the line
    PLAN_WRITE = "nw"
    PLAN_DROP = "nx"
    PLAN_USE = "nu"
    PLAN_MASK = "nm"
    # what stands in the way: subject is the day, the entry, the blocker or the one who is asked
    BLOCKER_DAY = "kd"
    BLOCKER_ADD = "kt"
    BLOCKER_ENTRY = "ke"
    BLOCKERS = "kl"
    BLOCKER_SHOW = "ks"
    BLOCKER_ANSWER = "ka"
    BLOCKER_CHIP = "kc"
    BLOCKER_CLOSE = "kx"
    # coaching: subject is the feedback
    FOLLOW_UP = "fu"
    FOLLOW_UP_SHOW = "fus"
    FOLLOW_UP_CLOSE = "fc"
    # who stands in: subject is the supervisor, or the span
    ACTING = "a"
    ACTING_NEW = "an"
    ACTING_WHO = "aw"
    ACTING_DRAFT = "ad"
    ACTING_SAVE = "as"
    ACTING_END = "ae"
    # the brief and the nudge: subject is the person
    BRIEF_QUEUE = "mq"
    BRIEF_PLANS = "mt"
    WEEK = "mw"
    # a text after a return: subject is the returned entry
    RETURNED_FIX = "kf"
    # words kept by a question of a supervisor: no subject
    KEPT_OWN = "ko"
    DISCREET = "km"
    # joining: subject is the invitation or the person
    JOIN_YES = "jy"
    JOIN_NO = "jn"
    JOIN_UNDO = "ju"
    # the calendar, for admins: subject is the year, the day off, the set Ramadan, the unit or the person
    HOLIDAYS = "ll"
    HOLIDAY_ADD = "la"
    HOLIDAY_KIND = "lk"
    HOLIDAY_UNITS = "lu"
    HOLIDAY_UNIT = "lv"
    HOLIDAY_SAVE = "ls"
    HOLIDAY_SHOW = "lh"
    HOLIDAY_DATE = "ld"
    HOLIDAY_NAME = "ln"
    HOLIDAY_FIX = "lf"
    HOLIDAY_CANCEL = "lx"
    HOLIDAY_RESTORE = "lr"
    RAMADAN = "lm"
    RAMADAN_SET = "lms"
    RAMADAN_RESET = "lmr"
    PATTERNS = "lp"
    PATTERN_UNIT = "lpu"
    PATTERN_ALL = "lpa"
    PATTERN_ALL_SURE = "lpy"
    PATTERN_FIND = "lpf"
    PATTERN_PERSON = "lpp"
    PATTERN_SET = "lps"
    # weekly summaries: the argument says which; subject is the group when it is sent again
    WEEK_SHOW = "ws"
    WEEK_PICTURE = "wp"
    WEEK_AGAIN = "wa"
    WEEK_SEND = "wg"
    # settings
    SET_TIME = "st"
    SET_LANGUAGE = "sl"
    # groups: subject is the group, or whose list it is
    GROUP_LIST = "gl"
    GROUP_SHOW = "gs"
    GROUP_UNIT = "gu"
    GROUP_UNITS = "gp"
    GROUP_LANGUAGE = "gb"
    GROUP_ZONE = "gz"
    GROUP_UNLINK = "gx"
    SET_SHOW = "ss"
    SET_CAP = "sc"
    SET_PAUSE = "sp"
    SET_PLAN = "sm"
    # SKP: subject is the SKP (its person for SKP_SHOW, SKP_NEW), the RHK, the indicator, the step, the line
    SKP_SHOW = "t"
    SKP_PART = "tp"
    SKP_TEAM = "tt"
    SKP_NEW = "tn"
    SKP_FORM = "tf"
    SKP_PROPOSE = "tk"
    SKP_WITHDRAW = "tw"
    SKP_AGREE = "ty"
    SKP_RETURN = "tr"
    SKP_DISCARD = "tz"
    TARGET_SHOW = "ts"
    TARGET_TEXT = "te"
    TARGET_KIND = "tb"
    TARGET_PARENT = "ta"
    TARGET_DROP = "tx"
    TARGET_RESTORE = "tu"
    INDICATOR_ADD = "ti"
    INDICATOR_EDIT = "tie"
    INDICATOR_DROP = "tix"
    INDICATOR_KEEP = "tiu"
    STEP_ADD = "tq"
    STEP_DROP = "tqx"
    STEP_KEEP = "tqu"
    STEP_COPY = "tqs"
    ANNEX_ADD = "tl"
    ANNEX_DROP = "tlx"
    ANNEX_KEEP = "tlu"
    EXPECT = "th"
    # the tree of results: subject is whose tree, or the RHK; the argument says which year or tree, and page
    TREE_TOP = "u"
    TREE_RHK = "ur"
    TREE_WORK = "uw"
    TREE_LOOSE = "ul"
    TREE_CHOOSE = "uc"
    TREE_CONNECT = "us"
    TREE_UNDO = "ux"
    # how far the SKP is: subject is the person, the indicator, or the value
    VALUES = "i"
    VALUE_TEAM = "it"
    VALUE_SHOW = "io"
    VALUE_ASK = "iv"
    VALUE_SEND = "is"
    VALUE_REVIEW = "ir"
    VALUE_CONFIRM = "ik"
    VALUE_RETURN = "ix"
    # days away or elsewhere: subject is the person, or the period
    DUTY = "c"
    DUTY_SAVE = "cs"
    DUTY_REPLACE = "cr"
    DUTY_CANCEL = "cx"
    # the schedule of a shift: subject is the person
    SHIFT = "h"
    SHIFT_SET = "hs"
    # excusing: subject is the supervisor, or one of the periods written together
    EXCUSE = "b"
    EXCUSE_SAVE = "bs"
    EXCUSE_UNDO = "bu"
    # the e-Kinerja sheet: subject is the person, or the entry; the argument says which period
    SHEET_SHOW = "y"
    SHEET_PERIOD = "yp"
    SHEET_PEOPLE = "yo"
    SHEET_FIND = "yf"
    SHEET_TIMES = "yt"
    SHEET_AMOUNT = "ya"
    SHEET_AMOUNT_ASK = "yq"
    SHEET_AMOUNTS = "yn"
    SHEET_UNDO = "yu"
    SHEET_TIME_ASK = "yj"
    SHEET_OUTSIDE = "yl"
    SHEET_STEP = "ys"
    SHEET_STEP_PICK = "yc"
    SHEET_STEP_RHK = "yr"
    SHEET_STEP_ASK = "yw"
    SHEET_FILE = "yx"
    SHEET_COPIED = "ym"
    # copying a day into e-Kinerja: subject is the entry, or the day
    COPY_DAY = "z"
    COPY_MARK = "zm"
    COPY_MARK_DAY = "zd"
    COPY_LIST = "zl"
    COPY_LONG = "zt"
    # how the bot is doing, for admins: subject is whose screen, or the notice
    HEALTH = "hk"
    HEALTH_AGAIN = "hka"
    HEALTH_LET_BE = "hkb"
    HEALTH_LET_ALL_BE = "hkc"


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
