"""Writes what a file changes of one SKP. Nothing here asks the database; the rows go with the next flush.

As agreed, the changes hold at once: what they replace is retired with the version they begin. As a proposal
to an SKP that was agreed before, they stand beside what holds until the supervisor agrees.
"""

from dataclasses import dataclass, field
from datetime import datetime

from models import (
    ActionStep,
    AnnexLine,
    Expectation,
    Indicator,
    PlanEvent,
    PlanState,
    StepVerdict,
    Target,
)
from services.people.rows import folded
from services.plans.skp_comparing import (
    Changes,
    Match,
    indicators_of,
    leaders_own,
    perspective_of,
    section_of,
    unit_of,
)
from services.plans.skp_file import PlanRecord, StepRecord
from services.plans.skp_present import Present


@dataclass(slots=True)
class WrittenPlan:
    """What was written of one SKP. `targets`: of each match, the wording that has it now.

    `replaced`: old wording → new; `dropped`: what went for good. Both only where it holds at once.
    """

    targets: list[tuple[Match, Target]] = field(default_factory=list)
    replaced: list[tuple[Target, Target]] = field(default_factory=list)
    dropped: list[Target] = field(default_factory=list)


def begin_version(
    present: Present, changes: Changes, *, propose: bool, actor_id: int | None, now: datetime
) -> PlanEvent:
    """The version the file is, agreed or proposed; what was under way in chat is given up."""
    plan = present.plan
    rows: list[Target | AnnexLine] = [*present.alive, *present.annexes]
    for one in rows:
        if one.pending:
            one.retired_at, one.until_version = now, plan.version
        one.drop_asked = False
    plan.version = plan.agreed_version + 1
    plan.revision = (plan.revision or 0) + 1
    plan.return_reason = None
    plan.form = changes.form or plan.form
    if propose:
        plan.state, plan.proposed_at = PlanState.PROPOSED, now
    else:
        plan.state, plan.agreed_version, plan.agreed_at = PlanState.AGREED, plan.version, now
    verdict = StepVerdict.PROPOSED if propose else StepVerdict.IMPORTED
    return PlanEvent(plan_id=plan.id, version=plan.version, verdict=verdict, by_id=actor_id, at=now)


def write_targets(present: Present, changes: Changes, *, propose: bool, now: datetime) -> WrittenPlan:
    """The RHK of the version; new wordings still lack their id."""
    plan = present.plan
    beside = propose and plan.agreed_version > 0
    written = WrittenPlan()
    moved = _order_differs(changes)
    for place, match in enumerate(changes.matches):
        if match.same and match.there is not None:
            if moved and not beside:
                match.there.position = place
            written.targets.append((match, match.there))
            continue
        fresh = _wording(present, match, place, beside=beside)
        written.targets.append((match, fresh))
        if match.there is not None and not beside:
            _retire(match.there, plan.version, now)
            written.replaced.append((match.there, fresh))
    for one in changes.gone:
        if beside:
            one.drop_asked = True
        else:
            _retire(one, plan.version, now)
            written.dropped.append(one)
    return written


def write_annexes(present: Present, changes: Changes, *, propose: bool, now: datetime) -> list[AnnexLine]:
    """The lines of the annexes that are new; those that go are marked or retired."""
    plan = present.plan
    beside = propose and plan.agreed_version > 0
    fresh = []
    for kind, (texts, gone) in changes.annexes.items():
        first = max((one.position for one in present.annexes if one.kind is kind), default=-1) + 1
        for line in gone:
            if beside:
                line.drop_asked = True
            else:
                _retire(line, plan.version, now)
        fresh += [
            AnnexLine(
                plan_id=plan.id,
                kind=kind,
                position=first + place,
                text=text,
                since_version=plan.version,
                pending=beside,
            )
            for place, text in enumerate(texts)
        ]
    return fresh


def write_indicators(present: Present, match: Match, target: Target) -> list[Indicator]:
    """The indicators of a new wording, each in the lineage of the one it continues."""
    return [
        Indicator(
            target_id=target.id,
            position=place,
            aspect=wanted.aspect,
            text=wanted.text,
            goal=wanted.goal,
            goal_text=wanted.goal_text,
            unit=unit_of(wanted, old),
            lineage_id=(old.lineage_id or old.id) if old is not None else None,
        )
        for place, (wanted, old) in enumerate(indicators_of(match, present))
    ]


def write_steps(
    present: Present, match: Match, target: Target, *, now: datetime
) -> tuple[list[ActionStep], bool]:
    """The steps of the quarters that the file names: (new ones, whether anything changed)."""
    fresh: list[ActionStep] = []
    changed = False
    for quarter, wanted in match.record.steps.items():
        there = present.steps.get((target.lineage, quarter), [])
        if [StepRecord(one.text, one.goal) for one in there] == wanted:
            continue
        changed = True
        left = {folded(one.text): one for one in there}
        for place, step in enumerate(wanted):
            found = left.pop(folded(step.text), None)
            if found is None:
                found = ActionStep(target_id=target.id, quarter=quarter, created_at=now)
                fresh.append(found)
            found.position, found.text, found.goal = place, step.text, step.goal
        for one in left.values():
            one.retired_at = now
    return fresh, changed


def write_expectations(
    present: Present, record: PlanRecord, *, propose: bool, actor_id: int | None, now: datetime
) -> list[Expectation]:
    """What is expected of the behaviours that the file names, where it is worded otherwise.

    A proposal leaves what the leader wrote.
    """
    kept = leaders_own(record, present) if propose else ()
    fresh = []
    for behaviour, text in record.expectations.items():
        there = present.expectations.get(behaviour)
        if behaviour in kept or (there is not None and there.text == text):
            continue
        if there is not None:
            there.retired_at = now
        fresh.append(
            Expectation(plan_id=present.plan.id, behaviour=behaviour, text=text, set_by=actor_id, set_at=now)
        )
    return fresh


def _wording(present: Present, match: Match, place: int, *, beside: bool) -> Target:
    record, before, there = match.record, match.before, match.there
    former = there or before
    return Target(
        plan_id=present.plan.id,
        position=place,
        section=section_of(record, former),
        perspective=perspective_of(record, former),
        text=record.text,
        parent_id=former.parent_id if former is not None else None,
        parent_text=record.parent or (former.parent_text if former is not None else None),
        lineage_id=before.lineage if before is not None else None,
        since_version=present.plan.version,
        pending=beside,
        replaces_id=there.id if there is not None and beside else None,
    )


def _order_differs(changes: Changes) -> bool:
    """Whether the RHK stand in another order than on record, or new ones between them."""
    there = [one.there for one in changes.matches]
    if any(one is None for one in there):
        return True
    places = [(one.position, one.id) for one in there if one is not None]
    return places != sorted(places)


def _retire(row: Target | AnnexLine, version: int, now: datetime) -> None:
    row.retired_at, row.until_version, row.drop_asked = now, version, False
