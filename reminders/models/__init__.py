from reminders.models.messages import Message

__all__ = ["Message"]
