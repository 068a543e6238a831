"""Which of the messages on a page would reach somebody if they were sent now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from patients.choices import Purpose, Unreachable
from patients.queries import mailboxes_of
from patients.queries.mailboxes import why_not_to
from reminders.models import Message


@dataclass(frozen=True)
class MessageRow:
    """A message, and what is missing for it to be sent now; empty when nothing is."""

    message: Message
    missing: str

    @property
    def can_be_sent(self) -> bool:
        return not self.missing and self.message.state != "sending" and not self.message.patient.departure


def with_addresses(by: Actor, messages: Sequence[Message], *, now: datetime) -> list[MessageRow]:
    """One query for each purpose among them: what is sent about visits, and what after a treatment."""
    found: dict[Purpose, dict[UUID, str | Unreachable]] = {}
    for purpose in sorted({one.purpose for one in messages if not one.is_code}):
        patients = {one.patient_id for one in messages if one.purpose == purpose}
        found[purpose] = mailboxes_of(clinic_id=by.clinic_id, patient_ids=patients, purpose=purpose, now=now)
    return [MessageRow(one, _missing(one, found, now)) for one in messages]


def _missing(message: Message, found: dict[Purpose, dict[UUID, str | Unreachable]], now: datetime) -> str:
    if message.patient.departure:
        return ""
    if message.is_code:
        why = why_not_to(message.contact_code.contact_point, now=now) if message.contact_code else None
    else:
        mailbox = found[message.purpose][message.patient_id]
        why = mailbox if isinstance(mailbox, Unreachable) else None
    return str(why.label) if why else ""
