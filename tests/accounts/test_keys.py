"""Changing the site's keys locks nobody out, and what removes the last second factor leaves nobody signed in."""

import time
from collections.abc import Callable
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, User
from pitclinic.checks import factor_key_problems
from tests.factories.accounts import UserFactory

OLD, NEW, OTHER = ("-".join([word] * 12) for word in ("old", "new", "other"))


def code_of(secret: str) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def reads(user: User, secret: str) -> bool:
    factor = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return bool(totp.TOTP(factor).validate_code(code_of(secret)))


def test_a_new_key_of_the_site_signs_nobody_out_and_leaves_every_factor_as_it_was(
    clinic: Clinic, staff_client: Callable[..., Client], settings
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    Authenticator.objects.filter(user=client.member.user).delete()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(client.member.user, secret)
    page = reverse("patients:list")
    assert client.get(page).status_code == 200

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER, [settings.SECRET_KEY]

    assert client.get(page).status_code == 200
    assert reads(client.member.user, secret)


def test_factors_from_before_they_had_a_key_of_their_own_are_read_and_moved(db: None, settings) -> None:
    user, secret = UserFactory(), totp.generate_totp_secret()
    settings.FACTOR_KEYS, settings.SECRET_KEY = [], OLD
    totp.TOTP.activate(user, secret)
    settings.FACTOR_KEYS, settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = [NEW], OTHER, [OLD]
    assert reads(user, secret)

    call_command("rotate_keys", stdout=StringIO())

    settings.SECRET_KEY_FALLBACKS = []
    assert _secret(user) == secret


def test_after_rotating_the_older_key_can_be_thrown_away_recovery_codes_included(db: None, settings) -> None:
    user, secret = UserFactory(), totp.generate_totp_secret()
    settings.FACTOR_KEYS = [OLD]
    totp.TOTP.activate(user, secret)
    codes = RecoveryCodes.activate(user).generate_codes()
    settings.FACTOR_KEYS = [NEW, OLD]
    said = StringIO()

    call_command("rotate_keys", stdout=said)
    call_command("rotate_keys", stdout=StringIO())

    settings.FACTOR_KEYS = [NEW]
    assert "under the present key: 2." in said.getvalue()
    assert _secret(user) == secret
    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    assert RecoveryCodes(kept).generate_codes() == codes


def test_a_factor_whose_key_is_lost_refuses_every_code_and_the_command_says_how_many(db: None, settings) -> None:
    user, secret = UserFactory(), totp.generate_totp_secret()
    settings.FACTOR_KEYS = [OLD]
    totp.TOTP.activate(user, secret)
    settings.FACTOR_KEYS = [NEW]

    assert not reads(user, secret)
    with pytest.raises(CommandError, match="No key opens 1 of them"):
        call_command("rotate_keys", stdout=StringIO())


def _secret(user: User) -> str:
    return str(decrypt(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]))


def test_a_key_of_factors_is_long_and_not_the_sites_secret(settings) -> None:
    assert factor_key_problems() == []

    settings.FACTOR_KEYS = ["short", settings.SECRET_KEY]

    assert len(factor_key_problems()) == 2


def ask_again_lately(client: Client) -> None:
    session = client.session
    record = {"method": "password", "reauthenticated": True, "at": time.time()}
    session["account_authentication_methods"] = [record]
    session.save()


def test_removing_the_only_factor_signs_out_everywhere_and_asks_for_a_new_one(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    here = staff_client(Role.CLINICIAN, clinic=clinic)
    user = here.member.user
    elsewhere = Client()
    elsewhere.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    UserSession.objects.create(user=user, session_key=elsewhere.session.session_key, ip="127.0.0.1", user_agent="x")
    page = reverse("patients:list")
    assert (here.get(page).status_code, elsewhere.get(page).status_code) == (200, 200)

    ask_again_lately(here)
    answer = here.post(reverse("mfa_deactivate_totp"))

    assert answer.headers["Location"] == reverse("account_login")
    assert "only second factor" in here.get(reverse("account_login")).content.decode()
    for browser in (here, elsewhere):
        assert browser.get(page).headers["Location"].startswith(reverse("account_login"))


def test_removing_one_of_two_factors_signs_nobody_out(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    key = Authenticator.objects.create(
        user=client.member.user,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "key", "passwordless": True, "credential": {}},
    )

    ask_again_lately(client)
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert not Authenticator.objects.filter(pk=key.pk).exists()
    assert client.get(reverse("patients:list")).status_code == 200
