"""The door: a neutral page, a birth date, and a way to ask for a new link. Nothing clinical, no name."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import own_transactions, public
from audit.services.audit_events import View, record
from common.wall_clock import local_day
from patients.queries.mailboxes import is_minor
from portal import limits
from portal.decorators import remember
from portal.forms import BirthDateForm
from portal.queries import Door, clinic_of_key, find_door, inside
from portal.services import check_ins, contacts, offers
from reminders.services import messages


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


@own_transactions
@public
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, key: str) -> HttpResponse:
    """Opening the page uses nothing up, so that a mail scanner cannot: only the right birth date goes on."""
    now = timezone.now()
    found = find_door(key, now=now)
    if found is None or not found.is_open:
        return _ended(request, key, found)
    if request.method != "POST":
        return render(request, "portal/door.html", _context(found, BirthDateForm(country=found.by.clinic.country)))
    if limits.is_reached("guess", _address(request), now=now):
        return render(request, "portal/too_often.html", {"clinic": found.by.clinic}, status=429)
    return _try(request, found)


def _ended(request: HttpRequest, key: str, found: Door | None) -> HttpResponse:
    """The clinic's own numbers, and a new link where one will really come."""
    can_ask, is_locked, is_over, now = False, False, False, timezone.now()
    if found is not None:
        is_locked, is_over = found.is_locked, found.is_over(now=now)
        with inside(found.by):
            can_ask = messages.can_ask_again(message_id=found.message.pk, by=found.by, now=now)
    context = {
        "key": key,
        "clinic": clinic_of_key(key),
        "can_ask_again": can_ask,
        "is_locked": is_locked,
        "is_over": is_over,
    }
    return render(request, "portal/link_ended.html", context)


def _context(found: Door, form: BirthDateForm) -> dict[str, object]:
    return {
        "form": form,
        "clinic": found.by.clinic,
        "is_address": found.message.is_code,
        "is_own": not is_minor(found.link.patient, now=timezone.now()),
    }


def _try(request: HttpRequest, found: Door) -> HttpResponse:
    now = timezone.now()
    form = BirthDateForm(request.POST, country=found.by.clinic.country)
    if form.is_valid():
        birth_date = form.cleaned_data["birth_date"].isoformat()
        response = _behind(found, birth_date)
        if response is not None:
            return response
        limits.count("guess", _address(request), now=now)
        after = find_door(found.key, now=now)
        if after is None or not after.is_open:
            return _ended(request, found.key, after)
        form.say_wrong(today=local_day(now, found.by.zone))
    return render(request, "portal/door.html", _context(found, form), status=422)


def _behind(found: Door, birth_date: str) -> HttpResponse | None:
    if found.message.is_code:
        return _confirm_address(found, birth_date)
    return _into_offer(found, birth_date) if found.message.is_offer else _into_check_in(found, birth_date)


def _confirm_address(found: Door, birth_date: str) -> HttpResponse | None:
    with inside(found.by):
        is_confirmed = contacts.confirm(door=found, birth_date=birth_date, by=found.by, now=timezone.now())
    return redirect("portal:confirmed", found.key) if is_confirmed else None


def _into_offer(found: Door, birth_date: str) -> HttpResponse | None:
    with inside(found.by):
        offer = offers.enter(door=found, birth_date=birth_date, by=found.by, now=timezone.now())
        if offer is None:
            return None
        record(View("scheduling_slotoffer", row_id=offer.pk, patient_id=offer.patient_id))
    return _open("portal:offer_start", found, offer.pk)


def _into_check_in(found: Door, birth_date: str) -> HttpResponse | None:
    with inside(found.by):
        check_in = check_ins.enter(door=found, birth_date=birth_date, by=found.by, now=timezone.now())
        if check_in is None:
            return None
        record(View("portal_checkin", row_id=check_in.pk, patient_id=check_in.patient_id))
    return _open("portal:start", found, check_in.pk)


def _open(name: str, found: Door, subject_id: UUID) -> HttpResponse:
    """Lead to the address of what is behind the door, with a cookie for that address alone."""
    response = redirect(name, found.by.clinic.link_code, subject_id)
    return remember(response, clinic_id=found.by.clinic_id, link_id=found.link.pk, subject_id=subject_id)


@own_transactions
@public
@require_http_methods(["POST"])
def again(request: HttpRequest, key: str) -> HttpResponse:
    """Whatever the key is worth, the answer is the same; a new link goes to the address on record, by the worker."""
    now = timezone.now()
    address = _address(request)
    found = find_door(key, now=now)
    if found and not found.is_open and not limits.is_reached("again", address, now=now):
        with inside(found.by):
            messages.ask_again(message_id=found.message.pk, by=found.by, now=now)
    limits.count("again", address, now=now)
    return redirect("portal:sent", key)


@own_transactions
@public
@require_http_methods(["GET", "HEAD"])
def sent(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "portal/sent.html", {"clinic": clinic_of_key(key)})


@own_transactions
@public
@require_http_methods(["GET", "HEAD"])
def confirmed(request: HttpRequest, key: str) -> HttpResponse:
    return render(request, "portal/confirmed.html", {"clinic": clinic_of_key(key)})
