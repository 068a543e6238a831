"""Visits as calendar files (RFC 5545): one for a patient, a feed for a clinician, neither says why.

The UID stays with a visit for good, SEQUENCE counts its changes, times are instants in UTC: a calendar that has the
visit already moves it, and no clock change can shift it.
"""

from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress

from accounts.actors import Actor
from common.wall_clock import day_bounds, local_day
from scheduling.choices import FREE_STATUSES, VisitStatus
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet

MEDIA_TYPE = "text/calendar; charset=utf-8"
# What a feed tells: what was a moment ago, and as far ahead as people plan [DEF].
DAYS_BACK, DAYS_AHEAD = 14, 90
_ASK_AGAIN = timedelta(minutes=30)


def of_visit(*, by: Actor, visit: Appointment) -> bytes:
    """The file of one visit for its patient: the clinic's neutral sender name, when, where, whom to call. One query."""
    stamped = _stamped(Appointment.objects.visible_to(by)).only("pk", "created_at").get(pk=visit.pk)
    event = _event(visit, _changed_at(stamped), by.clinic.sender_name)
    event.add("location", by.clinic.address_in_a_line)
    event.add("description", _("To change it, call %(phone)s.") % {"phone": by.clinic.phone.as_international})
    event["organizer"] = _organizer(by)
    return bytes(_calendar([event]).to_ical())


def of_clinician(*, by: Actor, clinician_id: UUID, now: datetime) -> bytes:
    """The clinician's visits of the days around ``now``, without patients and without kinds of visit. One query."""
    today = local_day(now, by.zone)
    start = day_bounds(today - timedelta(days=DAYS_BACK), by.zone)[0]
    end = day_bounds(today + timedelta(days=DAYS_AHEAD), by.zone)[1]
    visits = _stamped(Appointment.objects.visible_to(by)).between(start, end)
    own = visits.filter(clinician_id=clinician_id).exclude(status__in=FREE_STATUSES)
    events = [
        _event(visit, _changed_at(visit), _neutral(visit))
        for visit in own.select_related("room").order_by("starts_at", "id")
    ]
    calendar = _calendar(events)
    calendar.add("x-wr-calname", by.clinic.sender_name)
    calendar.add("refresh-interval", _ASK_AGAIN, parameters={"VALUE": "DURATION"})
    return bytes(calendar.to_ical())


def _stamped(visits: AppointmentQuerySet) -> AppointmentQuerySet:
    return visits.annotate(changed_at=Max("moves__moved_at"))


def _changed_at(visit: Appointment) -> datetime:
    """The last change that ``_stamped`` found, or the booking."""
    found: datetime | None = getattr(visit, "changed_at", None)
    return found or visit.created_at


def _calendar(events: list[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Visits//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for event in events:
        calendar.add_component(event)
    return calendar


def _event(visit: Appointment, changed_at: datetime, summary: str) -> Event:
    event = Event()
    event.add("uid", f"{visit.pk}@visits")
    event.add("sequence", visit.version - 1)
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    event.add("summary", summary)
    event.add("status", "CANCELLED" if visit.status == VisitStatus.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE")
    return event


def _neutral(visit: Appointment) -> str:
    minutes = int((visit.ends_at - visit.starts_at).total_seconds() // 60)
    words = _("Visit %(minutes)s min") % {"minutes": minutes}
    return f"{words}, {visit.room.name}" if visit.room else words


def _organizer(by: Actor) -> vCalAddress:
    """Who publishes: under the sender name of the clinic, with the address its messages come from."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}")
    organizer.params["CN"] = by.clinic.sender_name
    return organizer
