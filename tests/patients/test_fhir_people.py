"""Whose record of a FHIR file it is: the name of today, and one person for two records of which one took over."""

import pytest

from common.tenancy import tenant
from patients.models import Allergy, Patient
from tests.patients.fhir import allergy, bundle, patient
from tests.patients.importer import Importer, Kind, State


@pytest.fixture
def importer(clinic):
    return Importer(clinic)


def named(importer, *names):
    job = importer.whole(bundle(patient(name=list(names))), Kind.FHIR)
    assert job.state == State.DONE, job.errors
    with tenant(importer.clinic.pk, actor="test"):
        one = Patient.objects.get()
    return one.given_names, one.family_name


NOW = {"family": "Now", "given": ["Ann", "Mary"]}
ENDED = {"period": {"end": "2020-05-01"}}


@pytest.mark.parametrize(
    "other",
    [
        {"use": "official", "family": "Then", "given": ["Ann"], "period": {"end": "2020"}},
        {"use": "official", "family": "Then", "given": ["Ann"], "period": {"end": "2020-05"}},
        {"use": "official", "family": "Then", "given": ["Ann"], "period": {"end": "2026-03-01"}},
        {"use": "old", "family": "Then", "given": ["Ann"]},
        {"use": "maiden", "family": "Then", "given": ["Ann"]},
        {"use": "temp", "family": "Baby", "given": ["Boy"]},
        {"use": "anonymous", "family": "Anonymous", "given": ["A"]},
        {"use": "nickname", "given": ["Annie"]},
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_the_name_of_today_wins(importer, other, is_first):
    assert named(importer, *([other, NOW] if is_first else [NOW, other])) == ("Ann Mary", "Now")


def test_a_name_that_ends_this_year_or_later_is_still_the_name(importer):
    assert named(
        importer,
        {"use": "usual", "family": "Other", "given": ["O"]},
        NOW | {"use": "official", "period": {"end": "2026"}},
    ) == ("Ann Mary", "Now")


def test_a_temporary_name_is_taken_where_there_is_no_other(importer):
    assert named(importer, {"use": "temp", "family": "Baby", "given": ["Boy"]}, NOW | {"use": "old"}) == ("Boy", "Baby")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ({"text": "Berg, Ann"}, ("Ann", "Berg")),
        ({"text": "Berg, Ann Mary"}, ("Ann Mary", "Berg")),
        ({"text": "Ann Mary Berg"}, ("Ann Mary", "Berg")),
        ({"text": "Martin King, Jr."}, ("Martin", "King")),
        ({"text": "Ann Berg", "family": "Berg"}, ("Ann", "Berg")),
    ],
)
def test_a_name_in_one_text_is_taken_apart(importer, name, said):
    assert named(importer, name) == said


def replaced(by="Patient/2", **more):
    return patient(link=[{"other": {"reference": by}, "type": "replaced-by"}], **more)


def test_a_record_that_another_took_the_place_of_is_no_person_and_its_allergies_go_to_the_other(importer, clinic):
    job = importer.whole(bundle(allergy("Lidocaine"), replaced(), patient(id="2")), Kind.FHIR)
    assert job.counts["new"] == 1
    assert job.counts["ignored"] == {"Patient not in use": 1}
    with tenant(clinic.pk, actor="test"):
        assert Allergy.objects.get().patient == Patient.objects.get()


def test_a_record_replaced_by_one_that_is_not_in_the_file_is_passed_over_and_told(importer):
    job = importer.whole(bundle(replaced(), allergy("Lidocaine"), patient(id="3", birthDate="1980-01-02")), Kind.FHIR)
    assert job.counts["new"] == 1
    assert job.counts["ignored"] == {"Patient not in use": 1, "about a patient left out": 1}


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("1970", "Only the year of birth is given; the register needs the day."),
        ("1970-05", "Only the month of birth is given; the register needs the day."),
        (None, "No date of birth is given; the register needs the day."),
    ],
)
def test_a_birth_without_its_day_is_refused_with_the_reason(importer, day, said):
    one = patient(birthDate=day)
    if day is None:
        del one["birthDate"]
    assert importer.refused(bundle(one), Kind.FHIR) == [(1, said)]


@pytest.mark.parametrize("element", ["contact", "telecom", "address", "photo"])
def test_an_odd_way_to_reach_somebody_is_told_and_loses_nobody(importer, element):
    job = importer.whole(bundle(patient(**{element: [{"nonsense": 1}]})), Kind.FHIR)
    assert job.counts["new"] == 1
    assert job.counts["ignored"] == {f"{element} of a patient, not readable": 1}


def test_an_odd_condition_is_told_and_its_patient_is_read(importer):
    odd = {"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "code": {"text": "x"}, "nonsense": 1}
    job = importer.check(importer.take(bundle(patient(), odd), Kind.FHIR))
    assert [(one["row"], one["field"]) for one in job.errors] == [(2, "Condition")]
    assert job.counts["new"] == 1
