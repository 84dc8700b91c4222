"""What a person is told about their data, and what they are given of it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.screens import Screen
from bot.texts import Html, Speech
from services.clock import local_date

COUNTED = (
    "days",
    "entries",
    "evidence",
    "decisions",
    "feedback",
    "duty_periods",
    "shift_days",
    "plan_lines",
    "targets",
    "action_steps",
    "indicator_values",
    "annex_lines",
    "expectations",
    "blockers",
    "acting_supervisors",
)
"""What the summary counts; the file holds every table."""
FILE_NAME = "data-saya.json"


def privacy_notice(t: Speech, *, organization: str, contact: str) -> Screen:
    """Who controls the data, what, how long, who sees it (UU 27/2022)."""
    return Screen(t("privacy.notice", organization=organization, contact=contact))


def data_summary(t: Speech, data: Mapping[str, Any], *, zone: str) -> Screen:
    """What is stored, in a few lines; the file that follows has all of it."""
    person = data["people"][0]
    unit = next((one["name"] for one in data.get("units", ())), None)
    facts = {
        "name": person["name"],
        "nip": person["nip"],
        "staff_number": person["staff_number"],
        "position": person["position"],
        "unit": unit,
        "supervisor": data["supervisor"],
        "joined": _joined(t, data, zone),
    }
    known = [t(f"privacy.data_{name}", value=value) for name, value in facts.items() if value]
    counts = [t(f"privacy.count_{name}", count=len(data[name])) for name in COUNTED if name in data] or [
        t("privacy.count_none")
    ]
    lines = [
        t("privacy.data_head"),
        Html("\n".join(known)),
        Html("\n".join(counts)),
        t("privacy.data_file", file=FILE_NAME),
    ]
    return Screen(t.join(lines))


def _joined(t: Speech, data: Mapping[str, Any], zone: str) -> Html | None:
    accounts = data.get("accounts", ())
    if not accounts:
        return None
    joined_at = datetime.fromisoformat(accounts[0]["joined_at"])
    return t.day(local_date(joined_at, zone), year=True)


def data_document(data: Mapping[str, Any]) -> tuple[str, bytes]:
    """Everything stored, as a file: its name and bytes."""
    return FILE_NAME, json.dumps(data, ensure_ascii=False, indent=2).encode()
