"""How far the RHK of a unit or of a supervisor are carried by the RHK of their people.

The measure, chosen because it can be said in one sentence: the mean over the supporting RHK that have a
target number of done ÷ target, each at most 1. It adds no numbers of different units, and nobody's surplus
hides somebody's standstill.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import Target
from services.plans.standing import lineage_of
from services.progress.standing import Standing

MOST = 8
"""RHK that get a bar of their own; the others stand together."""


@dataclass(frozen=True, slots=True)
class Supported:
    """An RHK and the mean of what supports it. `text` None: all others together. `count`: supporting RHK."""

    text: str | None
    share: float
    count: int
    expected: float | None = None
    """The mean of what one would expect of them by now, where that can be said of any."""


async def load_supported(session: AsyncSession, progress: Sequence[Standing]) -> tuple[Supported, ...]:
    """The uppermost RHK that the given ones serve, the most supported first; one query."""
    texts = {one.lineage: one.text for one in progress}
    above = {one.parent_id: one.parent_lineage for one in progress if one.parent_lineage not in texts}
    outside = [one for one in above if one is not None]
    if outside:
        rows = await session.execute(select(lineage_of(), Target.text).where(Target.id.in_(outside)))
        texts.update({row[0]: row.text for row in rows})
    return supported(progress, texts)


def supported(
    progress: Iterable[Standing], texts: Mapping[int, str], *, roots: Iterable[int] | None = None
) -> tuple[Supported, ...]:
    """Groups RHK by the uppermost one they serve; all by lineage, so that no rewording parts them.

    `texts`: lineage → wording. `roots`: only under these, each by its direct children.
    """
    progress = list(progress)
    parents = {one.lineage: one.parent_lineage for one in progress}
    served = set(parents.values())
    only = None if roots is None else set(roots)
    shares: dict[int | None, list[tuple[float, float | None]]] = {}
    for one in progress:
        root = one.parent_lineage if only is not None else uppermost(one.lineage, parents)
        if only is not None and root not in only:
            continue
        if one.share is None or (root == one.lineage and root in served):
            continue  # an RHK that others carry is measured by them
        of = root if root != one.lineage and root in texts else None
        shares.setdefault(of, []).append((min(max(one.share, 0.0), 1.0), one.expected))
    ranked = sorted(
        (root for root in shares if root is not None), key=lambda root: (-len(shares[root]), root)
    )
    others = [one for root in ranked[MOST:] for one in shares[root]] + shares.get(None, [])
    found = [_together(texts[root], shares[root]) for root in ranked[:MOST]]
    return (*found, _together(None, others)) if others else tuple(found)


def _together(text: str | None, shares: Sequence[tuple[float, float | None]]) -> Supported:
    expected = [one for _, one in shares if one is not None]
    mean = _mean(expected) if expected else None
    return Supported(text, _mean([share for share, _ in shares]), len(shares), mean)


def uppermost(target_id: int, parents: Mapping[int, int | None]) -> int:
    """The RHK at the top of the chain above one; a chain that closes ends where it closes."""
    seen = {target_id}
    while (above := parents.get(target_id)) is not None and above not in seen:
        seen.add(above)
        target_id = above
    return target_id


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
