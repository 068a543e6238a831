"""How allauth behaves here: nobody signs up, second-factor secrets are encrypted at rest."""

import base64
import hashlib
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.services import person_events

log = structlog.get_logger(__name__)


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

    def is_safe_url(self, url: str | None) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # half an IPv6 address
            return False


class MfaAdapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return factor_box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret, or, when its key is lost, one that no code fits: the person is refused and the log says why."""
        try:
            return factor_box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("second_factor_without_key")
            return str(generate_totp_secret())
