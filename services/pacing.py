"""How fast the bot may send: one pace for the whole bot, shared by all of its processes.

Source: Telegram's FAQ for bots, "My bot is hitting limits": about 30 messages a second in bulk (1,000 with
paid broadcasts), one a second in a chat, 20 a minute in a group.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """`per_second`: messages of the whole bot. `enforced` False: no pace at all (tests, demo)."""

    per_second: float = 30
    chat_per_second: float = 1
    group_per_minute: float = 20
    enforced: bool = True

    @staticmethod
    def off() -> "Rates":
        return Rates(enforced=False)
