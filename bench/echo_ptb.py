"""The least a bot on python-telegram-bot can do: every text is sent back.

    python -m bench.echo_ptb [N] [--three-calls]

Its defaults; with a number that many updates at once (`concurrent_updates`). The yardstick of bench.updates.
With `--three-calls` it shows as much as a report of ours does: a reaction, a new message, and the one before
taken away.
"""

import argparse
import os
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

_before: dict[int, Message] = {}


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


async def three_calls(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """What stands in a chat after a report, without anything behind it."""
    said = update.message
    if said is None or said.text is None:
        return
    await said.set_reaction("👍")
    shown = await said.reply_text(said.text)
    before, _before[said.chat_id] = _before.get(said.chat_id), shown
    if before is not None:
        await before.delete()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("at_once", type=int, nargs="?")
    parser.add_argument("--three-calls", action="store_true")
    given = parser.parse_args()
    api = os.environ["TELEGRAM_API_URL"]
    builder: Any = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{api}/bot")
    if given.at_once:
        builder = builder.concurrent_updates(given.at_once)
        builder = builder.connection_pool_size(given.at_once).pool_timeout(30)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, three_calls if given.three_calls else echo))
    application.run_polling()


if __name__ == "__main__":
    main()
