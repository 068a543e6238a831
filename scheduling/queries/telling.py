"""Whether a patient can be told of a visit, where, and in which words; for the switch on the booking pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from patients.choices import Purpose, Unreachable
from patients.models import Patient
from patients.queries import mailbox_of
from scheduling.visit_letters import Told, VisitLetter, reader_of, visit_letter


@dataclass(frozen=True)
class Telling:
    """``address`` is empty when nothing may be sent; ``why_not`` then says why. ``letter`` is the exact text."""

    address: str
    why_not: str
    letter: VisitLetter | None

    @property
    def is_possible(self) -> bool:
        return bool(self.address)


def telling(*, by: Actor, patient: Patient, told: Sequence[Told], now: datetime) -> Telling:
    """Without ``told`` (no time is chosen yet) there is no letter. One query."""
    found = mailbox_of(clinic_id=by.clinic_id, patient_id=patient.pk, purpose=Purpose.APPOINTMENT, now=now)
    letter = visit_letter(told, reader_of(patient, by.clinic)) if told else None
    if isinstance(found, Unreachable):
        return Telling(address="", why_not=str(found.label), letter=letter)
    return Telling(address=found, why_not="", letter=letter)
