"""A strict Telegram Bot API server for the demo and the tests, with people in it.

It knows nothing of the product: it behaves like Telegram, refuses what Telegram refuses, and shows what
people see. See README.md beside this file.
"""

from simulator.core import Call, Query, Toast
from simulator.errors import ApiError
from simulator.faults import Fault
from simulator.group import Group
from simulator.limits import Limits
from simulator.persona import Persona
from simulator.press import PersonaError, Tap
from simulator.server import Simulator
from simulator.state import Button, Chat, Message, Topic, User

__all__ = [
    "ApiError",
    "Button",
    "Call",
    "Chat",
    "Fault",
    "Group",
    "Limits",
    "Message",
    "Persona",
    "PersonaError",
    "Query",
    "Simulator",
    "Tap",
    "Toast",
    "Topic",
    "User",
]
