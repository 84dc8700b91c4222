"""An SKP: written, proposed, returned, agreed, changed in versions; who may, and what follows."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from models import (
    ActionStep,
    AnnexKind,
    AnnexLine,
    Behaviour,
    Entry,
    Expectation,
    Feedback,
    Indicator,
    LinkSource,
    OutboxMessage,
    Perspective,
    PlanEvent,
    PlanForm,
    PlanState,
    Section,
    State,
    StepVerdict,
    Target,
    Tone,
)
from models.engine import Database
from services.entries.copying import copy_last_day
from services.entries.suggesting import load_plan
from services.errors import DomainError, NotAllowed, NotFound, Outdated
from services.plans import annexes, dialogue, expecting, measures, steps, surroundings, writing
from services.plans.loading import PlanView, load_plan_view, load_target_view
from services.plans.words import LONGEST_LINE, MOST_ANNEX_LINES, MOST_INDICATORS, MOST_STEPS, MOST_TARGETS
from tests.office import Office
from tests.services.desk import NOW, Desk, at

RHK = "Tersusunnya laporan keuangan\n12 laporan"
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def eko(db: Database, office: Office) -> Desk:
    """Eko has no SKP yet; Dewi decides on him, the head on her."""
    return Desk(db, office, office.eko)


@pytest.fixture
def dewi(eko: Desk) -> Desk:
    return eko.of(eko.office.dewi)


async def seen(desk: Desk, person: int | None = None, year: int = 2026) -> PlanView:
    view: PlanView = await desk.calls(load_plan_view, person or desk.person, year)
    return view


async def writes(desk: Desk, text: str = RHK, year: int = 2026) -> writing.Written:
    found: tuple[writing.Written, ...] = await desk.calls(writing.add_targets, year, text)
    return found[0]


async def refused(desk: Desk, function: Any, *arguments: Any, **more: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await desk.calls(function, *arguments, **more)
    return caught.value


async def agreed(eko: Desk, dewi: Desk) -> PlanView:
    """What Eko wrote is proposed and agreed."""
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision)
    view = await seen(eko)
    await dewi.calls(dialogue.agree, view.id, revision=view.revision)
    return await seen(eko)


async def count(db: Database, kind: str) -> int:
    async with db.reading() as session:
        return await session.scalar(select(func.count()).where(OutboxMessage.kind == kind)) or 0


# writing


async def test_the_first_rhk_begins_the_skp(eko: Desk) -> None:
    assert (await seen(eko)).id == 0
    written = await writes(eko, f"{RHK}\nkualitas: sesuai 95%\napa saja")
    assert written.left == ("apa saja",)
    view = await seen(eko)
    assert (view.state, view.version, view.agreed_version) == (PlanState.DRAFT, 1, 0)
    (one,) = view.targets
    assert [(item.aspect, item.goal_text) for item in one.indicators] == [
        ("kuantitas", "12 laporan"),
        ("kualitas", "95%"),
    ]
    assert not one.pending, "it may be linked from the start"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "target_short"),
        ("ab", "target_short"),
        ("x" * 1001, "target_long"),
        ("Hasil\n" + "\n".join(f"jenis {one}, {one} dokumen" for one in range(1, 15)), "indicators_many"),
    ],
)
async def test_what_is_too_short_or_long_is_refused_whole(eko: Desk, text: str, code: str) -> None:
    assert (await refused(eko, writing.add_targets, 2026, text)).code == code
    assert (await seen(eko)).id == 0


async def test_limits_of_an_skp(eko: Desk) -> None:
    written = await writes(eko)
    assert (
        await refused(eko, writing.add_targets, 2026, " tersusunnya  LAPORAN keuangan")
    ).code == "target_twice"
    async with eko.db.writing() as session:
        session.add_all(
            Target(plan_id=written.plan_id, position=place, text=f"Hasil {place}")
            for place in range(1, MOST_TARGETS)
        )
    error = await refused(eko, writing.add_targets, 2026, "Satu lagi")
    assert (error.code, error.params) == ("targets_many", {"limit": MOST_TARGETS})
    assert (await refused(eko, writing.ensure_may_add, 2026)).code == "targets_many"
    many = "\n".join(f"indikator {one}, {one} berkas" for one in range(1, MOST_INDICATORS + 1))
    assert (await refused(eko, measures.add_indicators, written.target_id, many)).code == "indicators_many"
    again = await refused(eko, measures.add_indicators, written.target_id, "12 laporan")
    assert again.code == "indicator_twice"
    assert (
        await refused(eko, measures.add_indicators, written.target_id, "entah")
    ).code == "indicator_unread"


async def test_only_years_in_hand_are_written(eko: Desk) -> None:
    for year in (2025, 2028):
        assert (await refused(eko, writing.add_targets, year, RHK)).code == "skp_year_closed"
    await writes(eko, year=2027)
    january = at(9, month=1, day=5)
    await eko.calls(writing.add_targets, 2025, RHK, now=january)


async def test_who_does_not_report_writes_none(eko: Desk) -> None:
    admin = eko.of(eko.office.admin)
    assert (await refused(admin, writing.add_targets, 2026, RHK)).code == "skp_not_asked"


async def test_an_rhk_nobody_referred_to_is_changed_in_place(eko: Desk) -> None:
    written = await writes(eko)
    assert await eko.calls(writing.set_wording, written.target_id, "Hasil yang lain") == written.target_id
    assert await eko.calls(writing.set_section, written.target_id, Section.ADDITIONAL) == written.target_id
    (one,) = (await seen(eko)).targets
    assert (one.text, one.section) == ("Hasil yang lain", Section.ADDITIONAL)
    await eko.calls(measures.set_indicator, one.indicators[0].id, "kualitas: rapi 80%")
    await eko.calls(measures.add_indicators, one.id, "5 berkas\nentah apa")
    (one,) = (await seen(eko)).targets
    assert [item.goal_text for item in one.indicators] == ["80%", "5 berkas"]
    await eko.calls(measures.drop_indicator, one.indicators[0].id)
    assert len((await seen(eko)).targets[0].indicators) == 1
    assert (await refused(eko, measures.set_indicator, 10**9, "5 berkas")).code == "indicator_gone"
    last = (await seen(eko)).targets[0].indicators[0]
    assert (await refused(eko, measures.set_indicator, last.id, "entah")).code == "indicator_unread"


async def test_an_rhk_somebody_was_judged_by_gets_a_new_wording(ani: Desk) -> None:
    first = ani.office.ani_targets[0]
    sent = await ani.types("Mengajar Fikih -> tuntas")
    draft = await ani.types("Mengajar Fikih 8B -> tuntas", work_date=date(2026, 11, 17))
    for taken, state in ((sent, State.SUBMITTED), (draft, State.DRAFT)):
        await ani.sets(taken.entry_ids[0], target_id=first, link_source=LinkSource.CHOSEN, state=state)
    fresh = await ani.calls(writing.set_wording, first, "Terlaksananya pembelajaran yang bermakna")
    assert fresh != first
    async with ani.db.reading() as session:
        old, new = await session.get_one(Target, first), await session.get_one(Target, fresh)
        assert (old.retired_at is not None, old.until_version, new.lineage, new.pending) == (
            True,
            1,
            first,
            False,
        )
        links = {one.id: one.target_id for one in await session.scalars(select(Entry))}
        assert links[sent.entry_ids[0]] == first, "what was sent keeps the wording it was judged by"
        assert links[draft.entry_ids[0]] == fresh
        copied = await session.scalar(select(Indicator).where(Indicator.target_id == fresh))
        assert copied is not None
        assert copied.lineage_id is not None
    assert (await refused(ani, writing.set_wording, first, "Terlambat")).code == "target_gone"


async def test_what_is_taken_out_can_be_put_back(eko: Desk) -> None:
    written = await writes(eko)
    await eko.calls(writing.drop_target, written.target_id)
    await eko.calls(writing.drop_target, written.target_id)
    assert (await seen(eko)).targets == ()
    _, gone = await eko.calls(load_target_view, written.target_id)
    assert gone.dropped
    assert await eko.calls(writing.restore_target, written.target_id) == written.target_id
    assert await eko.calls(writing.restore_target, written.target_id) == written.target_id
    assert [one.text for one in (await seen(eko)).targets] == ["Tersusunnya laporan keuangan"]
    await eko.calls(writing.drop_target, written.target_id)
    await writes(eko)
    assert (await refused(eko, writing.restore_target, written.target_id)).code == "target_twice"


async def test_a_draft_whose_rhk_is_gone_is_suggested_another(ani: Desk) -> None:
    first = ani.office.ani_targets[0]
    draft = await ani.types("Mengajar Fikih 8B -> tuntas")
    await ani.sets(draft.entry_ids[0], target_id=first, link_source=LinkSource.CHOSEN)
    await ani.calls(writing.drop_target, first)
    async with ani.db.reading() as session:
        entry = await session.get_one(Entry, draft.entry_ids[0])
        assert entry.target_id != first
        assert entry.link_source is not LinkSource.CHOSEN


async def test_the_form_and_its_perspectives(eko: Desk, dewi: Desk) -> None:
    written = await writes(eko)
    chosen = (written.target_id, Perspective.PROCESS)
    assert (await refused(eko, writing.set_perspective, *chosen)).code == "perspective_form"
    await eko.calls(writing.set_form, written.plan_id, PlanForm.JPT)
    view = await seen(eko)
    error = await refused(eko, dialogue.propose, view.id, revision=view.revision)
    assert (error.code, error.params) == ("skp_no_perspective", {"number": 1})
    await eko.calls(writing.set_perspective, *chosen)
    await agreed(eko, dewi)
    assert (await refused(eko, writing.set_form, written.plan_id, PlanForm.COMMON)).code == "form_agreed"


async def test_the_supervisors_rhk_is_chosen_from_those_in_force(eko: Desk, dewi: Desk) -> None:
    written = await writes(eko)
    above = await writes(dewi, "Meningkatnya akuntabilitas keuangan\n90 %")
    choices = await eko.calls(parent_choices, eko.person, 2026)
    assert [one.text for one in choices] == ["Meningkatnya akuntabilitas keuangan"]
    await eko.calls(writing.set_parent, written.target_id, above.target_id)
    (one,) = (await seen(eko)).targets
    assert (one.parent_id, one.parent_text) == (above.target_id, "Meningkatnya akuntabilitas keuangan")
    for stranger in (eko.office.ani_targets[0], written.target_id, 10**9):
        assert (await refused(eko, writing.set_parent, written.target_id, stranger)).code == "parent_gone"
    await eko.calls(writing.set_parent, written.target_id, None)
    assert (await seen(eko)).targets[0].parent_id is None


async def parent_choices(session: Any, actor: Any, *arguments: Any, now: Any) -> Any:
    return await surroundings.parent_choices(session, *arguments)


# steps


async def test_steps_stand_by_quarter_and_with_their_lineage(eko: Desk, dewi: Desk) -> None:
    written = await writes(eko)
    first = await eko.calls(writing.add_step, written.target_id, quarter=4, text="Menyusun 3 laporan", goal=3)
    again = await eko.calls(writing.add_step, written.target_id, quarter=4, text=" menyusun 3  laporan ")
    assert again == first
    assert await eko.calls(steps.add_steps, written.target_id, "Rapat\nMenyusun 2 laporan", quarter=1) == 2
    view = await agreed(eko, dewi)
    fresh = await eko.calls(writing.set_wording, view.targets[0].id, "Tersusunnya laporan andal")
    _, one = await eko.calls(load_target_view, fresh)
    assert [(step.quarter, step.text, step.goal) for step in one.steps] == [
        (1, "Rapat", None),
        (1, "Menyusun 2 laporan", 2),
        (4, "Menyusun 3 laporan", 3),
    ]
    assert await eko.calls(steps.drop_step, first) == (written.target_id, 4)
    assert await eko.calls(steps.drop_step, first) == (written.target_id, 4)
    async with eko.db.reading() as session:
        assert (await session.get_one(ActionStep, first)).retired_at is not None


async def test_steps_may_change_while_the_skp_waits(eko: Desk) -> None:
    written = await writes(eko)
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision)
    assert (await refused(eko, writing.set_wording, written.target_id, "Lain sekali")).code == "skp_waiting"
    assert (await refused(eko, writing.ensure_may_add, 2026)).code == "skp_waiting"
    await eko.calls(writing.add_step, written.target_id, quarter=4, text="Menyusun laporan")


@pytest.mark.parametrize(
    ("text", "goal", "code"),
    [
        ("a", None, "step_short"),
        ("x" * (LONGEST_LINE + 1), None, "step_long"),
        ("Menyusun", 0, "step_goal"),
        ("Menyusun", 10**7, "step_goal"),
    ],
)
async def test_steps_have_limits(eko: Desk, text: str, goal: int | None, code: str) -> None:
    written = await writes(eko)
    error = await refused(eko, writing.add_step, written.target_id, quarter=1, text=text, goal=goal)
    assert error.code == code


async def test_ten_steps_a_quarter(eko: Desk) -> None:
    written = await writes(eko)
    many = "\n".join(f"Langkah {one} kerja" for one in range(MOST_STEPS))
    await eko.calls(steps.add_steps, written.target_id, many, quarter=2)
    error = await refused(eko, steps.add_steps, written.target_id, "Satu lagi", quarter=2)
    assert (error.code, error.params) == ("steps_many", {"limit": MOST_STEPS})
    assert (await refused(eko, steps.open_quarter, written.target_id, 2)).code == "steps_many"
    assert (await refused(eko, steps.open_quarter, written.target_id, 5)).code == "target_gone"
    assert (await refused(eko, steps.drop_step, 10**9)).code == "step_gone"


# the dialogue


async def test_an_skp_is_whole_before_it_is_proposed(eko: Desk) -> None:
    written = await writes(eko, "Tersusunnya laporan")
    view = await seen(eko)
    error = await refused(eko, dialogue.propose, view.id, revision=view.revision)
    assert (error.code, error.params) == ("skp_unmeasured", {"number": 1})
    await eko.calls(writing.drop_target, written.target_id)
    view = await seen(eko)
    assert (await refused(eko, dialogue.propose, view.id, revision=view.revision)).code == "skp_empty"


async def test_proposed_returned_proposed_agreed(eko: Desk, dewi: Desk) -> None:
    await writes(eko)
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision)
    view = await seen(eko)
    assert view.state is PlanState.PROPOSED
    assert await count(eko.db, "plan_proposed") == 1
    short = await refused(dewi, dialogue.return_plan, view.id, revision=view.revision, reason="kurang")
    assert short.code == "reason_short"
    await dewi.calls(dialogue.return_plan, view.id, revision=view.revision, reason="Targetnya terlalu rendah")
    view = await seen(eko)
    assert (view.state, view.return_reason) == (PlanState.RETURNED, "Targetnya terlalu rendah")
    assert await count(eko.db, "plan_returned") == 1
    view = await agreed(eko, dewi)
    assert (view.state, view.version, view.agreed_version, view.agreed_by) == (
        PlanState.AGREED,
        1,
        1,
        "Dewi Kartika",
    )
    assert await count(eko.db, "plan_agreed") == 1
    async with eko.db.reading() as session:
        events = await session.execute(select(PlanEvent.verdict, PlanEvent.capacity).order_by(PlanEvent.id))
        assert [tuple(one) for one in events] == [
            (StepVerdict.PROPOSED, ""),
            (StepVerdict.RETURNED, "supervisor"),
            (StepVerdict.PROPOSED, ""),
            (StepVerdict.AGREED, "supervisor"),
        ]


async def test_a_withdrawn_skp_is_not_decided_on(eko: Desk, dewi: Desk) -> None:
    await writes(eko)
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision)
    shown = await seen(dewi, eko.person)
    assert (await refused(eko, dialogue.withdraw, shown.id, revision=shown.revision - 1)).code == "outdated"
    await eko.calls(dialogue.withdraw, shown.id, revision=shown.revision)
    assert await count(eko.db, "plan_withdrawn") == 1
    error = await refused(dewi, dialogue.agree, shown.id, revision=shown.revision)
    assert isinstance(error, Outdated)
    assert (error.code, error.card) == ("skp_withdrawn", ("skp", shown.subject))


async def test_who_comes_second_is_told_who_decided(eko: Desk, dewi: Desk) -> None:
    await writes(eko)
    view = await agreed(eko, dewi)
    error = await refused(dewi, dialogue.agree, view.id, revision=view.revision - 1)
    assert error.code == "already_yours"
    later = await refused(
        dewi, dialogue.return_plan, view.id, revision=view.revision, reason="Kurang jelas ini"
    )
    assert later.code == "already_yours"


async def test_nobody_else_decides_or_looks(eko: Desk) -> None:
    written = await writes(eko)
    view = await seen(eko)
    await eko.calls(dialogue.propose, view.id, revision=view.revision)
    view = await seen(eko)
    own = await refused(eko, dialogue.agree, view.id, revision=view.revision)
    assert (type(own), own.code) == (NotAllowed, "own_work")
    for person in (eko.office.budi, eko.office.head, eko.office.ani, eko.office.admin, eko.office.observer):
        other = eko.of(person)
        for error in (
            await refused(other, dialogue.agree, view.id, revision=view.revision),
            await refused(other, dialogue.withdraw, view.id, revision=view.revision),
            await refused(other, dialogue.propose, view.id, revision=view.revision),
            await refused(other, load_plan_view, eko.person, 2026),
            await refused(other, load_target_view, written.target_id),
            await refused(other, writing.set_wording, written.target_id, "Bukan milik saya"),
            await refused(other, expecting.set_expectation, view.id, Behaviour.LOYAL, "Setia"),
        ):
            assert isinstance(error, NotAllowed)
    assert (await refused(eko, dialogue.agree, 10**9, revision=1)).code == "skp_gone"


async def test_a_head_without_a_supervisor_puts_on_record(eko: Desk) -> None:
    head = eko.of(eko.office.head)
    await writes(head)
    view = await seen(head)
    state = await head.calls(dialogue.propose, view.id, revision=view.revision)
    assert state is PlanState.AGREED
    async with eko.db.reading() as session:
        event = (await session.scalars(select(PlanEvent))).one()
        assert (event.verdict, event.by_id, event.capacity) == (StepVerdict.AGREED, head.person, "")
    assert await count(eko.db, "plan_proposed") == 0


# versions


async def test_a_change_after_agreement_is_a_new_version(eko: Desk, dewi: Desk) -> None:
    await writes(eko)
    await writes(eko, "Terkelolanya arsip\n4 kali")
    view = await agreed(eko, dewi)
    first, second = view.targets
    fresh = await eko.calls(writing.set_wording, first.id, "Tersusunnya laporan keuangan yang andal")
    await eko.calls(writing.drop_target, second.id)
    added = await writes(eko, "Tambahan: Panitia HUT\n1 kegiatan")
    view = await seen(eko)
    assert (view.state, view.version, view.agreed_version) == (PlanState.DRAFT, 2, 1)
    assert [(one.text, one.is_new, one.drop_asked) for one in view.targets] == [
        ("Tersusunnya laporan keuangan yang andal", False, False),
        ("Terkelolanya arsip", False, True),
        ("Panitia HUT", True, False),
    ]
    assert view.targets[0].before is not None
    lead = await seen(dewi, eko.person)
    assert [one.text for one in lead.targets] == ["Tersusunnya laporan keuangan", "Terkelolanya arsip"]
    async with eko.db.reading() as session:
        offered = await load_plan(session, eko.person, 2026)
        assert offered is not None
        assert [one[0] for one in offered.targets] == [first.id, second.id], "until agreed the old ones hold"
    view = await agreed(eko, dewi)
    assert [(one.id, one.pending) for one in view.targets] == [(fresh, False), (added.target_id, False)]
    async with eko.db.reading() as session:
        old = await session.get_one(Target, first.id)
        new = await session.get_one(Target, fresh)
        assert (old.until_version, old.retired_at is not None, new.since_version) == (2, True, 2)
        assert new.lineage == first.id
    held = await eko.calls(version, view, 1)
    assert [one.text for one in held] == ["Tersusunnya laporan keuangan", "Terkelolanya arsip"]
    assert [one.text for one in await eko.calls(version, view, 2)] == [one.text for one in view.targets]
    for number in (0, 3):
        assert isinstance(await refused(eko, version, view, number), NotFound)


async def version(session: Any, actor: Any, *arguments: Any, now: Any) -> Any:
    return await surroundings.load_version(session, *arguments)


async def test_a_change_that_is_taken_back_leaves_it_agreed(eko: Desk, dewi: Desk) -> None:
    await writes(eko)
    view = await agreed(eko, dewi)
    fresh = await eko.calls(writing.set_wording, view.targets[0].id, "Tersusunnya laporan andal")
    assert await eko.calls(writing.restore_target, fresh) == view.targets[0].id
    await eko.calls(writing.drop_target, view.targets[0].id)
    assert (await seen(eko)).state is PlanState.DRAFT
    await eko.calls(writing.restore_target, view.targets[0].id)
    back = await seen(eko)
    assert (back.state, back.version, back.targets) == (PlanState.AGREED, 1, view.targets)
    assert isinstance(await refused(eko, dialogue.propose, back.id, revision=back.revision), Outdated)


async def test_dropping_what_was_reworded_drops_it_whole(eko: Desk, dewi: Desk) -> None:
    await writes(eko)
    await writes(eko, "Terkelolanya arsip\n4 kali")
    view = await agreed(eko, dewi)
    fresh = await eko.calls(writing.set_wording, view.targets[0].id, "Tersusunnya laporan andal")
    await eko.calls(writing.drop_target, fresh)
    dropped = await seen(eko)
    assert dropped.targets[0].drop_asked
    assert dropped.targets[0].text == "Tersusunnya laporan keuangan"
    await eko.calls(writing.restore_target, fresh)
    assert (await seen(eko)).targets[0].text == "Tersusunnya laporan andal"
    await eko.calls(writing.drop_target, fresh)
    view = await agreed(eko, dewi)
    assert [one.text for one in view.targets] == ["Terkelolanya arsip"]


async def test_unsent_work_and_the_rhk_below_follow_the_new_wording(eko: Desk, dewi: Desk) -> None:
    above = await writes(dewi, "Meningkatnya layanan\n90 %")
    head = eko.of(eko.office.head)
    written = await writes(eko)
    await eko.calls(writing.set_parent, written.target_id, above.target_id)
    await agreed(dewi, head)
    await agreed(eko, dewi)
    draft = await dewi.types("Rapat layanan -> disepakati")
    await dewi.sets(draft.entry_ids[0], target_id=above.target_id, link_source=LinkSource.CHOSEN)
    fresh = await dewi.calls(writing.set_wording, above.target_id, "Meningkatnya layanan terpadu")
    async with eko.db.reading() as session:
        assert (await session.get_one(Entry, draft.entry_ids[0])).target_id == above.target_id
    await agreed(dewi, head)
    async with eko.db.reading() as session:
        assert (await session.get_one(Entry, draft.entry_ids[0])).target_id == fresh
        assert (await session.get_one(Target, written.target_id)).parent_id == fresh
    await dewi.calls(copy_again, date(2026, 11, 19), now=at(9, day=19))


async def copy_again(session: Any, actor: Any, day: date, *, now: Any) -> int:
    """A copied activity stands under the wording of now."""
    return await copy_last_day(session, actor, day, now=now)


async def test_a_note_stays_with_the_lineage(ani: Desk) -> None:
    first = ani.office.ani_targets[0]
    async with ani.db.writing() as session:
        session.add(
            Feedback(
                from_id=ani.office.budi,
                to_id=ani.person,
                target_id=first,
                tone=Tone.DIRECTION,
                text="Mulai dari yang belum tuntas",
                given_at=NOW,
            )
        )
    fresh = await ani.calls(writing.set_wording, first, "Terlaksananya pembelajaran bermakna")
    _, one = await ani.calls(load_target_view, fresh)
    async with ani.db.reading() as session:
        note = await surroundings.load_note(session, one.lineage)
    assert note is not None
    assert (note.by, note.text) == ("Budi Santoso", "Mulai dari yang belum tuntas")


@pytest.fixture
def ani(db: Database, office: Office) -> Desk:
    return Desk(db, office, office.ani)


# annexes and behaviours


async def test_annexes_are_part_of_what_is_agreed(eko: Desk, dewi: Desk) -> None:
    written = await writes(eko)
    kind = AnnexKind.SUPPORT
    assert await eko.calls(annexes.add_annex_lines, written.plan_id, kind, "Laptop\n- Printer\nlaptop") == 2
    assert await eko.calls(annexes.add_annex_lines, written.plan_id, kind, "Laptop") == 0
    await agreed(eko, dewi)
    async with eko.db.reading() as session:
        laptop, printer = await session.scalars(select(AnnexLine.id).order_by(AnnexLine.id))
    await eko.calls(annexes.drop_annex_line, laptop)
    await eko.calls(annexes.drop_annex_line, laptop)
    assert (await seen(eko)).state is PlanState.DRAFT
    await eko.calls(annexes.keep_annex_line, laptop)
    assert (await seen(eko)).state is PlanState.AGREED
    await eko.calls(annexes.drop_annex_line, printer)
    await eko.calls(annexes.add_annex_lines, written.plan_id, kind, "Ruang kerja")
    view = await seen(dewi, eko.person)
    async with eko.db.reading() as session:
        shown = await surroundings.load_annexes(session, view)
        assert [one.text for one in shown] == ["Laptop", "Printer"]
    view = await agreed(eko, dewi)
    async with eko.db.reading() as session:
        assert [one.text for one in await surroundings.load_annexes(session, view)] == [
            "Laptop",
            "Ruang kerja",
        ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "annex_short"),
        ("a", "annex_short"),
        ("x" * (LONGEST_LINE + 1), "annex_long"),
        ("\n".join(f"Baris {one}" for one in range(MOST_ANNEX_LINES + 1)), "annex_many"),
    ],
)
async def test_annexes_have_limits(eko: Desk, text: str, code: str) -> None:
    written = await writes(eko)
    error = await refused(eko, annexes.add_annex_lines, written.plan_id, AnnexKind.CONSEQUENCE, text)
    assert error.code == code
    for function in (annexes.drop_annex_line, annexes.keep_annex_line):
        assert (await refused(eko, function, 10**9)).code == "annex_gone"


async def test_the_newest_expectation_holds(eko: Desk, dewi: Desk) -> None:
    written = await writes(eko)
    for text in ("Tepat waktu", "Tepat waktu", "Tepat waktu dan rapi"):
        await dewi.calls(expecting.set_expectation, written.plan_id, Behaviour.ACCOUNTABLE, text)
    assert await count(eko.db, "expectation_set") == 2
    async with eko.db.reading() as session:
        held = await surroundings.load_expectations(session, written.plan_id)
        assert [(one.text, one.by) for one in held.values()] == [("Tepat waktu dan rapi", "Dewi Kartika")]
        assert await session.scalar(select(func.count(Expectation.id))) == 2
        old = await session.scalar(select(Expectation.id).where(Expectation.retired_at.is_not(None)))
        assert await expecting.expected(session, await eko.actor(session), old or 0) is None
    for text, code in (("x", "expectation_short"), ("x" * 301, "expectation_long")):
        error = await refused(dewi, expecting.set_expectation, written.plan_id, Behaviour.LOYAL, text)
        assert error.code == code
    assert (
        await refused(dewi, expecting.set_expectation, 10**9, Behaviour.LOYAL, "Setia")
    ).code == "skp_gone"
    assert (await refused(dewi, expecting.ensure_may_expect, 10**9)).code == "skp_gone"


# the team


async def test_the_team_list_shows_what_waits_first(eko: Desk) -> None:
    budi = eko.of(eko.office.budi)
    citra = eko.of(eko.office.citra)
    view = await seen(citra)
    await citra.calls(dialogue.propose, view.id, revision=view.revision)
    team = await budi.calls(surroundings.load_team, 2026)
    assert [(one.name, one.waits) for one in team] == [("Citra Lestari", True), ("Ani Rahmawati", False)]
    assert [one.plan_id for one in await budi.calls(surroundings.load_team, 2030)] == [None, None]


async def test_reading_an_skp_costs_the_same_however_long_it_is(eko: Desk) -> None:
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        said.append(statement)

    async def queries() -> int:
        said.clear()
        await seen(eko)
        return len(said)

    written = await writes(eko)
    event.listen(eko.db.engine.sync_engine, "before_cursor_execute", note)
    before = await queries()
    async with eko.db.writing() as session:
        session.add_all(
            Target(plan_id=written.plan_id, position=place, text=f"Hasil {place}") for place in range(1, 30)
        )
    assert await queries() == before
    event.remove(eko.db.engine.sync_engine, "before_cursor_execute", note)
