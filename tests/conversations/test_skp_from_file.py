"""What people are told in chat when the office's file takes the place of what they wrote there."""

from datetime import datetime, timedelta

from models import Behaviour
from services.people.identity import who_is
from services.plans import expecting
from tests.conversations.conftest import Chat
from tests.conversations.test_plans import writes_and_proposes
from tests.office import user_of
from tests.services.skp_rows import behaviour, plan_of, skp, take

EKO = "198501012010011006"


async def test_both_are_told_what_the_file_took_the_place_of(chat: Chat, now: datetime) -> None:
    eko, dewi, office = chat.eko, chat.dewi, chat.office
    await writes_and_proposes(eko)
    await dewi.sees("menunggu persetujuan Anda.")
    plan = await plan_of(chat.db, office.eko)
    async with chat.db.writing() as session:
        actor = await who_is(session, user_of(office.dewi), now=now)
        assert actor is not None
        await expecting.set_expectation(session, actor, plan.id, Behaviour.LOYAL, "Setia", now=now)
    words = [behaviour("loyal", "Dari berkas kantor", nip=EKO)]
    report = await take(chat.db, [skp("Dari berkas", nip=EKO)], expectations=words, now=now, replace=True)
    assert not report.faults
    await chat.move_to(now + timedelta(minutes=1))
    await eko.sees(
        "SKP 2026 Anda diganti dengan SKP dari berkas kantor. Yang Anda susun di chat tidak dipakai lagi.\n\n"
        "Ekspektasi atasan di SKP 2026 Anda diganti dari berkas kantor: Loyal."
    )
    await dewi.sees("SKP 2026 Eko Prasetyo yang menunggu Anda diganti dengan SKP dari berkas kantor.")
    await dewi.taps("Buka SKP")
    await dewi.sees("Dari berkas")
