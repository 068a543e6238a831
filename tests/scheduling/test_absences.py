"""A colleague calls in sick: the desk enters it from its day, sees what it touches, and moves the visits."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Leave, SettingChange
from tests.access.pages import form_with, forms_of
from tests.scheduling.conftest import MONDAY, Practice, at, make_practice
from tests.scheduling.visits import a_visit, again

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


def url(name: str, *args: object) -> str:
    return reverse(f"scheduling:{name}", args=args)


def touched(page: Any) -> dict[str, Any]:
    """The form of a page that shows the visits first."""
    return next(form for form in forms_of(page.content) if "touched" in form)


def test_the_desk_enters_a_colleague_as_away_today_from_the_calendar_and_lands_on_the_visits_to_move(
    practice: Practice, desk: Client
) -> None:
    visit, tomorrow = a_visit(practice), a_visit(practice, starts_at=at(9, day=MONDAY + timedelta(days=1)))
    address = f"{url('add_leave')}?day={MONDAY}&clinician={practice.clinician.pk}"
    assert address.replace("&", "&amp;") in desk.get(url("calendar")).content.decode()
    form = next(one for one in forms_of(desk.get(address).content) if "first_day" in one)
    assert (form["clinician"], form["first_day"], form["last_day"]) == (
        [str(practice.clinician.pk)],
        [str(MONDAY)],
        [str(MONDAY)],
    )

    asked = desk.post(address, form)

    assert "This touches 1 visit<" in asked.content.decode()
    assert not Leave.objects.exists()
    page = desk.post(address, touched(asked), follow=True)
    change = SettingChange.objects.get()
    assert page.request["PATH_INFO"] == url("setting_change", change.pk)
    assert [one.visit.pk for one in page.context["visits"]] == [visit.pk]
    assert tomorrow.patient.full_name in page.content.decode()
    leave = Leave.objects.get()
    assert (leave.starts_at, leave.ends_at) == (at(0), at(0, day=MONDAY + timedelta(days=1)))


def test_leave_that_touches_nothing_leads_the_desk_back_to_the_day_it_came_from(
    practice: Practice, desk: Client
) -> None:
    address = f"{url('add_leave')}?day={MONDAY}"
    typed = {"clinician": practice.clinician.pk, "first_day": MONDAY, "last_day": MONDAY, "start_time": "13:00"}
    assert f'href="{url("calendar")}?day={MONDAY}"' in desk.get(address).content.decode()

    page = desk.post(address, typed, follow=True)

    assert page.request["PATH_INFO"] == url("calendar")
    assert page.request["QUERY_STRING"] == f"day={MONDAY}"
    undo = url("undo_setting_change", SettingChange.objects.get().pk)
    assert undo in page.content.decode()
    assert desk.post(undo, follow=True).status_code == 200
    assert not Leave.objects.exists()


def test_no_page_of_a_sick_call_leads_the_desk_to_the_admins_pages(practice: Practice, desk: Client) -> None:
    a_visit(practice)
    address, typed = url("add_leave"), {"clinician": practice.clinician.pk, "first_day": MONDAY, "last_day": MONDAY}
    asked = desk.post(address, typed)
    pages = [desk.get(address), asked, desk.post(address, touched(asked), follow=True)]
    pages += [desk.get(url("absences")), desk.get(url("setting_changes"))]

    for page in pages:
        main = page.content.decode().partition("<main")[2]
        assert main
        assert not [link for link in (f'"{url("set_up")}', f'"{reverse("settings")}') if f'{link}"' in main]


def test_the_desk_takes_leave_away_again_in_the_list_of_who_is_away(practice: Practice, desk: Client) -> None:
    assert "Nobody is away" in desk.get(url("absences")).content.decode()
    typed = {"clinician": practice.clinician.pk, "first_day": MONDAY, "last_day": MONDAY}
    assert desk.post(url("add_leave"), typed)["Location"] == url("absences")
    listed = desk.get(url("absences")).content.decode()
    assert practice.clinician.user.full_name in listed
    remove = url("remove_leave", Leave.objects.get().pk)
    assert remove in listed

    assert desk.post(remove)["Location"] == url("absences")

    assert "Nobody is away" in desk.get(url("absences")).content.decode()
    assert "by " in desk.post(remove, follow=True).content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"first_day": "2026-09-08", "last_day": "2026-09-07"}, "last_day"),
        ({"first_day": "soon", "last_day": "2026-09-07"}, "first_day"),
        ({"clinician": "nobody"}, "clinician"),
    ],
)
def test_leave_that_cannot_be_is_told_beside_its_field_and_nothing_is_saved(
    practice: Practice, desk: Client, typed: dict[str, Any], field: str
) -> None:
    right = {"clinician": practice.clinician.pk, "first_day": MONDAY, "last_day": MONDAY}

    answer = desk.post(url("add_leave"), right | typed)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Leave.objects.exists()


def test_a_clinician_enters_nobodys_leave(practice: Practice, staff_client: Any) -> None:
    clinician = staff_client(Role.CLINICIAN, clinic=practice.clinic)

    assert clinician.get(url("add_leave")).status_code == 403
    assert url("add_leave") not in clinician.get(url("calendar")).content.decode()


def test_a_list_of_who_is_away_costs_the_same_with_one_leave_and_with_three(
    practice: Practice, desk: Client, django_assert_num_queries: Any
) -> None:
    desk.get(url("absences"))
    for day in range(3):
        first = at(0, day=MONDAY + timedelta(days=day))
        with tenant(practice.clinic.pk, actor="test"):
            Leave.objects.create(
                clinic=practice.clinic,
                clinician=practice.another_clinician(),
                starts_at=first,
                ends_at=first + timedelta(days=1),
            )
        with django_assert_num_queries(13):
            desk.get(url("absences"))


# --- the list, worked through -----------------------------------------------------------------------------------------
TUESDAY = MONDAY + timedelta(days=1)


def _away_today(practice: Practice, desk: Client) -> SettingChange:
    address, typed = url("add_leave"), {"clinician": practice.clinician.pk, "first_day": MONDAY, "last_day": MONDAY}
    desk.post(address, touched(desk.post(address, typed)))
    return SettingChange.objects.get()


def _tapped(practice: Practice, hour: int, day: Any = TUESDAY) -> dict[str, str]:
    return {"chosen": f"{at(hour, day=day).isoformat()}/{practice.clinician.pk}"}


def test_the_list_says_for_each_visit_whether_its_message_leaves_and_is_empty_at_the_end(
    practice: Practice, desk: Client, time_machine_to: Any
) -> None:
    told, untold = a_visit(practice), a_visit(practice, starts_at=at(10))
    change = _away_today(practice, desk)
    for visit, hour, more in ((told, 9, {"tell_patient": "on"}), (untold, 10, {})):
        page = desk.get(f"{url('move', visit.pk)}?list={change.pk}")
        form = form_with(page.content, "version", "list")
        desk.post(url("move", visit.pk), form | _tapped(practice, hour) | more)

    page = desk.get(url("setting_change", change.pk))

    words = page.content.decode()
    assert "No visits to move" in words
    assert "to be sent 7 Sep, 08:53" in words
    assert "no message" in words
    assert reverse("reminders:patient", args=[told.patient_id]) in words
    assert "No visits to move" in desk.get(url("setting_changes")).content.decode()
    time_machine_to(at(9))
    assert "due since 7 Sep, 08:53" in desk.get(url("setting_change", change.pk)).content.decode()


def test_a_visit_whose_move_was_taken_back_is_to_be_moved_again(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    change = _away_today(practice, desk)
    form = form_with(desk.get(url("move", visit.pk)).content, "version", "list")
    desk.post(url("move", visit.pk), form | _tapped(practice, 9))
    assert desk.get(url("setting_change", change.pk)).context["left"] == 0

    desk.post(url("undo", visit.pk, again(visit).version))

    assert again(visit).starts_at == at(9)
    assert desk.get(url("setting_change", change.pk)).context["left"] == 1
    assert desk.get(url("today")).context["to_move"] == 1
    assert "1 still to move" in desk.get(url("setting_changes")).content.decode()


def test_move_opens_at_the_visits_week_on_the_first_day_that_is_free_after_it(practice: Practice, desk: Client) -> None:
    next_month = MONDAY + timedelta(days=28)
    visit = a_visit(practice, starts_at=at(16, 30, day=next_month))

    page = desk.get(url("move", visit.pk))

    assert page.context["first_day"] == next_month
    assert page.context["shown_day"] == next_month + timedelta(days=1)
    asked = desk.get(f"{url('move', visit.pk)}?clinician=&day={TUESDAY}")
    assert (asked.context["first_day"], asked.context["chosen_clinician"]) == (TUESDAY, None)


def test_move_opens_where_a_clinician_who_is_away_for_long_is_back(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    back = MONDAY + timedelta(days=9)
    Leave.objects.create(clinic=practice.clinic, clinician=practice.clinician, starts_at=at(0), ends_at=at(0, day=back))

    page = desk.get(url("move", visit.pk))

    assert (page.context["first_day"], page.context["is_week_empty"]) == (back, False)


def test_a_refused_move_keeps_the_day_the_colleague_the_list_and_whether_the_patient_is_told(
    practice: Practice, desk: Client
) -> None:
    visit, colleague = a_visit(practice), practice.another_clinician()
    change = _away_today(practice, desk)
    thursday = MONDAY + timedelta(days=10)
    a_visit(
        practice, clinician=colleague, patient=practice.another_patient(), starts_at=at(9, day=thursday),
        room=practice.another_room(),
    )  # fmt: skip
    page = desk.get(f"{url('move', visit.pk)}?list={change.pk}")
    form = form_with(page.content, "version", "list")
    chosen = {"chosen": f"{at(9, day=thursday).isoformat()}/{colleague.pk}", "reason": "Sick call"}

    refused = desk.post(url("move", visit.pk), form | chosen)

    assert refused.status_code == 409
    assert refused.context["shown_day"] == thursday
    assert refused.context["chosen_clinician"] == colleague
    assert refused.context["back_url"] == url("setting_change", change.pk)
    kept = form_with(refused.content, "version", "list")
    assert (kept["list"], kept["reason"], kept.get("tell_patient")) == ([str(change.pk)], ["Sick call"], None)
    assert (
        desk.post(url("move", visit.pk), form | chosen | {"tell_patient": "on"}).context["form"]["tell_patient"].value()
    )
