"""What of a day was before the supervisor when a button was shown, blind to what its owner has not sent.

A mark is the day's revision in its lower bits and a digest of the visible entries above them.
"""

import hashlib
from collections.abc import Iterable

from models import State
from services.entries.views import SHOWN_FIELDS, EntryView, Judged

VISIBLE = (State.SUBMITTED, State.RETURNED, State.APPROVED)
"""Drafts are nobody's business but their owner's."""
REVISION_BITS, DIGEST_BYTES = 31, 3


def mark_of(revision: int, entries: Iterable[EntryView | Judged]) -> int:
    """Names a day as it is shown to the one who decides on it; short enough for a button."""
    digest = int.from_bytes(hashlib.blake2b(_shown(entries).encode(), digest_size=DIGEST_BYTES).digest())
    return digest << REVISION_BITS | revision


def revision_in(mark: int) -> int:
    """The revision the day had when the mark was made."""
    return mark & ((1 << REVISION_BITS) - 1)


def same_content(mark: int, entries: Iterable[EntryView | Judged]) -> bool:
    """Whether what the mark showed is still what there is to see."""
    return mark == mark_of(revision_in(mark), entries)


def waiting_content(entries: Iterable[Judged]) -> str:
    """The content of entries that wait, for a digest over many days."""
    return _shown(one for one in entries if one.state is State.SUBMITTED)


def _shown(entries: Iterable[EntryView | Judged]) -> str:
    """What was returned counts by its being there: its owner may be rewriting it."""
    lines = []
    for one in sorted(entries, key=lambda one: one.id):
        if one.state in VISIBLE:
            names = () if one.state is State.RETURNED else SHOWN_FIELDS
            lines.append(repr((one.id, one.state.value, *(str(getattr(one, name)) for name in names))))
    return "\n".join(lines)
