"""The page of the people: what an admin does with a colleague, and that it holds at once."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.choices import Role
from accounts.models import Clinic, Membership, StaffLetter
from audit.models import AuditEvent
from common.tenancy import tenant
from reminders import mail
from reminders.tasks import sweep_staff_letters
from tests.factories.accounts import MembershipFactory
from tests.staff import StaffClient


@pytest.fixture
def admin(clinic: Clinic, staff_client: Callable[..., StaffClient]) -> StaffClient:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


@pytest.fixture
def colleague(clinic: Clinic, staff_client: Callable[..., StaffClient]) -> StaffClient:
    return staff_client(Role.CLINICIAN, clinic=clinic)


def act(admin: StaffClient, name: str, member: Membership, **typed: str) -> str:
    app = "sessions" if name in ("switch_off", "bring_person_back", "change_role") else "accounts"
    page = admin.post(reverse(f"{app}:{name}", args=[member.pk]), typed, follow=True)
    return str(page.content.decode())


LIST = reverse("patients:list")


def test_who_is_switched_off_is_signed_out_at_once_and_comes_back_by_signing_in_again(
    clinic: Clinic, admin: StaffClient, colleague: StaffClient
) -> None:
    assert colleague.get(LIST).status_code == 200
    assert "switched off" in act(admin, "switch_off", colleague.member)
    assert colleague.get(LIST).headers["Location"].startswith(reverse("account_login"))
    assert "switched off already" in act(admin, "switch_off", colleague.member)
    assert "works here again" in act(admin, "bring_person_back", colleague.member)
    assert colleague.get(LIST).status_code == 302
    with tenant(clinic.pk):
        changes = AuditEvent.objects.filter(table_name="accounts_membership", row_id=colleague.member.pk, kind="update")
        assert {event.actor for event in changes} == {f"user:{admin.member.user_id}"}
        assert [event.changes for event in changes.order_by("at")] == [
            {"is_active": [True, False]},
            {"is_active": [False, True]},
        ]


def test_who_works_elsewhere_too_stays_signed_in_there(
    clinic: Clinic, other_clinic: Clinic, admin: StaffClient, colleague: StaffClient
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        MembershipFactory(clinic=other_clinic, user=colleague.member.user, role=Role.AUDITOR)
    act(admin, "switch_off", colleague.member)
    assert colleague.get(LIST).status_code == 403
    assert colleague.get(reverse("sessions:audit_log")).status_code == 200


def test_another_role_counts_from_the_next_page(admin: StaffClient, colleague: StaffClient) -> None:
    assert "role of" in act(admin, "change_role", colleague.member, role=Role.AUDITOR)
    assert colleague.get(LIST).status_code == 403
    assert colleague.get(reverse("sessions:audit_log")).status_code == 200


def test_a_lost_second_step_needs_a_reason_ends_every_sign_in_and_is_set_up_anew(
    clinic: Clinic, admin: StaffClient, colleague: StaffClient
) -> None:
    user = colleague.member.user
    user.set_password("four words nobody guesses")
    user.save()
    colleague.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("accounts:reset_second_factor", args=[colleague.member.pk])
    assert "Enter a reason" in admin.post(address).content.decode()
    assert Authenticator.objects.filter(user=user).exists()

    assert "told by e-mail" in act(admin, "reset_second_factor", colleague.member, reason="phone lost")

    assert colleague.get(LIST).headers["Location"].startswith(reverse("account_login"))
    fresh = Client()
    fresh.post(reverse("account_login"), {"login": user.email, "password": "four words nobody guesses"})
    assert fresh.get(LIST).headers["Location"] == reverse("mfa_index")
    assert fresh.get(reverse("mfa_activate_totp")).status_code == 200
    with tenant(clinic.pk):
        assert StaffLetter.objects.get(membership=colleague.member).kind == "factor_reset"
    assert (
        "will be sent within a minute"
        in admin.get(reverse("accounts:person", args=[colleague.member.pk])).content.decode()
    )


def test_nobody_switches_themselves_off_and_the_page_offers_it_to_nobody(admin: StaffClient) -> None:
    page = admin.get(reverse("accounts:person", args=[admin.member.pk])).content.decode()
    assert "This is you" in page
    assert "off/" not in page
    assert "Ask another clinic admin" in act(admin, "switch_off", admin.member)
    assert admin.get(reverse("accounts:people")).status_code == 200


def test_the_first_steps_and_the_settings_lead_there(admin: StaffClient) -> None:
    people = reverse("accounts:people")
    for page in (reverse("scheduling:guide"), reverse("settings")):
        assert f'href="{people}"' in admin.get(page).content.decode()


def test_who_is_switched_off_everywhere_is_told_so_and_can_sign_out(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    leaver = staff_client(Role.FRONT_DESK, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        Membership.objects.filter(pk=leaver.member.pk).update(is_active=False)

    page = leaver.get("/")

    assert page.status_code == 403
    assert "You are not switched on at any clinic" in page.content.decode()
    assert leaver.get(reverse("account_logout")).status_code == 200


def test_an_invitation_that_cannot_leave_says_since_when_and_that_it_goes_by_itself(
    clinic: Clinic, admin: StaffClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = invite_somebody(admin)
    assert "will be sent within a minute" in page
    assert "Mail is not being sent" not in page
    with tenant(clinic.pk, actor="test"):
        StaffLetter.objects.update(next_at=timezone.now() - timedelta(minutes=3))
    assert "not sent yet, will be sent by itself" in admin.get(reverse("accounts:people")).content.decode()
    with monkeypatch.context() as patch:
        patch.setattr(mail, "mail_server", away)
        sweep_staff_letters()
    with tenant(clinic.pk):
        since = StaffLetter.objects.get().failing_since.astimezone(ZoneInfo(clinic.zone))
    page = admin.get(reverse("accounts:people")).content.decode()
    assert f"The mail server has not answered since {date_format(since, 'j M Y, H:i')}" in page
    assert f"not sent yet, tried since {date_format(since, 'j M, H:i')}" in page
    assert "within a minute" not in page
    again = invite_somebody(admin, "another@example.org")
    assert "The mail leaves by itself when the mail server is back" in again
    sweep_staff_letters()
    assert "Mail is not being sent" not in admin.get(reverse("accounts:people")).content.decode()


def away() -> None:
    raise mail.MailAwayError("ConnectionRefusedError")


def invite_somebody(admin: StaffClient, email: str = "jana@example.org") -> str:
    typed = {"email": email, "full_name": "Jana Novak", "role": Role.AUDITOR}
    return str(admin.post(reverse("accounts:invite"), typed, follow=True).content.decode())
