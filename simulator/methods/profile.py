"""Methods about the bot itself: who it is, its commands and descriptions, files, webhook settings."""

import re
from urllib.parse import urlsplit

from simulator.core import Core, Params, WebhookSettings
from simulator.errors import bad_request, conflict
from simulator.methods.registry import chat_named, joined, method, user_with
from simulator.state import Raw

COMMAND = re.compile(r"^[a-z0-9_]{1,32}$")
SECRET = re.compile(r"^[A-Za-z0-9_-]{1,256}$")
LANGUAGE = re.compile(r"^[a-z]{2}$")
MAX_COMMANDS = 100
TEXT_LIMITS = {"description": 512, "short_description": 120, "name": 64}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@method("getMe")
def get_me(core: Core, p: Params) -> Raw:
    return {
        **core.bot.api(),
        "can_join_groups": True,
        "can_read_all_group_messages": not core.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("setMyCommands")
def set_my_commands(core: Core, p: Params) -> bool:
    commands: list[Raw] = p["commands"]
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    clean: list[Raw] = []
    for command in commands:
        name = command["command"].removeprefix("/")
        if not COMMAND.match(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(command["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        clean.append({"command": name, "description": command["description"]})
    key = _scope(core, p)
    if clean:
        core.commands[key] = clean
    else:
        core.commands.pop(key, None)
    core.feed.everybody({"type": "commands"})
    return True


@method("getMyCommands")
def get_my_commands(core: Core, p: Params) -> list[Raw]:
    return core.commands.get(_scope(core, p), [])


@method("deleteMyCommands")
def delete_my_commands(core: Core, p: Params) -> bool:
    core.commands.pop(_scope(core, p), None)
    core.feed.everybody({"type": "commands"})
    return True


@method("setMyDescription")
def set_my_description(core: Core, p: Params) -> bool:
    return _set_text(core, p, "description")


@method("getMyDescription")
def get_my_description(core: Core, p: Params) -> Raw:
    return _get_text(core, p, "description")


@method("setMyShortDescription")
def set_my_short_description(core: Core, p: Params) -> bool:
    return _set_text(core, p, "short_description")


@method("getMyShortDescription")
def get_my_short_description(core: Core, p: Params) -> Raw:
    return _get_text(core, p, "short_description")


@method("setMyName")
def set_my_name(core: Core, p: Params) -> bool:
    return _set_text(core, p, "name")


@method("getMyName")
def get_my_name(core: Core, p: Params) -> Raw:
    return _get_text(core, p, "name")


@method("setChatMenuButton")
def set_chat_menu_button(core: Core, p: Params) -> bool:
    return True


@method("getFile")
def get_file(core: Core, p: Params) -> Raw:
    stored = core.files.get(p["file_id"])
    if stored.too_big:
        raise bad_request("file is too big")
    return {
        "file_id": stored.id,
        "file_unique_id": stored.unique_id,
        "file_size": stored.size,
        "file_path": stored.path,
    }


@method("setWebhook")
def set_webhook(core: Core, p: Params) -> bool:
    url: str = p["url"]
    if not url:
        core.webhook = WebhookSettings()
        core.pulse.beat()
        return True
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: an HTTPS URL must be provided for webhook")
    if parts.hostname not in LOOPBACK:
        raise bad_request("bad webhook: the simulator delivers to this machine only")
    secret: str = p.get("secret_token") or ""
    if secret and not SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    connections: int = p.get("max_connections") or 40
    core.webhook = WebhookSettings(url=url, secret=secret, max_connections=max(1, min(100, connections)))
    _allow(core, p)
    if p.get("drop_pending_updates"):
        core.updates.drop_all()
    core.pulse.beat()
    return True


@method("deleteWebhook")
def delete_webhook(core: Core, p: Params) -> bool:
    core.webhook = WebhookSettings()
    if p.get("drop_pending_updates"):
        core.updates.drop_all()
    core.pulse.beat()
    return True


@method("getWebhookInfo")
def get_webhook_info(core: Core, p: Params) -> Raw:
    hook = core.webhook
    raw: Raw = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(core.updates.pending),
    }
    if hook.url:
        raw["max_connections"] = hook.max_connections
        raw["ip_address"] = "127.0.0.1"
    if hook.last_error_date is not None:
        raw["last_error_date"] = hook.last_error_date
        raw["last_error_message"] = hook.last_error
    if core.updates.allowed:
        raw["allowed_updates"] = core.updates.allowed
    return raw


@method("logOut")
def log_out(core: Core, p: Params) -> bool:
    return True


@method("close")
def close(core: Core, p: Params) -> bool:
    return True


def check_polling(core: Core, p: Params) -> tuple[int, int, float]:
    """Offset, limit and timeout (seconds) of getUpdates; refuses it beside a webhook."""
    if core.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    _allow(core, p)
    limit = p.get("limit") or 100
    return p.get("offset") or 0, max(1, min(100, limit)), max(0, min(50, p.get("timeout") or 0))


def _allow(core: Core, p: Params) -> None:
    if "allowed_updates" in p:
        core.updates.allowed = list(p["allowed_updates"]) or None


def _scope(core: Core, p: Params) -> tuple[str, int, int, str]:
    language = p.get("language_code") or ""
    if language and not LANGUAGE.match(language):
        raise bad_request("invalid language code specified")
    scope: Raw = p.get("scope") or {"type": "default"}
    chat_id = 0
    user_id = 0
    if "chat_id" in scope:
        chat_id = joined(chat_named(core, scope["chat_id"])).id
    if "user_id" in scope:
        user_id = user_with(core, scope["user_id"]).id
    return scope["type"], chat_id, user_id, language


def _set_text(core: Core, p: Params, kind: str) -> bool:
    text = p.get(kind) or ""
    if len(text) > TEXT_LIMITS[kind]:
        raise bad_request(f"{kind.replace('_', ' ')} is too long")
    core.texts[(kind, p.get("language_code") or "")] = text
    return True


def _get_text(core: Core, p: Params, kind: str) -> Raw:
    language = p.get("language_code") or ""
    default = core.texts.get((kind, ""), core.bot.first_name if kind == "name" else "")
    return {kind: core.texts.get((kind, language)) or default}
