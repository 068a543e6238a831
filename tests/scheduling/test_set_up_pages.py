"""The pages that set up the schedule: rooms, hours, leave, visit types."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import AvailabilityBlock, Leave, Room, VisitType
from scheduling.services.visit_types import set_up_defaults
from tests.factories.accounts import MembershipFactory
from tests.scheduling.conftest import Practice, at, make_practice
from tests.scheduling.visits import a_visit, again

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


def test_an_admin_sets_up_a_bookable_clinic(practice: Practice, admin: Client) -> None:
    clinician = practice.clinician.pk
    for name, typed in {
        "add_room": {"name": "Room B", "capacity": 1, "is_active": "on"},
        "add_visit_type": {
            "name": "Long talk",
            "duration_minutes": 50,
            "turnover_minutes": 10,
            "needs_room": "on",
            "is_active": "on",
        },
        "add_hours": {
            "clinician": clinician,
            "weekdays": [5, 6],
            "start_time": "10:00",
            "end_time": "12:00",
            "valid_from_date": "2026-09-01",
        },
        "add_leave": {"clinician": clinician, "first_day": "2026-09-12", "last_day": "2026-09-13"},
    }.items():
        assert admin.get(reverse(f"scheduling:{name}")).status_code == 200
        answer = admin.post(reverse(f"scheduling:{name}"), typed)
        assert (name, answer.status_code) == (name, 302)

    page = admin.get(reverse("scheduling:set_up")).content.decode()
    assert all(
        words in page for words in ("Room B", "Long talk", "Saturday", "10:00–12:00", "12 Sep 2026 – 13 Sep 2026")
    )
    with tenant(practice.clinic.pk):
        assert Leave.objects.get().ends_at == at(0) + timedelta(days=7)
        block = AvailabilityBlock.objects.get(weekday=5)
        leave = Leave.objects.get()
    admin.post(reverse("scheduling:remove_hours", args=[block.pk]))
    admin.post(reverse("scheduling:remove_leave", args=[leave.pk]))
    with tenant(practice.clinic.pk):
        assert not Leave.objects.exists()
        assert not AvailabilityBlock.objects.filter(weekday=5).exists()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("add_room", {"name": "Room A", "capacity": 1, "is_active": "on"}),
        ("add_room", {"name": "", "capacity": 1}),
        ("add_visit_type", {"name": "Too long", "duration_minutes": 481, "turnover_minutes": 0}),
        ("add_hours", {"weekdays": [1], "start_time": "12:00", "end_time": "10:00", "valid_from_date": "2026-09-01"}),
        ("add_hours", {"weekdays": [9], "start_time": "10:00", "end_time": "12:00", "valid_from_date": "2026-09-01"}),
        ("add_leave", {"first_day": "2026-09-08", "last_day": "2026-09-07"}),
    ],
)
def test_set_up_that_does_not_fit_is_told(practice: Practice, admin: Client, name: str, typed: dict[str, Any]) -> None:
    answer = admin.post(reverse(f"scheduling:{name}"), {"clinician": practice.clinician.pk} | typed)

    assert answer.status_code == 422
    form = answer.context["form"]
    assert all(error in answer.content.decode() for errors in form.errors.values() for error in errors)
    assert form.errors


def test_a_changed_visit_type_keeps_its_code_and_its_visits_their_length(practice: Practice, admin: Client) -> None:
    visit = a_visit(practice)
    typed = {"name": "Renamed", "duration_minutes": 60, "turnover_minutes": 0, "is_active": "on"}

    admin.post(reverse("scheduling:change_visit_type", args=[practice.visit_type.pk]), typed)

    with tenant(practice.clinic.pk):
        changed = VisitType.objects.get(pk=practice.visit_type.pk)
    assert (changed.name, changed.code) == ("Renamed", practice.visit_type.code)
    assert again(visit).ends_at == at(9, 30)


def test_the_usual_visit_types_come_once_and_keep_what_was_changed(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        VisitType.objects.filter(code="follow-up").update(duration_minutes=40)
        set_up_defaults(clinic=clinic)
        assert VisitType.objects.count() == 7
        assert VisitType.objects.get(code="follow-up").duration_minutes == 40
        assert not VisitType.objects.get(code="telehealth").needs_room


def test_the_desk_does_not_set_up_the_schedule(desk: Client) -> None:
    assert desk.get(reverse("scheduling:set_up")).status_code == 403


def test_a_colleague_who_left_keeps_a_column_for_what_is_booked(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        gone = MembershipFactory(clinic=practice.clinic, is_active=False)
    a_visit(practice, clinician=gone)

    assert gone.user.full_name in desk.get(reverse("scheduling:calendar")).context["calendar"].columns


def test_a_room_out_of_use_is_not_suggested(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk):
        Room.objects.update(is_active=False)

    times = desk.get(reverse("scheduling:book", args=[practice.patient.pk])).context["times"]

    assert {one.room for _clinician, free in times for one in free} == {None}
