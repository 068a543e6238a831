"""Visits of the coming days that nobody has confirmed yet, with the phone to ring."""

from datetime import datetime, timedelta

from accounts.actors import Actor
from common.wall_clock import day_bounds, local_day
from patients.queries.phones import phone_of_patient
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.queries.no_shows import no_shows_of_patient

DAYS_AHEAD = 7  # [DEF] further away nobody knows yet


def unconfirmed(by: Actor, *, now: datetime) -> AppointmentQuerySet:
    """From tomorrow on, the earliest first; each row has ``phone`` and ``no_shows``."""
    today = local_day(now, by.zone)
    start, end = day_bounds(today, by.zone)[1], day_bounds(today + timedelta(days=DAYS_AHEAD), by.zone)[1]
    rows = Appointment.objects.visible_to(by).filter(starts_at__gte=start, starts_at__lt=end, status=VisitStatus.BOOKED)
    told = rows.annotate(phone=phone_of_patient(), no_shows=no_shows_of_patient())
    return told.select_related("patient", "clinician__user", "visit_type").order_by("starts_at", "id")
