from reminders.queries.messages import (
    Owed,
    Pulse,
    held_count,
    ladder,
    messages_of_clinic,
    messages_of_patient,
    open_hold,
    owed,
    pulse,
    stuck_count,
)
from reminders.queries.silences import why_nothing_goes_out

__all__ = [
    "Owed",
    "Pulse",
    "held_count",
    "ladder",
    "messages_of_clinic",
    "messages_of_patient",
    "open_hold",
    "owed",
    "pulse",
    "stuck_count",
    "why_nothing_goes_out",
]
