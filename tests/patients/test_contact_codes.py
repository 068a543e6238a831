"""A code to a mailbox: asked for at the desk, read out and typed, or confirmed from the link; never guessed."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as django_mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, Membership
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import AccessLink, ContactCode, ContactPoint
from patients.services import contact_codes, contact_points
from patients.services.contact_codes import Answer, CodeRefusedError
from reminders.choices import MessageState, SkipReason
from reminders.models import Message
from reminders.services import sweeps
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import EmailFactory
from tests.portal.visits import BORN
from tests.staff import StaffClient

NOW = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)  # in the quiet hours: somebody is waiting for it
MINUTE = timedelta(minutes=1)


@pytest.fixture
def member(in_clinic: Clinic) -> Membership:
    return MembershipFactory(clinic=in_clinic, role=Role.FRONT_DESK)


@pytest.fixture
def point(in_clinic: Clinic) -> ContactPoint:
    return EmailFactory(patient__clinic=in_clinic, value="ada@example.org")


def ask(point: ContactPoint, member: Membership, *, now: datetime = NOW) -> str:
    """Ask for a code; the six digits, as the message would tell them."""
    return contact_codes.code_of(contact_codes.ask(by=member.as_actor(), now=now, point=point))


def confirm(point: ContactPoint, member: Membership, typed: str, *, now: datetime = NOW + MINUTE) -> Answer:
    return contact_codes.confirm(by=member.as_actor(), now=now, point=point, typed=typed)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_read_out_in_time_verifies(point: ContactPoint, member: Membership) -> None:
    code = ask(point, member)

    assert confirm(point, member, code) is Answer.VERIFIED

    point.refresh_from_db()
    assert (point.verified_at, point.verified_how, point.verified_by) == (NOW + MINUTE, "code", member)


def test_the_code_is_kept_nowhere(point: ContactPoint, member: Membership, clinic: Clinic) -> None:
    code = ask(point, member)

    kept = ContactCode.objects.values().get()
    told = list(AuditEvent.objects.filter(table_name="patients_contactcode").values())
    assert told
    # As a word of its own: six digits may stand inside a number by chance.
    assert not re.search(rf"(?<!\w){code}(?!\w)", f"{kept} {told}")


def test_five_wrong_tries_end_it_even_for_the_right_code(point: ContactPoint, member: Membership) -> None:
    code = ask(point, member)

    assert [confirm(point, member, wrong(code)) for _try in range(5)] == [Answer.WRONG] * 5
    assert confirm(point, member, code) is Answer.OVER


def test_after_ten_minutes_it_is_over(point: ContactPoint, member: Membership) -> None:
    code = ask(point, member)

    assert confirm(point, member, code, now=NOW + timedelta(minutes=10)) is Answer.OVER


def test_a_new_code_ends_the_older_one(point: ContactPoint, member: Membership) -> None:
    older, newer = ask(point, member), ask(point, member, now=NOW + MINUTE)

    assert confirm(point, member, older) is Answer.WRONG
    assert confirm(point, member, newer) is Answer.VERIFIED


def test_three_an_hour_for_a_mailbox_whoever_has_it(point: ContactPoint, member: Membership) -> None:
    twin = EmailFactory(patient__clinic=point.clinic, value=point.value)
    for one in (point, twin, point):
        ask(one, member)

    with pytest.raises(CodeRefusedError, match="Three codes were sent within an hour"):
        ask(twin, member)
    ask(twin, member, now=NOW + timedelta(hours=1))


def test_a_verified_or_stopped_contact_gets_none(point: ContactPoint, member: Membership) -> None:
    contact_points.verify(by=member.as_actor(), now=NOW, point=point)

    with pytest.raises(CodeRefusedError, match="needs no code"):
        ask(point, member)


@pytest.mark.parametrize(
    "change",
    [{"value": "new@example.org"}, {"stopped_at": NOW, "stopped_reason": "wrong"}, {"verified_at": NOW}],
    ids=["changed", "stopped", "read back"],
)
def test_what_happens_to_the_contact_ends_its_code(
    point: ContactPoint, member: Membership, change: dict[str, Any]
) -> None:
    ask(point, member)

    ContactPoint.objects.update(**change)

    assert not ContactCode.objects.standing().exists()


def test_a_changed_address_is_verified_no_more(point: ContactPoint, member: Membership) -> None:
    confirm(point, member, ask(point, member))

    ContactPoint.objects.update(value="new@example.org")

    point.refresh_from_db()
    assert (point.verified_at, point.verified_by, point.verified_how) == (None, None, "")


def refused(constraint: str) -> Any:
    return pytest.raises(IntegrityError, match=constraint)


def test_the_database_refuses_a_sixth_try(point: ContactPoint, member: Membership) -> None:
    ask(point, member)
    with refused("patients_contactcode_tries"), transaction.atomic():
        ContactCode.objects.update(tries=6)


def test_the_database_refuses_a_code_used_too_late(point: ContactPoint, member: Membership) -> None:
    ask(point, member)
    with refused("patients_contactcode_used_in_time"), transaction.atomic():
        ContactCode.objects.update(used_at=NOW + timedelta(minutes=10), used_how="code")


def test_the_database_refuses_a_verification_without_the_code_of_this_contact(
    point: ContactPoint, member: Membership
) -> None:
    confirm(point, member, ask(point, member))
    another = EmailFactory(patient__clinic=point.clinic)
    for row in (another, point):  # another's code, and the own one at another time
        with refused("patients_contactpoint_code_used|no code that was sent"), transaction.atomic():
            ContactPoint.objects.filter(pk=row.pk).update(verified_at=NOW + 2 * MINUTE, verified_how="code")


def test_the_database_refuses_to_use_an_ended_code_again(point: ContactPoint, member: Membership) -> None:
    ask(point, member)
    ContactCode.objects.update(ended_at=NOW)
    with refused("patients_contactcode_stays|stays so"), transaction.atomic():
        ContactCode.objects.update(ended_at=None)


def test_the_database_keeps_one_code_for_a_contact(point: ContactPoint, member: Membership) -> None:
    ask(point, member)
    kept = ContactCode.objects.get()
    with refused("patients_contactcode_one_stands"), transaction.atomic():
        ContactCode.objects.create(
            clinic=point.clinic,
            contact_point=point,
            nonce=kept.nonce,
            code_hash=kept.code_hash,
            asked_at=NOW,
            expires_at=NOW + MINUTE,
        )


# --- at the desk and in the mailbox


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
        assert patient.post(newer, BORN).url == reverse("portal:confirmed")


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
