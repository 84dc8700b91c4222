"""Which RHK hold: the one question everything that links, counts or lists RHK asks."""

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import InstrumentedAttribute

from models import Target


def in_force(target: type[Target] = Target) -> ColumnElement[bool]:
    """Whether an RHK may be chosen now: neither retired nor only written for the next version."""
    return and_(target.retired_at.is_(None), target.pending.is_(False))


def lineage_of(target: type[Target] = Target) -> ColumnElement[int]:
    """What work is counted under, however its RHK is worded now."""
    first: InstrumentedAttribute[int | None] = target.lineage_id
    return func.coalesce(first, target.id)
