"""The answer to whether a message may leave, and what all messages have in common."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from patients.choices import Purpose, Unreachable
from patients.queries import mailbox_of
from patients.queries.mailboxes import why_not_to
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


def why_no_address(message: Message, *, now: datetime) -> SkipReason | None:
    """Why it would find no way to the patient now, or None."""
    if message.is_code:
        why = why_not_to(message.contact_code.contact_point, now=now) if message.contact_code else None
        return SkipReason(why.value) if why else None
    found = address_for(message, message.purpose, now=now)
    return found if isinstance(found, SkipReason) else None


def check_has_address(message: Message, *, now: datetime) -> None:
    """Nobody is promised a message that reaches nobody. Raises ``MessageRefusedError``."""
    why = why_no_address(message, now=now)
    if why is not None:
        raise MessageRefusedError(_("This message cannot be sent: {reason}.").format(reason=why.label))
