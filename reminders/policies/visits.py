"""May a message about a visit leave now, and what does it tell? A side effect that is being worked on does not matter.

The letter tells how things stand when it is written, and only what its patient has not been told yet.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from patients.choices import Purpose
from patients.quiet_hours import after_quiet_hours
from reminders.choices import WAITING, MessageState, SkipReason, Step
from reminders.models import Message, ToldVisit
from reminders.models.told_visits import ToldVisitQuerySet
from reminders.policies.decisions import Decision, address_for
from reminders.timing import reminder_at
from scheduling.choices import News, VisitStatus
from scheduling.models import Appointment, AppointmentMove
from scheduling.visit_letters import Told

# A message waits for the morning as long as the patient can read it then this long before the visit. Else it leaves in
# the night: waking somebody is better than letting them travel for nothing. A product decision, like the quiet hours.
READ_BEFORE = timedelta(hours=2)
_STANDING = (VisitStatus.BOOKED, VisitStatus.CONFIRMED)


def decide_about_visit(message: Message, *, now: datetime) -> Decision:
    visits = visits_of(message)
    if all(visit.starts_at <= now for visit in visits):
        return Decision(skip=SkipReason.EXPIRED)
    pending_at = pending_until(visits, now=now)
    if pending_at is not None and not message.is_requested:
        return Decision(wait_until=pending_at)
    owed_at = _owed_at(message, visits)
    if owed_at is not None and owed_at > now:
        return Decision(wait_until=owed_at)
    told = _reminder(message, visits) if message.step == Step.VISIT_TOMORROW else _news(message, visits, now=now)
    if not told:
        return Decision(skip=SkipReason.NOTHING_NEW)
    found = address_for(message, Purpose.APPOINTMENT, now=now)
    if isinstance(found, SkipReason):
        return Decision(skip=found)
    allowed_at = now if message.is_requested else may_leave_at(now, told, ZoneInfo(message.patient.zone))
    if allowed_at > now:
        return Decision(wait_until=allowed_at)
    return Decision(address=found, told=told)


def visits_of(message: Message) -> list[Appointment]:
    """The visits it is about, in the order of time."""
    rows = Appointment.objects.filter(clinic_id=message.clinic_id, patient_id=message.patient_id)
    if message.batch_id is None:
        return list(rows.filter(pk__in=[message.appointment_id]))
    return list(rows.filter(moves__batch_id=message.batch_id).distinct().order_by("starts_at"))


def pending_until(visits: list[Appointment], *, now: datetime) -> datetime | None:
    """Until when a change of these visits can be taken back without being told."""
    moves = AppointmentMove.objects.filter(appointment__in=visits, tell_at__gt=now)
    return moves.order_by("-tell_at").values_list("tell_at", flat=True).first()


def may_leave_at(now: datetime, told: tuple[tuple[Appointment, Told], ...], zone: ZoneInfo) -> datetime:
    """Now, or the end of the quiet hours when that is soon enough before the first visit it is about."""
    morning = after_quiet_hours(now, zone)
    times = [moment for _visit, one in told for moment in (one.starts_at, one.was_starts_at) if moment is not None]
    first = min((moment for moment in times if moment > now), default=morning + READ_BEFORE)
    return morning if first >= morning + READ_BEFORE else now


def _owed_at(message: Message, visits: list[Appointment]) -> datetime | None:
    """When the reminder is owed by the patient's clock as it is known now: a zone may have been corrected since."""
    if message.step != Step.VISIT_TOMORROW or message.is_requested:
        return None
    zone = ZoneInfo(message.patient.zone)
    standing = (one for one in visits if one.status in _STANDING and one.starts_at == message.expires_at)
    return next((reminder_at(one.starts_at, zone) for one in standing), None)


def _reminder(message: Message, visits: list[Appointment]) -> tuple[tuple[Appointment, Told], ...]:
    """Of a visit that still stands on that day, and of whose time nothing was told since the reminder was due.

    A reminder of the same time that left before a zone was corrected is not repeated.
    """
    zone = ZoneInfo(message.patient.zone)
    known = Q(told_at__gte=message.due_at) | Q(message__step=Step.VISIT_TOMORROW)
    return tuple(
        (visit, Told(News.TOMORROW, visit.starts_at))
        for visit in visits
        if visit.status in _STANDING
        and (
            message.is_requested
            or visit.starts_at == message.expires_at
            or reminder_at(visit.starts_at, zone) == message.due_at
        )
        and not _told(message, visit).filter(known, starts_at=visit.starts_at).exists()
    )


def _news(message: Message, visits: list[Appointment], *, now: datetime) -> tuple[tuple[Appointment, Told], ...]:
    found = [(visit, _news_of(message, visit)) for visit in visits if visit.starts_at > now]
    return tuple((visit, told) for visit, told in found if told is not None)


def _news_of(message: Message, visit: Appointment) -> Told | None:
    """What is new about the visit for its patient; None when nothing is."""
    known = _told(message, visit).order_by("-told_at").first()
    if visit.status == VisitStatus.CANCELLED:
        is_known = known.is_off if known else was_never_told(visit)
        if is_known and not message.is_requested:
            return None
        return Told(News.CANCELLED, known.starts_at if known else visit.starts_at)
    if visit.status not in _STANDING:
        return None
    if known and not known.is_off and known.starts_at == visit.starts_at and not message.is_requested:
        return None
    if known is None or known.is_off:
        is_new = known is not None or was_never_told(visit) or message.step == Step.VISIT_BOOKED
        return Told(News.BOOKED, visit.starts_at) if is_new else _moved(message, visit, None)
    return _moved(message, visit, known.starts_at)


def _moved(message: Message, visit: Appointment, known: datetime | None) -> Told | None:
    """A new time; the old one is what the patient was told last, or what stood before the first change to be told."""
    if message.step == Step.VISIT_BOOKED:
        return Told(News.BOOKED, visit.starts_at)
    moves = visit.moves.filter(tell_at__isnull=False, was_starts_at__isnull=False)
    before = known or moves.values_list("was_starts_at", flat=True).first()
    if before == visit.starts_at and not message.is_requested:
        return None
    return Told(News.MOVED, visit.starts_at, before)


def was_never_told(visit: Appointment) -> bool:
    """The booking was to be told, and its letter has not left: whoever takes it back before has nothing to tell."""
    booking = visit.moves.filter(from_status="").first()
    if booking is None or booking.tell_at is None:
        return False
    about = Q(move=booking) | Q(batch_id=booking.batch_id) if booking.batch_id else Q(move=booking)
    letters = Message.objects.filter(about, clinic_id=visit.clinic_id).exclude(state__in=WAITING)
    return not letters.exclude(state=MessageState.SKIPPED, skip_reason=SkipReason.NOTHING_NEW).exists()


def _told(message: Message, visit: Appointment) -> ToldVisitQuerySet:
    return ToldVisit.objects.filter(clinic_id=message.clinic_id, appointment=visit).exclude(message=message).left()
