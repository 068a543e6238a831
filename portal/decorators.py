"""From the cookie of one link to the patient's visit; the view sets the clinic itself, for each service call."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from accounts.decorators import own_transactions, public
from portal.queries import OfferVisit, Visit, find_offer, find_visit

COOKIE = "portal"
OFFER_COOKIE = "offer"
COOKIE_PATH = "/p/"
LASTS = 60 * 60
_SALT = "portal.visit"
_OFFER_SALT = "portal.offer"


class PatientRequest(HttpRequest):
    """A request whose sender gave the second factor."""

    visit: Visit


def patient(*, methods: Iterable[str]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let the patient of the cookie through; anybody else is asked to open the link in the message again."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        checked = require_http_methods(list(methods))(view)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            visit = _visit_of(request)
            if visit is None:
                return render(request, "portal/open_again.html", status=403)
            cast(PatientRequest, request).visit = visit
            with translation.override(visit.patient.language):
                return checked(request, *args, **kwargs)

        return own_transactions(public(inner))

    return decorate


class OfferRequest(HttpRequest):
    """A request whose sender gave the second factor for one offer."""

    visit: OfferVisit


def offered(*, methods: Iterable[str]) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let the patient whose offer the cookie names through, as ``patient`` does for a check-in."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        checked = require_http_methods(list(methods))(view)

        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            visit = _offer_of(request)
            if visit is None:
                return render(request, "portal/open_again.html", status=403)
            cast(OfferRequest, request).visit = visit
            with translation.override(visit.patient.language):
                return checked(request, *args, **kwargs)

        return own_transactions(public(inner))

    return decorate


def remember_offer(response: HttpResponse, *, clinic_id: UUID, link_id: UUID, offer_id: UUID) -> HttpResponse:
    """Set the cookie that stands for one offer, for an hour, for the portal only."""
    content = {"clinic_id": str(clinic_id), "link_id": str(link_id), "offer_id": str(offer_id)}
    return _set_cookie(response, OFFER_COOKIE, signing.dumps(content, salt=_OFFER_SALT))


def remember(response: HttpResponse, *, clinic_id: UUID, link_id: UUID, check_in_id: UUID) -> HttpResponse:
    """Set the cookie that stands for this link, for an hour, for the portal only."""
    content = {"clinic_id": str(clinic_id), "link_id": str(link_id), "check_in_id": str(check_in_id)}
    return _set_cookie(response, COOKIE, signing.dumps(content, salt=_SALT))


def _set_cookie(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(
        name,
        value,
        max_age=LASTS,
        path=COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _offer_of(request: HttpRequest) -> OfferVisit | None:
    try:
        content = signing.loads(request.COOKIES.get(OFFER_COOKIE, ""), salt=_OFFER_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return find_offer(**content, now=timezone.now())  # noqa: TID251 - the outermost layer of every view here


def _visit_of(request: HttpRequest) -> Visit | None:
    try:
        content = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    return find_visit(**content, now=timezone.now())  # noqa: TID251 - the outermost layer of every view here
