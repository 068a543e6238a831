"""V29: relief cannot have ended before its session, nor after it was told. No Django, no rows."""

from datetime import datetime


class ReliefTimeError(ValueError):
    """Relief has a length that cannot be."""


def check_relief(ended_at: datetime, *, session_at: datetime, told_at: datetime) -> None:
    """Raise ``ReliefTimeError`` for negative hours of relief, and for more hours than have passed since the session."""
    if ended_at < session_at:
        raise ReliefTimeError("Relief cannot end before the session.")
    if ended_at > told_at:
        raise ReliefTimeError("Relief cannot have lasted longer than the time since the session.")
