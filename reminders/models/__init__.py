from reminders.models.messages import Message
from reminders.models.sweep_beats import SweepBeat

__all__ = ["Message", "SweepBeat"]
