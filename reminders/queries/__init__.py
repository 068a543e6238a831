from reminders.queries.messages import (
    Owed,
    Pulse,
    ladder,
    messages_of_clinic,
    messages_of_patient,
    owed,
    pulse,
    stuck_count,
)

__all__ = ["Owed", "Pulse", "ladder", "messages_of_clinic", "messages_of_patient", "owed", "pulse", "stuck_count"]
