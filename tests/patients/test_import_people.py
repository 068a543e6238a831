"""What a file says of who speaks for and with a patient: the guardian with a phone, the need of an interpreter."""

import json
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Clinic
from common.spoken_languages import OTHER
from common.tenancy import tenant
from patients.choices import Flag
from patients.models import Patient, RiskFlag
from tests.patients.importer import NOW, Importer, Kind
from tests.staff import StaffClient

TABLE = (
    "Last name,First name,Date of birth,Guardian,Guardian phone,Interpreter\n"
    "Quist,Mia,2018-05-07,Leila Quist,030 901821,yes\n"
    "Berg,Ann,1970-01-02,,,no\n"
)
CHILD = {
    "resourceType": "Patient",
    "id": "1",
    "name": [{"family": "Quist", "given": ["Mia"]}],
    "birthDate": "2018-05-07",
    "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": True}],
    "contact": [
        {
            "relationship": [{"coding": [{"code": "MTH"}]}],
            "name": {"text": "Leila Quist"},
            "telecom": [{"system": "email", "value": "leila@example.org"}, {"system": "phone", "value": "030 901821"}],
        }
    ],
}
BERG = {
    "resourceType": "Patient",
    "id": "2",
    "name": [{"family": "Berg", "given": ["Ann"]}],
    "birthDate": "1970-01-02",
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": False}
    ],
}


def bundle(*resources: dict[str, Any]) -> str:
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in resources]})


@pytest.mark.parametrize(
    ("content", "kind"), [(TABLE, Kind.CSV), (bundle(CHILD, BERG), Kind.FHIR)], ids=["table", "bundle"]
)
def test_a_guardians_phone_and_the_need_of_an_interpreter_come_in(clinic: Clinic, content: str, kind: Any) -> None:
    Importer(clinic).whole(content, kind)

    with tenant(clinic.pk, actor="test"):
        child = Patient.objects.get(family_name="Quist")
        assert (child.guardian_name, child.guardian_phone) == ("Leila Quist", "+4930901821")
        assert RiskFlag.objects.values_list("patient_id", "flag").get() == (child.pk, Flag.INTERPRETER)


def test_a_need_the_desk_took_back_is_not_brought_again(clinic: Clinic) -> None:
    importer = Importer(clinic)
    importer.whole(TABLE)
    with tenant(clinic.pk, actor="test"):
        RiskFlag.objects.update(ended_at=NOW)

    again = importer.whole(TABLE)

    assert again.counts["unchanged"] == 2
    with tenant(clinic.pk, actor="test"):
        assert not RiskFlag.objects.current().exists()


def test_a_patient_who_is_here_gains_the_need_of_an_interpreter(clinic: Clinic) -> None:
    importer = Importer(clinic)
    table = TABLE.replace("Interpreter\n", "Interpreter,E-mail\n").replace(",yes", ",yes,leila@example.org")
    importer.whole(table.replace(",no", ",no,ann@example.org").replace("yes", "no"))

    assert importer.whole(table.replace(",no", ",no,ann@example.org")).counts["extended"] == 1
    with tenant(clinic.pk, actor="test"):
        assert RiskFlag.objects.current().count() == 1


def test_a_row_with_a_word_that_is_neither_yes_nor_no_comes_back(clinic: Clinic) -> None:
    job, back = Importer(clinic).with_rows_back(TABLE.replace(",yes", ",perhaps"))
    assert ([error["row"] for error in job.errors], len(back)) == ([2], 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [("Chinese", "zh"), ("zh-CN", "zh"), ("Other", OTHER), ("unknown", OTHER), ("Andere Sprache", OTHER)],
)
def test_a_language_comes_in_as_one_the_form_of_the_patient_offers(
    clinic: Clinic, desk: StaffClient, written: str, code: str
) -> None:
    Importer(clinic).whole(f"Last name,First name,Date of birth,Language\nQuist,Mia,1970-05-07,{written}\n")

    with tenant(clinic.pk, actor="test"):
        patient = Patient.objects.get()
    assert (patient.language, patient.file_note) == (code, "")
    assert code in dict(desk.get(reverse("patients:register")).context["form"].fields["language"].choices)
    sent = {"given_names": "Mia", "family_name": "Quist", "birth_date": "1970-05-07", "sex": "unknown"}
    kept = {"language": code, "zone": patient.zone, "version": str(patient.version)}
    assert desk.post(reverse("patients:edit", args=[patient.pk]), sent | kept).status_code == 302
