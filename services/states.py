"""The states and kinds that views speak of, without the tables they are stored in."""

from models import Aspect, Behaviour, EvidenceKind, LinkSource, RoleName, State, Tone, Verdict

__all__ = ["Aspect", "Behaviour", "EvidenceKind", "LinkSource", "RoleName", "State", "Tone", "Verdict"]
