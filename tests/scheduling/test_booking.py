"""Booking: what is promised, what is refused and with which words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import FREE_STATUSES, CancelledBy, VisitStatus
from scheduling.models import Appointment, AppointmentMove, Leave
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.services import appointments
from scheduling.services.places import NotOfferedError, SlotTakenError
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory, VisitTypeFactory
from tests.scheduling.conftest import NOW, Practice, at


def test_a_booking_holds_the_time_and_starts_the_visits_history(practice: Practice) -> None:
    visit = practice.book()

    assert (visit.starts_at, visit.ends_at) == (at(9), at(9, 30))
    assert visit.status == VisitStatus.BOOKED
    (first,) = AppointmentMove.objects.filter(appointment=visit)
    assert (first.from_status, first.to_status, first.moved_by_id) == ("", "booked", practice.desk.membership_id)


def test_a_visit_without_a_chosen_room_gets_the_first_free_one(practice: Practice) -> None:
    practice.book()
    second = practice.another_room()

    visit = practice.book(room=None, clinician=practice.another_clinician(), patient=practice.another_patient())

    assert visit.room == second


def test_a_telephone_visit_takes_no_room(practice: Practice) -> None:
    by_phone = VisitTypeFactory(clinic=practice.clinic, needs_room=False)

    assert practice.book(room=None, visit_type=by_phone).room is None


@pytest.mark.parametrize("same", ["clinician", "room", "patient"])
def test_the_database_refuses_an_overlap_of_each_kind(practice: Practice, same: str) -> None:
    visit = practice.book()
    other: dict[str, Any] = {
        "clinician": practice.another_clinician(),
        "room": None,
        "patient": practice.another_patient(),
    }
    other[same] = getattr(visit, same)

    with pytest.raises(IntegrityError, match="scheduling_claim_once"), transaction.atomic():
        AppointmentFactory(
            clinic=practice.clinic, visit_type=practice.visit_type, starts_at=at(9, 15), ends_at=at(9, 45), **other
        )


@pytest.mark.parametrize("same", ["clinician", "room", "patient"])
def test_a_taken_time_is_refused_with_what_collided_and_the_next_free_times(practice: Practice, same: str) -> None:
    visit = practice.book()
    other: dict[str, Any] = {
        "clinician": practice.another_clinician(),
        "room": practice.another_room(),
        "patient": practice.another_patient(),
    }
    other[same] = getattr(visit, same)

    with pytest.raises(SlotTakenError) as refused:
        practice.book(starts_at=at(9, 15), **other)

    assert refused.value.collided == (same,)
    assert f"the {same}" in refused.value.words
    assert len(refused.value.alternatives) == 3
    assert all(free.starts_at >= at(9, 15) for free in refused.value.alternatives)
    first = refused.value.alternatives[0]
    assert practice.book(**(other | {"starts_at": first.starts_at, "room": first.room})).status == "booked"


def test_everything_that_collides_is_named(practice: Practice) -> None:
    practice.book()

    with pytest.raises(SlotTakenError) as refused:
        practice.book()

    assert refused.value.collided == ("clinician", "room", "patient")


def test_visits_back_to_back_do_not_touch(practice: Practice) -> None:
    practice.book(is_override=True)

    assert practice.book(starts_at=at(9, 30), is_override=True).starts_at == at(9, 30)


@pytest.mark.parametrize("status", FREE_STATUSES)
def test_a_cancelled_or_missed_visit_frees_its_time_and_cannot_take_it_back(practice: Practice, status: str) -> None:
    visit = practice.book()
    is_cancelled = status == VisitStatus.CANCELLED
    freed = _cancel(practice, visit) if is_cancelled else practice.step(visit, status, now=at(9, 20))
    practice.book(patient=practice.another_patient())

    with pytest.raises(SlotTakenError) as refused:
        practice.step(freed, VisitStatus.BOOKED, now=at(9, 25))

    assert refused.value.collided == ("clinician", "room")
    freed.refresh_from_db()
    assert freed.status == status


@pytest.mark.parametrize(
    ("starts_at", "code"),
    [
        (at(7, 45), "outside_hours"),
        (at(16, 45), "outside_hours"),
        (at(9, day=date(2026, 9, 13)), "closed_weekday"),
        (at(11, day=date(2026, 9, 8)), "away"),
        (at(9, 30), "turnover"),
        (at(8, 30), "turnover"),
    ],
)
def test_a_time_that_is_not_offered_is_refused_by_name_unless_overruled(
    practice: Practice, starts_at: datetime, code: str
) -> None:
    practice.book(patient=practice.another_patient())
    Leave.objects.create(
        clinic=practice.clinic,
        clinician=practice.clinician,
        starts_at=at(10, day=date(2026, 9, 8)),
        ends_at=at(12, day=date(2026, 9, 8)),
    )

    with pytest.raises(NotOfferedError) as refused:
        practice.book(starts_at=starts_at)

    assert [one.code for one in refused.value.objections] == [code]
    assert practice.clinician.user.full_name in refused.value.words
    visit = practice.book(starts_at=starts_at, is_override=True)
    assert AppointmentMove.objects.get(appointment=visit).reason == refused.value.words


def test_the_past_is_not_booked(practice: Practice) -> None:
    with pytest.raises(VisitRefusedError, match="has passed"):
        practice.book(now=at(9) + timedelta(seconds=1))


@pytest.mark.parametrize(
    "changes", [{"role": Role.FRONT_DESK}, {"is_active": False}, {"user__is_active": False}], ids=str
)
def test_only_an_active_clinician_is_booked(practice: Practice, changes: dict[str, Any]) -> None:
    with pytest.raises(VisitRefusedError, match="does not see patients"):
        practice.book(clinician=MembershipFactory(clinic=practice.clinic, **changes))


def test_a_room_or_visit_type_out_of_use_is_refused(practice: Practice) -> None:
    practice.room.is_active = False
    with pytest.raises(VisitRefusedError, match="not in use"):
        practice.book()
    with pytest.raises(VisitRefusedError, match="not in use"):
        practice.book(visit_type=VisitTypeFactory(clinic=practice.clinic, is_active=False))


def test_another_clinics_patient_cannot_be_booked(practice: Practice, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk):
        stranger = PatientFactory(clinic=other_clinic)

    with pytest.raises(ValueError, match="one clinic"):
        practice.book(patient=stranger)


def test_a_visit_lasts_at_most_eight_hours(practice: Practice) -> None:
    with pytest.raises(IntegrityError, match="at_most_8_hours"), transaction.atomic():
        AppointmentFactory(clinic=practice.clinic, visit_type=practice.visit_type, starts_at=at(8), ends_at=at(16, 1))


def test_a_move_keeps_the_length_and_remembers_what_was_before(practice: Practice) -> None:
    visit = practice.book()
    colleague = practice.another_clinician()

    moved = _move(practice, visit, starts_at=at(14), clinician=colleague, reason="Patient asked.")

    assert (moved.starts_at, moved.ends_at, moved.clinician) == (at(14), at(14, 30), colleague)
    last = AppointmentMove.objects.filter(appointment=visit).last()
    assert last is not None
    assert (last.was_starts_at, last.was_clinician, last.was_room) == (at(9), practice.clinician, practice.room)
    assert (last.from_status, last.to_status, last.reason) == ("booked", "booked", "Patient asked.")


def test_a_move_may_overlap_the_visits_own_old_time_but_no_other(practice: Practice) -> None:
    visit = practice.book()
    practice.book(starts_at=at(11), patient=practice.another_patient())

    moved = _move(practice, visit, starts_at=at(9, 15))

    assert moved.starts_at == at(9, 15)
    with pytest.raises(SlotTakenError) as refused:
        _move(practice, moved, starts_at=at(10, 45))
    assert refused.value.collided == ("clinician", "room")
    moved.refresh_from_db()
    assert moved.starts_at == at(9, 15)


def test_a_visit_in_its_room_keeps_its_time(practice: Practice) -> None:
    visit = AppointmentFactory(
        clinic=practice.clinic,
        clinician=practice.clinician,
        visit_type=practice.visit_type,
        status="in_room",
        starts_at=at(9),
    )

    with pytest.raises(VisitRefusedError, match="keeps its time"):
        _move(practice, visit, starts_at=at(14), room=practice.room)


def test_two_people_changing_one_visit_do_not_overwrite_each_other(practice: Practice) -> None:
    visit = practice.book()
    practice.step(visit, VisitStatus.CONFIRMED)

    with pytest.raises(VisitChangedError):
        practice.step(visit, VisitStatus.ARRIVED, now=at(8, 50))
    with pytest.raises(VisitChangedError):
        _move(practice, visit, starts_at=at(14))
    with pytest.raises(VisitChangedError):
        _cancel(practice, visit)


def test_a_cancelled_visit_says_who_and_why(practice: Practice) -> None:
    visit = practice.book()

    with pytest.raises(VisitRefusedError, match="who cancels and why"):
        appointments.cancel(
            appointment=visit, by=practice.desk, now=NOW, version=1, cancelled_by=CancelledBy.PATIENT, reason=" "
        )
    cancelled = _cancel(practice, visit)

    assert (cancelled.status, cancelled.cancelled_by, cancelled.cancel_reason) == ("cancelled", "patient", "Is ill.")


def test_every_change_can_be_undone(practice: Practice) -> None:
    visit = practice.book()
    moved = _move(practice, visit, starts_at=at(14))
    back = _undo(practice, moved)
    assert (back.starts_at, back.clinician, back.room) == (at(9), practice.clinician, practice.room)

    confirmed = practice.step(back, VisitStatus.CONFIRMED)
    cancelled = _cancel(practice, confirmed)
    again = _undo(practice, cancelled)

    assert (again.status, again.cancelled_by, again.cancel_reason) == ("confirmed", "", "")


def test_undoing_a_booking_cancels_it(practice: Practice) -> None:
    visit = _undo(practice, practice.book())

    assert (visit.status, visit.cancelled_by, visit.cancel_reason) == ("cancelled", "clinic", "Booked by mistake")


def test_an_undo_that_comes_too_late_is_refused(practice: Practice) -> None:
    visit = practice.book()
    confirmed = practice.step(visit, VisitStatus.CONFIRMED)
    practice.step(confirmed, VisitStatus.ARRIVED, now=at(8, 55))

    with pytest.raises(VisitChangedError):
        _undo(practice, confirmed)


def test_the_time_of_a_cancelled_visit_taken_meanwhile_is_not_taken_back_by_undo(practice: Practice) -> None:
    cancelled = _cancel(practice, practice.book())
    practice.book(patient=practice.another_patient())

    with pytest.raises(SlotTakenError):
        _undo(practice, cancelled)


def test_another_clinics_visit_cannot_be_changed(practice: Practice, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk):
        foreign = AppointmentFactory(clinic=other_clinic, starts_at=datetime(2026, 9, 7, 7, tzinfo=UTC))

    with pytest.raises(Appointment.DoesNotExist):
        practice.step(foreign, VisitStatus.CONFIRMED)


def _move(practice: Practice, visit: Appointment, **changes: Any) -> Appointment:
    given: dict[str, Any] = {
        "appointment": visit,
        "by": practice.desk,
        "now": NOW,
        "version": visit.version,
        "starts_at": visit.starts_at,
        "clinician": visit.clinician,
        "room": visit.room,
    }
    return appointments.move(**(given | changes))


def _cancel(practice: Practice, visit: Appointment) -> Appointment:
    return appointments.cancel(
        appointment=visit,
        by=practice.desk,
        now=NOW,
        version=visit.version,
        cancelled_by=CancelledBy.PATIENT,
        reason="Is ill.",
    )


def _undo(practice: Practice, visit: Appointment) -> Appointment:
    return appointments.undo(appointment=visit, by=practice.desk, now=NOW, version=visit.version)
