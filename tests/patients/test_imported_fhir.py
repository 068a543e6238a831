"""What other systems' FHIR files say of allergies, medicines, names and records, in the register's own words."""

import io
import json
from datetime import date
from typing import Any

import pytest

from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import Flag, Substance
from patients.importing import fhir_bundle
from patients.importing.fhir_substances import says_none_known, says_ruled_out
from patients.importing.habits import Habits
from patients.importing.people import Person
from patients.models import Allergy, Patient, RiskFlag
from tests.patients.importer import Importer, Kind

HABITS = Habits(zone="Europe/Berlin", language="de", region="DE", is_month_first=False, today=date(2026, 3, 2))
SNOMED = "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"


@pytest.fixture(autouse=True)
def quick_progress(monkeypatch: Any) -> None:
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 30)


@pytest.fixture
def importer(clinic: Clinic) -> Importer:
    return Importer(clinic)


def patient(**more: Any) -> dict[str, Any]:
    said = {
        "resourceType": "Patient",
        "id": "1",
        "name": [{"family": "Berg", "given": ["Ann"]}],
        "birthDate": "1970-01-02",
    }
    return said | more


def about(kind: str, **more: Any) -> dict[str, Any]:
    who = {"reference": "Patient/1"}
    return {"resourceType": kind, ("patient" if kind == "AllergyIntolerance" else "subject"): who} | more


def request(medicine: Any, **more: Any) -> dict[str, Any]:
    said = {"status": "active", "intent": "order", "medicationCodeableConcept": medicine}
    return about("MedicationRequest", **(said | more))


def bundle(*resources: dict[str, Any]) -> str:
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]})


def read(content: str | bytes) -> tuple[list[Person], fhir_bundle.Bundle]:
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    found, people = fhir_bundle.read(file, HABITS, lambda _row: None)
    return list(people), found


@pytest.mark.parametrize(
    "concept",
    [
        {"text": "No known allergy"},
        {"text": "No known drug allergies"},
        {"text": "NKDA"},
        {"text": "Keine bekannten Allergien"},
        {"coding": [{"system": SNOMED, "code": "716186003"}]},
        {"coding": [{"system": SNOMED, "code": "409137002", "display": "No Known Drug Allergy (situation)"}]},
    ],
)
def test_no_known_allergy_is_no_allergy(concept: dict[str, Any]) -> None:
    assert says_none_known(concept)
    [person], found = read(bundle(patient(), about("AllergyIntolerance", code=concept)))
    assert person.allergies == ()
    assert found.ignored["no known allergy"] == 1
    assert (person.says_none_known, person.to_check) == (True, ())


def test_an_allergy_beside_no_known_allergy_wins() -> None:
    none, latex = ({"text": "No known allergy"}, {"text": "Latex"})
    [person], _found = read(
        bundle(patient(), about("AllergyIntolerance", code=none), about("AllergyIntolerance", code=latex))
    )
    assert [one.substance for one in person.allergies] == [Substance.LATEX]
    assert (person.says_none_known, person.to_check) == (False, ())


@pytest.mark.parametrize("words", ["Lidocaine ruled out", "Allergy to lidocaine excluded", "Not allergic to lidocaine"])
def test_what_was_ruled_out_is_no_allergy_and_stands_to_be_read(words: str) -> None:
    assert says_ruled_out({"text": words})
    [person], _found = read(bundle(patient(), about("AllergyIntolerance", code={"text": words})))
    assert person.allergies == ()
    assert [words for _what, words in person.to_check] == [words]


def test_a_refuted_allergy_is_none() -> None:
    refuted = {"coding": [{"code": "refuted"}]}
    [person], found = read(
        bundle(patient(), about("AllergyIntolerance", code={"text": "Lidocaine"}, verificationStatus=refuted))
    )
    assert (person.allergies, found.ignored["AllergyIntolerance not in use"]) == ((), 1)


@pytest.mark.parametrize(
    "medicine",
    [
        {"text": "Warfarin 5 mg tablet"},
        {"text": "Marcumar"},
        {"text": "Apixaban"},
        {"text": "Enoxaparin 40 mg"},
        {"coding": [{"system": RXNORM, "code": "11289"}]},
        {"coding": [{"system": RXNORM, "code": "1364430"}]},
        {"coding": [{"system": ATC, "code": "B01AF01"}]},
    ],
)
def test_a_medicine_against_clotting_becomes_a_flag_to_confirm(medicine: dict[str, Any]) -> None:
    [person], _found = read(bundle(patient(), request(medicine)))
    assert [flag.flag for flag in person.flags] == [Flag.ANTICOAGULANT]
    assert person.flags[0].is_to_confirm


@pytest.mark.parametrize(
    "more",
    [{"status": "stopped"}, {"status": "completed"}, {"status": "entered-in-error"}, {"intent": "proposal"}],
)
def test_a_medicine_that_is_not_taken_raises_no_flag(more: dict[str, Any]) -> None:
    [person], _found = read(bundle(patient(), request({"text": "Warfarin"}, **more)))
    assert person.flags == ()


@pytest.mark.parametrize("words", ["Paracetamol", "Parsley", "Aspirin"])
def test_another_medicine_is_passed_over(words: str) -> None:
    [person], found = read(bundle(patient(), request({"text": words})))
    assert (person.flags, found.ignored["MedicationRequest"]) == ((), 1)


def test_a_request_that_points_at_a_medicine_is_followed() -> None:
    medicine = {"resourceType": "Medication", "id": "w", "code": {"text": "Warfarin"}}
    pointing = {"medicationCodeableConcept": None, "medicationReference": {"reference": "Medication/w"}}
    inside = {"medicationReference": {"reference": "#w"}, "contained": [medicine]}
    for more, beside in ((pointing, [medicine]), (inside, [])):
        asked = {key: value for key, value in request(None, **more).items() if value is not None}
        [person], _found = read(bundle(patient(), asked, *beside))
        assert [flag.flag for flag in person.flags] == [Flag.ANTICOAGULANT]


def test_what_a_file_says_stands_on_the_patients_pages(importer: Importer, clinic: Clinic, staff_client: Any) -> None:
    articaine = about("AllergyIntolerance", code={"text": "Articaine"})
    importer.whole(bundle(patient(), articaine, request({"text": "Warfarin 5 mg"})), Kind.FHIR)
    with tenant(clinic.pk, actor="test"):
        assert Allergy.objects.values_list("substance", "substance_text").get() == ("local_anaesthetic", "Articaine")
        assert RiskFlag.objects.values_list("detail", "is_to_confirm").get() == ("Warfarin 5 mg", True)
        who = Patient.objects.get().pk
    page = staff_client("clinician", clinic=clinic).get(f"/patients/{who}/").content.decode()
    assert "(from a file: ask)" in page
    assert "Warfarin 5 mg" in page


@pytest.mark.parametrize(
    ("names", "given", "family"),
    [
        ([{"text": "Berg, Ann"}], "Ann", "Berg"),
        ([{"text": "Ann Mary Berg"}], "Ann Mary", "Berg"),
        ([{"use": "official", "family": "Old", "period": {"end": "2010-01-01"}}, {"family": "New"}], "", "New"),
        ([{"use": "maiden", "family": "Born"}, {"use": "usual", "family": "Now"}], "", "Now"),
        ([{"use": "temp", "family": "Emergency 7"}, {"family": "Real"}], "", "Real"),
        ([{"use": "official", "family": "Still", "period": {"end": "2030"}}], "", "Still"),
        ([{"use": "anonymous", "family": "Anon"}, {"use": "old", "family": "Was"}, {"given": ["Ann"]}], "Ann", ""),
    ],
)
def test_the_name_in_use_is_taken(names: list[dict[str, Any]], given: str, family: str) -> None:
    [person], _found = read(bundle(patient(name=names)))
    assert (person.details.given_names, person.details.family_name) == (given, family)


def test_a_phone_that_is_over_and_an_odd_language_do_not_keep_anybody_out() -> None:
    telecom = [
        {"system": "phone", "value": "+49 30 901820", "period": {"end": "2019"}},
        {"system": "phone", "value": "+49 30 901821"},
        {"system": "email", "value": "none"},
    ]
    spoken = [{"language": {"text": "the language of birds"}}]
    [person], _found = read(bundle(patient(telecom=telecom, communication=spoken)))
    assert [one.value for one in person.contacts] == ["+4930901821"]
    assert person.details.language == "de"
    assert person.to_check == (("email", "none"), ("language", "the language of birds"))


def test_a_record_that_was_replaced_is_nobody_and_what_is_about_it_goes_to_the_other() -> None:
    replaced = patient(id="old", link=[{"type": "replaced-by", "other": {"reference": "Patient/1"}}])
    latex = about("AllergyIntolerance", code={"text": "Latex"}) | {"patient": {"reference": "Patient/old"}}
    [person], found = read(bundle(replaced, patient(), latex))
    assert [one.substance for one in person.allergies] == [Substance.LATEX]
    assert (found.problems, found.ignored["Patient not in use"]) == ([], 1)


def test_two_records_that_replace_each_other_end_nowhere() -> None:
    one, other = (
        patient(id=here, link=[{"type": "replaced-by", "other": {"reference": f"Patient/{there}"}}])
        for here, there in (("a", "b"), ("b", "a"))
    )
    latex = about("AllergyIntolerance", code={"text": "Latex"}) | {"patient": {"reference": "Patient/a"}}
    people, _found = read(bundle(one, other, latex))
    assert people == []


def test_a_resource_a_line_is_read_and_a_broken_line_comes_back() -> None:
    lines = [
        json.dumps(patient()),
        '{"resourceType": "Pat',
        json.dumps(about("AllergyIntolerance", code={"text": "x"})),
    ]
    [person], found = read("\n".join([*lines, ""]))
    assert [one.substance_text for one in person.allergies] == ["x"]
    assert [problem.row for problem in found.problems] == [2]


def test_one_resource_alone_is_read() -> None:
    [person], _found = read(json.dumps(patient(), indent=2))
    assert person.details.family_name == "Berg"


def test_a_year_alone_is_no_day_and_says_so() -> None:
    _people, found = read(bundle(patient(birthDate="1970")))
    assert "Only the year of birth" in found.problems[0].reason


def test_an_allergy_that_cannot_be_read_is_asked_about_of_somebody_who_is_here_too(
    importer: Importer, clinic: Clinic
) -> None:
    known = patient(identifier=[{"system": "urn:old", "value": "1"}], telecom=[{"system": "phone", "value": "call"}])
    importer.whole(bundle(known), Kind.FHIR)
    broken = about("AllergyIntolerance", code={"text": "Latex"}, clinicalStatus={"coding": [{"code": "nope"}]})
    for extended in (1, 0):
        job, _back = importer.with_rows_back(bundle(known, broken), Kind.FHIR)
        assert job.counts["extended"] == extended
        with tenant(clinic.pk, actor="test"):
            assert Patient.objects.get().file_note == (
                "Allergy in the file that could not be read: Latex · Phone as written: call"
            )


def test_a_bundle_of_bundles_loses_no_allergy() -> None:
    inside = json.loads(bundle(about("AllergyIntolerance", code={"text": "Lidocaine"})))
    [person], _found = read(bundle(patient(), inside))
    assert [one.substance for one in person.allergies] == [Substance.LOCAL_ANAESTHETIC]
