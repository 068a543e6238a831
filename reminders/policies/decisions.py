"""The answer to whether a message may leave, and what all messages have in common."""

from dataclasses import dataclass
from datetime import datetime

from patients.choices import Purpose, Unreachable
from patients.queries import mailbox_of
from reminders.choices import SkipReason
from reminders.models import Message
from scheduling.models import Appointment
from scheduling.visit_letters import Told


class MessageRefusedError(Exception):
    """A person asked for something this message cannot do; the message is fit for the screen."""


@dataclass(frozen=True)
class Decision:
    """Exactly one of the first three is set: the address to write to, why not to write at all, or until when to wait.

    ``told`` is what a letter about visits tells, visit by visit.
    """

    address: str = ""
    skip: SkipReason | None = None
    wait_until: datetime | None = None
    told: tuple[tuple[Appointment, Told], ...] = ()


def address_for(message: Message, purpose: Purpose, *, now: datetime) -> str | SkipReason:
    """The preferred mailbox that may be used for this, the guardian's for a minor, or why there is none."""
    found = mailbox_of(clinic_id=message.clinic_id, patient_id=message.patient_id, purpose=purpose, now=now)
    return SkipReason(found.value) if isinstance(found, Unreachable) else found
