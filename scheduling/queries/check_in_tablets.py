"""The tablet behind a browser's key, and the visit behind what a patient typed there."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from common.wall_clock import day_bounds, local_day
from patients.folding import fold, is_ungapped
from patients.models import Patient
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, CheckInTablet

LETTERS = 3  # [DEF] of the name; a shorter name is typed whole
_EXPECTED = (VisitStatus.BOOKED, VisitStatus.CONFIRMED)
_HERE = (VisitStatus.ARRIVED, VisitStatus.IN_ROOM, VisitStatus.OBSERVATION)


@dataclass(frozen=True)
class OpenTablet:
    """An enrolled tablet with the clinic it stands in; ``by`` acts for nobody in particular."""

    tablet: CheckInTablet
    by: Actor


def clinic_of(link_code: str) -> Clinic | None:
    return Clinic.objects.filter(link_code=link_code).first()


def nobody_at(clinic: Clinic, tablet_id: UUID | str = "new") -> Actor:
    """Who acts on a tablet: no member of the clinic, so without any role."""
    return Actor(clinic=clinic, role="", name=f"tablet:{tablet_id}")


def inside(by: Actor) -> AbstractContextManager[None]:
    """One transaction that sees the tablet's clinic only, whoever else is signed in at this browser."""
    return tenant(by.clinic_id, actor=by.audit_name, user_id="")


def find_tablet(*, clinic_id: str, tablet_id: str, key_hash: bytes) -> OpenTablet | None:
    """The tablet a browser's cookie names, while it is enrolled and no newer code was given."""
    clinic = Clinic.objects.filter(pk=clinic_id).first()
    if clinic is None:
        return None
    by = nobody_at(clinic, tablet_id)
    with inside(by):
        tablet = CheckInTablet.objects.visible_to(by).enrolled().filter(pk=tablet_id, key_hash=key_hash).first()
    return OpenTablet(tablet=tablet, by=by) if tablet else None


@dataclass(frozen=True)
class Found:
    """The one patient who fits: their next visit today, None when they have been let in already."""

    visit: Appointment | None


def find_visit(by: Actor, *, birth_date: date, letters: str, now: datetime) -> Found | None:
    """The visit of today's one patient born that day whose name begins so. None: nobody, or more than one."""
    start, end = day_bounds(local_day(now, by.zone), by.zone)
    rows = Appointment.objects.visible_to(by).filter(
        starts_at__gte=start, starts_at__lt=end, patient__birth_date=birth_date, status__in=(*_EXPECTED, *_HERE)
    )
    visits = rows.select_related("patient", "clinician__user", "room", "visit_type").order_by("starts_at", "id")
    fitting = [visit for visit in visits if _is_called(visit.patient, letters)]
    if len({visit.patient_id for visit in fitting}) != 1:
        return None
    return Found(visit=_next(fitting))


def _is_called(patient: Patient, letters: str) -> bool:
    """By the family name; written without gaps, the whole name is often typed."""
    whole = patient.full_name if is_ungapped(f"{patient.given_names}{patient.family_name}") else ""
    return any(_begins(name, letters) for name in (patient.family_name or patient.given_names, whole))


def _begins(name: str, letters: str) -> bool:
    own, typed = fold(name).replace(" ", ""), fold(letters).replace(" ", "")
    return len(typed) >= min(LETTERS, len(own)) > 0 and own.startswith(typed)


def _next(visits: Sequence[Appointment]) -> Appointment | None:
    if any(visit.status in _HERE for visit in visits):
        return None
    return visits[0]
