"""A minor's mailbox is the guardian's: entered, verified and merged like any other, shared by siblings."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import ContactKind, Purpose, Unreachable
from patients.models import AlikePair, ContactPoint, Patient
from patients.queries import mailbox_of
from patients.queries.mailboxes import is_minor
from patients.records import ContactDetails
from patients.services import alike_pairs, contact_codes, contact_points
from patients.services.contact_codes import CodeRefusedError
from tests.factories.patients import PatientFactory
from tests.patients.merging import NOW, merge, take_back
from tests.patients.people import text

CHILD = date(2015, 3, 20)
BOTH = frozenset({Purpose.CARE, Purpose.APPOINTMENT})
MUM = "mum@example.org"


def mailbox(by: Actor, patient: Patient, value: str, **said: Any) -> ContactPoint:
    contact = ContactDetails(kind=ContactKind.EMAIL, value=value, **({"allowed": BOTH} | said))
    return contact_points.add(by=by, now=NOW, patient=patient, contact=contact)


def found(patient: Patient, now: datetime = NOW) -> str | Unreachable:
    return mailbox_of(clinic_id=patient.clinic_id, patient_id=patient.pk, purpose=Purpose.CARE, now=now)


@pytest.fixture
def child(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, birth_date=CHILD, guardian_name="Mum")


def test_a_minors_own_mailbox_is_never_written_to(by: Actor, child: Patient) -> None:
    mailbox(by, child, "kid@example.org", is_preferred=True)
    assert found(child) is Unreachable.NO_GUARDIAN

    point = mailbox(by, child, MUM, is_guardians=True, allowed=frozenset())
    assert found(child) is Unreachable.NO_CONSENT

    contact_points.decide(by=by, now=NOW + timedelta(minutes=1), point=point, allowed=BOTH)
    assert found(child) == MUM
    contact_points.stop(by=by, now=NOW, point=point, reason="asked")
    assert found(child) is Unreachable.NO_GUARDIAN


def test_from_the_eighteenth_birthday_on_the_patients_own_clock_it_is_their_own(by: Actor, child: Patient) -> None:
    mailbox(by, child, MUM, is_guardians=True)
    mailbox(by, child, "kid@example.org")
    Patient.objects.filter(pk=child.pk).update(zone="Pacific/Auckland")
    birthday = datetime(2033, 3, 20, tzinfo=ZoneInfo("Pacific/Auckland"))

    assert found(child, birthday - timedelta(seconds=1)) == MUM
    assert found(child, birthday) == "kid@example.org"
    ContactPoint.objects.filter(value="kid@example.org").update(stopped_at=NOW)
    assert found(child, birthday) is Unreachable.NO_ADDRESS


def test_siblings_share_the_guardians_mailbox_and_are_not_taken_for_one(by: Actor, child: Patient) -> None:
    sibling = PatientFactory(
        clinic=by.clinic, birth_date=CHILD, family_name=child.family_name, given_names="Zoe", guardian_name="Mum"
    )
    for one in (child, sibling):
        mailbox(by, one, MUM, is_guardians=True, is_shared=True)

    assert [found(one) for one in (child, sibling)] == [MUM, MUM]
    alike_pairs.compare(by=by, patient_ids=[child.pk, sibling.pk])
    assert not AlikePair.objects.filter(is_same_contact=True).exists()


@given(st.dates(date(1990, 1, 1), date(2026, 3, 19)), st.dates(date(2026, 3, 20), date(2060, 1, 1)), st.integers(0, 23))
def test_a_minor_is_who_has_not_had_the_eighteenth_birthday(born: date, day: date, hour: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    patient = Patient(birth_date=born, zone=zone.key)
    leap = (born.month, born.day) == (2, 29) and (born.year + 18) % 4 != 0
    birthday = date(born.year + 18, 3, 1) if leap else born.replace(year=born.year + 18)

    moment = datetime.combine(day, time(hour), tzinfo=zone)
    assert is_minor(patient, now=moment.astimezone(UTC)) is (day < birthday)


def test_a_code_verifies_the_guardians_mailbox_and_goes_to_no_childs(by: Actor, child: Patient) -> None:
    own, guardians = mailbox(by, child, "kid@example.org"), mailbox(by, child, MUM, is_guardians=True)
    with pytest.raises(CodeRefusedError, match="guardian only"):
        contact_codes.ask(by=by, now=NOW, point=own)

    code = contact_codes.ask(by=by, now=NOW, point=guardians)

    contact_codes.confirm(by=by, now=NOW, point=guardians, typed=contact_codes.code_of(code))
    guardians.refresh_from_db()
    assert guardians.verified_how == "code"


def test_no_code_goes_to_the_guardian_of_somebody_of_age_or_to_who_is_gone(by: Actor) -> None:
    grown = PatientFactory(clinic=by.clinic)
    with pytest.raises(CodeRefusedError, match="of age"):
        contact_codes.ask(by=by, now=NOW, point=mailbox(by, grown, MUM, is_guardians=True))
    own = mailbox(by, grown, "own@example.org")
    for gone, words in (({"left_date": CHILD}, "left the clinic"), ({"is_deceased": True}, "deceased")):
        Patient.objects.filter(pk=grown.pk).update(**gone)
        with pytest.raises(CodeRefusedError, match=words):
            contact_codes.ask(by=by, now=NOW, point=own)


def test_a_merge_keeps_it_the_guardians(in_clinic: Clinic, by: Actor, child: Patient) -> None:
    twice = PatientFactory(clinic=in_clinic, birth_date=CHILD, guardian_name="Mum")
    point = mailbox(by, child, MUM)
    mailbox(by, twice, MUM, is_guardians=True)

    made = merge(by, child, twice)
    assert found(child) == MUM

    take_back(by, made)
    point.refresh_from_db()
    assert not point.is_guardians


FORM = {
    "family_name": "Young",
    "given_names": "Kim",
    "birth_date": "2020-03-20",
    "sex": "unknown",
    "language": "en",
    "zone": "Europe/Berlin",
    "guardian_name": "Mum",
    "email": "kim@example.org",
}


def test_the_desk_enters_it_at_registration_and_changes_it_later(desk: Any, clinic: Clinic) -> None:
    url = reverse("patients:register")
    refused = desk.post(url, FORM | {"guardian_email": "mum at home"})
    assert (refused.status_code, "Enter an e-mail address like name@example.org." in text(refused)) == (422, True)
    assert desk.post(url, FORM | {"guardian_email_purposes": ["care"]}).status_code == 422
    twice = desk.post(url, FORM | {"guardian_email": FORM["email"]})
    assert (twice.status_code, "Keep it in one place" in text(twice)) == (422, True)

    without = desk.post(url, FORM, follow=True)
    assert "No guardian's e-mail: no message is sent about this minor." in without.content.decode().replace(
        "&#x27;", "'"
    )
    sibling = {
        "given_names": "Lou",
        "email": "",
        "guardian_email": " Mum@Example.org",
        "guardian_email_purposes": ["care"],
    }
    page = desk.post(url, FORM | sibling | {"birth_date": "2021-03-20"}, follow=True)

    assert ">guardian's</span>" in page.content.decode()
    with tenant(clinic.pk, actor="test"):
        point = ContactPoint.objects.get(value=MUM)
        assert (point.is_guardians, point.patient.given_names) == (True, "Lou")
    use = reverse("patients:edit-contact", args=[point.patient_id, point.pk])
    assert 'name="is_guardians"' in text(desk.get(use))
    desk.post(use, {"purposes": ["care"]})
    with tenant(clinic.pk, actor="test"):
        point.refresh_from_db()
        assert not point.is_guardians


def test_a_guardians_mailbox_is_added_to_a_second_child_without_a_question(
    desk: Any, by: Actor, clinic: Clinic
) -> None:
    with tenant(clinic.pk, actor="test"):
        one, other = (PatientFactory(clinic=clinic, birth_date=CHILD, guardian_name="Mum") for _child in range(2))
        mailbox(by, one, MUM, is_guardians=True)

    answer = desk.post(reverse("patients:add-contact", args=[other.pk]), {"value": MUM, "is_guardians": "on"})

    assert answer.status_code == 302
    # The guardian is a patient, too: that is neither a likeness nor a shared mailbox.
    own = {
        "family_name": "Parent",
        "birth_date": "1980-05-05",
        "guardian_name": "",
        "email": MUM,
        "email_purposes": ["care"],
    }
    assert desk.post(reverse("patients:register"), FORM | own).status_code == 302
    with tenant(clinic.pk, actor="test"):
        assert found(Patient.objects.get(family_name="Parent")) == MUM
