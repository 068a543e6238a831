"""Who changes hours, rooms, closures, leave or zone sees which visits it touches, works through them, takes it back."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic
from catalogue.models import Technique
from common.tenancy import tenant
from scheduling.models import (
    AvailabilityBlock,
    Closure,
    Credential,
    Equipment,
    ExtraHours,
    Leave,
    Room,
    SettingChange,
    VisitType,
)
from scheduling.queries import touched_visits
from scheduling.queries.zone_changes import count_to_move
from scheduling.services import appointments
from tests.access.pages import form_with, forms_of
from tests.scheduling.conftest import MONDAY, Practice, at, make_practice
from tests.scheduling.visits import a_visit

pytestmark = pytest.mark.usefixtures("monday_morning")
SATURDAY = MONDAY + timedelta(days=5)
Sent = tuple[str, dict[str, Any]]


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


def url(name: str, *args: object) -> str:
    return reverse(f"scheduling:{name}", args=args)


def _closure(practice: Practice) -> Sent:
    return url("add_closure"), {"name": "Inventory", "first_day": MONDAY, "last_day": MONDAY}


def _leave(practice: Practice) -> Sent:
    return url("add_leave"), {"clinician": practice.clinician.pk, "first_day": MONDAY, "last_day": MONDAY}


def _room(practice: Practice) -> Sent:
    return url("change_room", practice.room.pk), {"name": "Room A", "capacity": 1}


def _hours(practice: Practice) -> Sent:
    return url("remove_hours", AvailabilityBlock.objects.get(weekday=0).pk), {}


def _extra_hours(practice: Practice) -> Sent:
    return url("remove_extra_hours", ExtraHours.objects.get().pk), {}


# What is changed, and whether it holds.
CHANGES: dict[str, tuple[Callable[[Practice], Sent], Callable[[], bool]]] = {
    "closure": (_closure, lambda: Closure.objects.exists()),
    "leave": (_leave, lambda: Leave.objects.exists()),
    "room": (_room, lambda: not Room.objects.get(name="Room A").is_active),
    "hours": (_hours, lambda: not AvailabilityBlock.objects.filter(weekday=0).exists()),
    "extra hours": (_extra_hours, lambda: not ExtraHours.objects.exists()),
}


def test_each_change_shows_its_visits_first_lists_them_after_and_is_taken_back(
    practice: Practice, admin: Client, desk: Client
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        hours = {"day": SATURDAY, "start_time": "09:00", "end_time": "12:00"}
        ExtraHours.objects.create(clinic=practice.clinic, clinician=practice.clinician, **hours)
    on_monday, on_saturday = a_visit(practice), a_visit(practice, starts_at=at(9, day=SATURDAY))
    for name, (made_of, holds) in CHANGES.items():
        with transaction.atomic(), tenant(practice.clinic.pk, actor="test"):
            touched = {"extra hours": [on_saturday], "room": [on_monday, on_saturday]}.get(name, [on_monday])
            address, typed = made_of(practice)

            asked = admin.post(address, typed)

            assert (name, asked.status_code, holds()) == (name, 200, False)
            body = asked.content.decode()
            links = [url("appointment", visit.pk) in body for visit in (on_monday, on_saturday)]
            assert links == [on_monday in touched, on_saturday in touched], name
            assert practice.patient.full_name in body
            form = next(one for one in forms_of(asked.content) if "touched" in one)
            page = admin.post(address, form, follow=True)

            assert (name, holds()) == (name, True)
            change = SettingChange.objects.get()
            assert page.request["PATH_INFO"] == url("setting_change", change.pk)
            assert page.context["left"] == len(touched)
            assert url("undo_setting_change", change.pk) in page.content.decode()
            assert desk.get(url("today")).context["to_move"] == len(touched)
            with tenant(practice.clinic.pk, actor="test"):
                appointments.cancel(
                    appointment=touched[0],
                    cancelled_by="clinic",
                    reason="closed",
                    version=1,
                    by=practice.desk,
                    now=at(9),
                )
            assert desk.get(url("setting_change", change.pk)).context["left"] == len(touched) - 1
            if name != "leave":  # which the desk entered itself, as often as not
                assert desk.post(url("undo_setting_change", change.pk)).status_code == 403
                assert not desk.get(url("setting_change", change.pk)).context["may_undo"]

            back = admin.post(url("undo_setting_change", change.pk), follow=True)

            assert "Taken back" in back.content.decode()
            assert (name, holds()) == (name, False)
            assert desk.get(url("today")).context["to_move"] == 0
            again = admin.post(url("undo_setting_change", change.pk), follow=True)
            assert "taken back already" in again.content.decode()
            transaction.set_rollback(True)


def test_what_has_passed_or_whose_cause_was_removed_is_not_to_be_moved(
    practice: Practice, admin: Client, desk: Client
) -> None:
    a_visit(practice)
    for made_of, remove in ((_closure, "remove_closure"), (_leave, "remove_leave")):
        address, typed = made_of(practice)
        admin.post(address, next(one for one in forms_of(admin.post(address, typed).content) if "touched" in one))
        assert desk.get(url("today")).context["to_move"] == 1
        admin.post(url(remove, SettingChange.objects.get(undone_at=None).row_id))
        assert desk.get(url("today")).context["to_move"] == 0
    admin.post(address, next(one for one in forms_of(admin.post(address, typed).content) if "touched" in one))

    change = SettingChange.objects.get(undone_at=None)
    for now, left in ((at(9), 1), (at(9, day=MONDAY + timedelta(days=1)), 0)):
        assert count_to_move(practice.desk, now=now) == left
        assert touched_visits.left_of(practice.desk, [change], now=now) == {change.pk: left}
        assert sum(one.is_open for one in touched_visits.visits_of(practice.desk, change, now=now)) == left


def test_another_visit_booked_meanwhile_is_shown_before_it_is_saved(practice: Practice, admin: Client) -> None:
    a_visit(practice)
    address, typed = _closure(practice)
    form = next(one for one in forms_of(admin.post(address, typed).content) if "touched" in one)
    a_visit(practice, starts_at=at(11))

    asked = admin.post(address, form)

    assert asked.status_code == 200
    assert "This touches 2 visits" in asked.content.decode()
    assert not Closure.objects.exists()


def test_an_undo_undoes_nothing_of_a_colleagues(practice: Practice, admin: Client) -> None:
    address, typed = _room(practice)
    admin.post(address, typed | {"is_active": "on", "capacity": 2})
    change = SettingChange.objects.get()
    admin.post(address, typed | {"is_active": "on", "capacity": 3})

    page = admin.post(url("undo_setting_change", change.pk), follow=True)

    assert "Somebody changed this since" in page.content.decode()
    assert Room.objects.get(pk=practice.room.pk).capacity == 3


def test_hours_that_others_cover_touch_nothing_and_a_day_without_any_is_said(practice: Practice, admin: Client) -> None:
    a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        first = AvailabilityBlock.objects.get(weekday=0)
        AvailabilityBlock.objects.create(
            clinic=practice.clinic, clinician=practice.clinician, weekday=0, start_time="08:30", end_time="12:00",
            valid_from_date=MONDAY,
        )  # fmt: skip

    page = admin.post(url("remove_hours", first.pk), follow=True)

    assert "The hours are removed." in page.content.decode()
    assert "Nobody works on Monday" not in page.content.decode()
    tuesday = AvailabilityBlock.objects.get(weekday=1)
    assert "Nobody works on Tuesday now" in admin.post(url("remove_hours", tuesday.pk), follow=True).content.decode()
    assert "Nobody works on: Tuesday, Saturday, Sunday." in admin.get(url("set_up")).content.decode()


def test_fewer_places_in_a_room_touch_those_that_find_none(practice: Practice, admin: Client) -> None:
    address, typed = _room(practice)
    admin.post(address, typed | {"is_active": "on", "capacity": 2})
    a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        other, patient = practice.another_clinician(), practice.another_patient()
    second = a_visit(practice, clinician=other, patient=patient, starts_at=at(9, 15))
    a_visit(practice, starts_at=at(11))

    body = admin.post(address, typed | {"is_active": "on", "capacity": 1}).content.decode()

    assert "This touches 1 visit<" in body
    assert url("appointment", second.pk) in body


def test_a_change_that_cannot_be_is_refused_by_the_database(practice: Practice) -> None:
    right = {"clinic": practice.clinic, "kind": "leave", "row_id": practice.room.pk, "title": "Leave", "made_at": at(9)}
    SettingChange.objects.create(**right)
    for wrong in ({"kind": "weather"}, {"title": ""}, {"undone_by": practice.clinician}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SettingChange.objects.create(**{**right, **wrong})


# --- the zone ---------------------------------------------------------------------------------------------------------
def test_another_zone_is_asked_for_with_its_visits_and_can_be_taken_back(
    practice: Practice, admin: Client, staff_client: Callable[..., Client]
) -> None:
    a_visit(practice)
    address = reverse("accounts:settings")
    form = form_with(admin.get(address).content, "seen", "zone")

    asked = admin.post(address, form | {"zone": ["Europe/Lisbon"], "keeps_zone": ["on"]})

    practice.clinic.refresh_from_db()
    assert (asked.status_code, practice.clinic.zone) == (200, "Europe/Berlin")
    visits = f"{url('zone_visits')}?zone=Europe/Lisbon"
    assert visits in asked.content.decode()
    body = admin.get(visits).content.decode()
    assert all(words in body for words in ("09:00", "08:00", practice.patient.full_name))

    saved = admin.post(address, form_with(asked.content, "seen", "zone_seen"), follow=True)

    practice.clinic.refresh_from_db()
    assert practice.clinic.zone == "Europe/Lisbon"
    assert f"{url('zone_visits')}?zone=Europe/Berlin" in saved.content.decode()
    assert reverse("accounts:undo_details") in saved.content.decode()
    other = staff_client("clinic_admin", clinic=practice.clinic)
    assert "Somebody changed this since" in other.post(reverse("accounts:undo_details"), follow=True).content.decode()
    admin.post(reverse("accounts:undo_details"))
    practice.clinic.refresh_from_db()
    assert practice.clinic.zone == "Europe/Berlin"


def test_visits_of_another_zone_stay_listed_until_each_is_moved_and_a_mover_comes_back_to_the_list(
    practice: Practice, admin: Client, desk: Client
) -> None:
    visit, address, listed = a_visit(practice), reverse("accounts:settings"), url("setting_changes")
    form = form_with(admin.get(address).content, "seen", "zone")
    asked = admin.post(address, form | {"zone": ["Europe/Lisbon"], "keeps_zone": ["on"]})
    assert "No visits to move" in desk.get(listed).content.decode()
    saved = admin.post(address, form_with(asked.content, "seen", "zone_seen"), follow=True)
    assert listed in saved.content.decode()

    body = desk.get(listed).content.decode()

    assert "Europe/Berlin → Europe/Lisbon" in body
    assert "1 change<" in admin.get(reverse("settings")).content.decode()
    (change,) = desk.get(listed).context["zone_changes"]
    own = f"{url('zone_visits')}?change={change.id}"
    assert own in body
    move = f"{url('move', visit.pk)}?list={change.id}"
    page = desk.get(own).content.decode()
    assert all(words in page for words in ("09:00", "08:00", practice.patient.full_name, move))
    typed = form_with(desk.get(move).content, "version", "list")
    chosen = f"{at(10).isoformat()}/{practice.clinician.pk}"
    moved = desk.post(url("move", visit.pk), typed | {"chosen": chosen}, follow=True)

    assert f"{moved.request['PATH_INFO']}?{moved.request['QUERY_STRING']}" == own
    assert "Every visit is moved" in moved.content.decode()
    assert "No visits to move" in desk.get(listed).content.decode()


def test_a_zone_of_the_same_clock_or_taken_back_touches_nothing(practice: Practice, admin: Client) -> None:
    a_visit(practice)
    for zone, touched in (("Europe/Vienna", 0), ("Europe/Lisbon", 1), ("Europe/Berlin", 0)):
        Clinic.objects.filter(pk=practice.clinic.pk).update(zone=zone)
        found = admin.get(url("setting_changes")).context["zone_changes"]
        assert sum(len(one.visits) for one in found) == touched, zone


def test_a_mover_comes_back_to_the_list_of_the_change(practice: Practice, admin: Client, desk: Client) -> None:
    visit = a_visit(practice)
    address, typed = _leave(practice)
    form = next(one for one in forms_of(admin.post(address, typed).content) if "touched" in one)
    admin.post(address, form)
    change = SettingChange.objects.get()
    assert "1 still to move" in desk.get(url("setting_changes")).content.decode()
    assert f"{url('move', visit.pk)}?list={change.pk}" in desk.get(url("setting_change", change.pk)).content.decode()
    page = desk.get(f"{url('move', visit.pk)}?list={change.pk}")
    tuesday = f"{at(10, day=MONDAY + timedelta(days=1)).isoformat()}/{practice.clinician.pk}"

    moved = desk.post(url("move", visit.pk), form_with(page.content, "version", "list") | {"chosen": tuesday})

    assert moved["Location"] == url("setting_change", change.pk)
    assert "all settled" in desk.get(url("setting_changes")).content.decode()
    assert url("appointment", visit.pk) in desk.get(url("move", visit.pk)).content.decode()


def test_a_save_of_the_clinics_details_is_taken_back_whole_and_only_by_who_made_it(
    practice: Practice, admin: Client
) -> None:
    address, undo = reverse("accounts:settings"), reverse("accounts:undo_details")
    before = form_with(admin.get(address).content, "seen", "zone")
    assert "Nothing was changed" in admin.post(address, before, follow=True).content.decode()

    changed = {"name": ["Other"], "urgent_phone": ["+49 30 7654321"], "address": ["Way 2"], "languages": ["en", "fr"]}
    saved = admin.post(address, form_with(admin.get(address).content, "seen", "zone") | changed, follow=True)
    assert undo in saved.content.decode()
    admin.post(undo)

    after = form_with(admin.get(address).content, "seen", "zone")
    assert {name: after[name] for name in changed} == {name: before[name] for name in changed}


# --- said at once -----------------------------------------------------------------------------------------------------
def test_two_of_one_name_are_refused_whatever_their_letters(practice: Practice, admin: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        Equipment.objects.create(clinic=practice.clinic, name="Ultrasound")
    type_name = practice.visit_type.name
    for name, typed in (
        ("add_visit_type", {"name": type_name.upper(), "duration_minutes": 30, "turnover_minutes": 0}),
        ("add_room", {"name": "ROOM A", "capacity": 1}),
        ("add_room", {"name": "room \u00a0a", "capacity": 1}),
        ("add_equipment", {"name": "ultraSound", "quantity": 1}),
    ):
        answer = admin.post(url(name), typed)
        assert (name, answer.status_code) == (name, 422)
        assert "of this name already" in answer.content.decode()
    for model, values in (
        (VisitType, {"name": type_name.upper(), "code": "x", "duration_minutes": 30}),
        (Room, {"name": "ROOM A"}),
        (Equipment, {"name": "ultraSound"}),
    ):
        with tenant(practice.clinic.pk, actor="test"), pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(clinic=practice.clinic, **values)


def test_a_technique_nobody_holds_is_said_at_once_and_where_nothing_is_free(
    practice: Practice, admin: Client, desk: Client
) -> None:
    technique = Technique.objects.order_by("code")[0]
    typed = {"name": "Guided", "duration_minutes": 45, "turnover_minutes": 0, "technique": technique.pk}
    said = f"Nobody holds the technique “{technique}”"

    page = admin.post(url("add_visit_type"), typed | {"is_active": "on"}, follow=True).content.decode()

    assert said in page
    assert "nobody holds its technique" in page
    guided = VisitType.objects.get(name="Guided")
    assert f"holds the technique “{technique}”" in desk.get(url("find"), {"visit_type": guided.pk}).content.decode()
    people = {"clinician": practice.clinician.pk, "technique": technique.pk, "valid_from_date": "2026-01-01"}
    assert said not in admin.post(url("add_credential"), people, follow=True).content.decode()
    assert said in admin.post(url("remove_credential", Credential.objects.get().pk), follow=True).content.decode()


def test_the_last_room_out_of_use_is_said_at_once_and_while_booking(
    practice: Practice, admin: Client, desk: Client
) -> None:
    pages = [url("book", practice.patient.pk), f"{url('find')}?visit_type={practice.visit_type.pk}"]
    said, address = "All rooms are out of use", url("change_room", practice.room.pk)
    assert not any(said in desk.get(page).content.decode() for page in pages)

    saved = admin.post(address, {"name": "Room A", "capacity": 1}, follow=True)

    assert "No room is in use now" in saved.content.decode()
    assert all(said in desk.get(page).content.decode() for page in pages)
    VisitType.objects.update(needs_room=False)
    assert not any(said in desk.get(page).content.decode() for page in pages)


def test_overlapping_weekly_hours_are_said_at_once(practice: Practice, admin: Client) -> None:
    whose = {"clinician": practice.clinician.pk, "valid_from_date": MONDAY}
    for hours, said in (
        ({"weekdays": [0, 5], "start_time": "16:00", "end_time": "18:00"}, "Monday 08:00–17:00"),
        ({"weekdays": [1], "start_time": "17:00", "end_time": "18:00"}, ""),
        ({"weekdays": [0], "start_time": "07:00", "end_time": "09:00", "valid_from_date": "2019-01-01",
          "valid_until_date": "2019-12-31"}, ""),
    ):  # fmt: skip
        page = admin.post(url("add_hours"), whose | hours, follow=True).content.decode()
        assert "The hours are saved." in page
        assert ("These overlap" in page) == bool(said), hours
        assert said in page


def test_what_a_colleague_removed_meanwhile_is_said_with_the_name(practice: Practice, admin: Client) -> None:
    whole = {"clinic": practice.clinic, "starts_at": at(0), "ends_at": at(1)}
    who = {"clinic": practice.clinic, "clinician": practice.clinician}
    technique, day = Technique.objects.order_by("code")[0], {"start_time": "09:00", "end_time": "12:00"}
    with tenant(practice.clinic.pk, actor="test"):
        rows = {
            "remove_hours": AvailabilityBlock.objects.get(weekday=2),
            "remove_extra_hours": ExtraHours.objects.create(**who, day=SATURDAY, **day),
            "remove_leave": Leave.objects.create(**whole, clinician=practice.clinician),
            "remove_closure": Closure.objects.create(name="Works", **whole),
            "remove_credential": Credential.objects.create(**who, technique=technique, valid_from_date=MONDAY),
        }
    name = admin.member.user.full_name  # type: ignore[attr-defined]
    for act, row in rows.items():
        assert admin.post(url(act, row.pk)).status_code == 302
        again = admin.post(url(act, row.pk), follow=True)
        assert f"This was removed already, by {name}" in again.content.decode(), act
        assert admin.post(url(act, practice.room.pk)).status_code == 404


def test_nothing_is_free_tells_why(practice: Practice, desk: Client) -> None:
    whole = {"clinic": practice.clinic, "starts_at": at(0), "ends_at": at(0, day=date(2026, 12, 31))}
    asked = {"visit_type": practice.visit_type.pk}
    book = url("book", practice.patient.pk)
    with tenant(practice.clinic.pk, actor="test"):
        closure = Closure.objects.create(name="Works", **whole)
    for page in (desk.get(url("find"), asked), desk.get(book, asked)):
        assert "The clinic is closed: Works, 7 Sep 2026 – 30 Dec 2026." in page.content.decode()
    with tenant(practice.clinic.pk, actor="test"):
        closure.delete()
        Leave.objects.create(clinician=practice.clinician, **whole)
    name = practice.clinician.user.full_name
    assert f"{name} is away: 7 Sep 2026 – 30 Dec 2026." in desk.get(url("find"), asked).content.decode()
    Leave.objects.all().delete()
    AvailabilityBlock.objects.exclude(weekday=0).delete()
    day = desk.get(book, asked | {"shown": "2026-09-08"}).content.decode()
    assert f"{name} has no working hours on these days." in day
    a_visit(practice, starts_at=at(9), ends_at=at(17))
    assert "All other times are taken" in desk.get(book, asked).content.decode()
    AvailabilityBlock.objects.all().delete()
    assert "has no working hours on these days" in desk.get(url("find"), asked).content.decode()
