"""Ring a patient back: take it, give it back, say how it went, take that back."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.undo import offer
from common.wall_clock import local_day
from patients.queries.banners import banner
from sessions.forms.follow_ups import CompleteForm
from sessions.models import FollowUp
from sessions.policies.follow_ups import FollowUpRefusedError
from sessions.queries.follow_ups import follow_up_for_page
from sessions.queries.side_effects import phones_of
from sessions.services import follow_ups


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("GET", "POST"))
def page(request: StaffRequest, follow_up_id: UUID) -> HttpResponse:
    """The phone number and the form; completing lands on the worklist, for the next call."""
    follow_up = _get(request, follow_up_id)
    form = CompleteForm(request.POST or None, initial={"note": follow_up.note})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                follow_ups.complete(
                    follow_up_id=follow_up.pk, by=request.actor, now=timezone.now(), **form.cleaned_data
                )
            except FollowUpRefusedError as refused:
                form.add_error(None, str(refused))
                status = 409
            else:
                return _completed(request, follow_up)
    return _page(request, follow_up, form, status)


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def take(request: StaffRequest, follow_up_id: UUID) -> HttpResponse:
    return _act(request, follow_up_id, follow_ups.take, _("The follow-up is yours."), undo="give_back")


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def give_back(request: StaffRequest, follow_up_id: UUID) -> HttpResponse:
    return _act(request, follow_up_id, follow_ups.give_back, _("The follow-up waits for somebody to take it."))


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def reopen(request: StaffRequest, follow_up_id: UUID) -> HttpResponse:
    return _act(request, follow_up_id, follow_ups.reopen, _("The follow-up is due again."))


def _get(request: StaffRequest, follow_up_id: UUID) -> FollowUp:
    follow_up = follow_up_for_page(request.actor, follow_up_id)
    if follow_up is None:
        raise Http404
    return follow_up


def _completed(request: StaffRequest, follow_up: FollowUp) -> HttpResponse:
    address = reverse("sessions:reopen_follow_up", args=[follow_up.pk])
    offer(request, _("The follow-up is completed."), undo_url=address)
    return redirect("sessions:worklists")


def _act(
    request: StaffRequest, follow_up_id: UUID, service: Callable[..., FollowUp], done: str, undo: str = ""
) -> HttpResponse:
    follow_up = _get(request, follow_up_id)
    try:
        service(follow_up_id=follow_up.pk, by=request.actor, now=timezone.now())
    except FollowUpRefusedError as refused:
        messages.warning(request, str(refused))
    else:
        if undo:
            offer(request, done, undo_url=reverse(f"sessions:{undo}_follow_up", args=[follow_up.pk]))
        else:
            messages.success(request, done)
    return redirect("sessions:worklists")


def _page(request: StaffRequest, follow_up: FollowUp, form: CompleteForm, status: int) -> HttpResponse:
    saw(request, "pit_sessions_followup", row_id=follow_up.pk, patient_id=follow_up.patient_id)
    now = timezone.now()
    context = {
        "follow_up": follow_up,
        "form": form,
        "now": now,
        "banner": banner(request.actor, follow_up.patient_id, today=local_day(now, request.actor.zone)),
        "phones": phones_of(request.actor, follow_up.patient_id),
    }
    return render(request, "sessions/follow_ups/page.html", context, status=status)
