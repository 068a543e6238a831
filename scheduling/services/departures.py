"""A patient has died, or has left: what the book lets go at once, and the visits to come, cancelled by a person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.choices import Departure
from patients.models import Patient
from patients.services import departures
from scheduling.choices import CancelledBy
from scheduling.models import Appointment, SlotOffer
from scheduling.policies import VisitRefusedError, check_is_here
from scheduling.queries.departures import cancelled_for_departure, visits_to_come
from scheduling.services import appointments, slot_offers
from scheduling.services.day_locks import hold_days, in_turn


@transaction.atomic
def mark_deceased(*, by: Actor, now: datetime, patient_id: UUID, deceased_date: date | None) -> Patient:
    """Raises ``ValidationError`` by field."""
    _withdraw_offers(by, now, patient_id)
    return departures.mark_deceased(by=by, now=now, patient_id=patient_id, deceased_date=deceased_date)


@transaction.atomic
def mark_left(*, by: Actor, now: datetime, patient_id: UUID, left_date: date, reason: str) -> Patient:
    """Raises ``ValidationError`` by field."""
    _withdraw_offers(by, now, patient_id)
    return departures.mark_left(by=by, now=now, patient_id=patient_id, left_date=left_date, reason=reason)


def cancel_visits(*, by: Actor, now: datetime, patient: Patient) -> int:
    """Cancel what is to come, all or none, and tell nobody; return how many. ``put_back_visits`` is the way back."""
    if patient.departure is None:
        raise VisitRefusedError(_("This patient is not marked as deceased or as having left."))
    is_deceased = patient.departure is Departure.DECEASED
    reason = _("The patient has died") if is_deceased else _("The patient has left the clinic")
    batch_id = uuid4()

    def work() -> int:
        visits = list(visits_to_come(by, patient.pk, now=now))
        hold_days(by, *((one.starts_at, one.ends_at) for one in visits))
        for visit in visits:
            appointments.cancel(
                appointment=visit,
                by=by,
                now=now,
                version=visit.version,
                cancelled_by=CancelledBy.CLINIC,
                reason=reason,
                batch_id=batch_id,
            )
        return len(visits)

    return in_turn(work)


@dataclass(frozen=True)
class PutBack:
    """The visits that stand again, and why each of the others does not."""

    visits: list[Appointment]
    refused: dict[UUID, str]


def put_back_visits(*, by: Actor, now: datetime, patient: Patient) -> PutBack:
    """Of a patient who is here again: every visit cancelled for the departure that still fits. Nobody is told.

    Raises ``VisitRefusedError`` while the patient is marked.
    """
    check_is_here(patient)
    refused: dict[UUID, str] = {}

    def work() -> list[Appointment]:
        refused.clear()
        visits = list(cancelled_for_departure(by, patient.pk, now=now))
        hold_days(by, *((one.starts_at, one.ends_at) for one in visits))
        return [again for again in map(stands_again, visits) if again is not None]

    def stands_again(visit: Appointment) -> Appointment | None:
        reason = _("The patient is here again")
        try:
            with transaction.atomic():
                return appointments.put_back(appointment=visit, by=by, now=now, version=visit.version, reason=reason)
        except VisitRefusedError as error:
            refused[visit.pk] = error.words
            return None

    return PutBack(visits=in_turn(work), refused=refused)


def _withdraw_offers(by: Actor, now: datetime, patient_id: UUID) -> None:
    """Before the patient is held: whoever accepts an offer holds that first, too."""
    for offer_id in (
        SlotOffer.objects.visible_to(by).standing().filter(patient_id=patient_id).values_list("pk", flat=True)
    ):
        try:
            slot_offers.withdraw(offer_id=offer_id, by=by, now=now)
        except slot_offers.OfferEndedError:
            continue
