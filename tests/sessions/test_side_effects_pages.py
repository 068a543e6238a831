"""The pages of a side effect: report, take, judge, close; nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Patient
from sessions.choices import AlertStatus, Source
from sessions.models import SideEffect
from tests.factories.patients import PatientFactory
from tests.factories.sessions import SideEffectFactory, signed_session

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def clinician(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    with tenant(clinic.pk, actor="test"):
        return PatientFactory(clinic=clinic)


@pytest.fixture
def told(clinic: Clinic, patient: Patient) -> SideEffect:
    with tenant(clinic.pk, actor="test"):
        return SideEffectFactory(clinic=clinic, patient=patient, priority="P0")


def stored(told: SideEffect) -> SideEffect:
    with tenant(told.clinic_id):
        return SideEffect.objects.get(pk=told.pk)


def url(name: str, told: SideEffect) -> str:
    return reverse(f"sessions:{name}", args=[told.pk])


def test_the_desk_reports_what_a_patient_said_on_the_phone(
    clinic: Clinic, patient: Patient, staff_client: Callable[..., Client]
) -> None:
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    page = desk.get(reverse("sessions:report_side_effect", args=[patient.pk]))
    assert "makes it more urgent" not in page.content.decode()

    answer = desk.post(
        reverse("sessions:report_side_effect", args=[patient.pk]),
        {"source": "phone", "danger_signs": ["breathless"], "description": "cannot breathe"},
        follow=True,
    )

    assert "Fetch a clinician now" in answer.content.decode()
    with tenant(clinic.pk):
        assert SideEffect.objects.get().source == Source.PHONE


def test_a_clinician_names_the_kind_and_the_session(clinic: Clinic, clinician: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        session = signed_session(clinic=clinic, signed_at=NOW)
    clinician.post(
        reverse("sessions:report_side_effect", args=[session.patient_id]),
        {"source": "clinician", "event_type": "INFECTION", "has_escalated": "on", "injection_session": session.pk},
    )
    assert "Take it now, or fetch a colleague." in clinician.get(reverse("sessions:worklists")).content.decode()
    with tenant(clinic.pk):
        told = SideEffect.objects.select_related("event_type").get()
    assert (told.event_type.code, told.priority, told.injection_session_id) == ("INFECTION", "P0", session.pk)


def test_an_onset_before_the_session_is_told_beside_the_field_and_nothing_is_saved(
    clinic: Clinic, clinician: Client
) -> None:
    with tenant(clinic.pk, actor="test"):
        session = signed_session(clinic=clinic, signed_at=NOW)
    page = clinician.post(
        reverse("sessions:report_side_effect", args=[session.patient_id]),
        {
            "source": "clinician",
            "description": "sore before",
            "injection_session": session.pk,
            "onset_at": "2026-03-01T08:00",
        },
    ).content.decode()
    assert "This began before the session" in page
    assert "sore before" in page
    with tenant(clinic.pk):
        assert not SideEffect.objects.exists()


def test_an_empty_report_asks_once_and_presets_nothing(clinic: Clinic, patient: Patient, clinician: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        session = signed_session(signed_at=NOW, clinic=clinic, appointment__patient=patient)
    address = reverse("sessions:report_side_effect", args=[patient.pk])
    empty = clinician.get(address).content.decode()
    assert f'value="{session.pk}"' in empty
    assert " checked" not in empty
    assert re.findall(r"<option[^>]* selected[^>]*>([^<]*)", empty) == ["not judged yet", "not known"]
    page = clinician.post(address, {"source": "phone"}).content.decode()
    assert page.count("Tick a danger sign or say what happened.</a>") == 1
    assert page.count('class="error-summary"') == 1


def test_a_closed_report_that_nobody_took_or_graded_says_so(
    clinic: Clinic, told: SideEffect, clinician: Client
) -> None:
    clinician.post(url("close_side_effect", told), {"version": 1, "event_type": "BRUISE", "outcome": "gone"})
    page = clinician.get(url("side_effect", told)).content.decode()
    assert stored(told).status == "closed"
    for words in ("<dd>not graded</dd>", "<dd>no reason ticked</dd>", "<dd>not judged</dd>"):
        assert words in page
    assert "taken by" not in page


def test_taking_a_report_offers_to_undo_it_and_the_undo_gives_it_back(told: SideEffect, clinician: Client) -> None:
    page = clinician.post(url("acknowledge_side_effect", told), {"version": 1, "back": "worklists"}, follow=True)
    undo = f"{url('give_back_side_effect', told)}?version=2"
    assert f'action="{undo}"' in page.content.decode()
    assert stored(told).acknowledged_by_id == clinician.member.pk  # type: ignore[attr-defined]

    clinician.post(undo)
    assert stored(told).status == AlertStatus.OPEN


def test_closing_offers_to_undo_it(told: SideEffect, clinician: Client) -> None:
    page = clinician.post(
        url("close_side_effect", told), {"version": 1, "event_type": "OTHER", "outcome": "gone"}, follow=True
    )
    assert "?version=2" in page.content.decode()
    clinician.post(f"{url('reopen_side_effect', told)}?version=2")
    assert stored(told).status == AlertStatus.ACKNOWLEDGED


def test_the_judgement_is_saved(told: SideEffect, clinician: Client) -> None:
    clinician.post(
        url("grade_side_effect", told),
        {"version": 1, "severity": 3, "seriousness": ["hospital"], "causality": "possible", "outcome": "in hospital"},
    )
    found = stored(told)
    assert (found.severity, found.is_serious, found.causality, found.outcome) == (3, True, "possible", "in hospital")


def test_a_lower_priority_without_a_reason_is_refused_and_the_choice_kept(told: SideEffect, clinician: Client) -> None:
    answer = clinician.post(url("retriage_side_effect", told), {"version": 1, "priority": "P3", "reason": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A lower priority needs a reason." in page
    assert '<option value="P3" selected>' in page
    assert stored(told).priority == "P0"


def test_who_was_slower_is_told_and_keeps_what_was_typed(told: SideEffect, clinician: Client) -> None:
    clinician.post(url("acknowledge_side_effect", told), {"version": 1})
    answer = clinician.post(
        url("close_side_effect", told), {"version": 1, "event_type": "OTHER", "outcome": "typed words"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this report" in page
    assert "typed words" in page
    assert stored(told).status == AlertStatus.ACKNOWLEDGED

    clinician.post(url("close_side_effect", told), {"version": 2, "event_type": "OTHER", "outcome": "typed words"})
    assert stored(told).outcome == "typed words"


def test_taking_what_somebody_took_says_so_and_changes_nothing(told: SideEffect, clinician: Client) -> None:
    clinician.post(url("acknowledge_side_effect", told), {"version": 1})
    page = clinician.post(url("acknowledge_side_effect", told), {"version": 1}, follow=True)
    assert "Nothing was changed by you" in page.content.decode()
    page = clinician.post(url("acknowledge_side_effect", told), {"version": 2}, follow=True)
    assert "already taken" in page.content.decode()


def test_an_act_without_the_version_is_a_bad_request(told: SideEffect, clinician: Client) -> None:
    assert clinician.post(url("acknowledge_side_effect", told)).status_code == 400


def test_a_report_that_nobody_judged_in_time_says_so(clinic: Clinic, told: SideEffect, clinician: Client) -> None:
    clinician.post(url("grade_side_effect", told), {"version": 1, "seriousness": ["hospital"]})
    page = clinician.get(url("side_effect", told)).content.decode()
    assert "no outcome or cause after 72 hours" in page
    assert "no judgement after 72 h" in clinician.get(reverse("sessions:worklists")).content.decode()
