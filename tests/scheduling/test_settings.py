"""What the admin sets up: equipment, closures, extra hours, credentials, limits; who changed it; the first steps."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Technique
from common.tenancy import tenant
from scheduling.models import (
    AvailabilityBlock,
    BookingRule,
    Closure,
    Credential,
    Equipment,
    ExtraHours,
    Room,
    VisitType,
)
from scheduling.queries import first_run
from scheduling.services.visit_types import set_up_defaults
from tests.access.pages import form_with
from tests.factories.accounts import MembershipFactory, on_call
from tests.factories.scheduling import RoomFactory
from tests.scheduling.conftest import MONDAY, Practice, at, make_practice, open_week

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


def url(name: str, *args: object) -> str:
    return reverse(f"scheduling:{name}", args=args)


def test_where_no_clinician_works_each_form_that_needs_one_says_to_invite_one(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    words, people = "No clinician works here yet. Invite one first", reverse("accounts:people")
    for name in ("add_hours", "add_leave", "add_extra_hours", "add_credential"):
        page = admin.get(url(name)).content.decode()
        assert words in page, name
        assert f'<a href="{people}">' in page, name
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic)
    assert words not in admin.get(url("add_hours")).content.decode()


# --- equipment, rooms, types ------------------------------------------------------------------------------------------
def test_equipment_is_added_and_changed(practice: Practice, admin: Client) -> None:
    admin.post(url("add_equipment"), {"name": "Ultrasound", "quantity": "1", "is_active": "on"})
    with tenant(practice.clinic.pk):
        machine = Equipment.objects.get()

    admin.post(url("change_equipment", machine.pk), {"name": "Ultrasound", "quantity": "2"})

    with tenant(practice.clinic.pk):
        machine.refresh_from_db()
    assert (machine.quantity, machine.is_active) == (2, False)


def test_two_machines_of_one_name_are_refused(admin: Client) -> None:
    given = {"name": "Ultrasound", "quantity": "1", "is_active": "on"}
    admin.post(url("add_equipment"), given)

    page = admin.post(url("add_equipment"), given)

    assert page.status_code == 422
    assert "of this name already" in page.content.decode()


@pytest.mark.parametrize("quantity", ["0", "51", "many"])
def test_an_odd_number_of_pieces_is_said_beside_its_field(admin: Client, quantity: str) -> None:
    page = admin.post(url("add_equipment"), {"name": "Ultrasound", "quantity": quantity})

    assert page.status_code == 422
    assert page.context["form"].errors["quantity"]


def test_a_visit_type_names_what_it_needs(practice: Practice, admin: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        machine = Equipment.objects.create(clinic=practice.clinic, name="Ultrasound")
    technique = Technique.objects.order_by("code")[0]
    given = {"name": "Guided", "duration_minutes": "45", "turnover_minutes": "10", "is_active": "on"}

    admin.post(
        url("add_visit_type"),
        given | {"equipment": machine.pk, "technique": technique.pk, "needs_chaperone": "on"},
    )

    with tenant(practice.clinic.pk):
        kept = VisitType.objects.get(name="Guided")
    assert (kept.equipment_id, kept.technique_id, kept.needs_chaperone) == (machine.pk, technique.pk, True)


def test_another_clinics_machine_cannot_be_named(practice: Practice, other_clinic: Clinic, admin: Client) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = Equipment.objects.create(clinic=other_clinic, name="Ultrasound")

    page = admin.post(
        url("add_visit_type"),
        {"name": "Guided", "duration_minutes": "45", "turnover_minutes": "10", "equipment": foreign.pk},
    )

    assert page.status_code == 422
    assert page.context["form"].errors["equipment"]


@pytest.mark.parametrize(("capacity", "is_kept"), [("3", True), ("0", False), ("51", False)])
def test_a_room_holds_from_one_visit_to_fifty(practice: Practice, admin: Client, capacity: str, is_kept: bool) -> None:
    admin.post(url("add_room"), {"name": "Hall", "capacity": capacity, "is_active": "on"})

    with tenant(practice.clinic.pk):
        assert Room.objects.filter(name="Hall").exists() is is_kept


# --- closures and hours -----------------------------------------------------------------------------------------------
def test_a_closure_takes_the_clinics_time_away(practice: Practice, admin: Client) -> None:
    admin.post(url("add_closure"), {"name": "Holiday", "first_day": MONDAY, "last_day": MONDAY})

    with tenant(practice.clinic.pk):
        closure = Closure.objects.get()
        bookable = first_run.first_bookable(practice.desk, now=at(8, 50))
    assert (closure.starts_at, closure.ends_at) == (at(0), at(0, day=MONDAY + timedelta(days=1)))
    assert bookable is not None
    assert bookable.day == MONDAY + timedelta(days=1)


def test_a_closure_of_some_hours_can_be_removed(practice: Practice, admin: Client) -> None:
    given = {"name": "Inventory", "first_day": MONDAY, "last_day": MONDAY, "start_time": "12:00", "end_time": "14:00"}
    admin.post(url("add_closure"), given)
    with tenant(practice.clinic.pk):
        closure = Closure.objects.get()
    assert (closure.starts_at, closure.ends_at) == (at(12), at(14))

    admin.post(url("remove_closure", closure.pk))

    with tenant(practice.clinic.pk):
        assert not Closure.objects.exists()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("add_closure", {"name": "Holiday", "first_day": "2026-09-08", "last_day": "2026-09-07"}),
        ("add_extra_hours", {"day": "2026-09-12", "start_time": "12:00", "end_time": "09:00"}),
        ("add_credential", {"valid_from_date": "2026-09-08", "valid_until_date": "2026-09-07"}),
    ],
)
def test_an_end_before_its_beginning_is_refused_in_words(
    practice: Practice, admin: Client, name: str, given: dict[str, str]
) -> None:
    people = {"clinician": practice.clinician.pk, "technique": Technique.objects.order_by("code")[0].pk}

    page = admin.post(url(name), given | people)

    assert page.status_code == 422
    assert "must" in str(page.context["form"].errors)


def test_hours_of_one_day_make_a_saturday_bookable_and_can_be_removed(practice: Practice, admin: Client) -> None:
    saturday = MONDAY + timedelta(days=5)
    admin.post(
        url("add_extra_hours"),
        {"clinician": practice.clinician.pk, "day": saturday, "start_time": "09:00", "end_time": "12:00"},
    )
    with tenant(practice.clinic.pk):
        extra = ExtraHours.objects.get()
    assert extra.day == saturday

    admin.post(url("remove_extra_hours", extra.pk))

    with tenant(practice.clinic.pk):
        assert not ExtraHours.objects.exists()


# --- people -----------------------------------------------------------------------------------------------------------
def test_a_credential_given_again_has_the_new_days(practice: Practice, admin: Client) -> None:
    technique = Technique.objects.order_by("code")[0]
    given = {"clinician": practice.clinician.pk, "technique": technique.pk, "valid_from_date": "2026-01-01"}
    admin.post(url("add_credential"), given | {"valid_until_date": "2026-06-30"})
    assert "run out" in admin.get(url("resources")).content.decode()

    page = admin.post(url("add_credential"), given | {"valid_until_date": "2027-06-30"})
    admin.post(url("add_credential"), form_with(page.content, "seen"))

    with tenant(practice.clinic.pk):
        credential = Credential.objects.get()
    assert credential.valid_until_date == date(2027, 6, 30)
    admin.post(url("remove_credential", credential.pk))
    with tenant(practice.clinic.pk):
        assert not Credential.objects.exists()


@pytest.mark.parametrize("most", ["0", "101", "few"])
def test_the_most_treatments_of_a_day_are_from_one_to_a_hundred(practice: Practice, admin: Client, most: str) -> None:
    page = admin.post(url("booking_rule", practice.clinician.pk), {"max_treatments_per_day": most})

    assert page.status_code == 422


def test_a_persons_limits_are_kept_once_and_taken_away_again(practice: Practice, admin: Client) -> None:
    for most in ("8", ""):
        admin.post(url("booking_rule", practice.clinician.pk), {"max_treatments_per_day": most, "can_chaperone": "on"})

    with tenant(practice.clinic.pk):
        rule = BookingRule.objects.get()
    assert (rule.max_treatments_per_day, rule.can_chaperone) == (None, True)


# --- who changed what -------------------------------------------------------------------------------------------------
def test_a_settings_history_says_who_changed_which_field_from_what_to_what(practice: Practice, admin: Client) -> None:
    admin.post(url("change_room", practice.room.pk), {"name": "Room A", "capacity": "2", "is_active": "on"})

    page = admin.get(url("setting_history", "room", practice.room.pk))

    changed, made = page.context["entries"]
    (change,) = changed.changes
    assert (change.field, change.before, change.after) == ("places", "1", "2")
    assert changed.line.actor_name == admin.member.user.full_name  # type: ignore[attr-defined]
    assert made.line.event.kind == "insert"


def test_what_a_setting_points_at_is_called_by_its_name(practice: Practice, admin: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        machine = Equipment.objects.create(clinic=practice.clinic, name="Ultrasound")
    given = {"name": "Usual visit", "duration_minutes": "30", "turnover_minutes": "5", "equipment": machine.pk}
    admin.post(url("change_visit_type", practice.visit_type.pk), given)

    body = admin.get(url("setting_history", "visit-type", practice.visit_type.pk)).content.decode()

    assert "<del>–</del> → <ins>Ultrasound</ins>" in body


def test_a_removed_setting_keeps_its_history(practice: Practice, admin: Client) -> None:
    with tenant(practice.clinic.pk):
        block = AvailabilityBlock.objects.order_by("weekday").first()
    assert block is not None
    admin.post(url("remove_hours", block.pk))

    page = admin.get(url("setting_history", "hours", block.pk))

    assert [entry.line.event.kind for entry in page.context["entries"]] == ["delete", "insert"]
    assert "Dr Ada Berg" in page.content.decode()


def test_no_key_of_a_tablet_is_told(practice: Practice, admin: Client) -> None:
    admin.post(url("enrol_tablet"), {"name": "Counter"})
    (tablet,) = admin.get(url("tablets")).context["tablets"]
    admin.post(url("give_tablet_code", tablet.pk))

    (changed, _made) = admin.get(url("setting_history", "tablet", tablet.pk)).context["entries"]

    assert [change.field for change in changed.changes] == ["code expires at"]


@pytest.mark.parametrize("setting", ["patient", "appointment", "membership", "nothing"])
def test_only_settings_have_this_history(practice: Practice, admin: Client, setting: str) -> None:
    assert admin.get(url("setting_history", setting, practice.patient.pk)).status_code == 404


def test_another_clinics_setting_is_not_found(other_clinic: Clinic, admin: Client) -> None:
    with tenant(other_clinic.pk, actor="test"):
        room = RoomFactory(clinic=other_clinic)

    assert admin.get(url("setting_history", "room", room.pk)).status_code == 404


def test_a_history_costs_the_same_with_one_change_and_with_three(practice: Practice, admin: Client) -> None:
    counts = []
    address = url("setting_history", "room", practice.room.pk)
    admin.get(address)
    for capacity in ("2", "3", "4"):
        admin.post(url("change_room", practice.room.pk), {"name": "Room A", "capacity": capacity, "is_active": "on"})
        admin.get(address)  # tells what was saved, once
        with CaptureQueriesContext(
            connection,
        ) as asked:
            admin.get(address)
        counts.append(len(asked))
    assert counts == [13, 13, 13]


# --- the first steps --------------------------------------------------------------------------------------------------
@pytest.fixture
def new_admin(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


def test_a_new_clinic_is_led_step_by_step_to_a_day_that_can_be_booked(clinic: Clinic, new_admin: Client) -> None:
    def ticks() -> list[bool]:
        steps = new_admin.get(url("guide")).context["steps"]
        return [steps.has_people, steps.has_rooms, steps.has_visit_types, steps.has_hours]

    assert ticks() == [False, False, False, False]
    with tenant(clinic.pk, actor="test"):
        clinician = MembershipFactory(clinic=clinic)
    new_admin.post(url("add_room"), {"name": "Room A", "capacity": "1", "is_active": "on"})
    new_admin.post(url("add_default_types"))
    assert ticks() == [True, True, True, False]
    hours = {"clinician": clinician.pk, "weekdays": ["0"], "start_time": "09:00", "end_time": "10:00"}
    new_admin.post(url("add_hours"), hours | {"valid_from_date": MONDAY})

    page = new_admin.get(url("guide"))

    assert page.context["steps"].can_be_booked
    assert not page.context["steps"].is_complete  # an urgent report would wake nobody
    assert page.context["bookable"].day == MONDAY
    assert f"{url('calendar')}?day=2026-09-07" in page.content.decode()


def test_the_first_steps_stand_on_today_for_the_admin_until_they_are_done(
    clinic: Clinic, new_admin: Client, staff_client: Callable[..., Client]
) -> None:
    guide = url("guide")
    assert guide in new_admin.get(url("today")).content.decode()
    assert guide not in staff_client(Role.FRONT_DESK, clinic=clinic).get(url("today")).content.decode()

    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        RoomFactory(clinic=clinic)
        open_week(MembershipFactory(clinic=clinic))
    assert "Nobody is on call" in new_admin.get(url("today")).content.decode()

    with tenant(clinic.pk, actor="test"):
        on_call(clinic, "")
    assert guide not in new_admin.get(url("today")).content.decode()


def test_hours_without_a_free_time_are_said(clinic: Clinic, new_admin: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        RoomFactory(clinic=clinic)
        open_week(MembershipFactory(clinic=clinic))
        Closure.objects.create(clinic=clinic, name="Works", starts_at=at(0), ends_at=at(0, day=date(2026, 12, 1)))

    page = new_admin.get(url("guide"))

    assert page.context["bookable"] is None
    assert "Nothing is free in the next two weeks" in page.content.decode()


def test_the_usual_types_come_with_one_tap_and_once(clinic: Clinic, new_admin: Client) -> None:
    for _tap in range(2):
        new_admin.post(url("add_default_types"))

    with tenant(clinic.pk):
        codes: list[Any] = list(VisitType.objects.values_list("code", flat=True))
    assert len(codes) == len(set(codes)) == 7
