from reminders.queries.addresses import MessageRow, with_addresses
from reminders.queries.messages import (
    MailTrouble,
    Owed,
    Pulse,
    held_count,
    ladder,
    mail_trouble,
    messages_of_clinic,
    messages_of_patient,
    open_hold,
    owed,
    pulse,
    stuck_count,
)
from reminders.queries.silences import why_nothing_goes_out

__all__ = [
    "MailTrouble",
    "MessageRow",
    "Owed",
    "Pulse",
    "held_count",
    "ladder",
    "mail_trouble",
    "messages_of_clinic",
    "messages_of_patient",
    "open_hold",
    "owed",
    "pulse",
    "stuck_count",
    "why_nothing_goes_out",
    "with_addresses",
]
