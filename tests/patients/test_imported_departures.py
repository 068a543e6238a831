"""What files tell of a death, of a record that is not active and of a guardian's mailbox; none brings anybody back."""

import json
from datetime import date
from typing import Any

import pytest

from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import Purpose, Unreachable
from patients.models import ContactPoint, Patient
from patients.queries import mailbox_of
from tests.patients.importer import NOW, Importer, Kind


@pytest.fixture
def importer(clinic: Clinic) -> Importer:
    return Importer(clinic)


def fhir(**patient: Any) -> str:
    """As shared files say it: one patient, dead since 2020 unless said otherwise."""
    said = {
        "resourceType": "Patient",
        "id": "dead1",
        "name": [{"family": "Gone", "given": ["Dee"]}],
        "birthDate": "1940-02-03",
        "telecom": [{"system": "email", "value": "dee@example.org"}],
    }
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": said | patient}]})


def brought(importer: Importer, content: str, kind: Any = Kind.FHIR) -> tuple[Patient, dict[str, Any]]:
    job = importer.take(content, kind)
    checked = importer.check(job)
    assert checked.error_count == 0, checked.errors
    done = importer.apply(job)
    with tenant(importer.clinic.pk, actor="test"):
        return Patient.objects.get(family_name="Gone"), done.counts


def test_a_fhir_file_tells_who_died_and_no_file_brings_anybody_back(importer: Importer) -> None:
    gone, counts = brought(importer, fhir(deceasedDateTime="2020-01-01T00:00:00Z"))
    assert (gone.is_deceased, gone.deceased_date, counts["deceased"]) == (True, date(2020, 1, 1), 1)

    gone, counts = brought(importer, fhir(deceasedBoolean=False, active=True))
    assert (gone.is_deceased, gone.deceased_date) == (True, date(2020, 1, 1))
    assert "deceased" not in counts


def test_a_death_is_gained_by_who_is_here_and_its_day_is_filled_in(importer: Importer) -> None:
    here, _counts = brought(importer, fhir())
    assert here.departure is None

    gone, counts = brought(importer, fhir(deceasedBoolean=True))
    assert (gone.pk, gone.is_deceased, gone.deceased_date) == (here.pk, True, None)
    assert (counts["deceased"], counts["extended"]) == (1, 1)

    gone, _counts = brought(importer, fhir(deceasedDateTime="2020-01"))
    assert gone.deceased_date is None
    gone, _counts = brought(importer, fhir(deceasedDateTime="2020-01-01"))
    assert gone.deceased_date == date(2020, 1, 1)


def test_an_inactive_record_is_asked_about_and_not_guessed(importer: Importer, desk: Any) -> None:
    asked, _counts = brought(importer, fhir(active=False))
    assert (asked.departure, asked.is_said_inactive) == (None, True)

    page = desk.get(f"/patients/{asked.pk}/").content.decode()
    assert "Not active in a file" in page


def test_a_table_tells_who_died(importer: Importer) -> None:
    header = "Last name,First name,Date of birth,Deceased,Date of death\n"
    gone, _counts = brought(importer, header + "Gone,Dee,1940-02-03,yes,2020-01-01\n", Kind.CSV)
    assert gone.deceased_date == date(2020, 1, 1)

    for row, field in (
        ("Other,Ann,1940-02-03,perhaps,", "deceased"),
        ("Other,Ann,1940-02-03,no,2020-01-01", "deceased_date"),
        ("Other,Ann,1940-02-03,yes,1939-01-01", "deceased_date"),
        ("Other,Ann,1940-02-03,yes,2999-01-01", "deceased_date"),
    ):
        checked = importer.check(importer.take(header + row + "\n"))
        assert [one["field"] for one in checked.errors] == [field]


def test_a_column_that_holds_the_day_itself_is_read(importer: Importer) -> None:
    header = "Last name,First name,Date of birth,Deceased\n"
    gone, _counts = brought(importer, header + "Gone,Dee,1940-02-03,2020-01-01\n", Kind.CSV)
    assert gone.deceased_date == date(2020, 1, 1)


def _mailbox(family: str) -> str | Unreachable:
    patient = Patient.objects.get(family_name=family)
    return mailbox_of(clinic_id=patient.clinic_id, patient_id=patient.pk, purpose=Purpose.CARE, now=NOW)


def test_a_table_and_a_bundle_tell_the_guardians_mailbox(clinic: Clinic) -> None:
    importer = Importer(clinic)
    header = "Last name,First name,Date of birth,Email,Agrees care,Guardian,Guardian email\n"
    twice = "Grown,Ann,1980-03-20,ann@example.org,yes,Mum,ann@example.org\n"
    importer.whole(header + twice + "Young,Kim,2020-03-20,kim@example.org,yes,Mum,Mum@example.org\n")
    contact = {
        "relationship": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}]}
        ],
        "name": {"text": "Dad"},
        "telecom": [{"system": "phone", "value": "+49 30 901820"}, {"system": "email", "value": "Dad@example.org"}],
    }
    child = {
        "resourceType": "Patient",
        "id": "c",
        "name": [{"family": "Little", "given": ["Jo"]}],
        "birthDate": "2020-03-20",
        "contact": [contact],
    }
    importer.whole(
        json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": child}]}), Kind.FHIR
    )

    with tenant(clinic.pk, actor="test"):
        points = ContactPoint.objects.filter(is_guardians=True).order_by("value")
        assert list(points.values_list("value", "patient__family_name", "is_preferred")) == [
            ("dad@example.org", "Little", False),
            ("mum@example.org", "Young", False),
        ]
        assert _mailbox("Grown") == "ann@example.org"
        assert _mailbox("Young") == "mum@example.org"
        assert _mailbox("Little") is Unreachable.NO_CONSENT
