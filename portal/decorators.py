"""From the address of a door and the cookie of its link to the patient behind it.

The address names one check-in or one offer, its cookie is sent to that address alone, and each form says once more
whose it is: two patients in one browser, a page of yesterday, a borrowed phone, and every answer still lands where it
was asked. The view sets the clinic itself, for each service call.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import timezone

from accounts.decorators import own_transactions, public
from common.languages import words_for
from portal.queries import Guest, OfferVisit, Visit, clinic_of, find_offer, find_visit

LASTS = 60 * 60
WHOSE = "whose"  # the field of every form that says which door it belongs to
_SALT = "portal.door"
_NO_SIGN_SALT = "portal.no_sign"

View = Callable[..., HttpResponse]


class GuestRequest(HttpRequest):
    """A request whose sender gave the second factor at either door."""

    visit: Guest


class PatientRequest(GuestRequest):
    """A request whose sender gave the second factor for one check-in."""

    visit: Visit


class OfferRequest(GuestRequest):
    """A request whose sender gave the second factor for one offer."""

    visit: OfferVisit


class _Find(Protocol):
    def __call__(self, *, clinic_id: str, link_id: str, subject_id: UUID, now: datetime) -> Guest | None: ...


def patient(*, methods: Iterable[str]) -> Callable[[View], View]:
    """Let the patient of the check-in in the address through; anybody else is asked to open the link again."""
    return _door("check_in_id", find_visit, methods)


def offered(*, methods: Iterable[str]) -> Callable[[View], View]:
    """Let the patient of the offer in the address through, as ``patient`` does for a check-in."""
    return _door("offer_id", find_offer, methods)


def _door(argument: str, find: _Find, methods: Iterable[str]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        allowed = tuple(methods)

        @wraps(view)
        def inner(request: HttpRequest, code: str, **names: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            subject_id: UUID = names.pop(argument)
            guest = _guest(request, code, subject_id, find)
            if guest is None:
                return render(request, "portal/open_again.html", {"clinic": clinic_of(code)}, status=403)
            cast(GuestRequest, request).visit = guest
            with words_for(guest.patient.language):
                if request.method == "POST" and request.POST.get(WHOSE) != str(subject_id):
                    return render(request, "portal/other_page.html", page_context(guest), status=409)
                return view(request, **names)

        return own_transactions(public(inner))

    return decorate


def page_context(guest: Guest) -> dict[str, object]:
    """What every page behind a door shows: the clinic, whose page it is, and the way to report a problem."""
    return {
        "clinic": guest.by.clinic,
        "guest": guest,
        "whose": guest.subject_id,
        "worry_url": guest.url("worry"),
        "start_url": guest.url("start"),
    }


def cookie_name(subject_id: UUID) -> str:
    return f"door-{subject_id.hex}"


def remember(response: HttpResponse, *, clinic_id: UUID, link_id: UUID, subject_id: UUID) -> HttpResponse:
    """Set the cookie that opens the door of one check-in or offer, for an hour; ``response`` leads to its start."""
    content = {"clinic_id": str(clinic_id), "link_id": str(link_id), "subject_id": str(subject_id)}
    response.set_cookie(
        cookie_name(subject_id),
        signing.dumps(content, salt=_SALT),
        max_age=LASTS,
        path=response.headers["Location"],
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def remember_no_sign(response: HttpResponse, guest: Guest, *, report_id: str) -> HttpResponse:
    """Keep in the browser that none of the signs was tapped after a report; lost, they are asked once more."""
    response.set_cookie(
        _no_sign_cookie(guest),
        signing.dumps(report_id, salt=_NO_SIGN_SALT),
        max_age=LASTS,
        path=guest.url("start"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def no_sign_after(request: GuestRequest) -> str:
    """The report after which none of the signs was tapped, or empty."""
    try:
        return str(signing.loads(request.COOKIES.get(_no_sign_cookie(request.visit), ""), salt=_NO_SIGN_SALT))
    except signing.BadSignature:
        return ""


def _no_sign_cookie(guest: Guest) -> str:
    return f"none-{guest.subject_id.hex}"


def _guest(request: HttpRequest, code: str, subject_id: UUID, find: _Find) -> Guest | None:
    try:
        content = signing.loads(request.COOKIES.get(cookie_name(subject_id), ""), salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return None
    if content.pop("subject_id") != str(subject_id):
        return None
    now = timezone.now()  # noqa: TID251 - the outermost layer of every view here
    guest = find(**content, subject_id=subject_id, now=now)
    return guest if guest and guest.by.clinic.link_code == code else None
