from reminders.models.alarm_pages import AlarmPage, PagerBeat
from reminders.models.messages import Message
from reminders.models.outbox_holds import OutboxHold
from reminders.models.sweep_beats import SweepBeat
from reminders.models.told_visits import ToldVisit

__all__ = ["AlarmPage", "Message", "OutboxHold", "PagerBeat", "SweepBeat", "ToldVisit"]
