"""Letters to people who work at a clinic: they leave once, in the clinic's name, and say how it went."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.actors import machine
from accounts.models import Clinic, Invitation, Membership, StaffLetter
from accounts.services import invitations, memberships, staff_letters
from common.tenancy import tenant
from reminders import mail as adapter
from reminders.mail import MailAwayError, Outcome, Result
from reminders.tasks import sweep_staff_letters
from tests.factories.accounts import ClinicFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clinic(transactional_db: None) -> Clinic:
    return ClinicFactory(sender_name="Riverside")


def invite(clinic: Clinic) -> Invitation:
    with tenant(clinic.pk, actor="test"):
        by = machine(clinic, "test")
        return invitations.invite(
            by=by, now=timezone.now(), email="jana@example.org", full_name="Jana Novak", role="auditor"
        )


def the_letter(clinic: Clinic) -> StaffLetter:
    with tenant(clinic.pk):
        return StaffLetter.objects.get()


def test_an_invitation_leaves_once_in_the_clinics_name_and_its_link_opens(clinic: Clinic) -> None:
    invite(clinic)
    for _twice in range(2):
        sweep_staff_letters()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["jana@example.org"], "Riverside: your invitation")
    assert sent.from_email.startswith("Riverside <")
    assert (the_letter(clinic).state, the_letter(clinic).sent_at is not None) == ("sent", True)
    (link,) = [word for word in sent.body.split() if "/invitation/" in word]
    assert "jana" not in link.lower()
    assert "Jana Novak" in Client().get(link.removeprefix("http://testserver")).content.decode()


def test_a_letter_nobody_may_use_any_more_does_not_leave(clinic: Clinic) -> None:
    made = invite(clinic)
    with tenant(clinic.pk, actor="test"):
        Invitation.objects.filter(pk=made.pk).update(expires_at=timezone.now())
    sweep_staff_letters()
    assert mail.outbox == []
    assert the_letter(clinic).state == "stopped"


def test_trouble_is_told_and_tried_again(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    invite(clinic)

    def away() -> None:
        raise MailAwayError("ConnectionRefusedError")

    with monkeypatch.context() as patch:
        patch.setattr(adapter, "mail_server", away)
        sweep_staff_letters()
    assert (the_letter(clinic).state, the_letter(clinic).attempts) == ("planned", 0)
    since = the_letter(clinic).failing_since
    assert (since is not None, the_letter(clinic).last_error) == (True, "no mail server")
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "mail_server", away)
        sweep_staff_letters()
    assert the_letter(clinic).failing_since == since
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "send", lambda *_: Result(Outcome.REFUSED, "greylisted"))
        sweep_staff_letters()
    letter = the_letter(clinic)
    assert (letter.state, letter.attempts, letter.last_error) == ("planned", 1, "greylisted")
    assert letter.next_at > timezone.now()
    with tenant(clinic.pk, actor="test"):
        StaffLetter.objects.update(next_at=timezone.now())
    with monkeypatch.context() as patch:
        patch.setattr(adapter, "send", lambda *_: Result(Outcome.REJECTED, "recipient refused 550"))
        sweep_staff_letters()
    assert (the_letter(clinic).state, the_letter(clinic).last_error) == ("failed", "recipient refused 550")


def test_a_reset_second_step_is_told_to_the_person(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        member: Membership = MembershipFactory(clinic=clinic)
        Authenticator.objects.create(user=member.user, type=Authenticator.Type.TOTP, data={})
        memberships.reset_second_factor(
            by=machine(clinic, "test"), now=timezone.now(), membership_id=member.pk, reason="phone lost"
        )
    sweep_staff_letters()
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([member.user.email], "Riverside: your sign-in was changed")
    assert clinic.phone.as_international in sent.body
    assert "phone lost" not in sent.body


def test_every_clinician_is_told_of_weaker_rules_in_words_that_name_none(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        members = [MembershipFactory(clinic=clinic) for _number in range(2)]
        MembershipFactory(clinic=clinic, role="front_desk")
        MembershipFactory(clinic=clinic, is_active=False)
        assert staff_letters.tell_clinicians(by=machine(clinic, "test"), now=timezone.now()) == 2
    sweep_staff_letters()
    assert {sent.to[0] for sent in mail.outbox} == {member.user.email for member in members}
    assert {sent.subject for sent in mail.outbox} == {"Riverside: a change for you to read"}
    assert all("/settings/rules/in-force/" in sent.body for sent in mail.outbox)
