"""Typed tables (SQLAlchemy 2.1). Relationships are loaded explicitly, never by accident."""

from models.base import Base
from models.calendar import Holiday, HolidayKind
from models.days import Day, Entry, Evidence, EvidenceKind, LinkSource, State
from models.decisions import Behaviour, Decision, Feedback, FeedbackKind, Progress, Tone, Verdict
from models.delivery import Card, DialogueRow, FailedUpdate, OutboxMessage, OutboxState, SeenUpdate
from models.digests import Digest, DigestKind, Group
from models.duty import REPORTING, ActingSupervisor, Capacity, DayKind, DutyPeriod, RamadanHours, ShiftDay
from models.people import Account, AuditEvent, Employment, Invitation, Pattern, Person, Role, RoleName, Unit
from models.planning import Blocker, PlanLine
from models.plans import Aspect, Indicator, PerformancePlan, Section, Target
from models.rounds import Round, RoundKind, RoundState, Schedule

__all__ = [
    "REPORTING",
    "Account",
    "ActingSupervisor",
    "Aspect",
    "AuditEvent",
    "Base",
    "Behaviour",
    "Blocker",
    "Capacity",
    "Card",
    "Day",
    "DayKind",
    "Decision",
    "DialogueRow",
    "Digest",
    "DigestKind",
    "DutyPeriod",
    "Employment",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "FailedUpdate",
    "Feedback",
    "FeedbackKind",
    "Group",
    "Holiday",
    "HolidayKind",
    "Indicator",
    "Invitation",
    "LinkSource",
    "OutboxMessage",
    "OutboxState",
    "Pattern",
    "PerformancePlan",
    "Person",
    "PlanLine",
    "Progress",
    "RamadanHours",
    "Role",
    "RoleName",
    "Round",
    "RoundKind",
    "RoundState",
    "Schedule",
    "Section",
    "SeenUpdate",
    "ShiftDay",
    "State",
    "Target",
    "Tone",
    "Unit",
    "Verdict",
]
