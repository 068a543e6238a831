"""“Asked, no allergy is known” is a fact with its day, from a person or a file, and never stands beside an allergy."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Allergy, NoKnownAllergy, Patient
from tests.factories.patients import PatientFactory
from tests.patients.importer import NOW, Importer, Kind

TO_ANN = {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}}
SAID = TO_ANN | {"code": {"text": "No known allergies"}}


def bundle(*resources: dict[str, Any]) -> str:
    number = [{"system": "urn:old", "value": "1"}]
    ann = {"resourceType": "Patient", "id": "1", "name": [{"family": "Berg"}], "birthDate": "1970-01-02"}
    entries = [{"resource": one} for one in (ann | {"identifier": number}, *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


@pytest.fixture
def clinician(staff_client: Callable[..., Client], clinic: Clinic) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    with tenant(clinic.pk, actor="test"):
        return PatientFactory(clinic=clinic)


def test_a_clinician_notes_that_they_asked_and_the_first_allergy_ends_it(
    clinic: Clinic, clinician: Client, patient: Patient
) -> None:
    page = reverse("patients:profile", args=[patient.pk])
    assert "No allergy recorded." in clinician.get(page).text
    clinician.post(reverse("patients:none-known", args=[patient.pk]))
    text = clinician.get(page).text
    assert "no known allergy." in text
    assert "No allergy recorded." not in text
    clinician.post(reverse("patients:add-allergy", args=[patient.pk]), {"substance": "corn"})
    assert "Asked on" not in clinician.get(page).text
    with tenant(clinic.pk, actor="test"):
        assert not NoKnownAllergy.objects.current().exists()


def test_asked_again_it_has_the_new_day_and_stands_once(clinic: Clinic, clinician: Client, patient: Patient) -> None:
    for _time in range(2):
        clinician.post(reverse("patients:none-known", args=[patient.pk]))
    with tenant(clinic.pk, actor="test"):
        assert NoKnownAllergy.objects.current().count() == 1


def test_beside_an_allergy_it_is_refused_by_the_page_and_by_the_database(
    clinic: Clinic, clinician: Client, patient: Patient
) -> None:
    with tenant(clinic.pk, actor="test"):
        Allergy.objects.create(clinic=clinic, patient=patient, substance="corn", recorded_at=NOW)
    answer = clinician.post(reverse("patients:none-known", args=[patient.pk]), follow=True)
    assert "An allergy of this patient is recorded." in answer.text
    with tenant(clinic.pk, actor="test"), pytest.raises(IntegrityError, match="is known"), transaction.atomic():
        NoKnownAllergy.objects.create(clinic=clinic, patient=patient, recorded_at=NOW)


def test_a_file_says_so_with_its_day_until_somebody_asks(clinic: Clinic, clinician: Client) -> None:
    Importer(clinic).whole(bundle(SAID), Kind.FHIR)
    with tenant(clinic.pk, actor="test"):
        said = NoKnownAllergy.objects.select_related("patient").get()
    assert said.is_from_file
    page = reverse("patients:profile", args=[said.patient.pk])
    assert "says: no known allergy. Ask again." in clinician.get(page).text
    clinician.post(reverse("patients:none-known", args=[said.patient.pk]))
    assert "Ask again" not in clinician.get(page).text


def test_an_allergy_of_a_later_file_ends_it_and_no_later_file_denies_an_allergy(clinic: Clinic) -> None:
    importer = Importer(clinic)
    importer.whole(bundle(SAID), Kind.FHIR)
    importer.whole(bundle(TO_ANN | {"code": {"text": "Latex"}}), Kind.FHIR)
    importer.whole(bundle(SAID), Kind.FHIR)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 1
        assert Allergy.objects.current().get().substance == "latex"
        assert not NoKnownAllergy.objects.current().exists()
