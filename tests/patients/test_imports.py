"""The good rows of a file come in, the others come back, and a file that is none leaves no trace."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from common.tenancy import tenant
from patients.choices import Purpose
from patients.models import (
    Allergy,
    ContactConsent,
    ContactPoint,
    Identifier,
    NameToken,
    Patient,
    PatientCondition,
    PatientImport,
)
from patients.queries import find
from patients.services import import_files, patient_imports
from tests.patients.importer import DATA, HEADER, NOW, TODAY, Importer, Kind, State


@pytest.fixture(autouse=True)
def quick_progress(monkeypatch):
    monkeypatch.setattr("patients.services.import_progress.EVERY_SECONDS", 30)


@pytest.fixture
def importer(clinic):
    return Importer(clinic)


def test_the_sample_table_comes_in(importer, clinic):
    job = importer.whole((DATA / "patients.csv").read_bytes())
    assert job.state == State.DONE
    assert job.counts["new"] == 10
    assert not import_files.files().exists(job.file_key)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 10
        maire = Patient.objects.get(family_name="O’Brien")
        assert (maire.given_names, maire.birth_date, maire.sex) == ("Máire", date(1964, 2, 29), "female")
        assert ContactPoint.objects.get(patient=maire).value == "+4930901820"
        allowed = ContactConsent.objects.filter(contact_point__patient=maire).values_list("purpose", "is_granted")
        assert list(allowed) == [(Purpose.APPOINTMENT, True)]
        numbers = Identifier.objects.filter(system="clinic").values_list("value", flat=True)
        assert sorted(numbers) == [f"P-{n:05d}" for n in range(1, 11)]
        assert [row.name for row in find(importer.by, "simkova zofia", today=TODAY)] == ["Šimková, Žofia"]


def test_the_sample_bundle_comes_in(importer, clinic):
    job = importer.whole((DATA / "bundle.json").read_bytes(), Kind.FHIR)
    assert job.counts == {
        "new": 3,
        "extended": 0,
        "unchanged": 0,
        "may_be_here": 0,
        "ignored": {"Condition not in use": 1, "Observation": 1},
    }
    with tenant(clinic.pk, actor="test"):
        aroha = Patient.objects.get(family_name="Example")
        assert (aroha.given_names, aroha.preferred_name, aroha.sex) == ("Aroha Mere", "Ro", "female")
        assert (aroha.emergency_contact_name, aroha.emergency_contact_phone) == ("Tane Example", "+491715550112")
        condition = PatientCondition.objects.select_related("condition").get()
        assert condition.condition is not None
        assert condition.condition.name == "Carpal tunnel syndrome"
        assert (condition.icd10cm_code, condition.side) == ("G56.01", "right")
        assert condition.onset_date == date(2024, 11, 5)
        assert sorted(Allergy.objects.values_list("substance", "substance_text", "reaction")) == [
            ("corn", "", "Hives"),
            ("other", "Penicillin", ""),
        ]


@pytest.mark.parametrize(("name", "kind"), [("patients.csv", Kind.CSV), ("bundle.json", Kind.FHIR)])
def test_the_same_file_again_changes_nothing(importer, clinic, name, kind):
    content = (DATA / name).read_bytes()
    first = importer.whole(content, kind)

    def everything():
        with tenant(clinic.pk, actor="test"), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM audit_auditevent WHERE table_name NOT LIKE '%%import%%'")
            tables = (Patient, ContactPoint, ContactConsent, Identifier, NameToken, PatientCondition, Allergy)
            return [cursor.fetchone(), *(table.objects.count() for table in tables)]

    before = everything()
    again = importer.whole(content, kind)
    assert everything() == before
    assert (again.counts["new"], again.counts["extended"]) == (0, 0)
    assert again.counts["unchanged"] == first.counts["new"]


def test_a_longer_file_adds_what_is_new_and_overwrites_nothing(importer, clinic):
    importer.whole(HEADER + "Berg,Ann,1970-01-02,,,X1,\n")
    with tenant(clinic.pk, actor="test"):
        Patient.objects.update(family_name="Corrected")
    job = importer.whole(HEADER + "Berg,Ann,1970-01-02,0176 1234567,,X1,\nNew,Bob,1971-01-02,,,X2,\n")
    assert (job.counts["new"], job.counts["extended"]) == (1, 1)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.get(birth_date=date(1970, 1, 2)).family_name == "Corrected"
        assert ContactPoint.objects.get().value == "+491761234567"


def test_a_clinics_own_numbers_are_kept_and_passed_over(importer, clinic):
    importer.whole(HEADER + "A,A,1970-01-02,,,,P-00002\nB,B,1971-01-02,,,,\nC,C,1971-01-03,,,,\n")
    with tenant(clinic.pk, actor="test"):
        numbers = dict(Identifier.objects.filter(system="clinic").values_list("patient__family_name", "value"))
        assert numbers == {"A": "P-00002", "B": "P-00001", "C": "P-00003"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Berg,Ann,31.02.1970,,,,", "no such day"),
        ("Berg,Ann,2/1/70,,,,", "two digits"),
        ("Berg,Ann,soon,,,,", "four-digit year"),
        ("Berg,Ann,2999-01-01,,,,", "has not come yet"),
        ("Berg,Ann,1850-01-01,,,,", "Nobody alive"),
        ("Berg,Ann,2015-01-01,,,,", "name of a guardian"),
        (",,1970-01-02,,,,", "a family name"),
        ("=HYPERLINK(1),Ann,1970-01-02,,,,", "formula"),
        ("Berg,@SUM(A1),1970-01-02,,,,", "formula"),
        ("Berg,-1+2,1970-01-02,,,,", "formula"),
        ("Ber\ufffdg,Ann,1970-01-02,,,,", "could not be read"),
        ("Be\0rg,Ann,1970-01-02,,,,", "could not be read"),
        ('"Berg,Ann,1970-01-02,,,,', "quotation mark is not closed"),
        ('"' + "A" * 200_000 + ",Ann,1970-01-02,,,,", "too long or a quotation mark"),
        ("Berg,Ann,1970,,,,", "Only the year"),
        ("Berg,Ann,29679,,,,", "spreadsheet’s own number"),
        ("Berg,Ann,1970-01-01 23:00,,,,", "time beside this day"),
        ("Berg,Ann,1970-01-02", "columns where the header has"),
        ('Berg,"Ann\nB",1970-01-02,,,,', "line break"),
        (f"{'x' * 121},Ann,1970-01-02,,,,", "too long"),
        ("Berg,Ann,1970-01-02,,,D1,\nBerg,Bob,1970-01-03,,,D1,", "same number stands in row 2"),
        ("Berg,Ann,1970-01-02,,,,\nBerg,Ann,1970-01-02,,,,", "same name and date of birth stand in row 2"),
    ],
)
def test_a_wrong_row_comes_back_with_its_reason_and_the_others_go_in(importer, clinic, row, said):
    good = "Good,Person,1980-01-02,,,G1,\n"
    job, back = importer.with_rows_back(HEADER + row + "\n" + good)
    assert [error["row"] for error in job.errors] in ([2], [3])
    assert said in job.errors[0]["reason"]
    assert len(back) == job.returned_rows == 1
    assert said in back[0]["What is wrong"]
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.filter(family_name="Good").count() == 1


def test_a_row_comes_back_as_it_was_written_and_goes_in_when_it_is_corrected(importer, clinic):
    content = HEADER + "Berg,Ann,31.02.1970,+49 30 901820,ann@example.org,007,\n=Good,Bob,1971-01-02,,,,\n"
    job, back = importer.with_rows_back(content + "Fine,Cy,1972-01-02,,,,\n")
    assert (job.counts["new"], job.returned_rows) == (1, 2)
    with import_files.files().open(job.returned_key) as file:
        corrected = file.read().decode().replace("31.02.1970", "28.02.1970")
    again, back = importer.with_rows_back(corrected)
    assert (again.counts["new"], [row["First name"] for row in back]) == (1, ["Bob"])
    with tenant(clinic.pk, actor="test"):
        ann = Patient.objects.get(given_names="Ann")
        assert sorted(ContactPoint.objects.filter(patient=ann).values_list("value", flat=True)) == [
            "+4930901820",
            "ann@example.org",
        ]
        assert Identifier.objects.get(patient=ann, system="previous").value == "007"


def test_a_file_with_rows_that_came_back_changes_nothing_the_second_time(importer, clinic):
    content = HEADER + "Berg,Ann,never,,,,\nGood,Bob,1971-01-02,,,G1,\nFine,Cy,1972-01-02,,,,\n"
    importer.with_rows_back(content)
    again, back = importer.with_rows_back(content)
    assert (again.counts["new"], again.counts["extended"], again.counts["unchanged"], len(back)) == (0, 0, 2, 1)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 2


def test_what_came_back_is_forgotten_after_a_week(importer, clinic):
    job, _back = importer.with_rows_back(HEADER + "Berg,Ann,never,,,,\nGood,Bob,1971-01-02,,,G1,\n")
    for days, is_there in ((6, True), (8, False)):
        with tenant(clinic.pk, actor="test"):
            patient_imports.expire(by=importer.by, now=NOW + timedelta(days=days))
            assert bool(PatientImport.objects.get(pk=job.pk).returned_key) is is_there
        assert import_files.files().exists(job.returned_key) is is_there


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", b"0" * 10_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"just words\nand more\n", "no table"),
        (HEADER.encode() + b"A" * 300_000 + b"\n", "too long to be a row"),
        (b"Colour,Size\nred,1\n", "which columns hold the name"),
    ],
)
def test_a_file_that_is_no_table_is_refused_as_a_whole(importer, content, said):
    assert said in importer.refused(content)[0][1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (zipped(), "archive"),
        (b"\x1f\x8b\x08" + b"x" * 50, "archive"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, "workbook cannot be read"),
        (b"PK\x03\x04" + b"x" * 50, "not complete"),
        (b"%PDF-1.7 x", "PDF"),
        (b"<?xml version='1.0'?><Bundle/>", "XML"),
    ],
)
def test_a_file_that_is_no_text_is_not_even_kept(importer, clinic, content, said):
    with pytest.raises(ValidationError, match=said):
        importer.take(content)
    with tenant(clinic.pk, actor="test"):
        assert not PatientImport.objects.exists()


def test_a_file_that_is_too_large_is_not_kept(importer, settings):
    settings.IMPORT_MAX_BYTES = 1_000
    with pytest.raises(ValidationError, match="larger than"):
        importer.take(HEADER + "A,B,1970-01-02,,,,\n" * 100)


def bundle(*resources, **more):
    return json.dumps(
        {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]} | more
    )


def patient(**more):
    base = {
        "resourceType": "Patient",
        "id": "1",
        "name": [{"family": "Berg", "given": ["Ann"]}],
        "birthDate": "1970-01-02",
    }
    return base | more


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "not complete JSON"),
        ('{"resourceType": "Bundle", "entry": [', "not complete JSON"),
        ("{}", "no FHIR bundle"),
        ('{"resourceType": "Patient"}', "No date of birth"),
        ('{"resourceType": "Patient", "entry": [{"resource": {}}]}', "Not FHIR R4"),
        ("[" * 200_000, "nested deeper"),
        ("[1, 2]", "no FHIR bundle"),
        ('{"a":' * 100_000, "nested deeper"),
        ('{"resourceType": "Bundle", "entry": [{"resource": ' + '{"x":' * 1000, "nested deeper"),
        (bundle(patient(birthDate="1970-01-02", name=[{"family": "A\0B"}])), "NUL"),
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"a": "\xff"}}]}', "not complete JSON"),
    ],
)
def test_json_that_is_no_bundle_is_refused_as_a_whole(importer, content, said):
    assert said in importer.refused(content, Kind.FHIR)[0][1]


@pytest.mark.parametrize(
    ("resources", "said"),
    [
        ([patient(gender="xx")], "gender"),
        ([patient(birthDate="1970")], "Only the year of birth"),
        ([patient(birthDate="1970-02-31")], "birthDate"),
        ([patient(birthDate="2999-01-01")], "has not come yet"),
        ([patient(name=[])], "a family name"),
        ([patient(name="Ann")], "Not FHIR R4"),
        ([patient(nonsense=1)], "Not FHIR R4"),
        ([patient(), patient(birthDate="1980-01-01")], "one id"),
        (
            [patient(), {"resourceType": "Condition", "subject": {"reference": "Patient/9"}, "code": {"text": "x"}}],
            "not in this",
        ),
        (
            [
                patient(),
                {
                    "resourceType": "Condition",
                    "subject": {"reference": "Patient/1"},
                    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "G56.0-"}]},
                },
            ],
            "not complete",
        ),
        (
            [
                patient(),
                {
                    "resourceType": "AllergyIntolerance",
                    "patient": {"reference": "Patient/1"},
                    "code": {"text": "latex"},
                    "clinicalStatus": {"coding": [{"code": "nope"}]},
                },
            ],
            "clinicalStatus",
        ),
    ],
)
def test_a_wrong_resource_comes_back_and_the_others_go_in(importer, clinic, resources, said):
    good = patient(id="good", name=[{"family": "Good"}], birthDate="1980-01-02")
    job, back = importer.with_rows_back(bundle(*resources, good), Kind.FHIR)
    assert said in job.errors[-1]["reason"]
    assert job.errors[-1]["row"] == len(resources)
    assert said in back[-1]["What is wrong"]
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.filter(family_name="Good").count() == 1


def allergy(to, **more):
    about = {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}, "code": {"text": to}}
    return about | more


def test_of_two_patients_with_one_id_neither_goes_in_and_nothing_lands_on_the_wrong_one(importer, clinic):
    twice = [patient(), patient(name=[{"family": "Other"}], birthDate="1980-01-01"), allergy("latex")]
    job, back = importer.with_rows_back(bundle(*twice, patient(id="2", name=[{"family": "Good"}])), Kind.FHIR)
    assert [error["row"] for error in job.errors] == [1, 2]
    assert [row["Kind"] for row in back] == ["Patient", "Patient"]
    with tenant(clinic.pk, actor="test"):
        assert [one.family_name for one in Patient.objects.all()] == ["Good"]
        assert not Allergy.objects.exists()


def test_an_allergy_that_cannot_be_read_stands_on_the_patients_page_to_be_asked(importer, clinic, staff_client):
    broken = allergy("latex", clinicalStatus={"coding": [{"code": "nope"}]})
    job, back = importer.with_rows_back(bundle(patient(), broken), Kind.FHIR)
    assert (job.counts["new"], len(back), back[0]["What it says"]) == (1, 1, "latex")
    with tenant(clinic.pk, actor="test"):
        ann = Patient.objects.get()
        assert ann.file_note == "Allergy in the file that could not be read: latex"
    page = staff_client("front_desk", clinic=clinic).get(f"/patients/{ann.pk}/").content.decode()
    assert "Allergy in the file that could not be read: latex" in page


def test_what_went_wrong_never_repeats_the_value(importer, clinic):
    job = importer.check(importer.take(HEADER + "Sentinel,Sentinel,sentinel,sentinel,sentinel,Sentinel,\n"))
    assert job.error_count >= 1
    assert "entinel" not in json.dumps(job.errors)


def test_one_number_of_two_patients_comes_back_from_the_dry_run_and_from_the_real_one(importer, clinic):
    importer.whole(HEADER + "Berg,Ann,1970-01-02,,,X1,\nOther,Bob,1980-01-02,,,X2,\n")
    job = importer.check(importer.take(HEADER + "Third,Cy,1990-01-02,,,X1,\n"))
    assert "another name and another date" in job.errors[0]["reason"]
    checked = importer.check(importer.take(HEADER + "Late,Dee,1991-01-02,,,X3,\n"))
    with tenant(clinic.pk, actor="test"):
        Identifier.objects.filter(value="X2").update(value="X3")
    job = importer.apply(checked)
    assert (job.state, job.counts["new"], job.returned_rows) == (State.DONE, 0, 1)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.count() == 2


def test_another_clinics_patients_are_neither_matched_nor_touched(importer, other_clinic, clinic, as_superuser):
    content = HEADER + "Berg,Ann,1970-01-02,,,X1,\n"
    Importer(other_clinic).whole(content)
    as_superuser()
    assert importer.whole(content).counts["new"] == 1
    with tenant(None, actor="test"):
        assert sorted(Patient.objects.values_list("clinic__name", flat=True)) == sorted(
            [clinic.name, other_clinic.name]
        )


def test_a_mailbox_that_is_none_becomes_a_note(importer, clinic):
    importer.whole(HEADER + "Berg,Ann,1970-01-02,,nobody,,\nGood,Bob,1970-01-03,,n/a,,\n")
    with tenant(clinic.pk, actor="test"):
        notes = dict(Patient.objects.values_list("given_names", "file_note"))
    assert notes == {"Ann": "E-mail as written: nobody", "Bob": ""}


def test_a_phone_that_cannot_be_called_becomes_a_note_and_the_person_comes_in(importer, clinic, staff_client):
    rows = "Berg,Ann,1970-01-02,555-0101,,,\nGood,Bob,1970-01-03,030 901820,,,\nLast,Cy,1970-01-04,+cmd|calc,,,\n"
    job = importer.whole(HEADER + rows)
    assert (job.counts["new"], job.counts["to_check_rows"]) == (3, [2, 4])
    with tenant(clinic.pk, actor="test"):
        notes = dict(Patient.objects.values_list("given_names", "file_note"))
        ann = Patient.objects.get(given_names="Ann")
    assert notes == {"Ann": "Phone as written: 555-0101", "Bob": "", "Cy": "Phone as written: +cmd|calc"}
    desk = staff_client("front_desk", clinic=clinic)
    assert "Phone as written: 555-0101" in desk.get(f"/patients/{ann.pk}/").content.decode()
    called = patient(telecom=[{"system": "phone", "value": "call me"}], birthDate="1980-01-02")
    assert importer.whole(bundle(called), Kind.FHIR).counts["to_check_rows"]
