"""An office's SKP from a file on PostgreSQL: the same rules, and as many statements for forty as for ten."""

from datetime import timedelta

from sqlalchemy import event

from models import PlanState
from models.engine import Database
from tests.conftest import WEDNESDAY
from tests.office import build_office
from tests.services.skp_rows import annex, behaviour, plan_of, skp, take, wordings_of


async def test_versions_and_proposals(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        office = await build_office(session, now=WEDNESDAY)
    annexes, expectations = [annex("konsekuensi", "Teguran")], [behaviour("loyal", "Setia")]
    report = await take(
        pg_db,
        [skp(rencana_aksi_tw1="Rapat (2)"), skp("RHK dua")],
        now=WEDNESDAY,
        replace=True,
        annexes=annexes,
        expectations=expectations,
    )
    assert (report.new, report.retired, report.annex_lines, report.expectations) == (2, 3, 1, 1)
    report = await take(
        pg_db,
        [skp(target="24"), skp("RHK dua")],
        now=WEDNESDAY + timedelta(days=1),
        annexes=annexes,
        expectations=expectations,
    )
    assert (report.changed, report.unchanged, report.versions) == (1, 1, 1)
    report = await take(pg_db, [skp(target="36")], now=WEDNESDAY + timedelta(days=2), propose=True)
    assert (report.changed, report.retired, report.proposed) == (1, 1, 1)
    plan = await plan_of(pg_db, office.ani)
    assert (plan.state, plan.version, plan.agreed_version) == (PlanState.PROPOSED, 3, 2)
    alive = [one for one in await wordings_of(pg_db, office.ani) if one.retired_at is None]
    assert [(one.text, one.pending, one.drop_asked) for one in alive] == [
        ("RHK dua", False, True),
        ("RHK satu", False, False),
        ("RHK satu", True, False),
    ]


async def test_the_number_of_statements_does_not_grow(pg_db: Database) -> None:
    async with pg_db.writing() as session:
        await build_office(session, now=WEDNESDAY)
    sent: list[str] = []
    event.listen(pg_db.engine.sync_engine, "before_cursor_execute", lambda *values: sent.append(values[2]))
    counts = []
    for number, size in enumerate((10, 40, 10, 40)):
        sent.clear()
        given = [skp(f"RHK {place}", target=str(10 + number)) for place in range(size)]
        await take(pg_db, given, now=WEDNESDAY + timedelta(days=number), replace=True)
        counts.append(len(sent))
    assert max(counts) <= 40
    assert abs(counts[3] - counts[2]) <= 2
