"""Every text of the bot, read once in a process: two files of a thousand lines are not read for each test."""

from bot.texts import Texts

TEXTS = Texts()
