"""In which summary an approved entry counts. Pure; the record of decisions is only ever added to.

Invariant: with cuts that follow each other, an entry counts in at most one summary of a kind, and in exactly
one once its approval has stood at a cut. It is the first such cut, whatever is reopened and approved again
afterwards: what was told is not told twice, and a summary that is shown again counts the same.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from models import Verdict

Act = tuple[datetime, Verdict]
"""A decision on one entry. A history is in the order in which they were made."""


def standing_at(history: Iterable[Act], cut: datetime) -> datetime | None:
    """The instant of the approval that stands just before `cut`; None when none does."""
    stands: datetime | None = None
    for at, verdict in history:
        if at < cut:
            stands = at if verdict is Verdict.APPROVE else None
    return stands


def counts(
    history: Sequence[Act], *, cut_from: datetime, cut_to: datetime, earlier: Iterable[datetime] = ()
) -> bool:
    """Whether an entry counts in the summary over `[cut_from, cut_to)`.

    `earlier`: the cuts before this one.
    """
    stands = standing_at(history, cut_to)
    if stands is None or stands < cut_from:
        return False
    return all(standing_at(history, cut) is None for cut in earlier if cut < cut_to)
