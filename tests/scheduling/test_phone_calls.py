"""A phone call: find a time, keep it, book it for somebody new or known, once or as a series."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from common.tenancy import tenant
from patients.models import Patient
from patients.records import PatientDetails
from patients.services import patients
from scheduling.models import Appointment, SlotHold
from scheduling.services import appointments, slot_holds
from tests.factories.scheduling import VisitTypeFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at

WEEK = timedelta(days=7)
CALLER = {"family_name": "Novak", "given_names": "Jana", "birth_date": "1980-05-17", "phone": "+49 30 1234567"}

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def hold(practice: Practice) -> SlotHold:
    return _kept(practice)


def _kept(practice: Practice, **changes: Any) -> SlotHold:
    given: dict[str, Any] = {
        "patient": None,
        "clinician": practice.clinician,
        "room": None,
        "visit_type": practice.visit_type,
        "starts_at": at(10),
    }
    now = at(8, 50)
    with tenant(practice.clinic.pk, actor="test"):
        place = appointments.place_of(**(given | changes), by=practice.desk, now=now)
        return slot_holds.keep(place=place, by=practice.desk, now=now)


def _book(desk: Client, hold: SlotHold, **typed: Any) -> Any:
    said = {"visits": "1", "every_days": "7"} | CALLER | typed
    return _read_back(desk, reverse("scheduling:kept", kwargs={"hold_id": hold.pk}), said)


def _read_back(desk: Client, address: str, said: dict[str, Any]) -> Any:
    """Send the form; where all dates are shown to be read back, read them and send it again."""
    answer = desk.post(address, said)
    shown = (answer.context or {}).get("read") if answer.status_code != 302 else None
    return desk.post(address, said | {"read": shown}) if shown else answer


def _visits(practice: Practice) -> list[Appointment]:
    with tenant(practice.clinic.pk):
        return list(Appointment.objects.order_by("starts_at").select_related("patient"))


def test_a_call_opens_with_the_first_free_times(practice: Practice, desk: Client) -> None:
    page = desk.get(reverse("scheduling:find")).content.decode()

    assert page.count('name="chosen"') == 12
    assert "kept" not in page.replace("What you typed is kept for you.", "")  # said before an idle sign-out


def test_the_page_shows_what_was_looked_for(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        VisitTypeFactory(clinic=practice.clinic, name="A call", duration_minutes=15)
        usual = VisitTypeFactory(clinic=practice.clinic, code="initial-evaluation", name="Evaluation")

    page = desk.get(reverse("scheduling:find")).content.decode()

    assert f'<option value="{usual.pk}" selected>' in page
    assert f'value="{MONDAY.isoformat()}"' in page


def test_a_tap_keeps_the_time_and_asks_whom_it_is_for(practice: Practice, desk: Client) -> None:
    chosen = f"{at(10).isoformat()}/{practice.clinician.pk}"

    answer = desk.post(
        reverse("scheduling:keep"), {"visit_type": practice.visit_type.pk, "chosen": chosen}, follow=True
    )

    with tenant(practice.clinic.pk):
        kept = SlotHold.objects.get()
    assert (kept.starts_at, kept.ended_at) == (at(10), None)
    assert "kept for you until 08:55" in answer.content.decode()


def test_a_time_somebody_else_keeps_is_told_above_a_new_search(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    chosen = f"{hold.starts_at.isoformat()}/{practice.clinician.pk}"

    answer = desk.post(reverse("scheduling:keep"), {"visit_type": practice.visit_type.pk, "chosen": chosen})

    assert answer.status_code == 409
    assert "This time is held for somebody else until" in answer.content.decode()


def test_a_new_caller_is_registered_and_booked_in_one_act(practice: Practice, desk: Client, hold: SlotHold) -> None:
    assert _book(desk, hold).status_code == 302

    (visit,) = _visits(practice)
    assert (visit.starts_at, visit.patient.full_name) == (at(10), "Jana Novak")


def test_a_caller_who_is_found_is_booked_without_typing(practice: Practice, desk: Client, hold: SlotHold) -> None:
    empty = dict.fromkeys(CALLER, "")

    assert _book(desk, hold, **empty, patient=practice.patient.pk).status_code == 302

    assert [visit.patient for visit in _visits(practice)] == [practice.patient]


def test_a_caller_who_may_be_known_is_asked_about_and_nothing_is_registered(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        details = PatientDetails("Jana", "Nowak", birth_date=date(1980, 5, 17), zone=practice.clinic.zone)
        patients.register(by=practice.desk, now=NOW, details=details)
        before = Patient.objects.count()

    answer = _book(desk, hold)

    assert answer.status_code == 409
    assert "The caller may already be here" in answer.content.decode()
    with tenant(practice.clinic.pk):
        assert (Patient.objects.count(), Appointment.objects.count()) == (before, 0)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"family_name": "", "given_names": ""}, "Say who it is"),
        ({"birth_date": ""}, "needs a date of birth"),
        ({"birth_date": "2015-01-01"}, "Enter the name of a guardian"),
        ({"phone": "12"}, "phone"),
        ({"visits": "99"}, "Choose one of the options"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(
    practice: Practice, desk: Client, hold: SlotHold, typed: dict[str, str], told: str
) -> None:
    answer = _book(desk, hold, **typed)

    page = answer.content.decode()
    assert answer.status_code in (409, 422)
    assert told in page
    assert all(f'value="{escape(value)}"' in page for value in {**CALLER, **typed}.values() if value and value != "99")
    assert _visits(practice) == []


def test_three_weekly_visits_of_a_new_caller_are_booked_and_undone_in_one_act(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    answer = _book(desk, hold, visits="3")
    assert [visit.starts_at for visit in _visits(practice)] == [at(10), at(10) + WEEK, at(10) + 2 * WEEK]

    page = desk.get(answer["Location"]).content.decode()
    undo = next(part for part in page.split('"') if part.startswith("/schedule/series/undo/"))
    desk.post(undo)

    assert {visit.status for visit in _visits(practice)} == {"cancelled"}


def test_the_plan_shows_a_conflict_before_anything_is_saved_and_takes_another_time(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        practice.book(starts_at=at(10) + WEEK, now=at(8, 50))

    shown = _book(desk, hold, visits="3").content.decode()
    assert "Dr Ada Berg has another visit then." in shown
    assert len(_visits(practice)) == 1
    other = f"{(at(9, 15) + WEEK).isoformat()}/{practice.clinician.pk}"
    assert f'value="{other}"' in shown

    assert _book(desk, hold, visits="3", **{"visit-2": other}).status_code == 302
    own = [visit.starts_at for visit in _visits(practice) if visit.patient.family_name == "Novak"]
    assert own == [at(10), at(9, 15) + WEEK, at(10) + 2 * WEEK]


def test_nothing_is_booked_before_all_dates_stood_on_the_page_in_words(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    address = reverse("scheduling:kept", kwargs={"hold_id": hold.pk})
    said = {"visits": "3", "every_days": "7"} | CALLER

    first = desk.post(address, said)
    page = first.content.decode()

    assert (first.status_code, _visits(practice)) == (409, [])
    assert "Read them back to the patient" in page
    dates = ["Monday 7 September 2026", "Monday 14 September 2026", "Monday 21 September 2026"]
    assert all(f"<bdi>{one}</bdi>, 10:00–10:30" in page for one in dates)
    assert desk.post(address, said | {"read": first.context["read"]}).status_code == 302
    assert len(_visits(practice)) == 3


def test_dates_that_changed_since_they_were_read_are_read_again(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    address = reverse("scheduling:kept", kwargs={"hold_id": hold.pk})
    read = desk.post(address, {"visits": "3", "every_days": "7"} | CALLER).context["read"]

    fortnightly = desk.post(address, {"visits": "3", "every_days": "14"} | CALLER | {"read": read})

    assert (fortnightly.status_code, _visits(practice)) == (409, [])
    assert "Monday 5 October 2026" in fortnightly.content.decode()


def test_the_dates_shown_while_somebody_types_are_read_with_what_was_chosen_instead(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        practice.book(starts_at=at(10) + WEEK, now=at(8, 50))
    address = reverse("scheduling:kept", kwargs={"hold_id": hold.pk})
    asked = {"visits": "3", "every_days": "7", "visit-2": "skip"}

    shown = desk.get(address, asked, headers={"HX-Request": "true"})

    assert '<option value="skip" selected>' in shown.content.decode()
    assert desk.post(address, asked | CALLER | {"read": shown.context["read"]}).status_code == 302


def test_a_visit_of_a_series_can_be_left_out(practice: Practice, desk: Client, hold: SlotHold) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        practice.book(starts_at=at(10) + WEEK, now=at(8, 50))

    assert _book(desk, hold, visits="3", **{"visit-2": "skip"}).status_code == 302

    assert len(_visits(practice)) == 3


def test_a_time_that_ran_out_while_somebody_typed_is_booked_if_nobody_took_it(
    practice: Practice, desk: Client, hold: SlotHold, time_machine_to: Callable[[Any], None]
) -> None:
    time_machine_to(at(9, 30))

    assert _book(desk, hold).status_code == 302


def test_a_time_that_ran_out_and_was_taken_is_refused_with_what_was_typed(
    practice: Practice, desk: Client, hold: SlotHold, time_machine_to: Callable[[Any], None]
) -> None:
    time_machine_to(at(9, 30))
    with tenant(practice.clinic.pk, actor="test"):
        practice.book(starts_at=at(10), now=at(9, 30))

    answer = _book(desk, hold)

    assert answer.status_code == 409
    assert 'value="Novak"' in answer.content.decode()
    with tenant(practice.clinic.pk):
        assert not Patient.objects.filter(family_name="Novak").exists()


def test_a_kept_time_is_let_go(practice: Practice, desk: Client, hold: SlotHold) -> None:
    desk.post(reverse("scheduling:let_go", kwargs={"hold_id": hold.pk}))

    with tenant(practice.clinic.pk, actor="test"):
        assert practice.book(starts_at=at(10), now=at(8, 50)).starts_at == at(10)


def test_a_kept_time_is_kept_longer(practice: Practice, desk: Client, hold: SlotHold) -> None:
    desk.post(reverse("scheduling:keep_longer", kwargs={"hold_id": hold.pk}))

    with tenant(practice.clinic.pk):
        hold.refresh_from_db()
    assert hold.expires_at == at(8, 55)


def _extend(desk: Client, visit: Appointment, **typed: Any) -> Any:
    address = reverse("scheduling:extend_series", kwargs={"series_id": visit.series_id})
    return _read_back(desk, address, {"visits": "2", "every_days": "7"} | typed)


def test_a_series_goes_on_from_its_last_visit(practice: Practice, desk: Client, hold: SlotHold) -> None:
    _book(desk, hold, visits="3")

    answer = _extend(desk, _visits(practice)[0])

    assert answer.status_code == 302
    assert [visit.starts_at for visit in _visits(practice)] == [at(10) + n * WEEK for n in range(5)]
    assert len({visit.series_id for visit in _visits(practice)}) == 1


def test_a_series_goes_on_around_what_is_in_its_way(practice: Practice, desk: Client, hold: SlotHold) -> None:
    _book(desk, hold, visits="3")
    with tenant(practice.clinic.pk, actor="test"):
        practice.book(starts_at=at(10) + 3 * WEEK, now=at(8, 50))
    first = _visits(practice)[0]

    shown = _extend(desk, first)
    assert (shown.status_code, "has another visit then" in shown.content.decode()) == (422, True)

    assert _extend(desk, first, **{"visit-1": "skip"}).status_code == 302
    assert max(visit.starts_at for visit in _visits(practice)) == at(10) + 4 * WEEK


def test_a_callers_date_of_birth_is_said_in_words_before_anything_is_booked(desk: Client, hold: SlotHold) -> None:
    page = _book(desk, hold, birth_date="3/4/1981", family_name="", given_names="")
    assert page.status_code == 422
    assert "3 April 1981, 45 years" in page.content.decode()


def test_a_series_mixes_visit_types_and_each_visit_is_as_long_as_its_type(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        review = VisitTypeFactory(clinic=practice.clinic, name="Review", duration_minutes=15)

    assert _book(desk, hold, visits="3", **{"type-3": str(review.pk)}).status_code == 302

    booked = _visits(practice)
    assert [visit.visit_type_id for visit in booked] == [practice.visit_type.pk] * 2 + [review.pk]
    assert [visit.ends_at - visit.starts_at for visit in booked] == [timedelta(minutes=n) for n in (30, 30, 15)]
    assert len({visit.series_id for visit in booked}) == 1


def test_a_visit_of_another_type_is_looked_at_with_its_own_length(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        long = VisitTypeFactory(clinic=practice.clinic, name="Long", duration_minutes=60)
        practice.book(starts_at=at(10, 45) + WEEK, now=at(8, 50))

    shown = _book(desk, hold, visits="3", **{"type-2": str(long.pk)})

    assert "Dr Ada Berg has another visit then." in shown.content.decode()
    assert f'<option value="{long.pk}" selected>Long</option>' in shown.content.decode()


def test_another_type_chosen_after_the_dates_were_read_is_read_again(
    practice: Practice, desk: Client, hold: SlotHold
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        review = VisitTypeFactory(clinic=practice.clinic, name="Review", duration_minutes=15)
    address = reverse("scheduling:kept", kwargs={"hold_id": hold.pk})
    said = {"visits": "3", "every_days": "7"} | CALLER
    read = desk.post(address, said).context["read"]

    changed = desk.post(address, said | {"type-2": str(review.pk), "read": read})

    assert (changed.status_code, _visits(practice)) == (409, [])


def test_a_type_that_is_none_is_never_booked(practice: Practice, desk: Client, hold: SlotHold) -> None:
    assert _book(desk, hold, visits="2", **{"type-2": "\0"}).status_code == 302

    assert {visit.visit_type_id for visit in _visits(practice)} == {practice.visit_type.pk}


def test_a_series_goes_on_with_a_visit_of_another_type(practice: Practice, desk: Client, hold: SlotHold) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        review = VisitTypeFactory(clinic=practice.clinic, name="Review", duration_minutes=15)
    _book(desk, hold, visits="3")

    assert _extend(desk, _visits(practice)[0], **{"type-2": str(review.pk)}).status_code == 302

    assert [visit.visit_type_id for visit in _visits(practice)][-2:] == [practice.visit_type.pk, review.pk]
