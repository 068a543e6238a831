"""The page on which somebody is said to have died or left: what is open is shown, cancelled, closed, and taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import ContactPoint, Patient
from scheduling.models import Appointment
from sessions.choices import RecallKind
from sessions.models import FollowUp, InjectionSession, SideEffect
from sessions.queries.visit_recalls import recall_counts, recall_page
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseReviewFactory, FollowUpFactory, SideEffectFactory, signed_session

NOW = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    """With a visit to come, a follow-up that is due, a side effect and a draft."""
    with tenant(clinic.pk, actor="test"):
        whole = PatientFactory(clinic=clinic, given_names="Dee", family_name="Gone")
        ContactPoint.objects.create(clinic=clinic, patient=whole, kind="phone", value="+49305550")
        session = signed_session(clinic=clinic, appointment__patient=whole, signed_at=NOW - timedelta(days=4))
        FollowUpFactory(clinic=clinic, injection_session=session, due_at=NOW - timedelta(days=1))
        SideEffectFactory(clinic=clinic, patient=whole, priority="P0")
        AppointmentFactory(clinic=clinic, patient=whole, starts_at=NOW + timedelta(days=3), status="booked")
        return whole


def act(client: Client, name: str, patient: Patient, **sent: str) -> str:
    answer = client.post(reverse(f"sessions:{name}", args=[patient.pk]), sent, follow=True)
    return answer.content.decode().replace("&#x27;", "'")


def again(row: Any) -> Any:
    with tenant(row.clinic_id):
        row.refresh_from_db()
    return row


def test_from_the_death_to_the_last_open_thing_and_back(desk: Client, patient: Patient, clinic: Clinic) -> None:
    before = desk.get(reverse("sessions:departure", args=[patient.pk])).content.decode()
    assert "Mark as deceased" in before
    assert "Cancel this visit" not in before

    said = act(desk, "mark_deceased", patient, deceased_date="2026-09-05")

    assert again(patient).deceased_date == date(2026, 9, 5)
    for words in (
        "Died on 5 Sep 2026",
        "years at death",
        "10 Sep 2026",
        "Cancel this visit",
        "Close this follow-up without a call",
        "1 side-effect report is open: it stays on the worklist.",
        reverse("sessions:undo_departure", args=[patient.pk]),
    ):
        assert words in said, words

    assert "1 visit is cancelled." in act(desk, "cancel_visits", patient)
    assert "1 follow-up is closed." in act(desk, "close_follow_ups", patient)
    with tenant(clinic.pk):
        assert Appointment.objects.filter(patient=patient, status="cancelled").count() == 1
        follow_up = FollowUp.objects.get(patient=patient)
        assert (follow_up.outcome, follow_up.completed_at) == ("gone", NOW)
        assert SideEffect.objects.open().filter(patient=patient).count() == 1
        assert InjectionSession.objects.signed().filter(patient=patient).count() == 1

    assert "Back again as a patient" in act(desk, "bring_back", patient, reason="it was the husband")
    assert again(patient).departure is None
    with tenant(clinic.pk):
        assert AuditEvent.objects.filter(row_id=patient.pk, reason="it was the husband").exists()


def test_undo_and_the_ways_to_be_refused(desk: Client, patient: Patient) -> None:
    for name, sent, words in (
        ("mark_deceased", {"deceased_date": "2026-09-08"}, "This date is in the future"),
        ("mark_deceased", {"deceased_date": "1960-01-01"}, "before the date of birth"),
        ("mark_left", {"left_date": "2026-09-08"}, "This date is in the future"),
        ("mark_left", {"left_date": ""}, "Enter a date for “Left the clinic on”"),
        ("bring_back", {"reason": ""}, "Enter “Why”"),
        ("bring_back", {"reason": "a slip"}, "not marked as deceased"),
        ("cancel_visits", {}, "not marked as deceased"),
        ("close_follow_ups", {}, "not marked as deceased"),
    ):
        assert words in act(desk, name, patient, **sent), (name, sent)
    assert again(patient).departure is None

    act(desk, "mark_left", patient, left_date="2026-09-01", reason="moved to Kiel")
    assert again(patient).departure_sentence == "Left the clinic on 1 Sep 2026"
    page = desk.get(reverse("patients:detail", args=[patient.pk])).content.decode()
    assert "moved to Kiel" in page
    assert reverse("scheduling:book", args=[patient.pk]) not in page
    act(desk, "undo_departure", patient)
    assert again(patient).departure is None


@pytest.mark.parametrize(
    ("mark", "sent"), [("mark_deceased", {"deceased_date": ""}), ("mark_left", {"left_date": "2026-09-01"})]
)
def test_whoever_was_marked_by_mistake_gets_back_what_was_cancelled_and_closed(
    desk: Client, patient: Patient, clinic: Clinic, mark: str, sent: dict[str, str]
) -> None:
    """By the page, by the undo of the marking, and twice."""
    visit_page = reverse("scheduling:appointment", args=[visit_of(patient).pk])
    for way in ("bring_back", "undo_departure", "bring_back"):
        act(desk, mark, patient, **sent)
        cancelled = act(desk, "cancel_visits", patient)
        assert "Marked by mistake? Bring the patient back below" in cancelled
        assert "/undo/" not in cancelled  # an undo that can only be refused
        act(desk, "close_follow_ups", patient)
        page = desk.get(reverse("sessions:departure", args=[patient.pk])).content.decode()
        assert "1 visit was cancelled because of this. 1 follow-up was closed because of this. Put them back" in page
        assert visit_of(patient).status == "cancelled"

        if way == "bring_back":
            said = act(desk, way, patient, reason="a mix-up", puts_back="on")
        else:
            offered = act(desk, way, patient)
            assert "1 visit was cancelled because of this. 1 follow-up was closed because of this." in " ".join(
                offered.split()
            )
            assert reverse("sessions:put_back_departed", args=[patient.pk]) in offered
            said = act(desk, "put_back_departed", patient)

        assert "1 visit is put back." in said
        assert "1 follow-up is due again." in said
        assert visit_of(patient).status == "booked"
        with tenant(clinic.pk):
            assert FollowUp.objects.outstanding().filter(patient=patient).count() == 1
        assert "Cancelled because of this" not in desk.get(visit_page).content.decode()


def test_a_visit_whose_time_was_taken_is_named_with_the_way_to_another(
    desk: Client, patient: Patient, clinic: Clinic
) -> None:
    act(desk, "mark_deceased", patient)
    act(desk, "cancel_visits", patient)
    visit = visit_of(patient)
    with tenant(clinic.pk, actor="test"):
        AppointmentFactory(
            clinic=clinic, clinician=visit.clinician, starts_at=visit.starts_at, ends_at=visit.ends_at, status="booked"
        )

    said = act(desk, "bring_back", patient, reason="a mix-up", puts_back="on")

    assert again(patient).departure is None
    assert visit_of(patient).status == "cancelled"
    assert "This time was just taken" in said
    assert f"{reverse('scheduling:book', args=[patient.pk])}?visit_type={visit.visit_type_id}" in said
    assert "Book another time" in said


def test_whoever_had_left_before_the_death_gets_nothing_back_before_the_leaving_is_over(
    desk: Client, patient: Patient
) -> None:
    act(desk, "mark_left", patient, left_date="2026-09-01")
    act(desk, "cancel_visits", patient)
    act(desk, "mark_deceased", patient)
    page = desk.get(reverse("sessions:departure", args=[patient.pk])).content.decode()
    assert "because of this" not in page
    assert "as before" in act(desk, "bring_back", patient, reason="the husband", puts_back="on")
    assert visit_of(patient).status == "cancelled"
    assert "1 visit was cancelled because of this" in act(desk, "bring_back", patient, reason="is here again")


def test_a_cancelled_visit_of_who_is_gone_offers_no_undo_that_must_fail(desk: Client, patient: Patient) -> None:
    act(desk, "mark_deceased", patient)
    visit = visit_of(patient)
    sent = {"version": visit.version, "cancelled_by": "clinic", "reason": "died", "scope": "one"}
    said = desk.post(reverse("scheduling:cancel", args=[visit.pk]), sent, follow=True).content.decode()
    assert visit_of(patient).status == "cancelled"
    assert "bring the patient back first" in said
    assert "/undo/" not in said


def visit_of(patient: Patient) -> Appointment:
    with tenant(patient.clinic_id):
        rows = Appointment.objects.select_related("clinician").exclude(status="done")
        return rows.get(patient=patient, starts_at=NOW + timedelta(days=3))


def test_an_inactive_record_is_kept_with_one_tap(desk: Client, patient: Patient) -> None:
    with tenant(patient.clinic_id, actor="test"):
        Patient.objects.filter(pk=patient.pk).update(is_said_inactive=True)
    assert "Still our patient" in desk.get(reverse("sessions:departure", args=[patient.pk])).content.decode()

    act(desk, "keep_patient", patient)

    assert not again(patient).is_said_inactive


def test_an_outstanding_call_is_shown_to_be_closed_and_not_to_be_made(
    desk: Client, patient: Patient, clinic: Clinic
) -> None:
    act(desk, "mark_deceased", patient)
    with tenant(clinic.pk):
        follow_up = FollowUp.objects.get(patient=patient)

    listed = desk.get(reverse("sessions:follow_ups")).content.decode()
    assert "Dee Gone" in listed
    assert "Deceased" in listed
    assert "+49305550" not in listed
    assert reverse("sessions:departure", args=[patient.pk]) in listed
    page = desk.get(reverse("sessions:follow_up", args=[follow_up.pk])).content.decode()
    assert "Close without a call" in page
    assert 'name="outcome"' not in page


def test_alerts_stay_on_their_list(patient: Patient, clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    clinician = staff_client(Role.CLINICIAN, clinic=clinic)
    act(clinician, "mark_left", patient, left_date="2026-09-01")

    listed = clinician.get(reverse("sessions:alerts")).content.decode()

    assert "Dee Gone" in listed
    assert "Left the clinic" in listed
    assert "+49305550" in listed  # who left is still owed the call


@pytest.mark.parametrize("gone", [{"is_deceased": True}, {"left_date": date(2026, 9, 1)}])
def test_nobody_is_asked_back(patient: Patient, clinic: Clinic, gone: dict[str, Any]) -> None:
    with tenant(clinic.pk, actor="test"):
        desk = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK).as_actor()
        Appointment.objects.filter(patient=patient, status="booked").update(
            status="cancelled", cancelled_by="clinic", cancel_reason="closed"
        )
        review = CourseReviewFactory(clinic=clinic, raised_at=NOW - timedelta(days=30))
        who = [patient.pk, review.patient_id]
        assert recall_counts(desk, now=NOW).of_kind["not_booked"] == 1
        assert recall_counts(desk, now=NOW).of_kind["review"] == 1

        Patient.objects.filter(pk__in=who).update(**gone)

        assert set(recall_counts(desk, now=NOW).of_kind.values()) == {0}
        assert [row for kind in RecallKind for row in recall_page(desk, kind, now=NOW).rows] == []


def test_the_page_asks_as_often_for_three_visits_as_for_one(
    desk: Client, patient: Patient, clinic: Clinic, django_assert_num_queries: Any
) -> None:
    url = reverse("sessions:departure", args=[patient.pk])
    desk.get(url)
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get(url)
    with tenant(clinic.pk, actor="test"):
        for days in (4, 5):
            AppointmentFactory(clinic=clinic, patient=patient, starts_at=NOW + timedelta(days=days), status="booked")
    with django_assert_num_queries(PAGE_QUERIES):
        desk.get(url)


PAGE_QUERIES = 24
