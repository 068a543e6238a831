"""An invitation opens a clinic to one mailbox, once: made, sent again, withdrawn, accepted; what the table refuses."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic, Invitation, Membership, StaffLetter, User
from accounts.services import invitations
from accounts.services.invitations import InvitationRefusedError
from audit.models import AuditEvent
from common.tenancy import tenant
from pitclinic.logs import scrub
from reminders.tasks import sweep_staff_letters
from tests.factories.accounts import ClinicFactory, MembershipFactory, UserFactory
from tests.staff import StaffClient

PASSWORD = "four words nobody guesses"
TWICE = {"password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def admin(clinic: Clinic, staff_client: Callable[..., StaffClient]) -> StaffClient:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


def an_invitation(clinic: Clinic, *, email: str = "jana@example.org", now: datetime | None = None) -> tuple[Any, str]:
    """The invitation and the address of its page."""
    with tenant(clinic.pk, actor="test"):
        by = MembershipFactory(clinic=clinic, role=Role.CLINIC_ADMIN).as_actor()
        made = invitations.invite(
            by=by, now=now or timezone.now(), email=email, full_name="Jana Novak", role=Role.FRONT_DESK
        )
    return made, reverse("accounts:invitation", args=[invitations.key_of(made, clinic=clinic)])


def of(clinic: Clinic, made: Invitation) -> Invitation:
    with tenant(clinic.pk):
        return Invitation.objects.get(pk=made.pk)


def code_for(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def test_a_new_person_chooses_a_password_and_sets_up_a_second_step_then_works(clinic: Clinic) -> None:
    made, url = an_invitation(clinic)
    person = Client()
    page = person.get(url).content.decode()
    assert all(word in page for word in (clinic.name, "Jana Novak", "Front desk", "jana@example.org"))

    answer = person.post(url, TWICE)

    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))
    user = User.objects.get(email="jana@example.org")
    assert list(EmailAddress.objects.values_list("user_id", "email", "verified", "primary")) == [
        (user.pk, "jana@example.org", True, True)
    ]
    setup = person.get(reverse("mfa_activate_totp"))
    assert setup.status_code == 200
    person.post(reverse("mfa_activate_totp"), {"code": code_for(setup.context["form"].secret)})
    assert person.get("/", follow=True).redirect_chain == [(reverse("scheduling:today"), 302)]
    with tenant(clinic.pk):
        member = Membership.objects.get(user=user)
        assert (member.role, of(clinic, made).accepted_by_id) == (Role.FRONT_DESK, member.pk)
        joined = AuditEvent.objects.get(table_name="accounts_membership", row_id=member.pk)
        assert joined.actor == f"user:{user.pk}"
    assert "was used already" in Client().get(url).content.decode()
    assert Client().post(url, TWICE).status_code == 200


def test_a_passkey_can_be_set_up_as_well(clinic: Clinic) -> None:
    _made, url = an_invitation(clinic)
    person = Client()
    person.post(url, TWICE)
    assert person.get(reverse("mfa_add_webauthn")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"password": "short", "again": "short"}, "password", "too short"),
        ({"password": "1q2w3e4r5t6y7u8i9o0p", "again": "1q2w3e4r5t6y7u8i9o0p"}, "password", "too common"),
        ({"password": "jana@example.org", "again": "jana@example.org"}, "password", "too similar"),
        ({"password": PASSWORD, "again": "another one, longer"}, "again", "not the same"),
        ({"password": "", "again": ""}, "password", "Enter a password"),
    ],
)
def test_a_weak_password_is_told_beside_its_field_and_makes_nobody(
    clinic: Clinic, typed: dict[str, str], field: str, words: str
) -> None:
    made, url = an_invitation(clinic)
    before = User.objects.count()
    answer = Client().post(url, typed)
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert User.objects.count() == before
    assert of(clinic, made).is_open


def test_who_signs_in_already_joins_and_nobody_else_can(
    clinic: Clinic, other_clinic: Clinic, staff_client: Callable[..., StaffClient]
) -> None:
    colleague = staff_client(Role.CLINICIAN, clinic=other_clinic)
    user = colleague.member.user
    user.set_password(PASSWORD)
    user.save()
    made, url = an_invitation(clinic, email=user.email)

    assert reverse("account_login") in Client().get(url).content.decode()
    Client().post(url, TWICE)
    stranger = staff_client(Role.AUDITOR, clinic=other_clinic)
    assert "Sign out and go on" in stranger.post(url, TWICE).content.decode()
    assert stranger.post(reverse("account_logout"), {"next": url}).headers["Location"] == url
    assert "Sign in, and you join this clinic" in stranger.get(url).content.decode()
    assert of(clinic, made).is_open

    colleague = staff_client_of(colleague, user)
    assert "Join this clinic" in colleague.get(url).content.decode()
    assert colleague.post(url).headers["Location"] == "/"
    assert colleague.get(reverse("patients:list")).status_code == 200
    with tenant(clinic.pk):
        assert Membership.objects.get(clinic=clinic, user=user).role == Role.FRONT_DESK
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def staff_client_of(client: StaffClient, user: User) -> StaffClient:
    """The same person after the password changed."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_link_that_ended_says_what_helps(clinic: Clinic) -> None:
    old, url = an_invitation(clinic, now=timezone.now() - timedelta(days=8))
    assert "expired" in Client().get(url).content.decode()
    with tenant(clinic.pk, actor="test"):
        by = MembershipFactory(clinic=clinic, role=Role.CLINIC_ADMIN).as_actor()
        made = invitations.send_again(by=by, now=timezone.now(), invitation_id=old.pk)
    newer = reverse("accounts:invitation", args=[invitations.key_of(made, clinic=clinic)])
    replaced = Client().get(url)
    assert (replaced.status_code, "only the last one works" in replaced.content.decode()) == (404, True)
    assert Client().get(newer).status_code == 200
    with tenant(clinic.pk, actor="test"):
        invitations.withdraw(by=by, now=timezone.now(), invitation_id=old.pk)
    assert "withdrawn" in Client().post(newer, TWICE).content.decode()
    for key in ("x", "abcdef-" + "a" * 27, f"{clinic.link_code}-" + "a" * 27, "%00", "ü"):
        assert Client().get(f"/invitation/{key}/").status_code == 404
    assert not User.objects.filter(email="jana@example.org").exists()


def test_a_new_password_through_the_mailed_link_proves_the_mailbox(clinic: Clinic) -> None:
    user = UserFactory()
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic, user=user)
    person = Client()
    person.post(reverse("account_reset_password"), {"email": user.email})
    sweep_staff_letters()
    (letter,) = mail.outbox
    (link,) = [word for word in letter.body.split() if "/account/password/reset/key/" in word]
    form = person.get(link.removeprefix("http://testserver"), follow=True)
    person.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert EmailAddress.objects.get(user=user).verified
    person.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert person.get(reverse("mfa_activate_totp")).status_code == 200


def test_the_table_keeps_one_open_invitation_of_an_address_with_one_end(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        now = timezone.now()
        member = MembershipFactory(clinic=clinic)
        row = {
            "clinic": clinic, "email": "a@example.org", "full_name": "A", "role": "auditor", "issued_at": now,
            "expires_at": now,
        }  # fmt: skip
        Invitation.objects.create(**row, token_hash=bytes(32))
        ended = {"email": "b@example.org", "token_hash": b"b" * 32}
        for wrong, name in (
            ({"token_hash": b"1" * 32}, "one_open"),
            ({"email": "c@example.org", "token_hash": bytes(32)}, "token"),
            (ended | {"email": "B@example.org"}, "lower_case"),
            (ended | {"role": "boss"}, "role"),
            (ended | {"accepted_at": now}, "accepted_by_somebody"),
            (ended | {"accepted_at": now, "accepted_by": member, "withdrawn_at": now}, "one_end"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                Invitation.objects.create(**{**row, **wrong})
        for wrong, name in (
            ({"kind": "invitation"}, "about"),
            ({"kind": "factor_reset", "membership": member, "state": "sent"}, "sent_at"),
            ({"kind": "factor_reset", "membership": member, "state": "lost"}, "state"),
        ):
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                StaffLetter.objects.create(clinic=clinic, next_at=now, **wrong)


def test_an_admin_invites_sends_again_and_withdraws(clinic: Clinic, admin: StaffClient) -> None:
    typed = {"full_name": "Jana Novak", "email": "Jana@Example.org", "role": Role.CLINICIAN}
    assert admin.post(reverse("accounts:invite"), typed).status_code == 302
    page = admin.get(reverse("accounts:people")).content.decode()
    assert "jana@example.org" in page
    assert "will be sent within a minute" in page
    with tenant(clinic.pk, actor="test"):
        invitation = Invitation.objects.get()
        assert invitation.invited_by_id == admin.member.pk
    again = reverse("accounts:resend_invitation", args=[invitation.pk])
    assert "a moment ago" in admin.post(again, follow=True).content.decode()
    with tenant(clinic.pk, actor="test"):
        Invitation.objects.update(issued_at=timezone.now() - timedelta(minutes=2))
    assert "leaves within a minute" in admin.post(again, follow=True).content.decode()
    with tenant(clinic.pk, actor="test"):
        assert list(StaffLetter.objects.order_by("issued").values_list("state", flat=True)) == ["stopped", "planned"]
    refused = admin.post(reverse("accounts:invite"), typed)
    assert (refused.status_code, "invited already" in refused.content.decode()) == (422, True)
    admin.post(reverse("accounts:withdraw_invitation", args=[invitation.pk]))
    assert "jana@example.org" not in admin.get(reverse("accounts:people")).content.decode()
    assert "withdrawn" in admin.post(again, follow=True).content.decode()


def test_who_is_here_already_is_not_invited_and_wrong_input_is_told_beside_its_field(
    clinic: Clinic, admin: StaffClient
) -> None:
    url = reverse("accounts:invite")
    with tenant(clinic.pk, actor="test"):
        gone = MembershipFactory(clinic=clinic, is_active=False).user.email
    for email, words in ((admin.member.user.email, "works here already"), (gone, "worked here before")):
        page = admin.post(url, {"full_name": "X", "email": email, "role": "auditor"})
        assert (page.status_code, words in page.content.decode()) == (422, True)
    page = admin.post(url, {"full_name": "", "email": "jana", "role": ""})
    assert {"full_name", "email", "role"} == set(page.context["form"].errors)


def test_the_link_stands_in_no_log(clinic: Clinic) -> None:
    _made, url = an_invitation(clinic)
    assert scrub(f"GET {url}") == "GET /invitation/[link]/"


def test_an_invitation_of_another_clinic_is_not_there(clinic: Clinic, other_clinic: Clinic) -> None:
    made, url = an_invitation(clinic)
    foreign = url.replace(clinic.link_code, other_clinic.link_code)
    assert Client().get(foreign).status_code == 404
    with tenant(other_clinic.pk, actor="test"), pytest.raises(Invitation.DoesNotExist):
        invitations.accept_as_new(clinic=other_clinic, invitation_id=made.pk, password=PASSWORD, now=timezone.now())
    with pytest.raises(InvitationRefusedError, match="another address"):
        invitations.accept_as(clinic=clinic, invitation_id=made.pk, user=UserFactory(), now=timezone.now())


def test_an_account_that_nobody_can_enter_yet_gets_its_password_by_the_invitation(clinic: Clinic) -> None:
    user = UserFactory(email="jana@example.org")
    user.set_unusable_password()
    user.save()
    _made, url = an_invitation(clinic)
    Client().post(url, TWICE)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.django_db(transaction=True)
def test_two_browsers_that_accept_at_the_same_moment_make_one_person() -> None:
    clinic = ClinicFactory()
    made, _url = an_invitation(clinic)
    gate = Barrier(2)

    def accept(password: str) -> str:
        try:
            gate.wait(timeout=60)
            invitations.accept_as_new(clinic=clinic, invitation_id=made.pk, password=password, now=timezone.now())
        except InvitationRefusedError as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(accept, (PASSWORD, f"{PASSWORD} twice")))
    assert ends == ["This invitation has ended meanwhile.", "done"]
    assert User.objects.filter(email="jana@example.org").count() == 1
