"""Whose visit is tomorrow, who is reminded of it, and who has to be called."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.actors import Actor
from common.wall_clock import day_bounds, local_day
from patients.choices import Purpose, Unreachable
from patients.queries import mailboxes_of
from reminders.choices import Step
from reminders.models import Message
from reminders.queries.visits import standing
from scheduling.models import Appointment


@dataclass(frozen=True)
class Tomorrow:
    """``message`` is the visit's reminder; without one, ``why_not`` says what keeps it from being written."""

    visit: Appointment
    message: Message | None
    why_not: str


def visits_of_tomorrow(by: Actor, *, now: datetime) -> QuerySet[Appointment]:
    """Standing visits of the clinic's next local day, 23 to 25 hours long, in the order of time."""
    start, end = day_bounds(local_day(now, by.zone) + timedelta(days=1), by.zone)
    rows = standing(by).filter(starts_at__gte=start, starts_at__lt=end)
    return rows.select_related("patient", "clinician__user").order_by("starts_at", "id")


def with_reminders(by: Actor, visits: list[Appointment], *, now: datetime) -> list[Tomorrow]:
    """Two queries, however many visits."""
    messages = Message.objects.visible_to(by).filter(step=Step.VISIT_TOMORROW, appointment__in=visits)
    latest = {message.appointment_id: message for message in messages.order_by("due_at", "id")}
    patient_ids = {visit.patient_id for visit in visits}
    mailboxes = mailboxes_of(clinic_id=by.clinic_id, patient_ids=patient_ids, purpose=Purpose.APPOINTMENT, now=now)
    return [Tomorrow(visit, latest.get(visit.pk), _why_not(mailboxes[visit.patient_id])) for visit in visits]


def _why_not(mailbox: str | Unreachable) -> str:
    return str(mailbox.label) if isinstance(mailbox, Unreachable) else ""
