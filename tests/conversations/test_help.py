"""`/bantuan`: how to type a day, and every command of a person's menu, no more."""

import re

from sqlalchemy import delete

from bot.menus import menu_of
from bot.registry import Registry
from bot.texts import Texts
from handlers import FEATURES
from models import Role, RoleName
from services.people.identity import who_is
from simulator import Persona
from tests.conversations.conftest import Chat
from tests.office import user_of


async def helped(chat: Chat, persona: Persona) -> str:
    sent = await persona.says("/bantuan")
    return (await persona.sees("Perintah Anda", after=sent)).text


async def menu(chat: Chat, person_id: int) -> set[str]:
    async with chat.db.reading() as session:
        actor = await who_is(session, user_of(person_id), now=chat.clock())
    return {one.command for one in menu_of(Registry(FEATURES), Texts(), actor)}


async def test_help_names_every_command_of_the_menu_and_how_to_type(chat: Chat) -> None:
    for persona, person_id in ((chat.ani, chat.office.ani), (chat.budi, chat.office.budi)):
        text = await helped(chat, persona)
        named = set(re.findall(r"/([a-z]+) –", text))
        assert named == await menu(chat, person_id) - {"bantuan"}
        for words in ("-> 30 siswa tuntas", "kendala: ", "tidak ada kegiatan", "/batal"):
            assert words in text
    assert "/periksa" not in await helped(chat, chat.ani)


async def test_help_promises_an_admin_nothing_they_lack(chat: Chat) -> None:
    text = await helped(chat, chat.admin)
    for command in ("/libur", "/grup", "/pengganti", "/rekap", "/tautkan", "/lepaskan"):
        assert f"{command} –" in text
    for lacking in ("/hari", "/cuti", "/periksa", "Melapor", "kendala"):
        assert lacking not in text
    assert text.index("Diketik di dalam grup") < text.index("/tautkan")


async def test_help_promises_an_observer_nothing_they_lack(chat: Chat) -> None:
    async with chat.db.writing() as session:
        await session.execute(delete(Role).where(Role.person_id == chat.office.ani))
        session.add(Role(person_id=chat.office.ani, role=RoleName.OBSERVER))
    text = await helped(chat, chat.ani)
    assert "/libur –" in text
    assert "/rekap –" in text
    for lacking in ("/hari", "/cuti", "/periksa", "/pengganti", "/tautkan", "Melapor"):
        assert lacking not in text
