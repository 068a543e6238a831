"""What the database lets nobody take twice: people, places, equipment, patients, by visits and by holds."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from scheduling.models import Appointment, BookingRule, Claim
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments, slot_holds
from scheduling.services.places import NotOfferedError, SlotTakenError
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory, EquipmentFactory, RoomFactory, SlotHoldFactory
from tests.scheduling.conftest import NOW, Practice, at


def _claims(visit: Appointment) -> set[tuple[str, int]]:
    return set(Claim.objects.filter(appointment=visit).values_list("kind", "unit"))


def _elsewhere(practice: Practice, **changes: Any) -> dict[str, Any]:
    """Another visit at nine that shares nothing with the first."""
    given = {
        "clinician": practice.another_clinician(),
        "patient": practice.another_patient(),
        "room": practice.another_room(),
    }
    return given | changes


def _refused(practice: Practice, **row: Any) -> None:
    given = {"clinic": practice.clinic, "visit_type": practice.visit_type, "starts_at": at(9), "ends_at": at(9, 30)}
    with pytest.raises(IntegrityError, match=r"scheduling_claim_once|promised twice"), transaction.atomic():
        AppointmentFactory(**(given | row))


def test_a_visit_claims_its_people_its_place_and_its_things(practice: Practice) -> None:
    practice.visit_type.equipment = EquipmentFactory(clinic=practice.clinic)
    practice.visit_type.needs_chaperone = True
    practice.visit_type.save()
    _a_chaperone(practice)

    visit = practice.book()

    assert _claims(visit) == {(kind, 1) for kind in ("clinician", "chaperone", "room", "equipment", "patient")}


def test_a_cancelled_visit_claims_nothing_and_claims_again_when_that_is_undone(practice: Practice) -> None:
    visit = practice.book()
    before = _claims(visit)
    gone = appointments.cancel(
        appointment=visit, by=practice.desk, now=NOW, version=1, cancelled_by="patient", reason="ill"
    )
    assert _claims(visit) == set()

    appointments.undo(appointment=gone, by=practice.desk, now=NOW, version=2)

    assert _claims(visit) == before


def test_nobody_chaperones_one_visit_while_treating_another(practice: Practice) -> None:
    visit = practice.book()

    _refused(practice, chaperone=visit.clinician, **_elsewhere(practice))


def test_a_room_with_two_places_takes_two_visits_and_refuses_a_third(practice: Practice) -> None:
    room = RoomFactory(clinic=practice.clinic, capacity=2)
    first, second = (practice.book(**_elsewhere(practice, room=room)) for _i in range(2))

    assert (("room", 1) in _claims(first), ("room", 2) in _claims(second)) == (True, True)
    with pytest.raises(SlotTakenError) as refused:
        practice.book(**_elsewhere(practice, room=room))
    assert refused.value.collided == ("room",)
    _refused(practice, **_elsewhere(practice, room=room))


def test_the_only_ultrasound_serves_one_visit_at_a_time(practice: Practice) -> None:
    practice.visit_type.equipment = EquipmentFactory(clinic=practice.clinic)
    practice.visit_type.save()
    practice.book()

    with pytest.raises(SlotTakenError) as refused:
        practice.book(**_elsewhere(practice))

    assert refused.value.collided == ("equipment",)
    assert refused.value.alternatives[0].starts_at == at(9, 45)


def _a_chaperone(practice: Practice) -> Any:
    member = MembershipFactory(clinic=practice.clinic, role="front_desk")
    BookingRule.objects.create(clinic=practice.clinic, member=member, can_chaperone=True)
    return member


def test_a_visit_that_needs_a_chaperone_gets_one_who_is_free_or_says_that_nobody_is(practice: Practice) -> None:
    practice.visit_type.needs_chaperone = True
    practice.visit_type.save()
    chaperone = _a_chaperone(practice)

    assert practice.book().chaperone == chaperone
    with pytest.raises(NotOfferedError) as refused:
        practice.book(**_elsewhere(practice))
    assert [one.code for one in refused.value.objections] == ["chaperone"]


def test_a_deliberate_double_booking_needs_a_reason_and_shows_it(practice: Practice) -> None:
    practice.book()
    other = _elsewhere(practice, clinician=practice.clinician)

    visit = practice.book(double_reason="Two minutes between two injections", is_override=True, **other)

    assert visit.doubled == ["clinician"]
    assert visit.moves.get().reason.startswith("Two minutes")


def test_a_patient_is_never_in_two_places_whatever_the_reason(practice: Practice) -> None:
    practice.book()

    with pytest.raises(SlotTakenError) as refused:
        practice.book(**_elsewhere(practice, patient=practice.patient), double_reason="She insists")

    assert not refused.value.can_double


def test_the_database_wants_a_reason_for_what_is_doubled(practice: Practice) -> None:
    with pytest.raises(IntegrityError, match="double_has_reason"), transaction.atomic():
        AppointmentFactory(clinic=practice.clinic, starts_at=at(9), doubled=["clinician"])


def test_nothing_slips_in_beside_a_doubled_visit_when_its_neighbour_is_gone(practice: Practice) -> None:
    first = practice.book()
    practice.book(double_reason="Urgent", **_elsewhere(practice, clinician=practice.clinician))
    appointments.cancel(appointment=first, by=practice.desk, now=NOW, version=1, cancelled_by="clinic", reason="ill")

    with pytest.raises(SlotTakenError):
        practice.book()
    _refused(practice, **_elsewhere(practice, clinician=practice.clinician))


def test_a_held_time_is_taken_for_everybody_else_and_booked_by_who_holds_it(practice: Practice) -> None:
    place = appointments.place_of(
        patient=None,
        clinician=practice.clinician,
        room=None,
        visit_type=practice.visit_type,
        starts_at=at(9),
        by=practice.desk,
        now=NOW,
    )
    hold = slot_holds.keep(place=place, by=practice.desk, now=NOW)

    with pytest.raises(SlotTakenError):
        practice.book(room=None)
    visit = practice.book(room=None, hold=hold)

    assert (visit.starts_at, Claim.objects.filter(hold=hold).count()) == (at(9), 0)


def test_a_booking_sent_before_the_keeping_of_its_time_was_answered_is_no_rival_of_itself(practice: Practice) -> None:
    place = appointments.place_of(
        patient=practice.patient,
        clinician=practice.clinician,
        room=None,
        visit_type=practice.visit_type,
        starts_at=at(9),
        by=practice.desk,
        now=NOW,
    )
    slot_holds.keep(place=place, by=practice.desk, now=NOW)

    assert practice.book(room=None).starts_at == at(9)


def test_a_hold_that_has_run_out_is_nobodys(practice: Practice) -> None:
    SlotHoldFactory(
        clinic=practice.clinic,
        clinician=practice.clinician,
        visit_type=practice.visit_type,
        starts_at=at(9),
        expires_at=NOW,
    )

    assert practice.book(now=NOW + timedelta(minutes=1)).starts_at == at(9)


def test_a_hold_that_has_run_out_cannot_be_kept_longer(practice: Practice) -> None:
    hold = SlotHoldFactory(clinic=practice.clinic, starts_at=at(9), expires_at=NOW)

    with pytest.raises(VisitRefusedError):
        slot_holds.renew(hold=hold, by=practice.desk, now=NOW)


@pytest.mark.parametrize("statement", ["DELETE FROM scheduling_claim", "UPDATE scheduling_claim SET unit = 2"])
def test_the_application_cannot_touch_a_claim(practice: Practice, statement: str) -> None:
    practice.book()

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)
