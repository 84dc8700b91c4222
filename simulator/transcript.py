"""Chats written down so that a failing test can be understood by reading."""

from collections.abc import Iterable
from datetime import UTC, datetime

from simulator.state import Message


def line_of(message: Message) -> str:
    """One message with everything a person would see of it."""
    moment = datetime.fromtimestamp(message.date, UTC)
    who = "BOT" if message.sender.is_bot else message.sender.name
    notes = [message.kind] if message.kind != "text" else []
    if message.kind == "service":
        notes += list(message.extra)
    notes += [
        word
        for word, true in (
            ("silent", message.silent),
            ("edited", message.edited),
            ("deleted", message.deleted),
        )
        if true
    ]
    if message.thread:
        notes.append(f"topic {message.thread}")
    if message.reply_to is not None:
        notes.append(f"reply to #{message.reply_to.id}")
    noted = f" ({', '.join(notes)})" if notes else ""
    text = message.text.replace("\n", "\n      ")
    lines = [f"{moment:%d %H:%M:%S} #{message.id} {who}{noted}: {text}"]
    lines += ["      " + " ".join(f"[{button.text}]" for button in row) for row in message.button_rows]
    plain = (message.markup or {}).get("keyboard")
    if plain:
        lines += ["      " + " ".join(f"<{b['text']}>" for b in row) for row in plain]
    if message.emojis:
        lines.append("      " + " ".join(message.emojis))
    return "\n".join(lines)


def written(messages: Iterable[Message], *, title: str = "") -> str:
    """Messages in the order they were sent, under an optional title."""
    lines = [line_of(message) for message in messages]
    head = [f"— {title} —"] if title else []
    return "\n".join([*head, *(lines or ["(empty)"])])
