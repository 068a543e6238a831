"""A visit's day: every legal and every illegal step."""

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from scheduling.choices import HERE_STATUSES, MOVES, NEXT_STEP, VisitStatus
from scheduling.models import Appointment, AppointmentMove, IdentityCheck
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import NOW, Practice, at

PAIRS = list(product(VisitStatus.values, VisitStatus.values))


def _visit(practice: Practice, status: str) -> Appointment:
    cancelled = {"cancelled_by": "clinic", "cancel_reason": "Closed."} if status == VisitStatus.CANCELLED else {}
    return AppointmentFactory(
        clinic=practice.clinic,
        patient=practice.patient,
        clinician=practice.clinician,
        visit_type=practice.visit_type,
        starts_at=at(9),
        status=status,
        **cancelled,
    )


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_a_step_is_taken_exactly_when_the_table_holds_it(practice: Practice, before: str, after: str) -> None:
    visit = _visit(practice, before)
    if after in MOVES[before]:
        changed = _step(practice, visit, after)
        assert (changed.status, changed.version) == (after, 2)
        assert AppointmentMove.objects.get(appointment=visit).from_status == before
        assert appointments.undo(appointment=changed, by=practice.desk, now=at(9, 30), version=2).status == before
    else:
        with pytest.raises(VisitRefusedError):
            _step(practice, visit, after)
        visit.refresh_from_db()
        assert (visit.status, visit.version) == (before, 1)


def _step(practice: Practice, visit: Appointment, to: str) -> Appointment:
    if to == VisitStatus.CANCELLED:
        return appointments.cancel(
            appointment=visit, by=practice.desk, now=at(9, 20), version=1, cancelled_by="patient", reason="Is ill."
        )
    return practice.step(visit, to, now=at(9, 20))


def test_every_status_is_in_the_table_and_every_step_has_its_way_back() -> None:
    assert set(MOVES) == set(VisitStatus.values)
    assert all(before in MOVES[after] for before in MOVES for after in MOVES[before])
    assert all(NEXT_STEP[before] in MOVES[before] for before in NEXT_STEP)


def test_nobody_has_missed_a_visit_before_it_begins(practice: Practice) -> None:
    visit = _visit(practice, VisitStatus.BOOKED)

    with pytest.raises(VisitRefusedError, match="not begun"):
        practice.step(visit, VisitStatus.NO_SHOW, now=at(8, 59))


def test_nobody_arrives_for_a_visit_on_a_later_day(practice: Practice) -> None:
    visit = _visit(practice, VisitStatus.BOOKED)

    with pytest.raises(VisitRefusedError, match="later day"):
        practice.step(visit, VisitStatus.ARRIVED, now=NOW)
    assert practice.step(visit, VisitStatus.ARRIVED, now=at(0, 0)).status == "arrived"


@pytest.mark.parametrize(
    ("to", "words", "rule"),
    [
        ("arrived", "tell who they are", "scheduling_appointment_arrived_is_identified"),
        ("no_show", "why nobody came", "scheduling_appointment_no_show_has_reason"),
    ],
)
def test_no_mere_tap_says_who_arrived_or_that_nobody_came(practice: Practice, to: str, words: str, rule: str) -> None:
    visit = _visit(practice, VisitStatus.BOOKED)

    with pytest.raises(VisitRefusedError, match=words):
        practice.tap(visit, to, now=at(9, 20))
    with pytest.raises(IntegrityError, match="nobody") as refused, transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(status=to)
    assert refused.value.__cause__.diag.constraint_name == rule


def test_the_database_lets_no_unidentified_patient_past_the_desk_either(practice: Practice) -> None:
    visit = _visit(practice, VisitStatus.BOOKED)

    for status in HERE_STATUSES:
        with pytest.raises(IntegrityError), transaction.atomic():
            Appointment.objects.filter(pk=visit.pk).update(status=status)


def test_who_left_and_comes_back_is_asked_again(practice: Practice) -> None:
    arrived = practice.step(_visit(practice, VisitStatus.BOOKED), VisitStatus.ARRIVED, now=at(9))
    gone = appointments.undo(appointment=arrived, by=practice.desk, now=at(9, 1), version=arrived.version)

    with pytest.raises(VisitRefusedError, match="tell who they are"):
        practice.tap(gone, VisitStatus.ARRIVED, now=at(9, 2))
    practice.step(gone, VisitStatus.ARRIVED, now=at(9, 2))
    assert IdentityCheck.objects.filter(appointment=gone).count() == 2


def test_cancelling_goes_through_its_own_function(practice: Practice) -> None:
    with pytest.raises(ValueError, match="cancel"):
        practice.tap(_visit(practice, VisitStatus.BOOKED), VisitStatus.CANCELLED)


def test_an_unknown_status_is_refused(practice: Practice) -> None:
    with pytest.raises(VisitRefusedError):
        practice.step(_visit(practice, VisitStatus.BOOKED), "teleported")
