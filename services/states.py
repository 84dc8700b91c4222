"""The states and kinds that views speak of, without the tables they are stored in."""

from models import (
    Aspect,
    Behaviour,
    Capacity,
    DayKind,
    EvidenceKind,
    LinkSource,
    Progress,
    RoleName,
    State,
    Tone,
    ValueState,
    Verdict,
)

__all__ = [
    "Aspect",
    "Behaviour",
    "Capacity",
    "DayKind",
    "EvidenceKind",
    "LinkSource",
    "Progress",
    "RoleName",
    "State",
    "Tone",
    "ValueState",
    "Verdict",
]
