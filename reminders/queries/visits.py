"""Which changes of visits are to be told, and who is reminded of tomorrow."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.actors import Actor
from reminders.choices import MessageState, Step
from reminders.models import Message
from reminders.timing import reminder_at
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, AppointmentMove, SlotOffer

# From ten o'clock on the day before to the last minute of the visit's day, and an hour for a change of clocks.
_LONGEST_BEFORE = timedelta(hours=39)


def untold_moves(by: Actor, *, start: datetime, now: datetime, limit: int) -> list[AppointmentMove]:
    """Changes whose time to be told came since ``start``: the latest of each visit, without a message yet.

    Not the cancellation of a visit whose booking was not told either.
    """
    moves = AppointmentMove.objects.visible_to(by).filter(tell_at__isnull=False)
    later = moves.filter(appointment=OuterRef("appointment")).filter(
        Q(moved_at__gt=OuterRef("moved_at")) | Q(moved_at=OuterRef("moved_at"), id__gt=OuterRef("id"))
    )
    untold_booking = moves.filter(appointment=OuterRef("appointment"), from_status="").filter(~_has_message())
    rows = (
        moves.filter(tell_at__gte=start, tell_at__lte=now, appointment__starts_at__gt=now)
        .filter(~_has_message(), ~Exists(later))
        .exclude(Q(to_status=VisitStatus.CANCELLED) & Exists(untold_booking))
        .select_related("appointment")
        .order_by("tell_at", "appointment__starts_at")
    )
    return list(rows[:limit])


def _has_message() -> Q:
    messages = Message.objects.filter(clinic_id=OuterRef("clinic_id"))
    return Q(Exists(messages.filter(move=OuterRef("pk")))) | Q(Exists(messages.filter(batch_id=OuterRef("batch_id"))))


@dataclass(frozen=True)
class Upcoming:
    """A visit whose reminder is due at ``due_at``."""

    appointment_id: UUID
    patient_id: UUID
    starts_at: datetime
    due_at: datetime


def upcoming(by: Actor, *, start: datetime, end: datetime, limit: int) -> list[Upcoming]:
    """Standing visits whose reminder falls between start and end and is not planned yet.

    Who booked or moved the visit after the reminder was due knows of it: that visit has none.
    """
    planned = Message.objects.filter(
        clinic_id=by.clinic_id, appointment=OuterRef("pk"), step=Step.VISIT_TOMORROW, expires_at=OuterRef("starts_at")
    )
    rows = (
        standing(by)
        .filter(starts_at__gte=start, starts_at__lte=end + _LONGEST_BEFORE)
        .filter(~Exists(planned))
        .order_by("starts_at")
        .values_list("pk", "patient_id", "starts_at", "patient__zone")
    )
    found = [
        Upcoming(pk, patient_id, starts_at, reminder_at(starts_at, ZoneInfo(zone)))
        for pk, patient_id, starts_at, zone in rows[:limit]
    ]
    found = [one for one in found if start <= one.due_at <= end]
    due = {one.appointment_id: one.due_at for one in found}
    known = _timed_since(by, due) | _reminded(by, due)
    return [one for one in found if one.appointment_id not in known]


@dataclass(frozen=True)
class Retimed:
    """A planned reminder, and what its visit owes by the clocks as they are known now."""

    message: Message
    owed: Upcoming


def retimed(by: Actor, *, now: datetime, limit: int) -> list[Retimed]:
    """Reminders that wait for a time by a zone that was corrected since, the first visit first."""
    rows = (
        Message.objects.visible_to(by)
        .filter(step=Step.VISIT_TOMORROW, state=MessageState.PLANNED, is_requested=False, is_ambiguous=False)
        .filter(appointment__in=standing(by).filter(starts_at__gt=now))
        .select_related("appointment", "patient")
        .order_by("appointment__starts_at", "due_at")
    )
    found = [Retimed(one, _owed(one.appointment, one.patient.zone)) for one in rows[:limit] if one.appointment]
    found = [one for one in found if one.message.due_at != one.owed.due_at]
    known = _timed_since(by, {one.owed.appointment_id: one.owed.due_at for one in found})
    return [one for one in found if one.owed.appointment_id not in known]


def _owed(visit: Appointment, zone: str) -> Upcoming:
    return Upcoming(visit.pk, visit.patient_id, visit.starts_at, reminder_at(visit.starts_at, ZoneInfo(zone)))


def untold_offers(by: Actor, *, now: datetime, limit: int) -> list[SlotOffer]:
    """Offers that stand and have no message yet."""
    told = Message.objects.filter(clinic_id=by.clinic_id, slot_offer=OuterRef("pk"))
    rows = SlotOffer.objects.visible_to(by).standing().filter(~Exists(told), expires_at__gt=now)
    return list(rows.order_by("offered_at")[:limit])


def standing(by: Actor) -> QuerySet[Appointment]:
    return Appointment.objects.visible_to(by).filter(status__in=(VisitStatus.BOOKED, VisitStatus.CONFIRMED))


def _timed_since(by: Actor, due: dict[UUID, datetime]) -> set[UUID]:
    """The visits that got their time when their reminder was due already."""
    if not due:
        return set()
    timed = AppointmentMove.objects.visible_to(by).filter(Q(from_status="") | Q(was_starts_at__isnull=False))
    rows = timed.filter(appointment__in=due, moved_at__gte=min(due.values())).values_list("appointment_id", "moved_at")
    return {appointment_id for appointment_id, moved_at in rows if moved_at >= due[appointment_id]}


def _reminded(by: Actor, due: dict[UUID, datetime]) -> set[UUID]:
    """The visits that have a reminder for this day, though they were moved within their own."""
    rows = Message.objects.visible_to(by).filter(step=Step.VISIT_TOMORROW, appointment__in=due)
    return {one for one, due_at in rows.values_list("appointment_id", "due_at") if one and due_at == due[one]}
