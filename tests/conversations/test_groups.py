"""Groups: who may link one, what it is told, and what happens when Telegram stands in the way."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from bot.registry import Registry
from handlers import FEATURES
from models import AuditEvent, Group, OutboxMessage, OutboxState, Person, Role, RoleName, Unit
from services import outbox
from simulator import Group as TelegramGroup
from simulator import Persona
from tests.conversations.conftest import Chat

MADRASAH, KUA = "MTsN 3 Sukamaju", "KUA Sukamaju"
REFUSED = "Ini hanya bisa dilakukan oleh admin grup yang juga pengelola kepegawaian di sini."


async def unit_group(chat: Chat, title: str = "Guru MTsN 3", **kinds: bool) -> TelegramGroup:
    """A group of the admin's with Ani in it; its greeting has been said."""
    group = chat.sim.group(title, members=[chat.ani, chat.budi], admins=[chat.admin], **kinds)
    await chat.sim.quiet()
    return group


async def links(chat: Chat, *, all_: bool = False) -> list[Group]:
    """The groups in force, or every row."""
    async with chat.db.reading() as session:
        query = select(Group).order_by(Group.id)
        rows = list(await session.scalars(query if all_ else query.where(Group.unlinked_at.is_(None))))
        session.expunge_all()
        return rows


async def only_unit(chat: Chat) -> None:
    """The office has one unit."""
    async with chat.db.writing() as session:
        units = {one.name: one.id for one in await session.scalars(select(Unit))}
        for person in await session.scalars(select(Person)):
            person.unit_id = units[MADRASAH]
        await session.flush()
        await session.execute(delete(Unit).where(Unit.name == KUA))


def said(group: TelegramGroup) -> list[str]:
    """What the bot has said in a group, oldest first."""
    return [one.text for one in group.messages if one.from_bot]


async def linked(chat: Chat, group: TelegramGroup, unit: str = MADRASAH, **where: Any) -> Group:
    """Links the group as its admin would, at once."""
    await chat.admin.says(f"/tautkan {unit}", chat=group, **where)
    await chat.sim.quiet()
    return (await links(chat))[-1]


async def summed(chat: Chat, group: Group) -> None:
    """Something is told to the linked group, and its delivery waited for."""
    async with chat.db.writing() as session:
        await outbox.enqueue(session, "group_linked", group=group.id, now=chat.clock())
    chat.program.delivery.wake()
    await chat.sim.quiet()


async def last_row(chat: Chat, kind: str = "group_linked") -> OutboxMessage:
    async with chat.db.reading() as session:
        rows = await session.scalars(
            select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id.desc())
        )
        row = rows.first()
        assert row is not None
        session.expunge_all()
        return row


# Linking


async def test_a_group_is_linked_by_the_name_of_its_unit(chat: Chat) -> None:
    group = await unit_group(chat)
    await chat.admin.says(f"/tautkan@{chat.sim.bot_username}  mtsn 3  SUKAMAJU", chat=group)
    told = await chat.admin.sees("setiap Jumat", chat=group)
    assert MADRASAH in told.text
    assert "Nama yang belum melapor dan NIP tidak ditampilkan" in told.text
    assert not told.buttons
    (link,) = await links(chat)
    assert (link.chat_id, link.thread_id, link.title) == (group.id, None, "Guru MTsN 3")
    assert (link.linked_by, link.problem, link.zone) == (chat.office.admin, None, "Asia/Jakarta")


async def test_with_one_unit_nothing_is_asked(chat: Chat) -> None:
    await only_unit(chat)
    group = await unit_group(chat)
    await chat.admin.says("/tautkan", chat=group)
    await chat.admin.sees(f"Ringkasan mingguan {MADRASAH}", chat=group)
    assert len(await links(chat)) == 1


@pytest.mark.parametrize("words", ["", " Unit Entah"])
async def test_otherwise_the_unit_is_asked_for_in_private(chat: Chat, words: str) -> None:
    group = await unit_group(chat)
    await chat.admin.says(f"/tautkan{words}", chat=group)
    await chat.admin.sees("chat pribadi", chat=group)
    question = await chat.admin.sees("Grup «Guru MTsN 3» akan menerima ringkasan unit mana?")
    assert question.labels == [KUA, MADRASAH]
    assert await links(chat) == []
    await chat.admin.taps(MADRASAH)
    await chat.admin.sees(f"Grup «Guru MTsN 3» menerima ringkasan mingguan {MADRASAH}")
    await chat.admin.sees("setiap Jumat", chat=group)
    (link,) = await links(chat)
    assert link.problem is None
    assert len(await links(chat, all_=True)) == 1


async def test_asked_twice_is_one_choice_and_its_button_works_once(chat: Chat) -> None:
    group = await unit_group(chat)
    await chat.admin.says("/tautkan", chat=group)
    question = await chat.admin.sees("akan menerima ringkasan unit mana?")
    await chat.admin.says("/tautkan", chat=group)
    await chat.sim.quiet()
    assert len(await links(chat, all_=True)) == 1
    await chat.admin.taps(KUA)
    await chat.admin.sees(f"menerima ringkasan mingguan {KUA}")
    tap = chat.admin.presses(question, question.buttons[0])
    assert "tidak berlaku" in (await tap.answered()).text
    assert len(await links(chat, all_=True)) == 1


async def test_a_choice_is_its_makers_and_does_not_stand_for_ever(chat: Chat) -> None:
    group = await unit_group(chat)
    await chat.admin.says("/tautkan", chat=group)
    question = await chat.admin.sees("akan menerima ringkasan unit mana?")
    async with chat.db.writing() as session:
        session.add(Role(person_id=chat.office.head, role=RoleName.ADMIN))
    tap = chat.head.presses_data(question, question.buttons[0].data or "")
    assert "tidak berwenang" in (await tap.answered()).text
    await chat.move_to(chat.clock() + timedelta(hours=25))
    tap = chat.admin.presses(question, question.buttons[0])
    assert "sudah terlalu lama" in (await tap.answered()).text
    assert await links(chat) == []


async def test_many_units_stand_on_pages(chat: Chat) -> None:
    async with chat.db.writing() as session:
        session.add_all(Unit(name=f"Madrasah {number:02d}") for number in range(12))
    group = await unit_group(chat)
    await chat.admin.says("/tautkan", chat=group)
    question = await chat.admin.sees("unit mana?")
    assert len(question.labels) == 8 + 3
    assert MADRASAH not in question.labels
    await chat.admin.taps("›")
    await chat.admin.taps(MADRASAH)
    await chat.admin.sees(f"menerima ringkasan mingguan {MADRASAH}")


async def test_the_same_unit_twice_is_one_link_and_another_changes_it(chat: Chat) -> None:
    group = await unit_group(chat)
    first = await linked(chat, group)
    await chat.admin.says(f"/tautkan {MADRASAH}", chat=group)
    await chat.admin.sees("memang sudah dikirim", chat=group)
    assert [one.id for one in await links(chat)] == [first.id]
    changed = await linked(chat, group, KUA)
    assert (changed.id, changed.unit_id != first.unit_id) == (first.id, True)
    assert len(await links(chat)) == 1


async def test_two_groups_of_one_unit_and_two_topics_of_one_group(chat: Chat) -> None:
    one, forum = await unit_group(chat), await unit_group(chat, "Dinas", forum=True)
    await linked(chat, one)
    rekap, umum = forum.topic("Rekap"), forum.topic("Umum")
    await linked(chat, forum, thread=rekap)
    await linked(chat, forum, KUA, thread=umum)
    await linked(chat, forum, KUA)
    assert [(row.chat_id, row.thread_id) for row in await links(chat)] == [
        (one.id, None),
        (forum.id, rekap.id),
        (forum.id, umum.id),
        (forum.id, None),
    ]
    answers = [message for message in forum.messages if "setiap Jumat" in message.text]
    assert [message.thread for message in answers] == [rekap.id, umum.id, None]


# Who may


async def refused_to(chat: Chat, who: Persona, group: TelegramGroup) -> None:
    for command in ("/tautkan", "/lepaskan", f"/tautkan {MADRASAH}"):
        before = len(said(group))
        await who.says(command, chat=group)
        await chat.sim.quiet()
        assert said(group)[before:] == [REFUSED], command
    assert await links(chat, all_=True) == []


async def test_an_admin_of_the_group_alone_may_not(chat: Chat) -> None:
    group = await unit_group(chat)
    group.promotes(chat.ani)
    await refused_to(chat, chat.ani, group)
    async with chat.db.reading() as session:
        audited = await session.scalars(select(AuditEvent).where(AuditEvent.action == "refused"))
        assert {one.actor_id for one in audited} == {chat.office.ani}


async def test_an_admin_of_the_bot_alone_may_not(chat: Chat) -> None:
    group = chat.sim.group("Guru", members=[chat.admin], admins=[chat.budi])
    await chat.sim.quiet()
    await refused_to(chat, chat.admin, group)


async def test_a_stranger_is_told_the_same_and_nothing_else(chat: Chat) -> None:
    group = chat.sim.group("Guru", admins=[chat.stranger])
    await chat.sim.quiet()
    await refused_to(chat, chat.stranger, group)


async def test_an_anonymous_admin_is_asked_to_write_as_themselves(chat: Chat) -> None:
    group = await unit_group(chat, supergroup=True)
    await chat.admin.says("/tautkan", chat=group, anonymous=True)
    await chat.admin.sees("dengan akun sendiri", chat=group)
    assert await links(chat, all_=True) == []
    assert not chat.sim.calls_of("getChatMember")


async def test_when_telegram_does_not_say_who_administers_nothing_is_linked(chat: Chat) -> None:
    group = await unit_group(chat)
    chat.sim.fault("getChatMember", kind="error", times=4)
    await chat.admin.says("/tautkan", chat=group)
    await chat.admin.sees("Coba lagi", chat=group)
    assert await links(chat, all_=True) == []
    await linked(chat, group)
    assert len(await links(chat)) == 1


async def test_an_office_without_units_is_told_so(chat: Chat) -> None:
    async with chat.db.writing() as session:
        for person in await session.scalars(select(Person)):
            person.unit_id = None
        await session.flush()
        await session.execute(delete(Unit))
    group = await unit_group(chat)
    await chat.admin.says("/tautkan", chat=group)
    await chat.admin.sees("Belum ada unit kerja", chat=group)


# Letting go


async def test_a_group_is_let_go_from_inside(chat: Chat) -> None:
    group = await unit_group(chat)
    link = await linked(chat, group)
    await chat.admin.says("/lepaskan", chat=group)
    await chat.admin.sees("tidak ada lagi ringkasan", chat=group)
    assert await links(chat) == []
    before = said(group)
    await summed(chat, link)
    assert said(group) == before
    row = await last_row(chat)
    assert (row.state, row.error) == (OutboxState.FAILED, "not linked")
    await chat.admin.says("/lepaskan", chat=group)
    await chat.admin.sees("tidak ada ringkasan yang ditautkan", chat=group)


async def test_a_topic_is_let_go_alone(chat: Chat) -> None:
    forum = await unit_group(chat, forum=True)
    rekap, umum = forum.topic("Rekap"), forum.topic("Umum")
    await linked(chat, forum, thread=rekap)
    await linked(chat, forum, thread=umum)
    await chat.admin.says("/lepaskan", chat=forum, thread=rekap)
    await chat.sim.quiet()
    assert [one.thread_id for one in await links(chat)] == [umum.id]


# In private


async def test_an_admin_sees_and_changes_the_groups_in_private(chat: Chat) -> None:
    await chat.admin.says("/grup")
    await chat.admin.sees("Belum ada grup")
    group = await unit_group(chat)
    await linked(chat, group)
    await chat.admin.says("/grup")
    listed = await chat.admin.sees("Grup penerima ringkasan mingguan")
    assert "1. Guru MTsN 3" in listed.text
    assert MADRASAH in listed.text
    await chat.admin.taps("1")
    await chat.admin.sees("Bahasa: Indonesia · Waktu: Jumat akhir jam kerja WIB")
    await chat.admin.taps("Pakai bahasa Inggris")
    await chat.admin.sees("Bahasa: Inggris")
    await chat.admin.taps("Ubah zona waktu")
    asked = await chat.admin.sees("zona waktu mana?")
    assert asked.labels[:2] == ["WITA", "WIT"]
    await chat.admin.taps("WITA", wait=True)
    await chat.admin.sees("akhir jam kerja WITA")
    (link,) = await links(chat)
    assert (link.language, link.zone) == ("en", "Asia/Makassar")
    await summed(chat, link)
    await chat.admin.sees("will be sent here every Friday", chat=group)
    await chat.admin.taps("Lepaskan")
    await chat.admin.sees("Lepaskan Guru MTsN 3?")
    await chat.admin.taps("Lepaskan")
    await chat.admin.sees("Belum ada grup")
    assert await links(chat) == []


async def test_the_list_has_pages(chat: Chat) -> None:
    for number in range(8):
        await linked(chat, await unit_group(chat, f"Grup {number}"))
    await chat.admin.says("/grup")
    listed = await chat.admin.sees("Grup 5")
    assert "Grup 6" not in listed.text
    await chat.admin.taps("›")
    await chat.admin.sees("8. Grup 7")


async def test_others_are_shown_no_group(chat: Chat) -> None:
    for command in ("/grup", "/tautkan", "/lepaskan"):
        said_it = await chat.ani.says(command)
        assert (await chat.ani.sees("tidak berwenang", after=said_it)).labels == []


# What else is said in a group


async def test_talk_in_a_group_is_no_report(chat: Chat) -> None:
    group = await unit_group(chat)
    await linked(chat, group)
    before = said(group)
    chat.sim.core.privacy = False
    await chat.ani.says("Mengajar Fikih 8A -> 30 siswa tuntas", chat=group)
    await chat.ani.says("/hari", chat=group)
    await chat.admin.says("MTsN 3 Sukamaju", chat=group)
    await chat.sim.quiet()
    assert said(group) == before
    await chat.ani.says(f"/hari@{chat.sim.bot_username}", chat=group)
    await chat.ani.sees("di chat pribadi, bukan di grup", chat=group)
    await chat.ani.says("/hari@bot_lain", chat=group)
    await chat.sim.quiet()
    assert len(said(group)) == len(before) + 1


async def test_whoever_adds_the_bot_sees_the_same_greeting(chat: Chat) -> None:
    for adder in (chat.admin, chat.stranger):
        group = chat.sim.group("Grup", admins=[adder])
        await chat.sim.quiet()
        (greeting,) = said(group)
        assert "/tautkan" in greeting
        assert "MTsN" not in greeting
        group.promotes_bot()
        await chat.sim.quiet()
        assert len(said(group)) == 1


async def test_an_update_that_comes_again_greets_and_links_once(chat: Chat) -> None:
    group = await unit_group(chat)
    await linked(chat, group)
    before = said(group)
    for update in chat.sim.update_ids:
        chat.sim.redelivers(update)
    await chat.sim.quiet()
    assert said(group) == before
    assert len(await links(chat)) == 1


# When Telegram stands in the way


async def test_the_bot_is_removed_and_comes_back(chat: Chat) -> None:
    group = await unit_group(chat)
    link = await linked(chat, group)
    group.removes_bot(by=chat.budi)
    told = await chat.admin.sees("tidak bisa sampai ke Guru MTsN 3")
    assert "Saya tidak lagi ada di grup itu" in told.text
    await chat.sim.quiet()
    assert [one.problem for one in await links(chat)] == ["removed"]
    await summed(chat, link)
    assert (await last_row(chat)).state is OutboxState.FAILED
    assert sum("tidak bisa sampai" in one.text for one in chat.admin.messages) == 1, "told once"
    group.adds_bot(by=chat.admin)
    await chat.admin.sees("saya kembali", chat=group)
    await chat.sim.quiet()
    assert [one.problem for one in await links(chat)] == [None]
    assert (await last_row(chat)).state is OutboxState.SENT
    assert "setiap Jumat" in said(group)[-1], "what could not be told is told now"


async def test_a_removal_nobody_told_us_of_is_found_when_sending(chat: Chat) -> None:
    forum = await unit_group(chat, forum=True)
    first = await linked(chat, forum, thread=forum.topic("Rekap"))
    await linked(chat, forum, thread=forum.topic("Umum"))
    forum.chat.bot_status = "kicked"
    await summed(chat, first)
    await chat.admin.sees("Saya tidak lagi ada di grup itu")
    assert [one.problem for one in await links(chat)] == ["removed", "removed"]
    assert sum("tidak bisa sampai" in one.text for one in chat.admin.messages) == 1


async def test_when_who_linked_it_is_no_admin_any_more_every_admin_is_told(chat: Chat) -> None:
    group = await unit_group(chat)
    await linked(chat, group)
    async with chat.db.writing() as session:
        await session.execute(delete(Role).where(Role.person_id == chat.office.admin))
        session.add(Role(person_id=chat.office.head, role=RoleName.ADMIN))
    group.removes_bot()
    await chat.head.sees("tidak bisa sampai ke Guru MTsN 3")
    assert not chat.admin.sees_now("tidak bisa sampai")


async def test_a_group_that_became_a_supergroup_is_followed(chat: Chat) -> None:
    group = await unit_group(chat)
    link = await linked(chat, group)
    group.migrates()
    await chat.sim.quiet()
    assert [one.chat_id for one in await links(chat)] == [group.id]
    await summed(chat, link)
    assert sum("setiap Jumat" in text for text in said(group)) == 1


async def test_a_group_that_moves_while_we_send_is_followed(chat: Chat) -> None:
    """The service messages come later than the refusal that names the new id."""
    group = await unit_group(chat)
    link = await linked(chat, group)
    group.migrates()
    chat.sim.core.updates.pending.clear()
    await summed(chat, link)
    assert [one.chat_id for one in await links(chat)] == [group.id]
    await chat.move_to(chat.clock() + timedelta(seconds=3))
    await chat.admin.sees("setiap Jumat", chat=group)
    assert (await last_row(chat)).state is OutboxState.SENT
    assert len(await links(chat)) == 1


async def test_a_closed_topic_is_told_of_and_taken_up_again(chat: Chat) -> None:
    forum = await unit_group(chat, forum=True)
    rekap = forum.topic("Rekap")
    link = await linked(chat, forum, thread=rekap)
    forum.closes(rekap)
    await summed(chat, link)
    told = await chat.admin.sees("Topiknya ditutup")
    assert "buka kembali topik itu" in told.text
    assert [one.problem for one in await links(chat)] == ["topic_closed"]
    await chat.admin.taps("Buka grup ini")
    await chat.admin.sees("Topiknya ditutup", after=told)
    forum.reopens(rekap)
    await chat.sim.quiet()
    assert [one.problem for one in await links(chat)] == [None]
    assert (await last_row(chat)).state is OutboxState.SENT
    assert "setiap Jumat" in said(forum)[-1], "what could not be told is told now"


async def test_a_deleted_topic_is_told_of(chat: Chat) -> None:
    forum = await unit_group(chat, forum=True)
    rekap = forum.topic("Rekap")
    link = await linked(chat, forum, thread=rekap)
    forum.deletes(rekap)
    await summed(chat, link)
    told = await chat.admin.sees("Topiknya sudah tidak ada")
    assert "/tautkan di topik lain" in told.text


async def test_without_the_right_to_write_the_admin_is_told_how_to_mend_it(chat: Chat) -> None:
    group = await unit_group(chat)
    link = await linked(chat, group)
    group.forbids("text", "photo")
    await summed(chat, link)
    await chat.admin.sees("Saya tidak diizinkan menulis")
    assert [one.problem for one in await links(chat)] == ["no_rights"]
    group.promotes_bot()
    await chat.sim.quiet()
    assert [one.problem for one in await links(chat)] == [None]


async def test_a_problem_that_went_by_itself_is_forgotten_with_the_next_message(chat: Chat) -> None:
    group = await unit_group(chat)
    link = await linked(chat, group)
    group.forbids("text")
    await summed(chat, link)
    group.forbids()
    await summed(chat, link)
    assert [one.problem for one in await links(chat)] == [None]


async def test_a_restricted_bot_is_no_removed_one(chat: Chat) -> None:
    group = await unit_group(chat, supergroup=True)
    await linked(chat, group)
    user = chat.sim.core.bot.api()
    rights = dict.fromkeys(
        [
            "can_send_messages",
            "can_send_audios",
            "can_send_documents",
            "can_send_photos",
            "can_send_videos",
            "can_send_video_notes",
            "can_send_voice_notes",
            "can_send_polls",
            "can_send_other_messages",
            "can_add_web_page_previews",
            "can_change_info",
            "can_invite_users",
            "can_pin_messages",
            "can_manage_topics",
            "can_edit_tag",
            "can_react_to_messages",
        ],
        False,
    )
    restricted = {"status": "restricted", "user": user, "is_member": True, "until_date": 0, **rights}
    member = {"status": "member", "user": user}
    for old, new, problem in (
        (member, restricted, "no_rights"),
        (restricted, {**restricted, "can_send_messages": True}, None),
        (member, {**restricted, "is_member": False}, "removed"),
    ):
        body = {
            "chat": group.chat.api(),
            "from": chat.admin.user.api(),
            "date": chat.sim.core.world.now(),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        chat.sim.core.updates.add("my_chat_member", body, chat_id=group.id)
        await chat.sim.quiet()
        assert [one.problem for one in await links(chat)] == [problem]


async def test_a_group_goes_by_its_present_name(chat: Chat) -> None:
    group = await unit_group(chat)
    await linked(chat, group)
    group.renames("Guru & Staf MTsN 3")
    await chat.sim.quiet()
    await chat.admin.says("/grup")
    await chat.admin.sees("Guru & Staf MTsN 3")


async def test_what_an_admin_linked_is_among_their_data(chat: Chat) -> None:
    group = await unit_group(chat)
    await linked(chat, group)
    await chat.admin.says("/dataku")
    await chat.sim.quiet()
    document = next(one for one in reversed(chat.admin.messages) if one.file_id)
    content = chat.sim.core.files.by_id[document.file_id or ""].data
    assert b"Guru MTsN 3" in content


async def test_administrators_of_a_group_see_its_two_commands(chat: Chat) -> None:
    group = await unit_group(chat)
    for language in ("", "en"):
        await chat.program.publish_menu(Registry(FEATURES), language)
    core = chat.sim.core
    shown = {one["command"]: one["description"] for one in core.commands_for(group.chat, chat.admin.user)}
    assert shown == {
        "tautkan": "Kirim ringkasan mingguan ke grup ini",
        "lepaskan": "Berhenti mengirim ringkasan ke grup ini",
    }
    others = {one["command"] for one in core.commands_for(group.chat, chat.ani.user)}
    assert not others & {"tautkan", "lepaskan"}


# When another admin links it


async def second_admin(chat: Chat, group: TelegramGroup) -> None:
    """Citra is an admin of the bot and of the group too."""
    async with chat.db.writing() as session:
        session.add(Role(person_id=chat.office.citra, role=RoleName.ADMIN))
    group.promotes(chat.citra)


async def test_a_link_that_another_admin_replaces_is_told_there_and_to_who_made_it(chat: Chat) -> None:
    group = chat.sim.group("Guru MTsN 3", members=[chat.ani, chat.citra], admins=[chat.admin])
    await linked(chat, group)
    await second_admin(chat, group)
    await chat.citra.says(f"/tautkan {KUA}", chat=group)
    await chat.sim.quiet()
    assert said(group)[-1].startswith(f"Tautan sebelumnya diganti: ringkasan {MADRASAH} tidak dikirim lagi.")
    told = await chat.admin.sees("mengganti tautan grup Guru MTsN 3")
    assert f"kini menerima ringkasan mingguan {KUA}, bukan lagi {MADRASAH}" in told.text
    assert told.labels == ["Buka grup ini"]


async def test_a_link_replaced_by_a_choice_says_so_too(chat: Chat) -> None:
    group = await unit_group(chat)
    await linked(chat, group)
    await chat.admin.says("/tautkan", chat=group)
    await chat.admin.taps(KUA)
    await chat.admin.sees("Tautan sebelumnya diganti")
    await chat.sim.quiet()
    assert said(group)[-1].startswith("Tautan sebelumnya diganti")
    assert not [one for one in chat.admin.messages if "mengganti tautan grup" in one.text]


async def test_letting_go_ends_a_choice_that_is_open(chat: Chat) -> None:
    group = await unit_group(chat)
    await chat.admin.says("/tautkan", chat=group)
    await chat.admin.sees("akan menerima ringkasan unit mana?")
    await chat.admin.says("/lepaskan", chat=group)
    await chat.admin.sees("pilihan unitnya dibatalkan", chat=group)
    assert await links(chat, all_=True) == []
    await chat.admin.taps(KUA)
    await chat.admin.sees_toast("Pilihan itu sudah tidak berlaku")


async def test_a_title_cannot_turn_the_line_it_stands_in(chat: Chat) -> None:
    group = await unit_group(chat, "Guru \u202eMTsN\u2069 3")
    assert (await linked(chat, group)).title == "Guru MTsN 3"
