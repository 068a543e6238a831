"""How allauth behaves here: nobody signs up, second-factor secrets are encrypted at rest."""

import base64
import hashlib
import time
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import proofs
from accounts.choices import LetterKind
from accounts.models import User
from accounts.services import person_events, sign_in_letters

log = structlog.get_logger(__name__)

# What allauth would tell a person → the letter that the worker writes instead, in our words and the clinic's name.
LETTERS = {
    "account/email/password_reset_key": LetterKind.NEW_PASSWORD,
    "account/email/password_reset": LetterKind.PASSWORD_SET,
    "account/email/password_changed": LetterKind.PASSWORD_SET,
    "account/email/password_set": LetterKind.PASSWORD_SET,
}

WAYS = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code of your authenticator app"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


def factor_box() -> MultiFernet:
    """Encrypts with the first of ``FACTOR_KEYS``, decrypts with any of them.

    Also with what was derived from the site's secret, before factors had keys of their own.
    """
    own = [_box(b"factor-key:", key) for key in settings.FACTOR_KEYS]
    site_keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    before = [_box(b"second-factor:", key) for key in site_keys]
    return MultiFernet([*own, *before])


def _box(use: bytes, secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(use + secret.encode()).digest()))


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "unknown_email": _("No sign-in has this e-mail address."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            person_events.locked_out(credentials.get("email"))
            raise

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """No request talks to a mail server, and none of allauth's own words leave."""
        self._owe(template_prefix, context.get("user"))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        self._owe(template_prefix, user)

    def _owe(self, template_prefix: str, user: User | None) -> None:
        kind = LETTERS.get(template_prefix)
        if kind is not None and user is not None:
            sign_in_letters.owe(user.pk, kind)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in of a moment ago is the check: nobody is asked twice for the password they have just typed."""
        if proofs.is_fresh(self.request, now=time.time(), seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways in our words: allauth calls a passkey a key."""
        ways = super().get_reauthentication_methods(user)
        return [way | {"description": WAYS.get(way["id"], way["description"])} for way in ways]

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # half an IPv6 address
            return False


class MfaAdapter(DefaultMFAAdapter):
    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a new passkey is called until its person says otherwise."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)

    def encrypt(self, text: str) -> str:
        return factor_box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret, or, when its key is lost, one that no code fits: the person is refused and the log says why."""
        try:
            return factor_box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("second_factor_without_key")
            return str(generate_totp_secret())
