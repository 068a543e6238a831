"""A file that prescribes an anticoagulant raises a question about the patient, and no fact."""

import pytest
from django.urls import reverse

from accounts.actors import Actor
from accounts.choices import Role
from common.tenancy import tenant
from patients.models import Patient, RiskFlag
from patients.queries.banners import banner
from tests.patients.fhir import about, bundle, patient
from tests.patients.importer import NOW, TODAY, Importer, Kind, State
from tests.patients.merging import merge

ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.fixture
def importer(clinic):
    return Importer(clinic)


@pytest.fixture
def clinician(staff_client, clinic):
    return staff_client(Role.CLINICIAN, clinic=clinic)


def request(text="", status="active", kind="MedicationRequest", **more):
    named = {"medicationCodeableConcept": {"text": text}} if text else {}
    return {"resourceType": kind, "status": status, "intent": "order"} | named | about("subject") | more


def coded(system, code):
    return request(medicationCodeableConcept={"coding": [{"system": system, "code": code}]})


def flags(importer, *resources):
    job = importer.whole(
        bundle(patient(identifier=[{"system": "http://old.test", "value": "7"}]), *resources), Kind.FHIR
    )
    assert job.state == State.DONE, job.errors
    with tenant(importer.clinic.pk, actor="test"):
        return list(RiskFlag.objects.current().values_list("flag", "detail", "is_to_confirm"))


@pytest.mark.parametrize(
    "words",
    [
        *("Warfarin 5 mg", "Coumadin", "Phenprocoumon", "Marcumar", "Acenocoumarol", "Warfarine"),
        *("Apixaban 2.5 MG Oral Tablet", "Eliquis", "Rivaroxaban", "Xarelto", "Dabigatran etexilate", "Edoxaban"),
        *("Heparin", "Enoxaparin sodium", "Enoxaparina", "Dalteparin", "Tinzaparin", "Antikoagulans"),
    ],
)
def test_an_active_anticoagulant_becomes_a_flag_to_confirm(importer, words):
    assert flags(importer, request(words)) == [("anticoagulant", words, True)]


@pytest.mark.parametrize(
    "one",
    [
        coded(ATC, "B01AA03"),
        coded(ATC, "B01AF02"),
        coded(ATC, "B01AE07"),
        coded(ATC, "B01AB05"),
        coded(RXNORM, "11289"),
    ],
)
def test_a_code_alone_is_known(importer, one):
    assert [flag for flag, _detail, _asks in flags(importer, one)] == ["anticoagulant"]


def test_a_statement_counts_as_a_request_does(importer):
    assert flags(importer, request("Warfarin", kind="MedicationStatement")) == [("anticoagulant", "Warfarin", True)]


@pytest.mark.parametrize("status", ["on-hold", "unknown", "intended"])
def test_what_may_be_taken_is_asked_about(importer, status):
    assert flags(importer, request("Warfarin", status=status)) == [("anticoagulant", "Warfarin", True)]


@pytest.mark.parametrize("status", ["stopped", "completed", "entered-in-error", "cancelled", "not-taken"])
def test_what_is_over_raises_nothing(importer, status):
    assert flags(importer, request("Warfarin", status=status)) == []


def test_what_is_not_to_be_given_raises_nothing(importer):
    assert flags(importer, request("Warfarin", doNotPerform=True)) == []


@pytest.mark.parametrize("words", ["Aspirin 75 mg", "Metformin", "Ibuprofen"])
def test_another_medicine_raises_nothing(importer, words):
    assert flags(importer, request(words)) == []


def test_a_medicine_of_its_own_entry_is_found_wherever_it_stands(importer):
    medicine = {"resourceType": "Medication", "id": "m", "code": {"text": "Apixaban"}}
    asked = request(medicationReference={"reference": "Medication/m"})
    assert flags(importer, asked, medicine) == [("anticoagulant", "Apixaban", True)]


def test_a_medicine_held_inside_is_found_by_its_ingredient(importer):
    coding = {"system": ATC, "code": "B01AF01", "display": "Rivaroxaban"}
    inside = {"resourceType": "Medication", "id": "m", "ingredient": [{"itemCodeableConcept": {"coding": [coding]}}]}
    asked = request(medicationReference={"reference": "#m"}, contained=[inside])
    assert flags(importer, asked) == [("anticoagulant", "Rivaroxaban", True)]


def test_an_odd_request_loses_nobody(importer):
    odd = request("x", medicationCodeableConcept=[{"text": 5}], medicationReference="m", contained="y")
    assert flags(importer, odd, request("Warfarin")) == [("anticoagulant", "Warfarin", True)]


def test_a_flag_that_stands_is_not_made_a_question_and_one_that_was_ended_does_not_come_back(importer, clinic):
    flags(importer, request("Warfarin"))
    with tenant(clinic.pk, actor="test"):
        RiskFlag.objects.update(is_to_confirm=False)
    assert flags(importer, request("Apixaban")) == [("anticoagulant", "Warfarin", False)]
    with tenant(clinic.pk, actor="test"):
        RiskFlag.objects.update(ended_at=RiskFlag.objects.get().recorded_at)
    assert flags(importer, request("Warfarin")) == []


def test_the_banner_says_that_it_has_to_be_asked(importer, clinic):
    flags(importer, request("Warfarin"))
    by = Actor(clinic=clinic, role=Role.CLINICIAN, name="x")
    with tenant(clinic.pk, actor="test"):
        shown = banner(by, Patient.objects.get().pk, today=TODAY)
    assert ("warn", "Anticoagulant: Warfarin (from a file: ask)") in shown.flags


def test_the_profile_confirms_or_ends_what_a_file_said(importer, clinician, clinic):
    flags(importer, request("Warfarin"))
    with tenant(clinic.pk, actor="test"):
        flag = RiskFlag.objects.get()
    page = reverse("patients:profile", args=[flag.patient_id])
    confirm = reverse("patients:confirm-flag", args=[flag.patient_id, flag.pk])
    assert "From a file, not confirmed. Ask the patient." in clinician.get(page).text
    assert clinician.get(confirm).status_code == 405
    assert clinician.post(confirm).status_code == 302
    assert "not confirmed" not in clinician.get(page).text
    with tenant(clinic.pk, actor="test"):
        assert RiskFlag.objects.get().is_to_confirm is False
    clinician.post(reverse("patients:lower-flag", args=[flag.patient_id, flag.pk]))
    with tenant(clinic.pk, actor="test"):
        assert not RiskFlag.objects.current().exists()


def test_raising_the_flag_by_hand_confirms_the_one_of_the_file(importer, clinician, clinic):
    flags(importer, request("Warfarin"))
    with tenant(clinic.pk, actor="test"):
        whose = Patient.objects.get().pk
    said = {"flag": "anticoagulant", "detail": "Apixaban"}
    assert clinician.post(reverse("patients:raise-flag", args=[whose]), said).status_code == 302
    with tenant(clinic.pk, actor="test"):
        assert list(RiskFlag.objects.values_list("detail", "is_to_confirm")) == [("Apixaban", False)]


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["survivor", "merged"])
def test_a_merge_lets_the_known_flag_win_over_the_question(in_clinic, by, survivor, merged, which):
    rows = {"survivor": survivor, "merged": merged}
    for name, whose in rows.items():
        said = {"clinic": in_clinic, "patient": whose, "flag": "anticoagulant", "recorded_at": NOW}
        RiskFlag.objects.create(**said, is_to_confirm=name == which)
    merge(by, survivor, merged)
    assert RiskFlag.objects.current().get(patient=survivor).is_to_confirm is False
