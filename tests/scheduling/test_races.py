"""Many people at once, each with a real connection: one slot is given once, and nobody sees a deadlock."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar
from unittest import mock

import pytest
from django.db import OperationalError, connection

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments, day_locks
from scheduling.services.day_locks import CalendarBusyError
from scheduling.services.places import SlotTakenError
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import RoomFactory
from tests.scheduling.conftest import NOW, Practice, at, make_practice

CONNECTIONS = 50
T = TypeVar("T")


@pytest.fixture
def open_practice(transactional_db: None) -> Practice:
    clinic: Clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


@contextmanager
def _at_once(practice: Practice, gate: Barrier | None = None) -> Iterator[None]:
    """One person's transaction on a connection of its own, begun when everybody is ready."""
    try:
        with tenant(practice.clinic.pk, actor="test"):
            if gate is not None:
                gate.wait(timeout=60)
            yield
    finally:
        connection.close()


def _all(work: Callable[[int], T], count: int) -> list[T]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(work, range(count)))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_hundred_people_booking_one_slot_get_exactly_one(
    open_practice: Practice, figure: Callable[[str, float], None]
) -> None:
    with tenant(open_practice.clinic.pk, actor="test"):
        patients = [PatientFactory(clinic=open_practice.clinic) for _i in range(100)]
    gate = Barrier(CONNECTIONS)

    def book(number: int) -> str:
        with _at_once(open_practice, gate):
            try:
                open_practice.book(patient=patients[number])
            except SlotTakenError as taken:
                return f"taken: {taken.collided[0]}, {len(taken.alternatives)} other times"
            return "booked"

    said = Counter(_all(book, 100))

    figure("booking_race_100_succeeded", said["booked"])
    assert said == {"booked": 1, "taken: clinician, 3 other times": 99}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_overlapping_bookings_and_moves_from_many_hands_leave_no_overlap_and_no_deadlock(
    open_practice: Practice, figure: Callable[[str, float], None]
) -> None:
    """Eight rounds of fifty people on three clinicians and three rooms; each books, then moves what it booked."""
    clinic = open_practice.clinic
    with tenant(clinic.pk, actor="test"):
        clinicians = [open_practice.clinician, open_practice.another_clinician(), open_practice.another_clinician()]
        rooms = [open_practice.room, *(RoomFactory(clinic=clinic) for _i in range(2))]
        patients = [PatientFactory(clinic=clinic) for _i in range(20)]
    gate = Barrier(CONNECTIONS)

    def book_and_move(number: int) -> str:
        dice = random.Random(number)

        def anywhere() -> dict[str, Any]:
            start = at(8) + timedelta(minutes=5 * dice.randrange(100), days=dice.randrange(2))
            return {"starts_at": start, "clinician": dice.choice(clinicians), "room": dice.choice(rooms)}

        try:
            with _at_once(open_practice, gate):
                visit = open_practice.book(patient=dice.choice(patients), is_override=True, **anywhere())
            with _at_once(open_practice):
                appointments.move(
                    appointment=visit, by=open_practice.desk, now=NOW, version=1, is_override=True, **anywhere()
                )
        except VisitRefusedError as refused:
            return type(refused).__name__
        return "done"

    said = Counter(_all(book_and_move, 8 * CONNECTIONS))

    with tenant(clinic.pk, actor="test"):
        overlaps = _overlaps()
        stand = Appointment.objects.count()
    figure("booking_random_overlaps", overlaps)
    figure("booking_random_deadlocks", said["CalendarBusyError"])
    assert overlaps == 0
    assert set(said) <= {"done", "SlotTakenError"}
    assert said["done"] > 0
    assert said["SlotTakenError"] > 0
    assert stand >= said["done"]


def _overlaps() -> int:
    """Pairs of visits that hold the same clinician, room or patient at the same moment, counted plainly."""
    visits = list(Appointment.objects.holding().order_by("starts_at"))
    return sum(
        1
        for number, one in enumerate(visits)
        for other in visits[number + 1 :]
        if other.starts_at < one.ends_at
        and (
            one.clinician_id == other.clinician_id
            or one.patient_id == other.patient_id
            or (one.room_id is not None and one.room_id == other.room_id)
        )
    )


class _DeadlockError(Exception):
    sqlstate = "40P01"


def _deadlocks(times: int) -> Callable[..., None]:
    """Stands in for the wait for our turn and fails as PostgreSQL does, the first few times."""
    real, left = day_locks.hold_days, iter(range(times))

    def hold_days(*args: object) -> None:
        if next(left, None) is not None:
            raise OperationalError("deadlock detected") from _DeadlockError()
        real(*args)  # type: ignore[arg-type]

    return hold_days


@pytest.mark.parametrize(("times", "outcome"), [(1, "booked"), (2, CalendarBusyError)])
def test_a_deadlock_is_tried_once_more_and_then_said_kindly(practice: Practice, times: int, outcome: object) -> None:
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(appointments, "hold_days", _deadlocks(times)))
        if outcome == "booked":
            assert practice.book().status == outcome
        else:
            refused = stack.enter_context(pytest.raises(CalendarBusyError))
            practice.book()
    if outcome != "booked":
        assert "Nothing was changed" in refused.value.words
        assert Appointment.objects.count() == 0
