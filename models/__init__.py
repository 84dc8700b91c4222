"""Typed tables (SQLAlchemy 2.1). Relationships are loaded explicitly, never by accident."""

from models.base import Base
from models.calendar import Holiday, HolidayKind
from models.days import Day, Entry, Evidence, EvidenceKind, LinkSource, State
from models.decisions import Behaviour, Decision, Feedback, FeedbackKind, Tone, Verdict
from models.delivery import Card, DialogueRow, FailedUpdate, OutboxMessage, OutboxState, SeenUpdate
from models.people import Account, AuditEvent, Employment, Invitation, Pattern, Person, Role, RoleName, Unit
from models.plans import Aspect, Indicator, PerformancePlan, Section, Target
from models.rounds import Round, RoundKind, RoundState, Schedule

__all__ = [
    "Account",
    "Aspect",
    "AuditEvent",
    "Base",
    "Behaviour",
    "Card",
    "Day",
    "Decision",
    "DialogueRow",
    "Employment",
    "Entry",
    "Evidence",
    "EvidenceKind",
    "FailedUpdate",
    "Feedback",
    "FeedbackKind",
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
    "Role",
    "RoleName",
    "Round",
    "RoundKind",
    "RoundState",
    "Schedule",
    "Section",
    "SeenUpdate",
    "State",
    "Target",
    "Tone",
    "Unit",
    "Verdict",
]
