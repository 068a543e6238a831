"""From a signed-in user to an actor at one clinic, inside one transaction."""

import time
from collections.abc import Callable
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse, ReauthenticationRequired
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

from accounts import late_typing
from accounts.elsewhere import after_idle_time, page_sent_from, to_second_factor
from accounts.models import Membership
from audit.services.audit_events import record
from common.tenancy import set_context, tenant

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Pages a member without a second factor may still reach.
_SETUP_URLS = ("mfa_", "account_logout", "account_reauthenticate", "healthz", "readyz")
# A form that is asked back shows what its page shows.
_ASKED_BACK = {409, 422}


def seconds_left(request: HttpRequest, *, now: int) -> int:
    """How long the sign-in lasts if nobody uses it from now on."""
    seen, began = (int(request.session.get(name, now)) for name in ("last_seen", "signed_in_at"))
    return max(min(seen + settings.STAFF_IDLE_SECONDS, began + settings.STAFF_SESSION_SECONDS) - now, 0)


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))[:64]


class IdleSignOutMiddleware:
    """Sign out after 15 idle minutes or 12 hours. A page that polls says so (``X-Poll``) and does not count as use."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now = int(time.time())
            seen = int(request.session.get("last_seen", now))
            began = int(request.session.setdefault("signed_in_at", now))
            if now - seen > settings.STAFF_IDLE_SECONDS or now - began > settings.STAFF_SESSION_SECONDS:
                user_id = str(request.user.pk)
                logout(request)
                if request.method == "POST":
                    late_typing.keep(request, user_id=user_id, page=page_sent_from(request))
                messages.info(request, _("You were signed out because nobody used this page for a while."))
                return after_idle_time(request)
            if "X-Poll" not in request.headers and (now - seen > 60 or "last_seen" not in request.session):
                request.session["last_seen"] = now
        return self.get_response(request)


class ActorMiddleware:
    """Give the request its actor and run the view in one transaction that sees the actor's clinic only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = None  # type: ignore[attr-defined]
        request.audit_views = []  # type: ignore[attr-defined]
        match = _resolve(request)
        if match and hasattr(match.func, "has_own_transactions"):
            return self.get_response(request)
        if not request.user.is_authenticated:
            return self.get_response(request)
        if self._must_set_up_second_factor(request):
            return to_second_factor(request)
        if request.method == "POST":
            len(request.POST)  # read the body before the transaction: a slow upload holds none open
        with timezone.override(None), tenant(None, actor="", user_id=request.user.pk, request_id=_request_id()):
            self._enter_clinic(request)
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        self._record_views(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Refuse a view that nobody declared: deny by default."""
        declared = hasattr(view, "required_act") or hasattr(view, "is_public")
        if not declared and not view.__module__.startswith("allauth."):
            raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Nothing is half-saved: whatever a view raised undoes what it wrote.

        allauth raises to send a person elsewhere, and reads the database on the way there: that is no failure.
        """
        if isinstance(exception, ImmediateHttpResponse | ReauthenticationRequired):
            return
        if getattr(request, "actor", None) is not None and transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)

    @staticmethod
    def _must_set_up_second_factor(request: HttpRequest) -> bool:
        if not settings.STAFF_NEED_SECOND_FACTOR or request.session.get("has_second_factor"):
            return False
        factors = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
        if Authenticator.objects.filter(user_id=request.user.pk, type__in=factors).exists():
            request.session["has_second_factor"] = True
            return False
        match = _resolve(request)
        return match is None or not (match.url_name or "").startswith(_SETUP_URLS)

    @staticmethod
    def _enter_clinic(request: HttpRequest) -> None:
        own = Membership.objects.of_user(request.user.pk).active().select_related("clinic", "user")
        chosen = request.session.get("membership_id")
        membership = (own.filter(pk=chosen).first() if chosen else None) or own.order_by("clinic__name").first()
        if membership is None:
            request.works_nowhere = True  # type: ignore[attr-defined] # said by the page that refuses
            return
        actor = membership.as_actor()
        request.actor = actor  # type: ignore[attr-defined]
        set_context(clinic_id=actor.clinic_id, actor=actor.audit_name)
        timezone.activate(actor.zone)

    @staticmethod
    def _record_views(request: HttpRequest, response: HttpResponseBase) -> None:
        """Record what the answer showed, in its own short transaction; if that fails, the answer is not given."""
        actor, views = request.actor, request.audit_views  # type: ignore[attr-defined]
        if actor is None or not views or (response.status_code >= 400 and response.status_code not in _ASKED_BACK):
            return
        with tenant(actor.clinic_id, actor=actor.audit_name, user_id=actor.user_id, request_id=_request_id()):
            for view in views:
                record(view)


def _resolve(request: HttpRequest) -> ResolverMatch | None:
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None
