"""What Telegram refuses in keyboards."""

import re
from typing import Any

from simulator.errors import bad_request

Raw = dict[str, Any]
KINDS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
STYLES = {"danger", "success", "primary"}
MAX_BUTTONS = 100
MAX_ROW = 8
MAX_DATA_BYTES = 64
MAX_COPY = 256
URL = re.compile(r"^(https?://[^\s/]+\.?[^\s]*|tg://\S+)$")


def checked_markup(markup: Raw | None) -> Raw | None:
    """The keyboard, or None for an empty one; raises ApiError for a bad one."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = [row for row in markup["inline_keyboard"] if row]
        if sum(map(len, rows)) > MAX_BUTTONS:
            raise bad_request("reply markup is too long")
        for row in rows:
            if len(row) > MAX_ROW:
                raise bad_request("reply markup is too long")
            for button in row:
                _check_inline(button)
        return {"inline_keyboard": rows} if rows else None
    if "keyboard" in markup:
        for row in markup["keyboard"]:
            for button in row:
                if not button["text"].strip():
                    raise bad_request('can\'t parse keyboard button: field "text" must be non-empty')
                _check_style(button)
    return markup


def _check_inline(button: Raw) -> None:
    if not button["text"].strip():
        raise bad_request('can\'t parse inline keyboard button: field "text" must be non-empty')
    kinds = [kind for kind in KINDS if kind in button]
    if not kinds:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(kinds) > 1:
        raise bad_request("BUTTON_TYPE_INVALID")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= len(button["copy_text"]["text"]) <= MAX_COPY:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "url" in button and not URL.match(button["url"]):
        raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    _check_style(button)


def _check_style(button: Raw) -> None:
    if "style" in button and button["style"] not in STYLES:
        raise bad_request("invalid button style specified")
