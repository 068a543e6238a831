"""A patient who was marked as deceased or as having left is here again, with what was cancelled and closed for it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.permissions import Act
from patients.models import Patient
from patients.services import departures as patient_departures
from scheduling.services import departures
from sessions.services import follow_ups


@dataclass(frozen=True)
class Returned:
    """How many visits and follow-ups stand again; ``refused``: why each of the other visits does not."""

    visits: int
    follow_ups: int
    refused: dict[UUID, str]


NOTHING = Returned(visits=0, follow_ups=0, refused={})


@transaction.atomic
def bring_back(*, by: Actor, now: datetime, patient_id: UUID, reason: str, puts_back: bool = False) -> Returned:
    """Raises ``ValidationError``. Whoever had left before the death is still gone, and gets nothing back."""
    patient = patient_departures.bring_back(by=by, now=now, patient_id=patient_id, reason=reason)
    if not puts_back or patient.departure is not None:
        return NOTHING
    return put_back(by=by, now=now, patient=patient)


@transaction.atomic
def put_back(*, by: Actor, now: datetime, patient: Patient) -> Returned:
    """Raises ``VisitRefusedError`` while the patient is marked. Follow-ups only for who may complete them."""
    put = departures.put_back_visits(by=by, now=now, patient=patient)
    count = 0
    if by.may(Act.COMPLETE_FOLLOW_UPS):
        count = follow_ups.reopen_of_returned(patient_id=patient.pk, by=by, now=now)
    return Returned(visits=len(put.visits), follow_ups=count, refused=put.refused)
