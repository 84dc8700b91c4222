"""Writes down what everybody does and sees, while it happens."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from bot.demo.scene import Scene
from simulator import Message, Persona

ZONE = ZoneInfo("Asia/Jakarta")
SHOWN = {"sendMessage": "menerima", "editMessageText": "melihat berubah", "sendPhoto": "menerima foto"}


class Narrator:
    """The play as text: each act, and after it every message that came or changed because of it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.lines: list[str] = []
        self._told = 0

    def player(self, name: str) -> "Player":
        return Player(self.scene.people[name], self)

    def act(self, who: str, what: str) -> None:
        moment = self.scene.clock().astimezone(ZONE)
        self.lines.append(f"\n[{moment:%H.%M}] ▶ {who} {what}")

    async def settle(self) -> None:
        """Waits until everything is answered, then writes down what it led to."""
        await self.scene.sim.quiet()
        calls = list(self.scene.sim.calls)[self._told :]
        self._told += len(calls)
        names = {persona.id: name for name, persona in self.scene.people.items()}
        for call in calls:
            if not call.ok:
                continue
            if call.method == "answerCallbackQuery" and call.params.get("text"):
                self.lines.append(f"        ({call.params['text']})")
            elif call.method in SHOWN and call.chat_id in names:
                self.lines.append(f"    {names[call.chat_id]} {SHOWN[call.method]}:")
                self.lines += [f"      │ {line}" for line in _lines(call.result)]


def _lines(message: dict[str, Any]) -> Iterator[str]:
    yield from str(message.get("text", "")).split("\n")
    for row in (message.get("reply_markup") or {}).get("inline_keyboard", []):
        yield " ".join(f"[{one['text']}]" for one in row)


class Player:
    """One of the people; every act is written down with what it led to."""

    def __init__(self, persona: Persona, narrator: Narrator) -> None:
        self.persona = persona
        self.narrator = narrator

    async def says(self, text: str) -> None:
        self.narrator.act(self.persona.name, "menulis:")
        self.narrator.lines += [f"      » {line}" for line in text.split("\n")]
        await self.persona.says(text)
        await self.narrator.settle()

    async def taps(self, label: str) -> None:
        self.narrator.act(self.persona.name, f"menekan [{label}]")
        await self.persona.taps(label)
        await self.narrator.settle()

    async def uploads(self, photo: bytes) -> None:
        self.narrator.act(self.persona.name, "mengirim foto")
        await self.persona.uploads(photo=photo)
        await self.narrator.settle()

    async def sees(self, text: str) -> Message:
        """Raises AssertionError with the chat when it does not come."""
        return await self.persona.sees(text)
