"""Who changed and who saw a patient's record, in words, newest first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.changes import Change
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Patient
from sessions.queries import history
from sessions.queries.history import history_page
from sessions.services import side_effects
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.sessions import PainScoreFactory, SideEffectFactory

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def test_a_change_is_told_in_words_with_names_labels_and_the_clinics_time(in_clinic: Clinic) -> None:
    by = MembershipFactory(clinic=in_clinic, user__full_name="Dr Vera Ito").as_actor()
    told = SideEffectFactory(clinic=in_clinic)
    with tenant(in_clinic.pk, actor=by.audit_name):
        side_effects.acknowledge(side_effect_id=told.pk, version=1, by=by, now=NOW)
        side_effects.retriage(side_effect_id=told.pk, version=2, priority="P3", reason="harmless", by=by, now=NOW)

    lower, taken, *_older = history_page(by, told.patient_id).entries

    assert (taken.line.actor_name, taken.line.record_name) == ("Dr Vera Ito", "side effect")
    assert Change("status", "open", "taken") in taken.changes
    assert Change("acknowledged by", "–", "Dr Vera Ito") in taken.changes
    assert Change("priority", "P2 next working day", "P3 log") in lower.changes
    assert lower.line.event.reason == "harmless"
    assert "version" not in {change.field for change in lower.changes}


def test_a_view_stands_beside_the_changes_and_each_can_be_shown_alone(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, given_names="Ann")
        Patient.objects.filter(pk=patient.pk).update(given_names="Anna")
    reader = staff_client(Role.CLINICIAN, clinic=clinic)
    reader.get(reverse("sessions:chart", args=[patient.pk]))
    url = reverse("sessions:history", args=[patient.pk])
    auditor = staff_client(Role.AUDITOR, clinic=clinic)

    both = auditor.get(url).content.decode()
    changes = auditor.get(url, {"show": "changes"}).content.decode()
    views = auditor.get(url, {"show": "views"}).content.decode()

    seen, changed = "Patient: viewed", "<del>Ann</del> → <ins>Anna</ins>"
    assert seen in both
    assert changed in both
    assert seen not in changes
    assert changed in changes
    assert seen in views
    assert changed not in views
    assert reader.member.user.full_name in both  # type: ignore[attr-defined]


def test_reading_the_history_is_itself_recorded(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    auditor = staff_client(Role.AUDITOR, clinic=clinic)
    url = reverse("sessions:history", args=[patient.pk])
    auditor.get(url)
    assert "Audit event: viewed" in auditor.get(url).content.decode()


def test_older_entries_follow_without_a_gap_or_a_double(in_clinic: Clinic, monkeypatch) -> None:
    monkeypatch.setattr(history, "PAGE_SIZE", 3)
    by = MembershipFactory(clinic=in_clinic).as_actor()
    patient = PatientFactory(clinic=in_clinic)
    for number in range(7):
        Patient.objects.filter(pk=patient.pk).update(given_names=f"Name{number}")
    seen, older = [], None
    while True:
        page = history_page(by, patient.pk, before=older.at if older else None, before_id=older.pk if older else None)
        seen += [entry.line.event.pk for entry in page.entries]
        older = page.older
        if older is None:
            break
    assert len(seen) == len(set(seen)) == 8


def test_a_row_that_is_gone_is_told_by_what_it_held(in_clinic: Clinic) -> None:
    by = MembershipFactory(clinic=in_clinic).as_actor()
    score = PainScoreFactory(clinic=in_clinic, score=7)
    patient_id = score.patient_id
    score.delete()

    gone = history_page(by, patient_id).entries[0]

    assert (gone.line.event.kind, gone.line.record_name) == ("delete", "pain score")
    assert Change("pain (0-10)", "7", "–") in gone.changes


def test_another_clinics_history_does_not_exist(
    clinic: Clinic, other_clinic: Clinic, staff_client: Callable[..., Client], as_superuser
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)
    auditor = staff_client(Role.AUDITOR, clinic=clinic)
    as_superuser()
    assert auditor.get(reverse("sessions:history", args=[foreign.pk])).status_code == 404
    with tenant(clinic.pk):
        assert history_page(auditor.member.as_actor(), foreign.pk).entries == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("query", ["show=x", "before=yesterday", "before_id=1", "before=%00"])
def test_an_address_that_does_not_fit_is_refused(
    clinic: Clinic, staff_client: Callable[..., Client], query: str
) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    url = reverse("sessions:history", args=[patient.pk])
    assert staff_client(Role.AUDITOR, clinic=clinic).get(f"{url}?{query}").status_code == 400


def test_three_events_cost_the_queries_of_one(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    auditor = staff_client(Role.AUDITOR, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        by = MembershipFactory(clinic=clinic).as_actor()
        patient = PatientFactory(clinic=clinic)
    url = reverse("sessions:history", args=[patient.pk])
    asked = []
    for rows in (1, 2):
        with tenant(clinic.pk, actor=by.audit_name):
            for _row in range(rows):
                told = SideEffectFactory(clinic=clinic, patient=patient)
                side_effects.acknowledge(side_effect_id=told.pk, version=1, by=by, now=NOW + timedelta(hours=rows))
        auditor.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert auditor.get(url).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
