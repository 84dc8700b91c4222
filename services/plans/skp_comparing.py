"""What a file would change of an SKP. Pure: nothing is written here.

An RHK is known by its wording, case and spaces apart. One that differs in anything that is agreed gets a new
wording of the same lineage. When exactly one RHK went and exactly one much alike came, it is the same one
reworded; when a former wording is named again, it is the same RHK come back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from models import AnnexKind, AnnexLine, Behaviour, Indicator, Target
from services.people.rows import folded
from services.plans.skp_file import IndicatorRecord, PlanRecord, TargetRecord
from services.plans.skp_present import Present
from services.plans.words import Perspective, PlanForm, Section

ALIKE = 90.0
"""How much alike, of 100, two wordings of one RHK are at least."""
_NUMBERS = re.compile(r"\b(?:\w*\d\w*|[ivx]+)\b")


@dataclass(slots=True)
class Match:
    """One RHK of the file. `there`: the one on record it is about, None for a new one.

    `before`: whose lineage it continues, also one that was retired. `same`: nothing agreed differs.
    `serves_same`: the file names no other RHK of the supervisor than what it serves on record.
    """

    record: TargetRecord
    there: Target | None
    before: Target | None
    same: bool
    serves_same: bool = False
    reworded: bool = False
    """Told by likeness alone, so it is remarked on."""

    @property
    def is_new(self) -> bool:
        return self.there is None


@dataclass(slots=True)
class Changes:
    """Of what is agreed: RHK, form and annexes. `annexes`: of the kinds the file names, (new, to go)."""

    matches: list[Match] = field(default_factory=list)
    gone: list[Target] = field(default_factory=list)
    form: PlanForm | None = None
    annexes: dict[AnnexKind, tuple[list[str], list[AnnexLine]]] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        return bool(
            self.gone
            or self.form
            or any(not one.same for one in self.matches)
            or any(new or old for new, old in self.annexes.values())
        )


def compare(
    record: PlanRecord, present: Present, base: Sequence[Target], lines: Sequence[AnnexLine]
) -> Changes:
    """What the file changes of these RHK and annex lines."""
    changes = Changes()
    if record.targets:
        changes.matches, changes.gone = _matched(record, present, base)
        if any(one.perspective for one in record.targets.values()) and present.plan.form is not PlanForm.JPT:
            changes.form = PlanForm.JPT
    for kind, wanted in record.annexes.items():
        there = {one.text: one for one in lines if one.kind is kind}
        changes.annexes[kind] = (
            [text for text in wanted if text not in there],
            [line for text, line in there.items() if text not in wanted],
        )
    return changes


def indicators_of(match: Match, present: Present) -> list[tuple[IndicatorRecord, Indicator | None]]:
    """Each indicator of the file's RHK, and the one of the former wording that it continues."""
    former = match.there or match.before
    left = list(present.indicators.get(former.id, ())) if former is not None else []
    found: dict[int, Indicator] = {}
    records = match.record.indicators
    for place, wanted in enumerate(records):
        one = next((old for old in left if _is_same(old, wanted)), None)
        if one is not None:
            left.remove(one)
            found[place] = one
    for place, wanted in enumerate(records):
        rivals = [
            other
            for other, _ in enumerate(records)
            if other not in found and records[other].aspect is wanted.aspect
        ]
        candidates = [old for old in left if old.aspect is wanted.aspect]
        if rivals == [place] and len(candidates) == 1 and alike(candidates[0].text, wanted.text):
            left.remove(candidates[0])
            found[place] = candidates[0]
    return [(wanted, found.get(place)) for place, wanted in enumerate(records)]


def leaders_own(record: PlanRecord, present: Present) -> list[Behaviour]:
    """The behaviours whose expectation a leader wrote here, and the file words otherwise."""
    return [
        behaviour
        for behaviour, text in record.expectations.items()
        if (there := present.expectations.get(behaviour)) and there.set_by is not None and there.text != text
    ]


def alike(one: str, other: str) -> bool:
    """Whether two wordings say the same in nearly the same words, and name the same numbers."""
    one, other = folded(one), folded(other)
    numbers = sorted(_NUMBERS.findall(one)) == sorted(_NUMBERS.findall(other))
    return numbers and fuzz.ratio(one, other) >= ALIKE


def unit_of(wanted: IndicatorRecord, old: Indicator | None) -> str | None:
    """The unit as the file has it; without a column for units it stays as it was."""
    if wanted.unit_named or wanted.unit is not None or old is None:
        return wanted.unit
    return old.unit


def section_of(record: TargetRecord, before: Target | None) -> Section:
    """An empty cell means the main section; without a column it stays as it was."""
    if record.section is None and not record.section_named and before is not None:
        return before.section
    return record.section or Section.MAIN


def perspective_of(record: TargetRecord, before: Target | None) -> Perspective | None:
    return record.perspective or (before.perspective if before is not None else None)


def _matched(
    record: PlanRecord, present: Present, base: Sequence[Target]
) -> tuple[list[Match], list[Target]]:
    there = {folded(one.text): one for one in base}
    gone = {folded(one.text): one for one in base if folded(one.text) not in record.targets}
    kept = {one.lineage for wording, one in there.items() if wording not in gone}
    former = {folded(one.text): one for one in present.targets if one.retired_at is not None}
    matches = []
    for wording, wanted in record.targets.items():
        found = there.get(wording)
        if found is not None:
            matches.append(Match(wanted, found, found, same=_is_unchanged(wanted, found, present)))
            continue
        before = former.get(wording)
        if before is not None and before.lineage in kept:
            before = None
        if before is not None:
            kept.add(before.lineage)
            heir = next((one for one in gone.values() if one.lineage == before.lineage), None)
            if heir is not None:
                gone.pop(folded(heir.text))
            matches.append(Match(wanted, heir, before, same=False))
        else:
            matches.append(Match(wanted, None, None, same=False))
    fresh = [one for one in matches if one.before is None]
    if len(fresh) == len(gone) == 1:
        (old,) = gone.values()
        if alike(old.text, fresh[0].record.text):
            fresh[0].there = fresh[0].before = old
            fresh[0].reworded = True
            gone.clear()
    for one in matches:
        continued = one.there or one.before
        one.serves_same = continued is not None and _serves_same(one.record, continued, present)
    return matches, list(gone.values())


def _is_unchanged(wanted: TargetRecord, there: Target, present: Present) -> bool:
    """Whether an RHK stands just as the file has it, in everything that is agreed."""
    if (there.text, there.section) != (wanted.text, section_of(wanted, there)):
        return False
    if there.perspective is not perspective_of(wanted, there):
        return False
    if not _serves_same(wanted, there, present):
        return False
    indicators = present.indicators.get(there.id, [])
    if len(indicators) != len(wanted.indicators):
        return False
    return all(
        (old.aspect, old.text, old.goal, old.goal_text, old.unit)
        == (one.aspect, one.text, one.goal, one.goal_text, unit_of(one, old))
        for old, one in zip(indicators, wanted.indicators, strict=True)
    )


def _serves_same(wanted: TargetRecord, there: Target, present: Present) -> bool:
    """Whether the file names what an RHK serves: as a file did before, or in any wording there was of it."""
    if wanted.parent is None:
        return True
    known = [there.parent_text or "", *present.served.get(there.parent_id or 0, ())]
    return folded(wanted.parent) in map(folded, known)


def _is_same(old: Indicator, wanted: IndicatorRecord) -> bool:
    return old.aspect is wanted.aspect and folded(old.text) == folded(wanted.text)
