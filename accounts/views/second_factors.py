"""allauth's own pages that remove a second factor; whoever removes the last one is signed out everywhere."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.totp.views import deactivate_totp as allauth_deactivate_totp
from allauth.mfa.webauthn.views import remove_webauthn as allauth_remove_webauthn
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.decorators import public
from accounts.services import second_factors

View = Callable[..., HttpResponseBase]


def _signs_out_with_the_last(view: View) -> View:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        had_one = user.is_authenticated and request.method == "POST" and second_factors.has_any(user)
        response = view(request, *args, **kwargs)
        if not user.is_authenticated or not had_one or second_factors.has_any(user):
            return response
        second_factors.end_sign_ins(request, user=user)
        messages.info(
            request,
            _("You removed your only second factor, so you are signed out everywhere. Sign in to set up another one."),
        )
        return redirect("account_login")

    return inner


# allauth asks on its own that somebody is signed in, and that they were asked again lately.
deactivate_totp = public(_signs_out_with_the_last(allauth_deactivate_totp))
remove_webauthn = public(_signs_out_with_the_last(allauth_remove_webauthn))
