"""What the book still holds for a patient who died or left."""

from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.actors import Actor
from common.wall_clock import day_bounds, local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, AppointmentMove, WaitingEntry


def visits_to_come(by: Actor, patient_id: UUID, *, now: datetime) -> QuerySet[Appointment]:
    """Those of today and later that nobody came to yet, in order."""
    start, _end = day_bounds(local_day(now, by.zone), by.zone)
    rows = Appointment.objects.visible_to(by).filter(patient_id=patient_id, starts_at__gte=start)
    standing = rows.filter(status__in=(VisitStatus.BOOKED, VisitStatus.CONFIRMED)).order_by("starts_at", "id")
    return standing.select_related("patient", "clinician__user", "room", "visit_type")


def cancelled_for_departure(by: Actor, patient_id: UUID, *, now: datetime) -> QuerySet[Appointment]:
    """Those to come that were cancelled while the patient counted as gone, and not touched since; in order."""
    moves = AppointmentMove.objects.visible_to(by).filter(appointment=OuterRef("pk")).order_by("-moved_at", "-id")
    rows = Appointment.objects.visible_to(by).filter(patient_id=patient_id, status=VisitStatus.CANCELLED)
    cancelled = rows.filter(starts_at__gt=now)
    latest = cancelled.alias(is_last=Subquery(moves.values("is_for_departure")[:1])).filter(is_last=True)
    return latest.select_related("patient", "clinician__user", "room", "visit_type").order_by("starts_at", "id")


def wishes_of(by: Actor, patient_id: UUID) -> int:
    """How many open wishes on the waiting list."""
    return WaitingEntry.objects.visible_to(by).open().filter(patient_id=patient_id).count()
