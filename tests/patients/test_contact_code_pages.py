"""A code at the desk and in the mailbox: sent, read out, typed, or confirmed from the link."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import AccessLink, ContactPoint
from patients.services import contact_points
from reminders.choices import MessageState, SkipReason
from reminders.models import Message
from reminders.services import sweeps
from tests.factories.patients import EmailFactory
from tests.patients.test_contact_codes import MINUTE, NOW, wrong
from tests.portal.visits import BORN
from tests.staff import StaffClient


@pytest.fixture
def mailbox(clinic: Clinic) -> ContactPoint:
    with tenant(clinic.pk, actor="test"):
        return EmailFactory(patient__clinic=clinic, value="ada@example.org")


@pytest.fixture
def desk(staff_client: Callable[..., StaffClient], clinic: Clinic) -> Iterator[StaffClient]:
    with time_machine.travel(NOW, tick=False):
        yield staff_client(Role.FRONT_DESK, clinic=clinic)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def tap(desk: StaffClient, act: str, point: ContactPoint, **sent: str) -> str:
    return text(desk.post(reverse(f"patients:{act}-code", args=[point.patient_id, point.pk]), sent, follow=True))


def mailed(clinic: Clinic, *, now: datetime = NOW) -> tuple[str, str]:
    """What the sweep sent: the code, and the address of the link."""
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: now)
    body = django_mail.outbox[-1].body
    code = re.search(r"your code is (\d{3} \d{3})", body)
    link = re.search(r"/p/\S+/", body)
    assert code
    assert link
    return code[1], link[0]


def how(point: ContactPoint) -> str:
    with tenant(point.clinic_id, actor="test"):
        return ContactPoint.objects.get(pk=point.pk).verified_how


def test_the_desk_sends_a_code_and_types_what_is_read_out(
    desk: StaffClient, clinic: Clinic, mailbox: ContactPoint
) -> None:
    assert "A code leaves within a minute" in tap(desk, "ask", mailbox)
    code, _link = mailed(clinic)

    wrong_one = tap(desk, "confirm", mailbox, code=wrong(code.replace(" ", "")))
    slip = tap(desk, "confirm", mailbox, code="12 34")
    right = tap(desk, "confirm", mailbox, code=code)

    assert "That is not the code we sent" in wrong_one
    assert "4 tries left" in wrong_one
    assert "A code has six digits" in slip
    assert "4 tries left" in slip
    assert "The code is right: verified." in right
    assert "by a code the patient read out" in right
    assert "verified already" in tap(desk, "confirm", mailbox, code=code)


def test_the_message_tells_nothing_but_the_code_and_the_way(
    desk: StaffClient, clinic: Clinic, mailbox: ContactPoint
) -> None:
    tap(desk, "ask", mailbox)
    code, _link = mailed(clinic)

    mail = django_mail.outbox[-1]
    assert mail.to == [mailbox.value]
    assert mail.subject == f"{clinic.sender_name}: please confirm your address"
    assert "works until 23:10" in mail.body  # by the patient's clock
    whole = mail.message().as_string().lower()
    assert code.replace(" ", "") not in mail.subject
    for word in ("Given", "Family", "session", "pain", "injection"):
        assert word.lower() not in whole.split("/p/")[0], word


def test_looking_at_the_link_confirms_nothing_and_the_birth_date_does(
    desk: StaffClient, clinic: Clinic, mailbox: ContactPoint
) -> None:
    tap(desk, "ask", mailbox)
    _code, link = mailed(clinic)
    patient = Client()

    for _look in range(3):
        assert "Confirm your address" in text(patient.get(link))
    assert patient.post(link, BORN | {"year": "1971"}).status_code == 422
    assert how(mailbox) == ""

    for _tap in range(2):
        assert "your address is confirmed" in text(patient.post(link, BORN, follow=True))
    assert how(mailbox) == "link"
    with tenant(clinic.pk, actor="test"):
        assert AccessLink.objects.get().failed_attempts == 1


def test_the_link_works_for_three_days_but_not_beside_a_newer_code(
    desk: StaffClient, clinic: Clinic, mailbox: ContactPoint
) -> None:
    tap(desk, "ask", mailbox)
    _code, older = mailed(clinic)
    tap(desk, "ask", mailbox)
    _code, newer = mailed(clinic, now=NOW + MINUTE)
    patient = Client()

    assert "This link has ended" in text(patient.post(older, BORN))
    with time_machine.travel(NOW + timedelta(hours=71), tick=False):
        assert patient.post(newer, BORN).url == f"{newer}confirmed/"


def test_a_code_that_is_over_before_it_leaves_is_not_sent(
    desk: StaffClient, clinic: Clinic, mailbox: ContactPoint
) -> None:
    tap(desk, "ask", mailbox)
    with tenant(clinic.pk, actor="test"):
        contact_points.stop(by=desk.member.as_actor(), now=NOW, point=mailbox, reason="wrong")
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: NOW + MINUTE)

    assert django_mail.outbox == []
    with tenant(clinic.pk, actor="test"):
        assert not Message.objects.exclude(state=MessageState.SKIPPED, skip_reason=SkipReason.NOTHING_NEW).exists()


def a_phone(clinic: Clinic, number: str) -> ContactPoint:
    with tenant(clinic.pk, actor="test"):
        return EmailFactory(patient__clinic=clinic, kind="phone", value=number)


def test_a_mobile_phone_gets_a_text_message_without_a_link(desk: StaffClient, clinic: Clinic, settings: Any) -> None:
    settings.TEXT_MAIL_DOMAIN = "text.example.org"
    phone = a_phone(clinic, "+491715550112")
    tap(desk, "ask", phone)
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: NOW)

    mail = django_mail.outbox[-1]
    assert mail.to == ["491715550112@text.example.org"]
    assert len(mail.body.strip()) <= 160
    assert "/p/" not in mail.body
    code = re.search(r"your code is (\d{3} \d{3})", mail.body)
    assert code
    assert "The code is right: verified." in tap(desk, "confirm", phone, code=code[1])


@pytest.mark.parametrize(
    ("number", "domain"), [("+4930901820", "text.example.org"), ("+491715550112", "")], ids=["landline", "no service"]
)
def test_where_no_code_can_be_sent_none_is_offered(
    desk: StaffClient, clinic: Clinic, settings: Any, number: str, domain: str
) -> None:
    settings.TEXT_MAIL_DOMAIN = domain
    phone = a_phone(clinic, number)

    page = tap(desk, "ask", phone)

    assert "No code can be sent to this number" in page
    assert "Send a code" not in page
