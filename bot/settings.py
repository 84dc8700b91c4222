"""Settings, read once from the environment, frozen. A wrong one stops the start and names its variable."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from sqlalchemy.exc import ArgumentError

from models.engine import async_url

OFFICIAL_API = "https://api.telegram.org"
TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")


class WrongSetting(Exception):
    """One sentence that names the variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`token` None: no bot is configured, `kinerja run` starts the demo."""

    token: str | None
    api_url: str
    database_url: str
    organization: str
    evidence_dir: Path
    evidence_url: str | None
    """The base address under which stored evidence is found, without a slash at its end; None: nowhere."""
    picture_dir: Path
    office_clock: datetime | None
    privacy_contact: str
    webhook_url: str | None
    webhook_secret: str | None
    webhook_host: str
    webhook_port: int
    webhook_connections: int
    """How many updates Telegram may deliver at once, to all processes together."""
    metrics_host: str
    metrics_port: int | None
    """Where Prometheus reads the metrics; None: nowhere."""
    stop_seconds: int
    """How long a process that is told to stop may take to finish what is in hand."""
    send_rate: int
    """Messages a second for the whole bot: 30, or up to 1,000 with paid broadcasts."""
    log_format: str

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is a file that one process has to itself."""
        return self.database_url.startswith("sqlite")

    def __repr__(self) -> str:
        return f"Settings(organization={self.organization!r}, token={'set' if self.token else 'not set'})"


def read_file(path: Path) -> dict[str, str]:
    """The variables of a `.env`; none when there is no file.

    Raises WrongSetting, which names the line and never what stands there: it may be a token.
    """
    try:
        if not path.exists():
            return {}
        with path.open(encoding="utf-8") as file:
            for line in parse_stream(file):
                if line.error or (line.key is not None and line.value is None):
                    number = line.original.line + _blank_lines_before(line.original.string)
                    raise WrongSetting(f"{path}, line {number}: not NAME=value, nor a comment (#).")
        return {name: value or "" for name, value in dotenv_values(path).items()}
    except UnicodeDecodeError:
        raise WrongSetting(f"{path} is not a text file in UTF-8.") from None
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else type(error).__name__
        raise WrongSetting(f"{path} cannot be read: {why}.") from None


def _blank_lines_before(text: str) -> int:
    """The parser counts the empty lines before a statement as its own."""
    return text[: len(text) - len(text.lstrip())].count("\n")


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Reads and checks every variable. Raises WrongSetting."""

    def text(name: str, default: str = "") -> str:
        return environment.get(name, "").strip() or default

    token = text("TELEGRAM_BOT_TOKEN") or None
    if token is not None and not TOKEN.fullmatch(token):
        raise WrongSetting("TELEGRAM_BOT_TOKEN is not a bot token: copy it from @BotFather, like 123456:ABC…")
    api_url = _root("TELEGRAM_API_URL", text("TELEGRAM_API_URL", OFFICIAL_API))
    webhook_url = text("WEBHOOK_URL") or None
    if webhook_url is not None:
        webhook_url = _root("WEBHOOK_URL", webhook_url)
        if api_url == OFFICIAL_API and not webhook_url.startswith("https://"):
            raise WrongSetting("WEBHOOK_URL begins with https://: Telegram delivers to nothing else.")
    secret = text("WEBHOOK_SECRET") or None
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise WrongSetting("WEBHOOK_SECRET needs 16 to 256 letters, digits, _ or -.")
    if webhook_url is not None and secret is None:
        raise WrongSetting("WEBHOOK_SECRET is missing: a webhook without a secret takes anybody's word.")
    evidence_url = text("EVIDENCE_URL") or None
    if evidence_url is not None:
        evidence_url = _root("EVIDENCE_URL", evidence_url)
    log_format = text("LOG_FORMAT", "text")
    if log_format not in ("text", "json"):
        raise WrongSetting("LOG_FORMAT is text or json.")
    metrics = text("METRICS_PORT")
    return Settings(
        token=token,
        api_url=api_url,
        database_url=_database(text("DATABASE_URL", "sqlite:///data/kinerja.db")),
        organization=text("ORGANIZATION", "Kantor kami"),
        evidence_dir=Path(text("EVIDENCE_DIR", "data/evidence")),
        evidence_url=evidence_url,
        picture_dir=Path(text("PICTURE_DIR", "data/pictures")),
        office_clock=_office_clock(text("OFFICE_CLOCK"), api_url),
        privacy_contact=text("PRIVACY_CONTACT", "pengelola kepegawaian kantor Anda"),
        webhook_url=webhook_url,
        webhook_secret=secret,
        webhook_host=_host(text("WEBHOOK_HOST", "127.0.0.1"), "WEBHOOK_HOST"),
        webhook_port=_number(text("WEBHOOK_PORT", "8080"), "WEBHOOK_PORT", 65535),
        webhook_connections=_number(text("WEBHOOK_CONNECTIONS", "40"), "WEBHOOK_CONNECTIONS", 100),
        metrics_host=_host(text("METRICS_HOST", "127.0.0.1"), "METRICS_HOST"),
        metrics_port=_number(metrics, "METRICS_PORT", 65535) if metrics else None,
        stop_seconds=_number(text("STOP_SECONDS", "25"), "STOP_SECONDS", 300, of="seconds"),
        send_rate=_number(text("SEND_RATE", "30"), "SEND_RATE", 1000, of="messages a second"),
        log_format=log_format,
    )


def _root(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        whole = False
    if not whole or parts.query or parts.fragment:
        raise WrongSetting(f"{name} is not an address: it begins with http:// or https:// and names a host.")
    return value.rstrip("/")


def _database(value: str) -> str:
    scheme = value.split(":", 1)[0].split("+")[0]
    if scheme not in ("sqlite", "postgresql", "postgres"):
        raise WrongSetting("DATABASE_URL begins with sqlite: or postgresql:")
    if scheme == "sqlite" and (value.endswith((":", ":/", "://", ":///")) or ":memory:" in value):
        raise WrongSetting("DATABASE_URL names no file: use sqlite:///data/kinerja.db")
    try:
        async_url(value)
    except (ArgumentError, ValueError):
        raise WrongSetting(
            "DATABASE_URL cannot be read: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    return value


def _office_clock(value: str, api_url: str) -> datetime | None:
    if not value:
        return None
    try:
        start = datetime.fromisoformat(value)
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        raise WrongSetting("OFFICE_CLOCK is an instant with its offset, like 2026-11-18T15:25:00+07:00.")
    if api_url == OFFICIAL_API:
        raise WrongSetting(
            "OFFICE_CLOCK is for demo and training: it is refused with the official API server."
        )
    return start


def _host(value: str, name: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise WrongSetting(
            f"{name} is the address of an interface: 127.0.0.1 for a proxy on this machine, "
            "0.0.0.0 or :: for all of them."
        ) from None


def _number(value: str, name: str, most: int, *, of: str = "") -> int:
    if not (value.isascii() and value.isdigit()) or not 1 <= int(value) <= most:
        raise WrongSetting(f"{name} is a number from 1 to {most}{f': {of}' if of else ''}.")
    return int(value)
