"""What the book still holds for a patient who died or left."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from common.wall_clock import day_bounds, local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, WaitingEntry


def visits_to_come(by: Actor, patient_id: UUID, *, now: datetime) -> QuerySet[Appointment]:
    """Those of today and later that nobody came to yet, in order."""
    start, _end = day_bounds(local_day(now, by.zone), by.zone)
    rows = Appointment.objects.visible_to(by).filter(patient_id=patient_id, starts_at__gte=start)
    standing = rows.filter(status__in=(VisitStatus.BOOKED, VisitStatus.CONFIRMED)).order_by("starts_at", "id")
    return standing.select_related("patient", "clinician__user", "room", "visit_type")


def wishes_of(by: Actor, patient_id: UUID) -> int:
    """How many open wishes on the waiting list."""
    return WaitingEntry.objects.visible_to(by).open().filter(patient_id=patient_id).count()
