"""The calendar link of a clinician: the page that makes and revokes it, and what it answers to a calendar program."""

import hashlib

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import own_transactions, public, staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, leads_to
from common import limits
from common.languages import words_for
from common.middleware import RevalidatedResponse
from common.tenancy import tenant
from scheduling.queries import calendar_files
from scheduling.queries.calendar_feeds import find_feed, own_feed
from scheduling.services import calendar_feeds

# Wrong keys of one address in ten minutes, like the patient's door (portal/limits.py).
MOST_WRONG_KEYS = 30


@staff(Act.OWN_CALENDAR_LINK)
def calendar_link(request: StaffRequest) -> HttpResponse:
    return render(request, "scheduling/calendar_link.html", {"feed": own_feed(request.actor)})


@staff(Act.OWN_CALENDAR_LINK, methods=("POST",), once=True)
def make_link(request: StaffRequest) -> HttpResponse:
    """The answer is the one time that the link is shown: nobody can look it up again."""
    key = calendar_feeds.make(by=request.actor, now=timezone.now())
    leads_to(request, reverse("scheduling:calendar_link"))
    address = settings.PUBLIC_ORIGIN + reverse("scheduling:feed", args=[key])
    context = {"feed": own_feed(request.actor), "address": address, "subscribe": _for_programs(address)}
    return render(request, "scheduling/calendar_link.html", context)


@staff(Act.OWN_CALENDAR_LINK, methods=("POST",))
def revoke_link(request: StaffRequest) -> HttpResponse:
    if calendar_feeds.revoke(by=request.actor, now=timezone.now()):
        messages.success(request, _("The link no longer works. Calendars that had it get nothing more from here."))
    return redirect("scheduling:calendar_link")


@own_transactions
@public
@require_http_methods(["GET", "HEAD"])
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The visits, or the same 404 for every key that opens nothing; an address that guesses is made to wait."""
    now, sender = timezone.now(), str(get_adapter().get_client_ip(request))
    if limits.used("feed", sender, now=now) >= MOST_WRONG_KEYS:
        return HttpResponse(status=429)
    found = find_feed(key)
    if found is None:
        limits.count("feed", sender, now=now)
        return HttpResponse(status=404)
    by = found.by
    with tenant(by.clinic_id, actor=by.audit_name, user_id=""), words_for(by.clinic.locale):
        body = calendar_files.of_clinician(by=by, clinician_id=found.clinician_id, now=now)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    is_known = tag in parse_etags(request.headers.get("If-None-Match", ""))
    answer = RevalidatedResponse(status=304) if is_known else RevalidatedResponse(body)
    answer.headers["Content-Type"] = calendar_files.MEDIA_TYPE
    answer.headers["ETag"] = tag
    return answer


def _for_programs(address: str) -> str:
    """The same address as calendar programs take it from a link: they ask for it again by themselves."""
    return "webcal://" + address.partition("://")[2]
