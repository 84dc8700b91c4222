"""What the bot starts by itself: planned ahead, started once, never stale."""

from services.rounds.due import Due, Rhythm, next_due
from services.rounds.groups import plan_group
from services.rounds.own_time import PromptTime, reset_prompt_time, set_prompt_time
from services.rounds.plan import plan_everybody, plan_person
from services.rounds.reminder_times import Choice, Later
from services.rounds.reminders import choices, snooze
from services.rounds.tick import TickResult, tick

__all__ = [
    "Choice",
    "Due",
    "Later",
    "PromptTime",
    "Rhythm",
    "TickResult",
    "choices",
    "next_due",
    "plan_everybody",
    "plan_group",
    "plan_person",
    "reset_prompt_time",
    "set_prompt_time",
    "snooze",
    "tick",
]
