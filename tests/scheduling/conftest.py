"""A clinic with a working week, rooms and visit types. Berlin; the week of Monday 7 September 2026."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic, Membership
from common.tenancy import tenant
from patients.models import Patient
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, AvailabilityBlock, Room, VisitType
from scheduling.policies import asks_more
from scheduling.services import appointments, arrivals, no_shows
from tests.factories.accounts import ClinicFactory, MembershipFactory, UserFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import RoomFactory, VisitTypeFactory

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 9, 4, 12, 0, tzinfo=UTC)
MONDAY = date(2026, 9, 7)


def at(hour: int, minute: int = 0, *, day: date = MONDAY, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=zone).astimezone(UTC)


def open_week(
    clinician: Membership, *, weekdays: range = range(5), start: time = time(8), end: time = time(17)
) -> None:
    for weekday in weekdays:
        AvailabilityBlock.objects.create(
            clinic=clinician.clinic,
            clinician=clinician,
            weekday=weekday,
            start_time=start,
            end_time=end,
            valid_from_date=date(2020, 1, 1),
        )


@dataclass
class Practice:
    """Everything one needs to book."""

    clinic: Clinic
    desk: Actor
    clinician: Membership
    room: Room
    visit_type: VisitType
    patient: Patient

    def book(self, **changes: Any) -> Appointment:
        given: dict[str, Any] = {
            "patient": self.patient,
            "clinician": self.clinician,
            "room": self.room,
            "visit_type": self.visit_type,
            "starts_at": at(9),
            "by": self.desk,
            "now": NOW,
        }
        return appointments.book(**(given | changes))

    def step(self, visit: Appointment, to: str, *, now: datetime = NOW, **changes: Any) -> Appointment:
        """As the desk takes it: who arrives says who they are, and a visit nobody came to gets its reason."""
        given: dict[str, Any] = {"appointment": visit, "by": self.desk, "now": now, "version": visit.version} | changes
        if asks_more(visit.status, to) and to == VisitStatus.ARRIVED:
            return arrivals.check_in(marks=["birth_date", "full_name"], **given)
        if asks_more(visit.status, to):
            return no_shows.note(reason="forgot", **given)
        return self.tap(visit, to, **given)

    def tap(self, visit: Appointment, to: str, *, now: datetime = NOW, **changes: Any) -> Appointment:
        given: dict[str, Any] = {"appointment": visit, "to": to, "by": self.desk, "now": now, "version": visit.version}
        return appointments.change_status(**(given | changes))

    def another_patient(self) -> Patient:
        return PatientFactory(clinic=self.clinic)

    def another_clinician(self) -> Membership:
        clinician = MembershipFactory(clinic=self.clinic)
        open_week(clinician)
        return clinician

    def another_room(self) -> Room:
        return RoomFactory(clinic=self.clinic)


def make_practice(clinic: Clinic, **changes: Any) -> Practice:
    """Needs the clinic's context."""
    desk = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK)
    clinician = MembershipFactory(clinic=clinic, user=UserFactory(full_name="Dr Ada Berg"))
    open_week(clinician, **changes)
    return Practice(
        clinic=clinic,
        desk=desk.as_actor(),
        clinician=clinician,
        room=RoomFactory(clinic=clinic, name="Room A"),
        visit_type=VisitTypeFactory(clinic=clinic, name="Usual visit", turnover_minutes=5),
        patient=PatientFactory(clinic=clinic),
    )


@pytest.fixture
def practice(in_clinic: Clinic) -> Practice:
    return make_practice(in_clinic)


@pytest.fixture
def open_practice(transactional_db: None) -> Practice:
    """A practice whose rows every connection sees."""
    clinic: Clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


# The pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(practice: Practice, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=practice.clinic)


@pytest.fixture
def admin(practice: Practice, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic)


@pytest.fixture
def monday_morning() -> Any:
    with time_machine.travel(at(8, 50), tick=False):
        yield


@pytest.fixture
def time_machine_to(monday_morning: Any) -> Iterator[Callable[[datetime], None]]:
    """Turn the clock on in the middle of a test."""
    with ExitStack() as stack:
        yield lambda moment: stack.enter_context(time_machine.travel(moment, tick=False)) and None
