"""Before a signature or an export, once more: is it still you? A password or a passkey, not older than five minutes."""

from datetime import datetime

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import proofs


class SecondCheck:
    """What stands between a signed-in person and a signature or an export (21 CFR 11.200; security.md 1.5).

    ``settings.SECOND_CHECK_SECONDS`` is how old the last password or passkey may be; None, only in the demo, asks for
    nothing. A code from an app alone does not count (``accounts.proofs``).
    """

    def __init__(self, request: HttpRequest, *, now: datetime) -> None:
        self.request = request
        self.now = now

    @cached_property
    def is_switched_off(self) -> bool:
        return settings.SECOND_CHECK_SECONDS is None

    @cached_property
    def is_needed(self) -> bool:
        """Whether the page has to ask."""
        limit = settings.SECOND_CHECK_SECONDS
        if limit is None:
            return False
        return not proofs.is_fresh(self.request, now=self.now.timestamp(), seconds=limit)

    @cached_property
    def form(self) -> forms.Form | None:
        """A password field; None for somebody who has no password. Bound only where a password was sent."""
        user = self.request.user
        if not (user.is_authenticated and user.has_usable_password()):
            return None
        data = self.request.POST if "password" in self.request.POST else None
        form: forms.Form = ReauthenticateForm(data, user=user)
        form.fields["password"].label = _("Your password")
        form.fields["password"].help_text = ""
        form.fields["password"].widget.attrs |= {"class": "form-control", "placeholder": ""}
        return form

    @property
    def refusal(self) -> str:
        """Why ``passes`` said no, in a sentence."""
        errors = self.form.errors.get("password") if self.form is not None else None
        return str(errors[0]) if errors else _("This needs your password or your passkey once more.")

    @cached_property
    def has_passkey(self) -> bool:
        own = Authenticator.objects.filter(user_id=self.request.user.pk)
        return bool(own.filter(type=Authenticator.Type.WEBAUTHN).exists())

    def passkey_url(self, back: str) -> str:
        """allauth's own page for a passkey, which returns to ``back``."""
        return f"{reverse('mfa_reauthenticate_webauthn')}?{urlencode({'next': back})}"

    def passes(self) -> bool:
        """Whether this request may sign: a fresh sign-in, or the right password in the same form. Tries are limited."""
        if not self.is_needed:
            return True
        if self.form is None or not self.form.is_bound:
            return False
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.request.user):
            self.form.add_error("password", _("Too many tries. Wait a minute, then try again."))
            return False
        if not self.form.is_valid():
            return False
        reauthenticate_by_password(self.request)
        return True
