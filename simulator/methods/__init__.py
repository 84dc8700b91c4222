"""The methods of the Bot API this simulator performs."""

from simulator.methods import chats, editing, profile, sending
from simulator.methods.registry import METHODS

__all__ = ["METHODS", "chats", "editing", "profile", "sending"]
