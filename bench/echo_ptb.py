"""The least a bot on python-telegram-bot can do: every text is sent back. `python -m bench.echo_ptb [N]`.

Its defaults; with a number that many updates at once (`concurrent_updates`). The yardstick of bench.updates.
"""

import os
import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    api = os.environ["TELEGRAM_API_URL"]
    builder: Any = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"]).base_url(f"{api}/bot")
    if len(sys.argv) > 1:
        builder = builder.concurrent_updates(int(sys.argv[1]))
        builder = builder.connection_pool_size(int(sys.argv[1])).pool_timeout(30)
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.run_polling()


if __name__ == "__main__":
    main()
