"""A code to a contact: right once and in time, never guessed, never kept; the database refuses the rest."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import Clinic, Membership
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import ContactCode, ContactPoint
from patients.services import contact_codes, contact_points
from patients.services.contact_codes import Answer, CodeRefusedError
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import EmailFactory
from tests.patients.test_merge_races import at_once

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

    assert [confirm(point, member, wrong(code)) for _try in range(5)] == [*[Answer.WRONG] * 4, Answer.OVER]
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


@pytest.mark.django_db(transaction=True)
def test_two_tabs_with_the_same_code_verify_once(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        mailbox = EmailFactory(patient__clinic=clinic)
        members = MembershipFactory.create_batch(2, clinic=clinic, role=Role.FRONT_DESK)
        code = ask(mailbox, members[0])
    answers: list[Answer] = []

    said = at_once(clinic, *(lambda one=one: answers.append(confirm(mailbox, one, code)) for one in members))

    assert said == ["done", "done"]
    assert sorted(answer.value for answer in answers) == ["already", "verified"]
