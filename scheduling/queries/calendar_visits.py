"""The few words a calendar says about a visit, read without the rows they come from."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from patients.choices import Departure
from patients.names import full_name
from scheduling.choices import FREE_STATUSES, VisitStatus
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet

_COLUMNS = (
    "pk",
    "patient_id",
    "clinician_id",
    "room_id",
    "starts_at",
    "ends_at",
    "status",
    "version",
    "doubled",
    "patient__given_names",
    "patient__family_name",
    "patient__language",
    "patient__is_deceased",
    "patient__left_date",
    "visit_type__name",
    "visit_type__turnover_minutes",
    "clinician__user__full_name",
    "room__name",
)


class CalendarVisit(NamedTuple):
    """``starts`` and ``ends`` are what the clinic's clock shows then. A large clinic has hundreds of them on a day."""

    pk: UUID
    patient_id: UUID
    clinician_id: UUID
    room_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    starts: datetime
    ends: datetime
    status: str
    version: int
    is_doubled: bool
    name: str
    type: str
    turnover_minutes: int
    clinician: str
    room: str

    @property
    def is_off(self) -> bool:
        """Cancelled or missed: it holds nothing."""
        return self.status in FREE_STATUSES

    @property
    def status_label(self) -> str:
        return str(VisitStatus(self.status).label)

    @property
    def at(self) -> str:
        return f"{self.starts:%H:%M}"

    @property
    def until(self) -> str:
        return f"{self.ends:%H:%M}"


def visits_between(by: Actor, start: datetime, end: datetime) -> AppointmentQuerySet:
    """The visits that touch ``[start, end)`` in order."""
    return Appointment.objects.visible_to(by).between(start, end).order_by("starts_at", "id")


def read(visits: AppointmentQuerySet, zone: ZoneInfo) -> list[CalendarVisit]:
    """One query."""
    return [made(*row, zone=zone) for row in visits.values_list(*_COLUMNS)]


def of_visit(visit: Appointment, zone: ZoneInfo) -> CalendarVisit:
    """The same about a visit that is at hand."""
    room = visit.room.name if visit.room else None
    own = (visit.pk, visit.patient_id, visit.clinician_id, visit.room_id)
    state = (visit.starts_at, visit.ends_at, visit.status, visit.version)
    patient = visit.patient
    of_patient = (
        patient.given_names,
        patient.family_name,
        patient.language,
        patient.is_deceased,
        patient.left_date,
    )
    of_type = (visit.visit_type.name, visit.visit_type.turnover_minutes)
    return made(*own, *state, visit.doubled, *of_patient, *of_type, visit.clinician.user.full_name, room, zone=zone)


def made(
    pk: UUID,
    patient_id: UUID,
    clinician_id: UUID,
    room_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    status: str,
    version: int,
    doubled: object,
    given_names: str,
    family_name: str,
    language: str,
    is_deceased: bool,
    left_date: date | None,
    type_name: str,
    turnover_minutes: int,
    clinician: str,
    room: str | None,
    *,
    zone: ZoneInfo,
) -> CalendarVisit:
    """Of a row of ``_COLUMNS``."""
    return CalendarVisit(
        pk,
        patient_id,
        clinician_id,
        room_id,
        starts_at,
        ends_at,
        starts_at.astimezone(zone).replace(tzinfo=None),
        ends_at.astimezone(zone).replace(tzinfo=None),
        status,
        version,
        bool(doubled),
        _named(full_name(given_names, family_name, language), is_deceased=is_deceased, left_date=left_date),
        type_name,
        turnover_minutes,
        clinician,
        room or "",
    )


def _named(name: str, *, is_deceased: bool, left_date: date | None) -> str:
    """Who died or left is called so wherever a calendar shows the visit."""
    if is_deceased:
        return f"{name} ({Departure.DECEASED.label})"
    return f"{name} ({Departure.LEFT.label})" if left_date else name
