"""Sign-ins and what protects them stand in the trail of each clinic a person works at, and in no other."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.signals import password_reset
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, Invitation, Membership, User
from accounts.services import person_events
from audit.models import AuditEvent
from audit.services import audit_events
from common.tenancy import tenant
from tests.factories.accounts import ClinicFactory, MembershipFactory, UserFactory

PASSWORD = "correct horse battery staple"
SECRET = "JBSWY3DPEHPK3PXP"
OWN = {"view", "export", "insert", "update", "delete"}


@pytest.fixture
def person(clinic: Clinic, other_clinic: Clinic) -> Iterator[User]:
    """Works at two clinics; a third one is there as well."""
    cache.clear()
    user = UserFactory(email="jana@example.org", full_name="Jana Novak")
    user.set_password(PASSWORD)
    user.save()
    for own in (clinic, other_clinic):
        with tenant(own.pk, actor="test"):
            MembershipFactory(clinic=own, user=user)
    ClinicFactory(name="Third Clinic")
    yield user
    cache.clear()


def told(clinic: Clinic) -> list[tuple[str, str, Any]]:
    """The events that are neither changes nor views, the oldest first."""
    with tenant(clinic.pk):
        events = AuditEvent.objects.in_clinic(clinic.pk).exclude(kind__in=OWN).order_by("at", "id")
        return [(event.kind, event.actor, (event.changes or {}).get("how")) for event in events]


def login(email: str, password: str) -> tuple[Client, Any]:
    client = Client()
    return client, client.post(reverse("account_login"), {"login": email, "password": password})


def _code() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(SECRET, counter)))


def test_in_and_out_with_a_second_step_is_told_to_both_clinics_and_to_no_third(
    person: User, clinic: Clinic, other_clinic: Clinic
) -> None:
    TOTP.activate(person, SECRET)
    client, _answer = login("jana@example.org", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": _code()})
    client.post(reverse("account_logout"))

    who = f"user:{person.pk}"
    wanted = [("sign_in_failed", who, "totp"), ("sign_in", who, "password, totp"), ("sign_out", who, None)]
    assert told(clinic) == told(other_clinic) == wanted
    assert told(Clinic.objects.get(name="Third Clinic")) == []


def test_a_refused_sign_in_and_a_lock_are_told_once_and_an_unknown_address_leaves_nothing(
    person: User, clinic: Clinic
) -> None:
    for _try in range(8):
        login("Jana@example.org", "wrong")
    login("stranger@example.org", "wrong")

    kinds = [kind for kind, _who, _how in told(clinic)]
    assert kinds.count("sign_in_failed") == 5
    assert kinds.count("locked_out") == 1
    with tenant(clinic.pk):
        rows = AuditEvent.objects.in_clinic(clinic.pk)
        assert "stranger" not in json.dumps(list(rows.values()), default=str)
        assert "wrong" not in json.dumps(list(rows.values("changes", "reason", "actor")), default=str)


def test_a_lock_of_the_second_step_is_told_too(person: User, clinic: Clinic) -> None:
    TOTP.activate(person, SECRET)
    client, _answer = login("jana@example.org", PASSWORD)
    for _try in range(7):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    kinds = [kind for kind, _who, _how in told(clinic)]
    assert (kinds.count("sign_in_failed"), kinds.count("locked_out")) == (5, 1)


def test_a_recovery_code_used_and_factors_added_and_removed_are_told(
    person: User, clinic: Clinic, django_capture_on_commit_callbacks: Any
) -> None:
    TOTP.activate(person, SECRET)
    codes = RecoveryCodes.activate(person).generate_codes()
    client, _answer = login("jana@example.org", PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "reauthenticated": True, "at": time.time()}]
    session.save()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))

    kinds = [(kind, how) for kind, _who, how in told(clinic)]
    assert kinds[0] == ("recovery_used", None)
    assert {"sign_in", "recovery_made", "factor_removed", "sign_out"} <= {kind for kind, _how in kinds}
    assert ("factor_removed", "totp") in kinds
    assert SECRET not in json.dumps(kinds)


def test_what_allauth_says_of_passwords_and_factors_is_written_down(person: User, clinic: Clinic) -> None:
    client, _answer = login("jana@example.org", PASSWORD)
    new = "another horse battery staple"
    TOTP.activate(person, SECRET)
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    passkey = Authenticator(user=person, type=Authenticator.Type.WEBAUTHN, data={"credential": "secret"})
    password_reset.send(User, request=HttpRequest(), user=person)
    mfa.authenticator_added.send(Authenticator, request=HttpRequest(), user=person, authenticator=passkey)
    mfa.authenticator_removed.send(Authenticator, request=HttpRequest(), user=person, authenticator=passkey)

    assert [(kind, how) for kind, _who, how in told(clinic)] == [
        ("sign_in", "password"),
        ("password_changed", None),
        ("password_reset", None),
        ("factor_added", "webauthn"),
        ("factor_removed", "webauthn"),
    ]


def test_a_reset_by_an_admin_names_the_admin_at_home_only_and_keeps_the_reason_there(
    person: User, clinic: Clinic, other_clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    TOTP.activate(person, SECRET)
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    with tenant(clinic.pk):
        member = Membership.objects.get(clinic=clinic, user=person)

    admin.post(reverse("accounts:reset_second_factor", args=[member.pk]), {"reason": "phone lost at sea"})

    who = f"user:{admin.member.user_id}"  # type: ignore[attr-defined]
    assert told(clinic) == [("factors_reset", who, None)]
    assert told(other_clinic) == [("factors_reset", "elsewhere", None)]
    with tenant(other_clinic.pk):
        assert not AuditEvent.objects.in_clinic(other_clinic.pk).filter(reason__contains="sea").exists()


def test_invitations_roles_co_signatures_and_switching_off_are_changes_in_the_clinics_own_trail(
    clinic: Clinic, other_clinic: Clinic, person: User, staff_client: Callable[..., Client]
) -> None:
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    with tenant(clinic.pk):
        member = Membership.objects.get(clinic=clinic, user=person)
        MembershipFactory(clinic=clinic)  # somebody is left who may co-sign
    new = {"full_name": "Tom New", "email": "tom@example.org", "role": "auditor"}
    admin.post(reverse("accounts:invite"), new)
    with tenant(clinic.pk):
        invitation = Invitation.objects.get(clinic=clinic)
    admin.post(reverse("accounts:withdraw_invitation", args=[invitation.pk]))
    admin.post(reverse("accounts:co_signature", args=[member.pk]), {"needed": "yes"})
    admin.post(reverse("sessions:change_role", args=[member.pk]), {"role": "front_desk"})
    admin.post(reverse("sessions:switch_off", args=[member.pk]))
    admin.post(reverse("sessions:bring_person_back", args=[member.pk]))

    page = admin.get(reverse("sessions:audit_log"), {"act": "changes"}).content.decode()
    for words in ("Tom New", "Jana Novak", "Role: <del>Clinician</del> → <ins>Front desk</ins>"):
        assert words in page
    assert "Needs a co-signature: <del>no</del> → <ins>yes</ins>" in page
    assert "Active: <del>yes</del> → <ins>no</ins>" in page
    assert "Active: <del>no</del> → <ins>yes</ins>" in page
    assert "Withdrawn: <del>–</del>" in page
    assert "token hash" not in page.lower()
    elsewhere = staff_client(Role.AUDITOR, clinic=other_clinic)
    assert "Tom New" not in elsewhere.get(reverse("sessions:audit_log")).content.decode()


def test_without_a_clinic_the_application_appends_events_of_a_person_and_nothing_else(
    person: User, clinic: Clinic
) -> None:
    person_events.record(person.pk, "sign_in", how="password")
    assert [kind for kind, _who, _how in told(clinic)] == ["sign_in"]
    for kind, details in (("view", {}), ("update", {}), ("sign_in", {"how": "x" * 400})):
        with pytest.raises(DatabaseError), transaction.atomic():
            person_events.record(person.pk, kind, **details)
    for view in (audit_events.View("x"), audit_events.View("x", patient_ids=(person.pk,))):
        with pytest.raises(DatabaseError), transaction.atomic():
            audit_events.record(view)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.clinic_id', true), current_setting('app.user_id', true)")
        assert not any(cursor.fetchone())


def test_who_works_nowhere_any_more_and_tries_all_the_same_is_told(person: User, clinic: Clinic) -> None:
    for own in Clinic.objects.all():
        with tenant(own.pk, actor="test"):
            Membership.objects.filter(clinic=own, user=person).update(is_active=False)

    login("jana@example.org", "wrong")

    assert [kind for kind, _who, _how in told(clinic)] == ["sign_in_failed"]
