"""A file of FHIR is read in small bites, in each of the shapes in which systems hand it out."""

import io
import json

import pytest

from common.tenancy import tenant
from patients.importing import fhir_json
from patients.importing.people import FileRefusedError
from patients.models import Allergy, Patient
from tests.patients.fhir import allergy, bundle, patient
from tests.patients.importer import Importer, Kind, State


@pytest.fixture
def importer(clinic):
    return Importer(clinic)


def lines(*resources):
    return "\n".join(one if isinstance(one, str) else json.dumps(one) for one in resources) + "\n"


class Counting(io.BytesIO):
    taken = 0

    def read(self, size=-1):
        got = super().read(size)
        self.taken += len(got)
        return got

    def readline(self, size=-1):
        got = super().readline(size)
        self.taken += len(got)
        return got


@pytest.mark.parametrize("bracket", [b"[", b'{"a":'])
def test_brackets_alone_are_refused_after_the_first_bite(bracket, monkeypatch):
    monkeypatch.setattr(fhir_json, "LONGEST", 1_000)
    file = Counting(bracket * 200_000)
    with pytest.raises(FileRefusedError, match="nested deeper"):
        list(fhir_json.entries(file))
    assert file.taken <= 1_001 + 2 * fhir_json.READ_AT_ONCE + 16


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_one_resource_a_line_is_read_as_a_bundle_is(importer, clinic, ending):
    other = patient(id="2", birthDate="1980-03-04")
    content = lines(patient(), allergy("Lidocaine"), "", other).replace("\n", ending)
    job = importer.whole(content, Kind.FHIR)
    assert (job.state, job.counts["new"]) == (State.DONE, 2)
    with tenant(clinic.pk, actor="test"):
        assert Allergy.objects.get().patient.birth_date.year == 1970


@pytest.mark.parametrize("indent", [None, 2])
def test_a_single_patient_is_read_as_a_bundle_of_one(importer, clinic, indent):
    job = importer.whole(json.dumps(patient(), indent=indent), Kind.FHIR)
    assert (job.state, job.counts["new"]) == (State.DONE, 1)
    with tenant(clinic.pk, actor="test"):
        assert Patient.objects.get().family_name == "Berg"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("{", "not complete JSON"),
        ('{"resourceType": "Patient"', "not complete JSON"),
        ("[1]", "no single FHIR resource"),
        (bundle(), "no single FHIR resource"),
        ('{"a":' * 100, "nested deeper"),
    ],
)
def test_a_bad_line_is_a_problem_of_its_row_and_the_others_are_read(importer, bad, said):
    job = importer.check(importer.take(lines(patient(), bad, patient(id="2", birthDate="1980-03-04")), Kind.FHIR))
    assert [(one["row"], said in one["reason"]) for one in job.errors] == [(2, True)]
    assert job.counts["new"] == 2


def test_lines_are_held_one_by_one_and_one_too_long_is_told(monkeypatch):
    monkeypatch.setattr(fhir_json, "LONGEST", 1_000)
    long = json.dumps({"resourceType": "Patient", "x": "y" * 5_000})
    file = Counting(lines(*[patient()] * 50, long, patient()).encode())
    read = fhir_json.entries(file)
    assert next(read)[0] == 1
    assert file.taken < 2_500  # the first bytes, and the head once more
    rest = list(read)
    assert [row for row, one in rest if isinstance(one, fhir_json.Unread)] == [51]
    assert rest[-1][0] == 52
