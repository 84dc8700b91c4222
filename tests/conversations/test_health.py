"""`/kesehatan`: an admin sees whether all is well, and decides on what may have arrived."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import delete, select, update
from structlog.testing import capture_logs

from bot.exposing import PATH, Exposition, exposed, watch_lag
from bot.metrics import Metrics
from bot.settings import load_settings
from models import Account, FailedUpdate, OutboxMessage, OutboxState
from models.engine import Database
from services import heartbeats
from services.heartbeats import Process
from tests.conversations.conftest import Chat
from tests.unit.test_metrics import values


async def alive(chat: Chat) -> None:
    """A process says that it is there and ticks."""
    now = chat.clock()
    async with chat.db.writing() as session:
        await heartbeats.beat(session, Process("srv:1", "run", "0.1.0", now, now, now))


async def unsure(chat: Chat, *people: int, kind: str = "calendar_warned") -> None:
    """Notices that were sent, and Telegram gave no answer."""
    now = chat.clock()
    async with chat.db.writing() as session:
        for person in people:
            session.add(
                OutboxMessage(
                    person_id=person,
                    kind=kind,
                    payload={"year": 2027},
                    state=OutboxState.UNCERTAIN,
                    created_at=now,
                    not_before=now,
                    finished_at=now,
                )
            )


async def test_all_is_well(chat: Chat) -> None:
    await alive(chat)
    await chat.admin.says("/kesehatan")
    await chat.admin.sees("Bot berjalan baik.")
    await chat.admin.sees("1 bagian berjalan")
    shown = await chat.admin.sees("Cadangan: belum pernah dibuat")
    assert "Tidak ada yang perlu dilakukan" not in shown.text
    await chat.admin.sees("Semua orang bisa dihubungi")


async def test_nothing_runs_that_asks_people(chat: Chat) -> None:
    await chat.admin.says("/kesehatan")
    await chat.admin.sees("Ada yang tidak berjalan")
    await chat.admin.sees("Hubungi petugas server")
    await alive(chat)
    await chat.admin.taps("Periksa lagi")
    await chat.admin.sees("Bot berjalan baik.")


async def test_it_is_not_for_everybody(chat: Chat) -> None:
    await chat.budi.says("/kesehatan")
    await chat.budi.sees("Anda tidak berwenang untuk ini.")


async def test_what_may_have_arrived_is_decided_once(chat: Chat) -> None:
    await alive(chat)
    await unsure(chat, *[chat.office.admin] * 2)
    await chat.admin.says("/kesehatan")
    await chat.admin.sees("2 pesan belum pasti sampai")
    await chat.admin.taps("Belum pasti sampai (2)")
    await chat.admin.sees("Peringatan hari libur, untuk")
    await chat.admin.taps("1 · Biarkan")
    await chat.admin.sees("Belum pasti sampai: 1")
    async with chat.db.writing() as session:  # another admin was faster
        await session.execute(update(OutboxMessage).values(settled_at=chat.clock()))
    tap = await chat.admin.taps("1 · Kirim lagi")
    assert "Sudah diputuskan" in (await tap.answered()).text


async def test_it_is_sent_again(chat: Chat) -> None:
    await unsure(chat, chat.office.admin)
    await chat.admin.says("/kesehatan")
    await chat.admin.taps("Belum pasti sampai (1)")
    await chat.admin.taps("1 · Kirim lagi")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        states = (await session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.id))).all()
    assert states == [OutboxState.UNCERTAIN, OutboxState.SENT]


async def test_what_is_too_late_can_only_be_let_be(chat: Chat) -> None:
    await alive(chat)
    await unsure(chat, chat.office.ani, kind="prompted")
    await chat.admin.says("/kesehatan")
    await chat.admin.taps("Belum pasti sampai (1)")
    await chat.admin.sees("1. Pertanyaan laporan", button="1 · Kirim lagi")
    async with chat.db.writing() as session:  # its hour passes while the screen stands
        await session.execute(update(OutboxMessage).values(stale_at=chat.clock()))
    tap = await chat.admin.taps("1 · Kirim lagi")
    assert "Jamnya sudah lewat" in (await tap.answered()).text
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        states = (await session.scalars(select(OutboxMessage.state))).all()
    assert states == [OutboxState.UNCERTAIN], "nothing was sent, and nobody is alarmed"


async def test_what_was_too_late_before_is_not_offered(chat: Chat) -> None:
    await unsure(chat, chat.office.ani, kind="prompted")
    async with chat.db.writing() as session:
        await session.execute(update(OutboxMessage).values(stale_at=chat.clock()))
    await chat.admin.says("/kesehatan")
    await chat.admin.taps("Belum pasti sampai (1)")
    shown = await chat.admin.sees("jamnya sudah lewat, tidak perlu dikirim lagi")
    assert "1 · Biarkan" in shown.labels
    assert "1 · Kirim lagi" not in shown.labels


async def test_everything_that_may_have_arrived_is_let_be_by_one_press(chat: Chat) -> None:
    await alive(chat)
    await unsure(chat, *[chat.office.ani] * 52)
    await chat.admin.says("/kesehatan")
    await chat.admin.taps("Belum pasti sampai (52)")
    await chat.admin.sees("50 terbaru dari 52")
    tap = await chat.admin.taps("Biarkan semua (52)")
    assert "Dibiarkan: 52." in (await tap.answered()).text
    await chat.admin.sees("Tidak ada lagi pesan yang belum pasti sampai")


async def test_more_failures_than_are_listed_are_said(chat: Chat) -> None:
    now = chat.clock()
    async with chat.db.writing() as session:
        session.add_all(
            FailedUpdate(reference=f"AB12CD{number}", at=now, error="ValueError", body={})
            for number in range(10, 31)
        )
    await chat.admin.says("/kesehatan")
    await chat.admin.taps("Kode kegagalan (21)")
    await chat.admin.sees("20 terbaru dari 21")


async def test_who_cannot_be_reached_and_what_failed(chat: Chat) -> None:
    now = chat.clock()
    async with chat.db.writing() as session:
        await session.execute(delete(Account).where(Account.person_id == chat.office.eko))
        await session.execute(
            update(Account).where(Account.person_id == chat.office.citra).values(unreachable_since=now)
        )
        session.add(FailedUpdate(reference="AB12CD34", at=now, error="ValueError", body={}))
    await chat.admin.says("/kesehatan")
    await chat.admin.sees("1 memblokir bot, 1 belum bergabung")
    await chat.admin.taps("Siapa yang tidak bisa dihubungi (2)")
    await chat.admin.sees("memblokir bot, diketahui Rabu, 18 November")
    await chat.admin.taps("‹ Kembali")
    await chat.admin.taps("Kode kegagalan (1)")
    await chat.admin.sees("AB12CD34")


# Metrics


async def test_what_people_do_is_counted(chat: Chat) -> None:
    await chat.ani.says("Menyusun modul ajar -> 1 modul siap dipakai")
    await chat.stranger.says("/hari")
    await alive(chat)
    await chat.sim.quiet()
    found = values(chat.program.deps.metrics)
    assert found["kinerja_updates_total{ending=handled,kind=text}"] == 1
    assert found["kinerja_updates_total{ending=refused,kind=command}"] == 1
    assert found["kinerja_refusals_total{code=stranger}"] == 1
    assert found["kinerja_update_seconds_count{until=committed}"] == 2
    assert found["kinerja_update_seconds_count{until=answered}"] == 2
    assert found["kinerja_api_calls_total{ending=ok,method=sendMessage}"] >= 2
    page = chat.program.deps.metrics.page().decode()
    assert "modul" not in page
    assert str(chat.ani.id) not in page


async def test_what_all_processes_share_is_read_when_prometheus_asks(chat: Chat) -> None:
    await alive(chat)
    await unsure(chat, chat.office.ani)
    bot, deps = chat.program.application.bot, chat.program.deps
    await Exposition(deps, bot).page()
    found = values(deps.metrics)
    assert found["kinerja_database_up"] == 1
    assert found["kinerja_outbox_uncertain"] == 1
    assert found["kinerja_outbox_waiting{lane=round}"] == 0
    assert found["kinerja_processes{mode=run}"] == 1
    assert 0 <= found["kinerja_since_tick_seconds"] < 60


async def test_without_a_tick_it_is_endlessly_long_ago(chat: Chat) -> None:
    deps = chat.program.deps
    await Exposition(deps, chat.program.application.bot).page()
    assert values(deps.metrics)["kinerja_since_tick_seconds"] == float("inf")


async def test_a_database_that_is_away_is_shown_as_away(chat: Chat, tmp_path: Path) -> None:
    (tmp_path / "no.db").mkdir()
    away = Database(f"sqlite:///{tmp_path}/no.db")
    deps = replace(chat.program.deps, database=away, metrics=Metrics())
    await Exposition(deps, chat.program.application.bot).page()
    found = values(deps.metrics)
    await away.close()
    assert found["kinerja_database_up"] == 0
    assert found["kinerja_outbox_uncertain"] != found["kinerja_outbox_uncertain"], "unknown, not none"
    assert "kinerja_processes{mode=run}" not in found


async def test_the_webhook_is_asked_after_where_there_is_one(chat: Chat) -> None:
    deps, bot = chat.program.deps, chat.program.application.bot
    hooked = replace(deps.settings, webhook_url="http://127.0.0.1:1")
    exposition = Exposition(replace(deps, settings=hooked), bot)
    await exposition.page()
    assert values(deps.metrics)["kinerja_webhook_pending_updates"] == 0
    before = len(chat.sim.core.calls)
    await exposition.page()
    assert len(chat.sim.core.calls) == before, "not at every scrape"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_prometheus_reads_it_over_http(chat: Chat) -> None:
    deps, bot, port = chat.program.deps, chat.program.application.bot, free_port()
    shown = replace(deps, settings=replace(deps.settings, metrics_port=port))
    async with exposed(shown, bot, mode="run"), aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}{PATH}") as answer:
            page = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/plain")
        async with session.get(f"http://127.0.0.1:{port}/") as answer:
            assert answer.status == 404
        with capture_logs() as logs:
            async with exposed(replace(shown, metrics=Metrics()), bot, mode="run"):
                pass
    assert 'kinerja_info{mode="run",version=' in page
    assert [one["event"] for one in logs] == ["metrics_not_shown"], "people are served all the same"


async def test_without_a_port_nothing_listens(chat: Chat) -> None:
    assert load_settings({}).metrics_port is None
    before = len(asyncio.all_tasks())
    async with exposed(chat.program.deps, chat.program.application.bot, mode="run"):
        assert len(asyncio.all_tasks()) == before


async def test_a_loop_that_was_held_up_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.exposing.LAG_EVERY", 0.01)
    metrics = Metrics()
    watching = asyncio.create_task(watch_lag(metrics))
    await asyncio.sleep(0.005)
    deadline = asyncio.get_running_loop().time() + 0.15
    while asyncio.get_running_loop().time() < deadline:
        pass
    await asyncio.sleep(0.02)
    watching.cancel()
    found = values(metrics)
    assert found["kinerja_loop_lag_seconds_sum"] > timedelta(seconds=0.1).total_seconds()
