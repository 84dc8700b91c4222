"""Every variable and every refusal; a refusal names its variable, and the token is shown nowhere."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest

from bot.settings import OFFICIAL_API, Settings, WrongSetting, load_settings, read_file

TOKEN = "123456789:" + "A" * 35
SECRET = "a-long-enough-secret_1"
LOCAL = {"TELEGRAM_API_URL": "http://127.0.0.1:8081"}


def test_nothing_set_is_the_demo_with_safe_defaults() -> None:
    settings = load_settings({})
    assert settings.token is None
    assert settings.api_url == OFFICIAL_API
    assert settings.database_url == "sqlite:///data/kinerja.db"
    assert settings.evidence_dir == Path("data/evidence")
    assert settings.picture_dir == Path("data/pictures")
    assert settings.office_clock is None
    assert settings.webhook_url is None
    assert settings.webhook_secret is None
    assert settings.webhook_host == "127.0.0.1"
    assert settings.webhook_port == 8080
    assert settings.webhook_connections == 40
    assert settings.stop_seconds == 25
    assert settings.send_rate == 30
    assert settings.on_sqlite
    assert settings.log_format == "text"
    assert settings.organization
    assert settings.privacy_contact


def test_every_variable_is_read() -> None:
    settings = load_settings(
        {
            "TELEGRAM_BOT_TOKEN": f"  {TOKEN} ",
            "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "DATABASE_URL": "postgresql://kinerja:rahasia@db/kinerja",
            "ORGANIZATION": "Kemenag Sukamaju",
            "EVIDENCE_DIR": "/srv/bukti",
            "EVIDENCE_URL": "https://bukti.kantor.go.id/",
            "PICTURE_DIR": "/srv/gambar",
            "OFFICE_CLOCK": "2026-11-18T15:25:00+07:00",
            "PRIVACY_CONTACT": "Ibu Fitri, kamar 3",
            "WEBHOOK_URL": "https://bot.example.go.id/",
            "WEBHOOK_SECRET": SECRET,
            "WEBHOOK_HOST": "0.0.0.0",
            "WEBHOOK_PORT": "9000",
            "WEBHOOK_CONNECTIONS": "100",
            "METRICS_HOST": "::1",
            "METRICS_PORT": "9100",
            "STOP_SECONDS": "60",
            "SEND_RATE": "1000",
            "LOG_FORMAT": "json",
        }
    )
    assert settings == Settings(
        token=TOKEN,
        api_url="http://127.0.0.1:8081",
        database_url="postgresql://kinerja:rahasia@db/kinerja",
        organization="Kemenag Sukamaju",
        evidence_url="https://bukti.kantor.go.id",
        evidence_dir=Path("/srv/bukti"),
        picture_dir=Path("/srv/gambar"),
        office_clock=datetime.fromisoformat("2026-11-18T15:25:00+07:00"),
        privacy_contact="Ibu Fitri, kamar 3",
        webhook_url="https://bot.example.go.id",
        webhook_secret=SECRET,
        webhook_host="0.0.0.0",
        webhook_port=9000,
        webhook_connections=100,
        metrics_host="::1",
        metrics_port=9100,
        stop_seconds=60,
        send_rate=1000,
        log_format="json",
    )


@pytest.mark.parametrize(
    ("variable", "value", "others"),
    [
        ("TELEGRAM_BOT_TOKEN", "token", {}),
        ("TELEGRAM_BOT_TOKEN", "12:" + "A" * 35, {}),
        ("TELEGRAM_BOT_TOKEN", "123456:short", {}),
        ("TELEGRAM_BOT_TOKEN", TOKEN + " x", {}),
        ("SEND_RATE", "0", {}),
        ("SEND_RATE", "1001", {}),
        ("SEND_RATE", "fast", {}),
        ("TELEGRAM_API_URL", "api.telegram.org", {}),
        ("TELEGRAM_API_URL", "ftp://api.telegram.org", {}),
        ("TELEGRAM_API_URL", "https://", {}),
        ("TELEGRAM_API_URL", "http://[::1", {}),
        ("TELEGRAM_API_URL", "http://127.0.0.1:port", {}),
        ("TELEGRAM_API_URL", "http://127.0.0.1:99999", {}),
        ("TELEGRAM_API_URL", "https://api.example/?x=1", {}),
        ("EVIDENCE_URL", "bukti.kantor.go.id", {}),
        ("EVIDENCE_URL", "ftp://bukti.kantor.go.id", {}),
        ("EVIDENCE_URL", "https://bukti.kantor.go.id/?kunci=1", {}),
        ("TELEGRAM_API_URL", "https://api.example/#x", {}),
        ("WEBHOOK_URL", "bot.example.go.id", {"WEBHOOK_SECRET": SECRET}),
        ("WEBHOOK_URL", "http://bot.example.go.id", {"WEBHOOK_SECRET": SECRET}),
        ("WEBHOOK_SECRET", "", {"WEBHOOK_URL": "https://bot.example.go.id"}),
        ("WEBHOOK_SECRET", "fifteen-letters", {}),
        ("WEBHOOK_SECRET", "x" * 257, {}),
        ("WEBHOOK_SECRET", "sixteen letters!", {}),
        ("WEBHOOK_PORT", "0", {}),
        ("WEBHOOK_PORT", "65536", {}),
        ("WEBHOOK_PORT", "-1", {}),
        ("WEBHOOK_PORT", "http", {}),
        ("WEBHOOK_PORT", "²", {}),
        ("WEBHOOK_HOST", "localhost", {}),
        ("WEBHOOK_HOST", "127.0.0.1:8080", {}),
        ("WEBHOOK_CONNECTIONS", "0", {}),
        ("WEBHOOK_CONNECTIONS", "101", {}),
        ("METRICS_HOST", "all", {}),
        ("METRICS_PORT", "65536", {}),
        ("STOP_SECONDS", "0", {}),
        ("STOP_SECONDS", "301", {}),
        ("STOP_SECONDS", "2.5", {}),
        ("DATABASE_URL", "mysql://db/kinerja", {}),
        ("DATABASE_URL", "kinerja.db", {}),
        ("DATABASE_URL", "sqlite:", {}),
        ("DATABASE_URL", "sqlite://", {}),
        ("DATABASE_URL", "sqlite:///", {}),
        ("DATABASE_URL", "sqlite:///:memory:", {}),
        ("DATABASE_URL", "sqlite:kinerja.db", {}),
        ("DATABASE_URL", "sqlite:///file:kinerja.db", {}),
        ("DATABASE_URL", "postgresql://db:port/kinerja", {}),
        ("OFFICE_CLOCK", "kemarin", LOCAL),
        ("OFFICE_CLOCK", "2026-11-18T15:25:00", LOCAL),
        ("OFFICE_CLOCK", "2026-11-18T15:25:00+07:00", {}),
        ("OFFICE_CLOCK", "2026-11-18T15:25:00+07:00", {"TELEGRAM_API_URL": OFFICIAL_API + "/"}),
        ("LOG_FORMAT", "xml", {}),
    ],
)
def test_a_refusal_names_its_variable(variable: str, value: str, others: dict[str, str]) -> None:
    with pytest.raises(WrongSetting) as refused:
        load_settings({**others, variable: value})
    assert str(refused.value).startswith(variable), refused.value


@pytest.mark.parametrize("variable", ["TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET", "DATABASE_URL"])
def test_a_refusal_does_not_repeat_a_secret(variable: str) -> None:
    secret = "mysql://kinerja:rahasia sekali@db"
    with pytest.raises(WrongSetting) as refused:
        load_settings({variable: secret})
    assert "rahasia" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_file_of_settings_is_read(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    assert read_file(file) == {}
    file.write_text("# Kantor\n\nORGANIZATION='MTsN 1\nSukamaju'\nLOG_FORMAT=\nexport SEND_RATE=20 # pelan\n")
    assert read_file(file) == {"ORGANIZATION": "MTsN 1\nSukamaju", "LOG_FORMAT": "", "SEND_RATE": "20"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TOKEN, 1),
        (f"LOG_FORMAT=text\n\n\nTELEGRAM_BOT_TOKEN {TOKEN}\n", 4),
        (f"A='two\nlines'\r\nTELEGRAM_BOT_TOKEN: {TOKEN}\r\nB=1", 3),
        (f"B=1\nexport {SECRET}\n", 2),
        (f"WEBHOOK_SECRET='{SECRET}\nB=1\n", 1),
    ],
)
def test_a_line_that_is_no_setting_is_named_by_its_number(tmp_path: Path, text: str, line: int) -> None:
    file = tmp_path / ".env"
    file.write_bytes(text.encode())
    with pytest.raises(WrongSetting) as caught:
        read_file(file)
    said = str(caught.value)
    assert f".env, line {line}: " in said
    assert not [word for word in (TOKEN, SECRET) if word in said]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "utf16").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}", encoding="utf-16")
    for name, why in (("folder", "is a directory"), ("utf16", "UTF-8")):
        with pytest.raises(WrongSetting, match=why) as caught:
            read_file(tmp_path / name)
        assert name in str(caught.value)


def test_the_simulator_may_be_reached_without_tls() -> None:
    settings = load_settings({**LOCAL, "WEBHOOK_URL": "http://127.0.0.1:9000", "WEBHOOK_SECRET": SECRET})
    assert settings.webhook_url == "http://127.0.0.1:9000"


@pytest.mark.parametrize("url", ["sqlite:///data/x.db", "sqlite+aiosqlite:///x.db", "postgres://u@h/d"])
def test_both_databases_in_their_usual_spellings(url: str) -> None:
    assert load_settings({"DATABASE_URL": url}).database_url == url


def test_settings_show_no_secret_and_do_not_change() -> None:
    settings = load_settings(
        {"TELEGRAM_BOT_TOKEN": TOKEN, "WEBHOOK_SECRET": SECRET, "DATABASE_URL": "postgresql://u:rahasia@h/d"}
    )
    for shown in (repr(settings), str(settings), f"{settings}", repr([settings])):
        assert TOKEN not in shown
        assert SECRET not in shown
        assert "rahasia" not in shown
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.token = None  # type: ignore[misc]
