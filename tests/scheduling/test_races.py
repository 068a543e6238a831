"""Many people at once, each with a real connection: one slot is given once, and nobody sees a deadlock.

``PIT_RACERS=200`` makes the smaller crowds as large as the first.
"""

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Barrier
from unittest import mock

import pytest
from django.db import OperationalError, connection

from common.tenancy import tenant
from scheduling.models import Appointment, VisitSeries
from scheduling.services import appointments, day_locks, series, slot_holds
from scheduling.services.day_locks import CalendarBusyError
from scheduling.services.series import Wish
from tests.scheduling.conftest import NOW, Practice, at
from tests.scheduling.crowds import at_once, everybody, patients_of, told

WEEK = timedelta(days=7)
# Each is one person with one connection; the crowd is what the clinic is measured by.
CROWD, FEW = 200, int(os.environ.get("PIT_RACERS", "20"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_hundred_people_booking_one_slot_get_exactly_one(
    open_practice: Practice, figure: Callable[[str, float], None]
) -> None:
    patients = patients_of(open_practice, CROWD)
    gate = Barrier(CROWD)

    def book(number: int) -> str:
        with at_once(open_practice, gate):
            return told(lambda: open_practice.book(patient=patients[number]))

    said = Counter(everybody(book, CROWD))

    figure("booking_race_200_succeeded", said["done"])
    assert said == {"done": 1, "taken: clinician, 3 other times": CROWD - 1}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_visits_moved_to_one_time_one_gets_there_and_the_others_stay(open_practice: Practice) -> None:
    with tenant(open_practice.clinic.pk, actor="test"):
        visits = [
            open_practice.book(
                patient=patient, room=open_practice.another_room(), clinician=open_practice.another_clinician()
            )
            for patient in patients_of(open_practice, FEW)
        ]
    gate = Barrier(FEW)

    def move(number: int) -> str:
        with at_once(open_practice, gate):
            return told(
                lambda: appointments.move(
                    appointment=visits[number],
                    by=open_practice.desk,
                    now=NOW,
                    version=1,
                    starts_at=at(14),
                    clinician=open_practice.clinician,
                    room=None,
                )
            )

    said = Counter(everybody(move, FEW))

    assert said == {"done": 1, "taken: clinician, 3 other times": FEW - 1}
    with tenant(open_practice.clinic.pk):
        assert Appointment.objects.filter(starts_at=at(9)).count() == FEW - 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_series_that_share_one_time_one_is_booked_whole_and_the_others_not_at_all(
    open_practice: Practice,
) -> None:
    """Each begins on another day of one week; the third visit of them all would be at the same time."""
    patients = patients_of(open_practice, FEW)
    gate = Barrier(FEW)

    def book(number: int) -> str:
        first = at(9) + timedelta(hours=number % 3, days=number // 3 % 3)
        starts = [first, first + timedelta(days=7), at(14) + timedelta(days=14)]
        with at_once(open_practice, gate):
            return told(
                lambda: series.book(
                    patient=patients[number],
                    visit_type=open_practice.visit_type,
                    visits=[Wish(starts_at=start, clinician=open_practice.clinician) for start in starts],
                    by=open_practice.desk,
                    now=NOW,
                )
            )

    said = Counter(everybody(book, FEW))

    assert said == {"done": 1, "SeriesRefusedError": FEW - 1}
    with tenant(open_practice.clinic.pk):
        assert (Appointment.objects.count(), VisitSeries.objects.count()) == (3, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_many_who_keep_one_time_one_keeps_it_and_nobody_else_books_it(open_practice: Practice) -> None:
    patients = patients_of(open_practice, FEW)
    gate = Barrier(FEW)

    def keep_or_book(number: int) -> str:
        with at_once(open_practice, gate):
            if number % 2:
                return told(lambda: open_practice.book(patient=patients[number]))
            place = appointments.place_of(
                patient=None,
                clinician=open_practice.clinician,
                room=None,
                visit_type=open_practice.visit_type,
                starts_at=at(9),
                by=open_practice.desk,
                now=NOW,
            )
            return told(lambda: slot_holds.keep(place=place, by=open_practice.desk, now=NOW))

    said = Counter(everybody(keep_or_book, FEW))

    assert said == {"done": 1, "taken: clinician, 3 other times": FEW - 1}


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


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_visit_that_gets_another_clinician_meanwhile_is_told_that_it_changed(
    open_practice: Practice,
) -> None:
    """The one who waits read the visit on a day that it has left since, so that the day does not keep them apart."""
    desk = open_practice.desk
    with tenant(open_practice.clinic.pk, actor="test"):
        seen = open_practice.book()
        other = open_practice.another_clinician()
        moved = {"by": desk, "now": NOW, "room": None}
        far = appointments.move(
            appointment=seen, version=1, starts_at=at(9) + WEEK, clinician=open_practice.clinician, **moved
        )

    def cancel() -> str:
        with at_once(open_practice):
            said = {"cancelled_by": "patient", "reason": "ill"}
            return told(lambda: appointments.cancel(appointment=seen, by=desk, now=NOW, version=1, **said))

    with ThreadPoolExecutor(1) as pool:
        with tenant(open_practice.clinic.pk, actor="test"):
            appointments.move(appointment=far, version=2, starts_at=at(10) + WEEK, clinician=other, **moved)
            late = pool.submit(cancel)
            with connection.cursor() as cursor:
                while not late.done():
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'")
                    if cursor.fetchone()[0]:
                        break
        assert late.result(timeout=20) == "VisitChangedError"
