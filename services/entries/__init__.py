"""A person's day: taking what they type, changing it, sending it."""

from services.entries.marks import unmark_changed

__all__ = ["unmark_changed"]
