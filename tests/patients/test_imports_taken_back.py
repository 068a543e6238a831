"""An import is taken back as a whole: only who was used since stays, and nothing of anybody else is touched."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import (
    Allergy,
    ContactConsent,
    ContactPoint,
    Identifier,
    ImportedPart,
    ImportedRow,
    NameToken,
    Patient,
    PatientCondition,
    PatientImport,
    RiskFlag,
)
from patients.services import import_undoing
from tests.patients.importer import DATA, HEADER, Importer, Kind, State

# What is recorded later is told by its transaction, so each act here has its own.
pytestmark = pytest.mark.django_db(transaction=True)

TABLES = (
    Patient,
    ContactPoint,
    ContactConsent,
    Identifier,
    NameToken,
    PatientCondition,
    Allergy,
    RiskFlag,
    ImportedRow,
    ImportedPart,
)


@pytest.fixture(autouse=True)
def quick_progress(monkeypatch: Any) -> None:
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 30)


@pytest.fixture
def importer(clinic: Clinic) -> Importer:
    return Importer(clinic)


def everything(clinic: Clinic) -> list[Any]:
    """Every row of every table an import writes."""
    with tenant(clinic.pk, actor="test"):
        return [sorted(map(str, table.objects.values_list())) for table in TABLES]


def taken_back(importer: Importer, job: PatientImport) -> PatientImport:
    with tenant(importer.clinic.pk, actor="test"):
        assert import_undoing.ask(by=importer.by, job=job)
    return importer.run(job)


@pytest.mark.parametrize(("name", "kind"), [("patients.csv", Kind.CSV), ("bundle.json", Kind.FHIR)])
def test_a_file_taken_back_leaves_everything_as_it_was(
    importer: Importer, clinic: Clinic, name: str, kind: Any
) -> None:
    importer.whole(HEADER + "Here,Before,1950-01-02,030 901820,,X1,\n")
    before = everything(clinic)
    job = importer.whole((DATA / name).read_bytes(), kind)
    assert everything(clinic) != before
    back = taken_back(importer, job)
    assert back.state == State.TAKEN_BACK
    assert back.taken_back == {"gone": job.counts["new"], "stayed": 0, "removed": 0}
    assert everything(clinic) == before


def test_after_it_was_taken_back_the_same_file_goes_in_again(importer: Importer, clinic: Clinic) -> None:
    content = (DATA / "patients.csv").read_bytes()
    taken_back(importer, importer.whole(content))
    assert importer.whole(content).counts["new"] == 10


def test_what_it_added_to_somebody_who_was_here_goes_too(importer: Importer, clinic: Clinic) -> None:
    importer.whole(HEADER + "Berg,Ann,1970-01-02,,,X1,\n")
    before = everything(clinic)
    more = "Last name,First name,Date of birth,Phone,Email,Old number,Deceased,Interpreter\n"
    job = importer.whole(more + "Berg,Ann,1970-01-02,030 901820,ann@example.org,X1,yes,yes\n")
    assert job.counts["extended"] == 1
    back = taken_back(importer, job)
    assert (back.taken_back["gone"], back.taken_back["removed"]) == (0, 4)
    assert everything(clinic) == before


def test_who_was_changed_since_stays_whole(importer: Importer, clinic: Clinic) -> None:
    job = importer.whole(HEADER + "Berg,Ann,1970-01-02,030 901820,,,\nGone,Bob,1971-01-02,030 901821,,,\n")
    with tenant(clinic.pk, actor="test"):
        ann = Patient.objects.get(given_names="Ann")
        Allergy.objects.create(clinic=clinic, patient=ann, substance="latex", recorded_at="2026-03-02T10:00Z")
    back = taken_back(importer, job)
    assert (back.taken_back["gone"], back.taken_back["stayed"]) == (1, 1)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.get() == ann
        assert ContactPoint.objects.get().patient == ann
        assert Identifier.objects.get().patient == ann


def test_a_phone_that_was_changed_keeps_its_patient(importer: Importer, clinic: Clinic) -> None:
    job = importer.whole(HEADER + "Berg,Ann,1970-01-02,030 901820,,,\n")
    with tenant(clinic.pk, actor="test"):
        ContactPoint.objects.update(note="her mother")
    assert taken_back(importer, job).taken_back["stayed"] == 1


def test_an_import_is_taken_back_once(importer: Importer, clinic: Clinic) -> None:
    job = importer.whole((DATA / "patients.csv").read_bytes())
    taken_back(importer, job)
    with tenant(clinic.pk, actor="test"):
        assert not import_undoing.ask(by=importer.by, job=job)
    with pytest.raises(IntegrityError, match="taken back already"), tenant(clinic.pk, actor="test"):
        import_undoing.take_back(job)


def test_the_trail_keeps_what_was_removed(importer: Importer, clinic: Clinic) -> None:
    taken_back(importer, importer.whole(HEADER + "Berg,Ann,1970-01-02,030 901820,,,\n"))
    with tenant(clinic.pk, actor="test"), connection.cursor() as cursor:
        cursor.execute("SELECT changes FROM audit_auditevent WHERE kind = 'delete' AND table_name = 'patients_patient'")
        assert json.loads(cursor.fetchone()[0])["family_name"] == "Berg"


def test_another_clinics_import_is_not_there_to_be_taken_back(
    importer: Importer, other_clinic: Clinic, staff_client: Any, as_superuser: Any
) -> None:
    job = importer.whole(HEADER + "Berg,Ann,1970-01-02,,,,\n")
    url = reverse("patients:import-take-back", args=[job.pk])
    foreign = staff_client(Role.CLINIC_ADMIN, clinic=other_clinic)
    assert foreign.post(url).status_code == 404
    with pytest.raises(IntegrityError, match="made nothing"), tenant(other_clinic.pk, actor="test"):
        import_undoing.take_back(job)


def test_the_admin_takes_an_import_back_on_its_page(importer: Importer, clinic: Clinic, staff_client: Any) -> None:
    job = importer.whole(HEADER + "Berg,Ann,1970-01-02,,,,\n")
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    page = reverse("patients:import", args=[job.pk])
    assert "Take the import back" in admin.get(page).text
    assert admin.post(reverse("patients:import-take-back", args=[job.pk])).url == page
    assert "Waiting for the worker" in admin.get(page).text
    importer.run(job)
    assert "1 patient of this file is gone" in admin.get(page).text
    with tenant(clinic.pk, actor="test"):
        assert not Patient.objects.filter(birth_date=date(1970, 1, 2)).exists()
