"""One word for the thing: a passkey. Every page says what it is for, in our words."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import allauth
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal import auth as webauthn
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from accounts.adapters import AccountAdapter, MfaAdapter
from accounts.choices import Role
from accounts.models import Clinic, User
from tests.factories.accounts import UserFactory

OTHER_WORDS = re.compile(r"security.key|master.key|backup.key|passwordless", re.IGNORECASE)
# Switched off here: nobody signs up, browsers are not trusted, and allauth's own mails never leave.
CLOSED = {"mfa/webauthn/signup_form.html", "mfa/trust.html"}


def test_no_template_calls_a_passkey_anything_else() -> None:
    root = Path(allauth.__file__).parent / "templates"
    names = {str(path.relative_to(root)) for path in root.rglob("*.*") if path.parts[-2] != "email"} - CLOSED
    names = {name for name in names if name.startswith(("mfa/", "account/", "usersessions/"))}
    assert len(names) > 50
    for name in sorted(names):
        source = Path(get_template(name).origin.name).read_text()
        shown = re.sub(r"form\.passwordless[.\w]*|\"passwordless\"|is_passwordless", "", source)
        assert not OTHER_WORDS.search(shown), name


def test_every_page_of_the_second_step_says_what_it_is_for(
    clinic: Clinic, staff_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webauthn, "get_credentials", lambda _user: [])
    user = UserFactory()
    user.set_password("correct horse battery staple")
    user.save()
    client = staff_client(Role.CLINICIAN, clinic=clinic, user=user)
    key = Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "My phone", "credential": {}}
    )
    RecoveryCodes.activate(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    for name, args, words in (
        ("mfa_index", [], ("Passkeys", "Each works once")),
        ("mfa_list_webauthn", [], ("My phone", "Rename")),
        (
            "mfa_add_webauthn",
            [],
            ("Sign in with this passkey alone", "button “Sign in with a passkey”"),
        ),
        ("mfa_edit_webauthn", [key.pk], ("Rename passkey",)),
        ("mfa_remove_webauthn", [key.pk], ("Remove passkey", "My phone")),
        ("mfa_view_recovery_codes", [], ("takes the place of your passkey", "Codes not used yet")),
        ("mfa_generate_recovery_codes", [], ("takes the place of your passkey", "The codes you have now stop working")),
        ("mfa_reauthenticate_webauthn", [], ("Use a passkey", "Use your password")),
    ):
        answer = client.get(reverse(name, args=args))
        page = answer.content.decode()
        assert answer.status_code == 200, (name, answer)
        assert [word for word in words if word not in page] == [], name
        visible = re.sub(r"<script.*?</script>|<[^>]*>", " ", page, flags=re.DOTALL)
        assert not OTHER_WORDS.search(visible), name


def test_a_new_passkey_has_a_name_that_says_so(db: None) -> None:
    user = User.objects.create_user("a@example.org", full_name="A")
    assert MfaAdapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN) == "Passkey 1"
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "x", "credential": {}})
    assert MfaAdapter().generate_authenticator_name(user, Authenticator.Type.WEBAUTHN) == "Passkey 2"
    assert "Use a passkey" in {str(way["description"]) for way in AccountAdapter().get_reauthentication_methods(user)}
