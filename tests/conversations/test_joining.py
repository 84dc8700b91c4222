"""Joining by a one-time link: who one is, refusals, forwarded links, «Bukan dia»."""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.callbacks import Kind, Press
from models import Account, AuditEvent, Invitation, OutboxMessage, Person, Role, RoleName
from services.people.invitations import invite
from services.people.leaving import deactivate
from simulator import Persona
from tests.conversations.conftest import Chat
from tests.office import user_of

QUESTION = "Benar ini Anda?"
YES = "Ya, saya Lina Marlina"
STRANGER = "Mintalah tautan undangan kepada pengelola kepegawaian"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Lina, who is on the list and has not joined."""

    person_id: int
    token: str


async def invited(chat: Chat, name: str = "Lina Marlina, S.Pd.", *roles: RoleName) -> Newcomer:
    """Somebody new under Budi, with a fresh link."""
    async with chat.db.writing() as session:
        budi = await session.get_one(Person, chat.office.budi)
        person = Person(
            name=name,
            position="Guru",
            unit_id=budi.unit_id,
            supervisor_id=budi.id,
            created_at=chat.clock(),
        )
        session.add(person)
        await session.flush()
        session.add_all([Role(person_id=person.id, role=role) for role in roles or (RoleName.STAFF,)])
        issued = (await invite(session, [person.id], now=chat.clock()))[0]
    return Newcomer(person.id, issued.token)


async def link_for(chat: Chat, person_id: int) -> str:
    async with chat.db.writing() as session:
        return (await invite(session, [person_id], now=chat.clock()))[0].token


async def account_of(chat: Chat, person_id: int) -> int | None:
    async with chat.db.reading() as session:
        return await session.scalar(select(Account.user_id).where(Account.person_id == person_id))


async def actions(chat: Chat, action: str) -> list[str | None]:
    async with chat.db.reading() as session:
        return list(await session.scalars(select(AuditEvent.detail).where(AuditEvent.action == action)))


async def joins(chat: Chat, who: Persona, token: str) -> None:
    await who.starts(token)
    await who.sees(QUESTION)
    await who.taps(YES)
    await who.sees("Selamat bergabung, Bapak/Ibu Lina Marlina!")
    await chat.sim.quiet()


async def test_a_link_shows_the_notice_asks_who_one_is_and_welcomes(chat: Chat) -> None:
    lina = await invited(chat)
    guest = chat.stranger
    await guest.starts(lina.token)
    notice = await guest.sees("Tentang data Anda")
    assert "Pengendali data: Kemenag Sukamaju" in notice.text
    assert "tidak terenkripsi ujung ke ujung" in notice.text
    question = await guest.sees(QUESTION)
    assert "Lina Marlina, S.Pd.\nGuru, MTsN 3 Sukamaju" in question.text
    assert question.labels == [YES, "Bukan saya"]
    assert await account_of(chat, lina.person_id) is None
    await guest.taps(YES)
    welcome = await guest.sees("Selamat bergabung, Bapak/Ibu Lina Marlina!")
    assert welcome.id == question.id
    assert "Yang pertama: Rabu, 18 November 15.30 WIB" in welcome.text
    assert "26 dari 30 siswa" in welcome.text
    assert welcome.labels == ["Isi laporan"]
    assert "/periksa" not in welcome.text
    await chat.sim.quiet()
    assert await account_of(chat, lina.person_id) == guest.id
    assert {"hari", "bantuan", "pengaturan", "dataku", "privasi"} <= set(guest.commands())
    assert "start" not in guest.commands()
    await guest.taps("Isi laporan")
    await guest.sees("Apa saja yang Anda kerjakan pada Rabu, 18 November")


async def test_the_supervisor_is_told_and_says_it_is_not_them(chat: Chat) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    told = await chat.budi.sees("Lina Marlina, S.Pd. baru saja bergabung.")
    assert "Akun Telegramnya bernama «Orang Lain»." in told.text
    assert told.labels == ["Bukan dia"]
    await chat.budi.taps("Bukan dia")
    await chat.budi.sees("Akun itu sudah dilepas dari Lina Marlina")
    await chat.admin.sees("yang bergabung sebagai Lina Marlina, S.Pd. bukan orangnya")
    assert await account_of(chat, lina.person_id) is None
    await chat.stranger.says("Rapat komite")
    await chat.stranger.sees(STRANGER)
    await chat.sim.quiet()
    assert "hari" not in chat.stranger.commands()


async def test_what_the_wrong_person_reported_is_removed_and_the_answer_says_so(chat: Chat) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    await chat.stranger.says("Mengajar Fikih 8A -> 30 siswa tuntas\nRapat komite -> notula disepakati")
    await chat.stranger.sees("Draf, belum dikirim")
    await chat.stranger.taps("Kirim")
    await chat.sim.quiet()
    await chat.budi.sees("baru saja bergabung", button="Bukan dia")
    await chat.budi.taps("Bukan dia")
    answer = await chat.budi.sees("Akun itu sudah dilepas dari Lina Marlina")
    assert "2 kegiatan yang ditulis dari akun itu dan belum diputuskan ikut dihapus." in answer.text
    await chat.sim.quiet()
    await chat.budi.says("/periksa")
    await chat.sim.quiet()
    last = chat.budi.last
    assert last is not None
    assert "Lina" not in last.text


async def test_after_it_was_undone_every_old_button_is_refused(chat: Chat) -> None:
    lina = await invited(chat)
    guest = chat.stranger
    await joins(chat, guest, lina.token)
    await guest.says("/pengaturan")
    settings = await guest.sees("Pengaturan")
    welcome = await guest.sees("Selamat bergabung")
    told = await chat.budi.sees("baru saja bergabung")
    undo = told.buttons[0]
    await chat.budi.taps("Bukan dia")
    await chat.budi.sees("sudah dilepas")
    for message in (settings, welcome):
        for button in message.buttons:
            tap = guest.presses(message, button)
            assert "belum terdaftar" in (await tap.answered()).text
    stale = chat.budi.presses(told, undo)
    assert "Sudah berubah" in (await stale.answered()).text
    await chat.budi.sees("sudah dilepas sebelumnya")
    await guest.starts(lina.token)
    await guest.sees("Tautan ini sudah dipakai")


async def test_a_later_joining_is_not_undone_by_an_old_notice(chat: Chat) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    told = await chat.budi.sees("baru saja bergabung", button="Bukan dia")
    old = told.buttons[0]
    second = chat.sim.person("Lina Asli", language="id")
    chat.clock.move_to(chat.clock() + timedelta(minutes=5))
    again = await link_for(chat, lina.person_id)
    await second.starts(again)
    assert "sudah bergabung dari akun Telegram lain" in (await second.sees(QUESTION)).text
    await second.taps(YES)
    await second.sees("Selamat bergabung")
    moved = await chat.budi.sees("Lina Marlina, S.Pd. kini memakai akun Telegram lain, «Lina Asli».")
    assert moved.labels == ["Bukan dia"]
    chat.budi.presses(told, old)
    await chat.budi.sees("sudah bergabung lagi dengan undangan yang lebih baru")
    assert await account_of(chat, lina.person_id) == second.id
    await chat.stranger.says("Rapat")
    await chat.stranger.sees(STRANGER)


@pytest.mark.parametrize("who", ["citra", "dewi", "ani"])
async def test_somebody_else_cannot_undo_a_joining(chat: Chat, who: str) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    persona: Persona = getattr(chat, who)
    await persona.says("/bantuan")
    message = await persona.sees("Melapor")
    tap = persona.presses_data(message, Press(Kind.JOIN_UNDO, lina.person_id, 1).pack())
    assert "tidak berwenang" in (await tap.answered()).text
    await chat.sim.quiet()
    assert await account_of(chat, lina.person_id) == chat.stranger.id
    assert await actions(chat, "refused") == ["not_allowed"]


async def test_not_me_stores_nothing_but_that_the_link_went_astray(chat: Chat) -> None:
    lina = await invited(chat)
    await chat.stranger.starts(lina.token)
    await chat.stranger.taps("Bukan saya")
    answer = await chat.stranger.sees("Anda tidak didaftarkan")
    assert answer.labels == []
    await chat.sim.quiet()
    assert await account_of(chat, lina.person_id) is None
    assert await actions(chat, "join_refused") == [f"not_me account {chat.stranger.id}"]
    right = chat.sim.person("Lina", language="id")
    await joins(chat, right, lina.token)


async def test_a_used_link_is_refused_to_the_next(chat: Chat) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    second = chat.sim.person("Kedua", language="id")
    await second.starts(lina.token)
    refusal = await second.sees("Tautan ini sudah dipakai")
    assert "Lina" not in refusal.text
    assert not second.sees_now(QUESTION)


async def test_an_expired_link_is_refused_also_when_it_expires_before_the_press(chat: Chat) -> None:
    lina = await invited(chat)
    await chat.stranger.starts(lina.token)
    question = await chat.stranger.sees(QUESTION)
    chat.clock.move_to(chat.clock() + timedelta(days=14, minutes=1))
    await chat.stranger.taps(YES)
    refusal = await chat.stranger.sees("Masa berlaku tautan ini sudah habis")
    assert refusal.id == question.id
    assert refusal.labels == []
    await chat.stranger.starts(lina.token)
    assert await chat.stranger.sees("Masa berlaku tautan ini sudah habis", after=refusal)
    assert await account_of(chat, lina.person_id) is None


async def test_a_replaced_link_says_that_there_is_a_newer_one(chat: Chat) -> None:
    lina = await invited(chat)
    await link_for(chat, lina.person_id)
    await chat.stranger.starts(lina.token)
    await chat.stranger.sees("Tautan ini sudah diganti dengan yang lebih baru")


@pytest.mark.parametrize("token", ["x", "A" * 22, "é" * 10, "a" * 64])
async def test_an_unknown_link_names_nobody(chat: Chat, token: str) -> None:
    await chat.stranger.starts(token)
    await chat.stranger.sees("Tautan ini tidak dikenal")
    assert await actions(chat, "join_refused") == []


async def test_a_link_of_somebody_who_left_is_unknown_and_their_account_is_told_so(chat: Chat) -> None:
    lina = await invited(chat)
    async with chat.db.writing() as session:
        (await session.get_one(Person, lina.person_id)).active = False
        (await session.get_one(Person, chat.office.ani)).active = False
    await chat.stranger.starts(lina.token)
    await chat.stranger.sees("Tautan ini tidak dikenal")
    await chat.ani.starts()
    await chat.ani.sees("Anda tercatat tidak aktif lagi di Kemenag Sukamaju")


async def test_an_account_that_is_somebody_else_cannot_join_again(chat: Chat) -> None:
    lina = await invited(chat)
    await chat.ani.starts(lina.token)
    refusal = await chat.ani.sees("Anda sudah bergabung sebagai Ani Rahmawati. Tautan ini untuk orang lain")
    assert "Lina" not in refusal.text
    assert await account_of(chat, chat.office.ani) == user_of(chat.office.ani)
    assert await actions(chat, "join_refused") == [f"account_taken account {chat.ani.id}"]


async def test_ones_own_link_again_is_answered_kindly(chat: Chat) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    await chat.stranger.starts(lina.token)
    again = await chat.stranger.sees("Anda sudah bergabung sebagai Lina Marlina")
    assert again.labels == ["Isi laporan"]
    assert await actions(chat, "join_refused") == []


async def test_two_accounts_press_the_same_link(chat: Chat) -> None:
    lina = await invited(chat)
    second = chat.sim.person("Kedua", language="id")
    pressed = []
    for persona in (chat.stranger, second):
        await persona.starts(lina.token)
        question = await persona.sees(QUESTION)
        pressed.append((persona, question, question.buttons[0]))
    for persona, question, button in pressed:
        persona.presses(question, button)
    await chat.sim.quiet()
    welcomed = [one for one in (chat.stranger, second) if one.sees_now("Selamat bergabung")]
    refused = [one for one in (chat.stranger, second) if one.sees_now("Tautan ini sudah dipakai")]
    assert len(welcomed) == len(refused) == 1
    assert await account_of(chat, lina.person_id) == welcomed[0].id
    async with chat.db.reading() as session:
        told = await session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == "person_joined")
        )
    assert told == 1


async def test_yes_pressed_twice_joins_once_and_welcomes(chat: Chat) -> None:
    lina = await invited(chat)
    await chat.stranger.starts(lina.token)
    question = await chat.stranger.sees(QUESTION)
    button = question.buttons[0]
    taps = [chat.stranger.presses(question, button) for _ in range(2)]
    for tap in taps:
        await tap.answered()
    await chat.stranger.sees("Selamat bergabung")
    await chat.sim.quiet()
    assert await account_of(chat, lina.person_id) == chat.stranger.id
    assert len(await actions(chat, "joined")) == 1


async def test_a_redelivered_yes_joins_once(chat: Chat) -> None:
    lina = await invited(chat)
    await joins(chat, chat.stranger, lina.token)
    chat.sim.redelivers(chat.sim.update_ids[-1])
    await chat.sim.quiet()
    assert len(await actions(chat, "joined")) == 1
    assert await actions(chat, "join_refused") == []


async def test_who_has_no_supervisor_is_announced_to_the_administrators(chat: Chat) -> None:
    chat.clock.move_to(chat.clock() + timedelta(minutes=5))
    token = await link_for(chat, chat.office.head)
    await chat.stranger.starts(token)
    assert "sudah bergabung dari akun Telegram lain" in (await chat.stranger.sees(QUESTION)).text
    await chat.stranger.taps("Ya, saya Hasan Basri")
    welcome = await chat.stranger.sees("Selamat bergabung, Bapak/Ibu Hasan Basri!")
    assert "/periksa" in welcome.text
    await chat.admin.sees("Hasan Basri kini memakai akun Telegram lain")
    await chat.admin.taps("Bukan dia")
    await chat.admin.sees("sudah dilepas dari Hasan Basri")
    await chat.head.says("Rapat")
    await chat.head.sees(STRANGER)


@pytest.mark.parametrize("arg", ["", "1", "A" * 22, "0"])
async def test_a_forged_confirmation_joins_nobody(chat: Chat, arg: str) -> None:
    lina = await invited(chat)
    async with chat.db.reading() as session:
        invitation_id = await session.scalar(
            select(Invitation.id).where(Invitation.person_id == lina.person_id)
        )
    await chat.stranger.starts()
    message = await chat.stranger.sees(STRANGER)
    data = Press(Kind.JOIN_YES, invitation_id or 0, arg=arg).pack()
    await chat.stranger.presses_data(message, data).answered()
    await chat.stranger.sees("Tautan ini tidak dikenal")
    assert await account_of(chat, lina.person_id) is None


async def test_another_ones_confirmation_needs_the_other_ones_link(chat: Chat) -> None:
    """Two are invited; the subject of the button is worth nothing, the token decides."""
    lina, other = await invited(chat), await invited(chat, "Maya Sari")
    await chat.stranger.starts(lina.token)
    question = await chat.stranger.sees(QUESTION)
    forged = Press(Kind.JOIN_YES, other.person_id, arg=lina.token).pack()
    chat.stranger.presses_data(question, forged)
    await chat.stranger.sees("Selamat bergabung, Bapak/Ibu Lina Marlina!")
    assert await account_of(chat, other.person_id) is None


async def test_start_without_a_link_tells_a_stranger_how_to_get_one_and_nothing_else(chat: Chat) -> None:
    await chat.stranger.starts()
    answer = await chat.stranger.sees(STRANGER)
    assert answer.labels == []
    for name in ("Ani", "Budi", "Hasan"):
        assert name not in chat.stranger.transcript()


async def test_start_of_somebody_who_joined_greets_and_offers_today(chat: Chat) -> None:
    await chat.ani.starts()
    hello = await chat.ani.sees("Selamat pagi, Bapak/Ibu Ani Rahmawati")
    assert hello.labels == ["Isi laporan"]
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.ani.sees("Draf, belum dikirim")
    await chat.ani.starts()
    assert (await chat.ani.sees("Selamat pagi", after=hello)).labels == ["Lihat kartu", "Isi laporan"]


async def test_the_welcome_and_the_menu_follow_the_roles(chat: Chat) -> None:
    observer = await invited(chat, "Lina Marlina", RoleName.OBSERVER)
    await chat.stranger.starts(observer.token)
    await chat.stranger.taps(YES)
    welcome = await chat.stranger.sees("Sebagai pengamat, Anda tidak diminta melapor.")
    assert welcome.labels == []
    await chat.sim.quiet()
    assert "hari" not in chat.stranger.commands()
    assert "dataku" in chat.stranger.commands()


async def test_joining_survives_a_menu_that_cannot_be_set(chat: Chat) -> None:
    lina = await invited(chat)
    chat.sim.fault("setMyCommands", kind="error", status=400)
    await joins(chat, chat.stranger, lina.token)
    await chat.stranger.says("Rapat komite madrasah")
    await chat.stranger.sees("Draf, belum dikirim")


async def test_a_person_whose_language_is_english_is_invited_and_welcomed_in_it(chat: Chat) -> None:
    lina = await invited(chat, "Lina Marlina")
    async with chat.db.writing() as session:
        (await session.get_one(Person, lina.person_id)).language = "en"
    await chat.stranger.starts(lina.token)
    await chat.stranger.sees("About your data")
    await chat.stranger.taps("Yes, I am Lina Marlina")
    await chat.stranger.sees("Welcome, Lina Marlina!")


async def test_somebody_who_blocked_the_bot_is_asked_again_on_return(chat: Chat) -> None:
    await chat.ani.blocks()
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        account = await session.scalar(select(Account).where(Account.person_id == chat.office.ani))
        assert account is not None
        assert account.unreachable_since is not None
    await chat.ani.starts()
    await chat.ani.sees("Selamat pagi, Bapak/Ibu Ani Rahmawati")
    async with chat.db.reading() as session:
        account = await session.scalar(select(Account).where(Account.person_id == chat.office.ani))
        assert account is not None
        assert account.unreachable_since is None


async def test_dataku_gives_a_summary_and_the_whole_as_a_file(chat: Chat) -> None:
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas")
    await chat.ani.sees("Draf, belum dikirim")
    await chat.ani.says("/dataku")
    summary = await chat.ani.sees("Data Anda di sini")
    assert "Atasan: Budi Santoso" in summary.text
    assert "Bergabung: Rabu, 18 November 2026" in summary.text
    assert "1 hari dilaporkan" in summary.text
    await chat.sim.quiet()
    sent = chat.ani.last
    assert sent is not None
    assert sent.extra["document"]["file_name"] == "data-saya.json"
    data = json.loads(chat.sim.core.files.get(sent.extra["document"]["file_id"]).data)
    assert data["people"][0]["name"] == "Ani Rahmawati"
    assert data["entries"][0]["activity"].startswith("Mengajar Fikih 8A")
    assert "Citra" not in json.dumps(data)


async def test_privasi_shows_the_notice_again_also_to_a_stranger(chat: Chat) -> None:
    await chat.ani.says("/privasi")
    await chat.ani.sees("Tentang data Anda")
    await chat.stranger.says("/privasi")
    await chat.stranger.sees("Tentang data Anda")
    await chat.stranger.says("/dataku")
    await chat.stranger.sees(STRANGER)


async def test_the_chat_somebody_was_moved_from_is_told(chat: Chat) -> None:
    chat.clock.move_to(chat.clock() + timedelta(hours=1))
    token = await link_for(chat, chat.office.ani)
    await chat.stranger.says(f"/start {token}")
    await chat.stranger.taps("Ya, saya Ani Rahmawati")
    told = await chat.ani.sees("dipindahkan ke akun Telegram lain")
    assert "segera hubungi pengelola kepegawaian" in told.text
    await chat.sim.quiet()
    assert "hari" not in chat.ani.commands()
    assert "hari" in chat.stranger.commands()
    assert not [one for one in chat.stranger.messages if "dipindahkan ke akun" in one.text]
    async with chat.db.reading() as session:
        row = await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "account_moved"))
        assert row.one().state == "sent"


async def test_a_blocked_former_chat_does_not_make_the_new_account_unreachable(chat: Chat) -> None:
    chat.clock.move_to(chat.clock() + timedelta(hours=1))
    token = await link_for(chat, chat.office.ani)
    await chat.ani.blocks()
    await chat.stranger.says(f"/start {token}")
    await chat.stranger.taps("Ya, saya Ani Rahmawati")
    await chat.stranger.sees("Selamat bergabung")
    await chat.sim.quiet()
    async with chat.db.reading() as session:
        account = (await session.scalars(select(Account).where(Account.person_id == chat.office.ani))).one()
        assert account.unreachable_since is None
        row = await session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "account_moved"))
        assert row.one().state == "failed"


async def test_somebody_who_left_is_told_so_at_commands_and_texts(chat: Chat) -> None:
    async with chat.db.writing() as session:
        ani = await session.get_one(Person, chat.office.ani)
        ani.staff_number = "A-1"
        await session.flush()
        left = await deactivate(session, ["A-1"], now=chat.clock())
    assert left.names
    for said in ("/hari", "Rapat komite", "/start", "/bantuan"):
        sent = await chat.ani.says(said)
        told = await chat.ani.sees("tercatat tidak aktif lagi di Kemenag Sukamaju", after=sent)
        assert "Mintalah tautan" not in told.text
    await chat.stranger.says("Rapat komite")
    await chat.stranger.sees(STRANGER)


async def test_an_account_name_cannot_turn_the_line_it_stands_in(chat: Chat) -> None:
    lina = await invited(chat)
    hostile = chat.sim.person("Lina \u202egnisa\u2066", language="id")
    await joins(chat, hostile, lina.token)
    told = await chat.budi.sees("Akun Telegramnya bernama «Lina gnisa».")
    assert "\u202e" not in told.text
