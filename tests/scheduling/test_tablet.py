"""The tablet in the waiting room: opened with a code, tells nothing, keeps nothing, can be revoked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, AppointmentMove, CheckInTablet, IdentityCheck
from scheduling.views import tablet_door
from tests.factories.patients import PatientFactory
from tests.scheduling.conftest import MONDAY, Practice, at, make_practice
from tests.scheduling.visits import a_visit, again

pytestmark = pytest.mark.usefixtures("monday_morning")

DOOR = "/schedule/tablet/"
BORN = {"day": "17", "month": "5", "year": "1970"}


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic)
        practice.patient.family_name = "Quillfeather"
        practice.patient.save()
    return practice


@pytest.fixture
def enrolled(practice: Practice, admin: Client) -> CheckInTablet:
    admin.post(reverse("scheduling:enrol_tablet"), {"name": "Counter"})
    with tenant(practice.clinic.pk):
        return CheckInTablet.objects.get()


def code_for(member: Client, tablet: CheckInTablet) -> str:
    return str(member.post(reverse("scheduling:give_tablet_code", args=[tablet.pk])).context["code"])


@pytest.fixture
def tablet(desk: Client, enrolled: CheckInTablet) -> Client:
    """The browser of an open tablet."""
    browser = Client()
    assert browser.post(DOOR, {"code": code_for(desk, enrolled)})["Location"] == DOOR
    return browser


def say(tablet: Client, letters: str = "Qui", **changes: str) -> str:
    return str(tablet.post(DOOR, BORN | {"letters": letters} | changes)["Location"])


# --- the patient ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("letters", ["Qui", "qui", "QUILL", "quillfeather", " Qui "])
def test_the_right_birth_date_and_letters_let_the_patient_in(
    practice: Practice, tablet: Client, enrolled: CheckInTablet, letters: str
) -> None:
    visit = a_visit(practice)

    assert say(tablet, letters) == f"{DOOR}thanks/"

    assert again(visit).status == VisitStatus.ARRIVED
    with tenant(practice.clinic.pk):
        check = IdentityCheck.objects.get(appointment=visit)
        move = AppointmentMove.objects.get(appointment=visit, to_status="arrived")
    assert (check.tablet_id, check.checked_by_id, move.moved_by_id) == (enrolled.pk, None, None)
    assert "On the tablet “Counter”" in move.reason


@pytest.mark.parametrize(
    ("letters", "changes"),
    [("Qu", {}), ("Fea", {}), ("Xyz", {}), ("Qui", {"day": "18"}), ("Qui", {"month": "6"}), ("Qui", {"year": "1971"})],
)
def test_a_wrong_answer_tells_nothing_and_lets_nobody_in(
    practice: Practice, tablet: Client, letters: str, changes: dict[str, str]
) -> None:
    visit = a_visit(practice)

    assert say(tablet, letters, **changes) == f"{DOOR}desk/"

    assert again(visit).status == VisitStatus.BOOKED


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "cancelled", "cancelled_by": "patient", "cancel_reason": "ill"},
        {"status": "done"},
        {"starts_at": at(9, day=MONDAY + timedelta(days=1))},
    ],
)
def test_somebody_without_a_visit_today_is_sent_to_the_desk_like_a_stranger(
    practice: Practice, tablet: Client, changes: dict[str, Any]
) -> None:
    a_visit(practice, **changes)

    assert say(tablet) == f"{DOOR}desk/"


def test_two_patients_who_fit_are_both_sent_to_the_desk(practice: Practice, tablet: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        twin = PatientFactory(clinic=practice.clinic, family_name="Quillfeather")
        colleague = practice.another_clinician()
    visits = [a_visit(practice), a_visit(practice, patient=twin, clinician=colleague, room=None)]

    assert say(tablet) == f"{DOOR}desk/"

    assert [again(visit).status for visit in visits] == ["booked", "booked"]


def test_who_is_here_already_may_say_so_again(practice: Practice, tablet: Client) -> None:
    a_visit(practice)

    assert [say(tablet), say(tablet)] == [f"{DOOR}thanks/", f"{DOOR}thanks/"]

    with tenant(practice.clinic.pk):
        assert IdentityCheck.objects.count() == 1


def test_a_short_name_is_typed_whole(practice: Practice, tablet: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        practice.patient.family_name = "Ng"
        practice.patient.save()
    a_visit(practice)

    assert [say(tablet, "N"), say(tablet, "Ng")] == [f"{DOOR}desk/", f"{DOOR}thanks/"]


def test_a_day_that_is_none_is_said_beside_it(tablet: Client) -> None:
    page = tablet.post(DOOR, BORN | {"day": "31", "month": "2", "letters": "Qui"})

    assert page.status_code == 422
    assert "not in the calendar" in page.content.decode()


# --- what it leaves behind --------------------------------------------------------------------------------------------
def test_no_page_of_the_tablet_shows_a_name_or_what_was_typed(practice: Practice, tablet: Client) -> None:
    a_visit(practice)
    pages = [tablet.get(DOOR)]
    for letters in ("Qui", "Xyz"):
        pages.append(tablet.post(DOOR, BORN | {"letters": letters}, follow=True))
    pages.append(tablet.get(DOOR))

    for page in pages:
        body = page.content.decode()
        assert page.status_code == 200
        assert page["Cache-Control"] == "no-store, private"
        for word in ("Quillfeather", practice.patient.given_names, "1970", "Xyz", practice.clinic.name):
            assert word not in body


@pytest.mark.parametrize("answer", ["thanks", "desk"])
def test_an_answer_goes_away_by_itself_after_half_a_minute_or_with_a_tap(tablet: Client, answer: str) -> None:
    page = tablet.get(f"{DOOR}{answer}/")

    assert page["Refresh"] == f"30; url={DOOR}"
    assert f'href="{DOOR}"' in page.content.decode()


def test_the_tablet_holds_a_cookie_of_the_device_for_a_day_and_signs_nobody_in(tablet: Client) -> None:
    cookie = tablet.cookies["tablet"]

    assert set(tablet.cookies) == {"tablet"}
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (DOOR, True, "Strict")
    assert cookie["max-age"] == 12 * 60 * 60
    assert tablet.get(reverse("scheduling:today")).status_code == 302


def test_whoever_opens_the_tablet_is_signed_out_of_it(desk: Client, enrolled: CheckInTablet) -> None:
    desk.post(DOOR, {"code": code_for(desk, enrolled)})

    assert desk.get(reverse("scheduling:today")).status_code == 302


def test_the_inputs_ask_the_browser_to_remember_nothing(tablet: Client) -> None:
    body = tablet.get(DOOR).content.decode()

    assert body.count('autocomplete="off"') >= 5
    assert "data-keep" not in body


# --- the door ---------------------------------------------------------------------------------------------------------
def test_only_hashes_are_kept_and_a_code_opens_once(desk: Client, enrolled: CheckInTablet) -> None:
    code = code_for(desk, enrolled)
    with tenant(enrolled.clinic_id):
        enrolled.refresh_from_db()
    assert code.encode() not in bytes(enrolled.code_hash)
    assert len(bytes(enrolled.code_hash)) == 32

    tries = [Client().post(DOOR, {"code": code}).status_code for _try in range(2)]

    assert tries == [302, 422]


def test_a_code_is_typed_in_any_case(desk: Client, enrolled: CheckInTablet) -> None:
    assert Client().post(DOOR, {"code": f" {code_for(desk, enrolled).upper()} "}).status_code == 302


def test_a_code_is_worth_nothing_after_a_quarter_of_an_hour(desk: Client, enrolled: CheckInTablet) -> None:
    code = code_for(desk, enrolled)

    with time_machine.travel(at(9, 5), tick=False):
        assert Client().post(DOOR, {"code": code}).status_code == 422


def test_a_new_code_closes_what_the_tablet_had_open(desk: Client, enrolled: CheckInTablet, tablet: Client) -> None:
    assert "Are you here" in tablet.get(DOOR).content.decode()

    code_for(desk, enrolled)

    assert "Open this tablet" in tablet.get(DOOR).content.decode()


def test_after_the_day_the_tablet_asks_for_a_code_again(tablet: Client) -> None:
    with time_machine.travel(at(21), tick=False):
        assert "Open this tablet" in tablet.get(DOOR).content.decode()


def test_a_revoked_tablet_opens_nothing_more(
    practice: Practice, admin: Client, enrolled: CheckInTablet, tablet: Client
) -> None:
    visit = a_visit(practice)
    code = code_for(admin, enrolled)
    tablet.post(DOOR, {"code": code})

    admin.post(reverse("scheduling:revoke_tablet", args=[enrolled.pk]))

    assert tablet.post(DOOR, BORN | {"letters": "Qui"}).status_code == 422
    assert again(visit).status == VisitStatus.BOOKED
    assert admin.post(reverse("scheduling:give_tablet_code", args=[enrolled.pk])).status_code == 404


@pytest.mark.parametrize("code", ["", "abc", "abcdef-aaaaaaaaaa", "x" * 41, "abcdef-AAAAAAAAAA\x00"])
def test_a_wrong_code_opens_nothing(enrolled: CheckInTablet, code: str) -> None:
    page = Client().post(DOOR, {"code": code})

    assert page.status_code == 422
    assert "opens nothing" in page.content.decode()
    assert "tablet" not in page.cookies


def test_a_cookie_of_somebodys_own_making_opens_nothing(tablet: Client) -> None:
    stranger = Client()
    stranger.cookies["tablet"] = tablet.cookies["tablet"].value[:-2] + "xx"

    assert "Open this tablet" in stranger.get(DOOR).content.decode()


def test_a_flood_of_codes_is_slowed(desk: Client, enrolled: CheckInTablet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tablet_door.MOST, "tablet:code", 2)
    browser = Client()
    statuses = [browser.post(DOOR, {"code": "abcdef-aaaaaaaaaa"}).status_code for _try in range(3)]

    assert statuses == [422, 422, 429]
    assert browser.post(DOOR, {"code": code_for(desk, enrolled)}).status_code == 429


def test_a_flood_of_guesses_is_slowed_and_still_tells_nothing(
    practice: Practice, tablet: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(tablet_door.MOST, "tablet:here", 2)
    visit = a_visit(practice)
    for _try in range(2):
        say(tablet, "Xyz")

    page = tablet.post(DOOR, BORN | {"letters": "Qui"})

    assert page.status_code == 429
    assert "Please go to the desk" in page.content.decode()
    assert again(visit).status == VisitStatus.BOOKED


def test_another_clinics_visits_are_out_of_the_tablets_sight(
    practice: Practice, other_clinic: Clinic, tablet: Client
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        other = make_practice(other_clinic)
        other.patient.family_name = "Quillfeather"
        other.patient.save()
    visit = a_visit(other)

    assert say(tablet) == f"{DOOR}desk/"
    assert again(visit).status == VisitStatus.BOOKED


# --- the set-up -------------------------------------------------------------------------------------------------------
def test_the_desk_gives_codes_but_enrols_and_revokes_nothing(desk: Client, enrolled: CheckInTablet) -> None:
    assert desk.post(reverse("scheduling:enrol_tablet"), {"name": "Mine"}).status_code == 403
    assert desk.post(reverse("scheduling:revoke_tablet", args=[enrolled.pk])).status_code == 403
    assert "Revoke" not in desk.get(reverse("scheduling:tablets")).content.decode()


def test_two_tablets_of_one_name_are_refused_while_the_first_is_enrolled(
    admin: Client, enrolled: CheckInTablet
) -> None:
    page = admin.post(reverse("scheduling:enrol_tablet"), {"name": "Counter"})
    assert page.status_code == 422
    assert "of this name already" in page.content.decode()

    admin.post(reverse("scheduling:revoke_tablet", args=[enrolled.pk]))

    assert admin.post(reverse("scheduling:enrol_tablet"), {"name": "Counter"}).status_code == 302


def test_the_database_keeps_no_key_of_a_revoked_tablet(enrolled: CheckInTablet) -> None:
    enrolled.revoked_at, enrolled.key_hash = datetime.now(tz=at(9).tzinfo), b"x" * 32

    with tenant(enrolled.clinic_id), pytest.raises(IntegrityError, match="no_key"), transaction.atomic():
        enrolled.save()


def test_every_visit_let_in_stays_in_the_book(practice: Practice, tablet: Client) -> None:
    """The tablet acts as nobody; the trail names it."""
    visit = a_visit(practice)
    say(tablet)

    with tenant(practice.clinic.pk):
        assert Appointment.objects.get(pk=visit.pk).version == 2
