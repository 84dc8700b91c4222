"""What is counted, and that the board and the alerts name only what there is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.metrics import Metrics, call_ending
from bot.settings import WrongSetting, load_settings
from models.engine import Database

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NAME = re.compile(r"\b(?:kinerja|process)_\w+")
SELECTED = re.compile(r"\b((?:kinerja|process)_\w+)\{([^}]*)\}")
ADDED = {"job", "instance"}
"""Labels that Prometheus itself puts on every series."""


def known() -> dict[str, set[str]]:
    """Every series a process can show, with its labels."""
    metrics = Metrics()
    series: dict[str, set[str]] = {}
    labels = {
        one._name: set(one._labelnames) for one in vars(metrics).values() if hasattr(one, "_labelnames")
    }
    for family in metrics.registry.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(family.type, [""])
        for ending in endings:
            more = {"le"} if ending == "_bucket" else set()
            series[f"{family.name}{ending}"] = labels.get(family.name, set()) | more
    return series


def asked() -> Iterator[str]:
    """Every expression of the alert rules and of the board."""
    rules: dict[str, Any] = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text(encoding="utf-8"))
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["summary"], rule["alert"]
            yield rule["expr"]
    board = json.loads((DEPLOY / "grafana/kinerja.json").read_text(encoding="utf-8"))
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def test_board_and_alerts_name_only_what_there_is() -> None:
    series = known()
    expressions = list(asked())
    assert len(expressions) > 30
    unknown = {name for one in expressions for name in NAME.findall(one) if name not in series}
    assert not unknown
    for one in expressions:
        for name, selector in SELECTED.findall(one):
            labels = set(re.findall(r"(\w+)\s*[=!]", selector))
            assert labels <= series[name] | ADDED, (name, labels)


def test_the_example_of_a_prometheus_reads_the_alerts() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8"))
    assert all((DEPLOY / "prometheus" / name).exists() for name in config["rule_files"])
    assert [one["job_name"] for one in config["scrape_configs"]] == ["kinerja"]


def _not_sent() -> NetworkError:
    error = NetworkError("no")
    error.__cause__ = aiohttp.ConnectionTimeoutError()
    return error


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (None, "ok"),
        (RetryAfter(3), "too_many"),
        (Forbidden("bot was blocked by the user"), "forbidden"),
        (BadRequest("chat not found"), "refused"),
        (InvalidToken(), "refused"),
        (_not_sent(), "unreachable"),
        (TimedOut(), "no_answer"),
        (NetworkError("Bad Gateway"), "server_error"),
        (ValueError("ours"), "fault"),
    ],
)
def test_how_a_call_ended(error: BaseException | None, ending: str) -> None:
    assert call_ending(error) == ending


def values(metrics: Metrics) -> dict[str, float]:
    """The page as a machine reads it: `name{label=value}` → value."""
    found = {}
    for family in text_string_to_metric_families(metrics.page().decode()):
        for one in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))
            found[f"{one.name}{{{labels}}}" if labels else one.name] = one.value
    return found


def test_the_first_failure_is_an_increase() -> None:
    """A counter that first appears at 1 has not increased, as Prometheus reckons: it stands at 0 before."""
    found = values(Metrics())
    watched = {
        name for one in asked() for name in re.findall(r"increase\((kinerja_\w+)", one) if name in known()
    }
    assert len(watched) >= 5
    for name in watched:
        assert any(key.startswith(name) for key in found), name
    assert found["kinerja_updates_total{ending=failed,kind=text}"] == 0
    assert found["kinerja_updates_total{ending=failed,kind=event}"] == 0
    assert found["kinerja_ticks_total{ending=failed}"] == 0
    assert found["kinerja_database_errors_total{kind=away}"] == 0


def test_each_unit_shows_its_metrics_at_a_port_that_prometheus_reads() -> None:
    shown = (DEPLOY / "prometheus/prometheus.yml").read_text(encoding="utf-8")
    for unit, name in (("web@", "8081"), ("web@", "8082"), ("clock@", "1"), ("clock@", "2")):
        lines = (DEPLOY / f"systemd/kinerja-{unit}.service").read_text(encoding="utf-8").splitlines()
        (port,) = [one.rpartition("=")[2] for one in lines if one.startswith("Environment=METRICS_PORT=")]
        settings = load_settings({"METRICS_PORT": port.replace("%i", name)})
        assert f'"127.0.0.1:{settings.metrics_port}"' in shown


def test_what_telegram_makes_us_wait_is_added_up() -> None:
    metrics = Metrics()
    metrics.called("sendMessage", RetryAfter(7), 0.01)
    metrics.called("sendMessage", None, 0.01)
    found = values(metrics)
    assert found["kinerja_held_seconds_total"] == 7
    assert found["kinerja_api_calls_total{ending=too_many,method=sendMessage}"] == 1
    assert found["kinerja_api_calls_total{ending=ok,method=sendMessage}"] == 1
    assert found["kinerja_api_call_seconds_count{method=sendMessage}"] == 2


def test_a_tick_that_fails_is_counted_and_fails_all_the_same() -> None:
    metrics = Metrics()
    with metrics.ticking():
        pass
    with pytest.raises(ValueError, match="away"), metrics.ticking():
        raise ValueError("away")
    found = values(metrics)
    assert found["kinerja_ticks_total{ending=done}"] == found["kinerja_ticks_total{ending=failed}"] == 1
    assert found["kinerja_tick_seconds_count"] == 1


async def test_errors_of_the_database_are_counted(tmp_path: Path) -> None:
    (tmp_path / "no.db").mkdir()
    metrics = Metrics()
    database = Database(f"sqlite:///{tmp_path}/no.db")
    metrics.watch(database)
    with pytest.raises(Exception, match="unable to open"):
        async with database.reading() as session:
            await session.connection()
    await database.close()
    assert values(metrics)["kinerja_database_errors_total{kind=away}"] == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("METRICS_PORT", "0"), ("METRICS_PORT", "65536"), ("METRICS_PORT", "ya"), ("METRICS_HOST", "server")],
)
def test_a_place_that_cannot_be_listened_on_is_refused(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        load_settings({name: value})


def test_metrics_are_shown_only_where_it_is_said() -> None:
    assert load_settings({}).metrics_port is None
    settings = load_settings({"METRICS_PORT": "9100", "METRICS_HOST": "::1"})
    assert (settings.metrics_port, settings.metrics_host) == (9100, "::1")
