"""«Sick today», «on leave», «nothing to report»: the same for those who type English.

What says it is cut out of the text; every other word must belong to a greeting, to the person or to a day.
One word of work («visited sick students», «processed leave requests») and it is a report.
"""

import re
from collections.abc import Sequence

from services.reading.number_words import word_set

_HINDERED = (
    r"(?:can\s?not|can't|cant|could not|couldn't|will not|won't|unable to|not able to)\s"
    r"(?:be able to\s)?(?:come|work|attend|make it|be (?:there|in|at work|present))"
    r"(?:\s(?:to|in|at)(?:\s(?:the|my))?(?:\s(?:work|office|school))?)?"
)
_LEAVE = r"(?:annual|sick|medical|maternity|paternity|emergency|unpaid|casual|personal|compassionate)\sleave"
_AWAY = re.compile(
    rf"\b(?:{_HINDERED}|sick|ill|unwell|absent|fever|{_LEAVE}|(?:on|take|taking|took|my)\s(?:a\s)?leave"
    r"|(?:not|isn't|wasn't)\s(?:feeling\swell|well|on\sduty|at\swork|in\sthe\soffice|in\stoday|coming(?:\sin)?"
    r"(?:\sto\s(?:work|the\soffice))?|working)|off\s(?:duty|work|sick|today|tomorrow|yesterday)"
    r"|(?:a|my|on|took|taking)\sday\soff|on\s(?:holiday|vacation)|called\sin\ssick)\b"
)
_NOTHING = re.compile(
    r"\b(?:nothing\s(?:new\s)?(?:to\s(?:report|do|send|write)|today|yesterday|done|happened)"
    r"|no\s(?:\w+\s)?(?:activity|activities|report|work|tasks?)(?:\sto\s(?:report|do))?)\b|^(?:nothing|none)$"
)
_AROUND = word_set(
    """
    i i'm im i've am is are was were have has had been be being the a an my me we today tomorrow yesterday
    this morning afternoon evening week day days now still again since until till from for to on at in
    monday tuesday wednesday thursday friday saturday sunday sorry please hello hi dear good sir madam ma'am
    mr mrs ms pak bu bapak ibu thank thanks you and so because due there that it really was just all only
    home bed rest resting staying stay need feeling feel a bit very fever flu cold cough headache toothache
    stomachache hospital doctor clinic family child son daughter wife husband mother father parent emergency
    matter matters reason reasons personal urgent went go going seeing see leave sick not done nothing
    report reporting informing inform let know would like
    """
)


def says_away(words: Sequence[str]) -> bool:
    """Whether words in lower case say that somebody is off duty, and nothing else."""
    return list(words) == ["leave"] or _says(_AWAY, words)


def says_nothing(words: Sequence[str]) -> bool:
    """Whether they say that there is nothing to report, and nothing else."""
    return _says(_NOTHING, words)


def _says(what: re.Pattern[str], words: Sequence[str]) -> bool:
    plain = " ".join(words).replace("’", "'")
    found = what.search(plain)
    if found is None:
        return False
    rest = what.sub(" ", plain).split()
    return all(word in _AROUND or word.isdigit() for word in rest)
