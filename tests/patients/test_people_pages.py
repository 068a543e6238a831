"""The pages about people: verified and shared contacts, the need of an interpreter, a guardian."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Clinic
from patients.choices import ContactKind
from patients.models import ContactPoint, Patient
from patients.records import ContactDetails
from tests.patients.people import Inside, register, text
from tests.staff import StaffClient


def test_a_contact_is_verified_in_one_tap_and_one_more_takes_it_back(
    clinic: Clinic, desk: StaffClient, inside: Inside
) -> None:
    patient = register(clinic, "Al", "Bo", contacts=[ContactDetails(kind=ContactKind.PHONE, value="+4930901820")])
    with inside():
        point = ContactPoint.objects.get()
    assert "not verified" in text(desk.get(reverse("patients:detail", args=[patient.pk])))

    answer = desk.post(reverse("patients:verify-contact", args=[patient.pk, point.pk]), follow=True)

    assert "Marked as verified." in text(answer)
    assert "not verified" not in text(answer)
    with inside():
        point.refresh_from_db()
        assert point.verified_by == desk.member
    answer = desk.post(reverse("patients:unverify-contact", args=[patient.pk, point.pk]), follow=True)
    assert "not verified" in text(answer)


def test_a_phone_of_another_patient_is_asked_about_before_it_is_added(
    clinic: Clinic, desk: Client, inside: Inside
) -> None:
    register(clinic, "Mother", "Bo", contacts=[ContactDetails(kind=ContactKind.PHONE, value="+4930901820")])
    child = register(clinic, "Child", "Xu", date(1990, 1, 1))
    url = reverse("patients:add-contact", args=[child.pk])

    asked = desk.post(url, {"value": "+49 30 901820"})

    assert asked.status_code == 409
    assert "Mother Bo" in text(asked)
    desk.post(url, {"value": "+49 30 901820", "is_shared": "on"})
    with inside():
        assert ContactPoint.objects.get(patient=child).is_shared
    assert "1 other patient has it too" in text(desk.get(reverse("patients:detail", args=[child.pk])))


def test_a_phone_that_others_have_is_marked_as_shared_in_one_tap(clinic: Clinic, desk: Client, inside: Inside) -> None:
    contact = ContactDetails(kind=ContactKind.PHONE, value="+4930901820")
    one = register(clinic, "Mother", "Bo", contacts=[contact])
    register(clinic, "Child", "Xu", date(1990, 1, 1), contacts=[contact])
    with inside():
        point = ContactPoint.objects.get(patient=one)

    answer = desk.post(reverse("patients:share-contact", args=[one.pk, point.pk]), follow=True)

    assert "nothing private is sent there" in text(answer)
    with inside():
        point.refresh_from_db()
        assert point.is_shared
    desk.post(reverse("patients:unshare-contact", args=[one.pk, point.pk]))
    with inside():
        point.refresh_from_db()
        assert not point.is_shared


def registered(**more: str) -> dict[str, Any]:
    sent = {
        "family_name": "Quist", "given_names": "Anna", "birth_date": "7.5.1970", "sex": "female",
        "language": "ar", "zone": "Europe/Berlin",
    }  # fmt: skip
    return sent | more


def test_registering_with_somebodys_phone_offers_to_share_it_and_keeps_what_was_ticked(
    clinic: Clinic, desk: Client, inside: Inside
) -> None:
    register(clinic, "Mother", "Bo", contacts=[ContactDetails(kind=ContactKind.PHONE, value="+4930901820")])
    sent = registered(phone="+49 30 901820") | {"phone_purposes": ["care", "appointment"]}

    asked = desk.post(reverse("patients:register"), sent)

    assert "already somebody else's here" in text(asked)
    form = asked.context["form"]
    assert form["phone_is_shared"].value()
    assert form["phone_purposes"].value() == ["care", "appointment"]
    assert not form["email_is_shared"].value()


def test_the_desk_notes_the_need_of_an_interpreter_and_everybody_sees_the_language(
    clinic: Clinic, desk: Client, inside: Inside
) -> None:
    answer = desk.post(reverse("patients:register"), registered(needs_interpreter="on"), follow=True)

    assert "Needs an interpreter: Arabic" in text(answer)
    with inside():
        patient = Patient.objects.get()
    url = reverse("patients:edit", args=[patient.pk])
    assert desk.get(url).context["form"]["needs_interpreter"].value()
    answer = desk.post(url, registered(version="1"), follow=True)
    assert "Needs an interpreter" not in text(answer)
    answer = desk.post(url, registered(version="2", needs_interpreter="on"), follow=True)
    assert "Needs an interpreter: Arabic" in text(answer)


def test_a_minors_guardian_is_shown_with_the_phone_to_call(clinic: Clinic, desk: Client) -> None:
    sent = registered(birth_date="7.5.2020", guardian_name="Leila Quist", guardian_phone="030 901821")

    answer = desk.post(reverse("patients:register"), sent, follow=True)

    assert "Minor, guardian: Leila Quist +49 30 901821" in text(answer)


def test_an_edit_that_makes_a_minor_asks_for_the_guardian(clinic: Clinic, desk: Client) -> None:
    patient = register(clinic, "Anna", "Quist")

    answer = desk.post(reverse("patients:edit", args=[patient.pk]), registered(version="1", birth_date="7.5.2020"))

    assert answer.status_code == 422
    assert "Enter the name of a guardian: the patient is a minor." in text(answer)
