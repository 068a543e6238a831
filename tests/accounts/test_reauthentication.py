"""Changing what protects a sign-in asks once more who is there."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.factories.accounts import MembershipFactory, UserFactory

PASSWORD = "correct horse battery staple"
GUARDED = ("mfa_activate_totp", "mfa_add_webauthn")


@pytest.mark.parametrize("path", ["2fa/totp/activate/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/"])
def test_a_sign_in_of_long_ago_is_asked_again_before_a_second_factor_changes(
    clinic: Clinic, staff_client: Callable[..., Client], path: str
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 600}]
    session.save()
    answer = client.get(f"/account/{path}")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]


def test_who_signed_in_a_moment_ago_is_not_asked_again_and_later_is(clinic: Clinic) -> None:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic, user=user)
    client = Client()
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
        for seconds in (2, 60):
            clock.shift(seconds)
            for name in GUARDED:
                assert client.get(reverse(name)).status_code == 200, name
        clock.shift(settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        for name in GUARDED:
            assert "reauthenticate" in client.get(reverse(name)).headers["Location"], name


def test_nobody_adds_an_address_that_was_not_invited(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    for answer in (
        client.get("/account/email/"),
        client.post("/account/email/", {"action_add": "", "email": "a@b.de"}),
    ):
        assert answer.status_code == 404
