"""Book where nothing is yet: an empty place of the calendar was clicked."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from scheduling.forms.empty_slots import SlotForm, SlotQuery
from scheduling.models import SlotHold
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments, slot_holds
from scheduling.services.places import SlotTakenError
from scheduling.views.times import refuse, usual_type


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def book_at(request: StaffRequest) -> HttpResponse:
    """The clicked time with its column; saved, it is held while the patient is asked for."""
    if request.method == "POST":
        return _hold(request)
    form = SlotForm(by=request.actor, initial=read_query(SlotQuery, request).cleaned_data)
    usual = usual_type(request, list(form.fields["visit_type"].queryset), None)  # type: ignore[attr-defined]  # a choice of rows
    form.initial["visit_type"] = usual.pk if usual else None
    return render(request, "scheduling/book_at.html", {"form": form})


def _hold(request: StaffRequest) -> HttpResponse:
    form, status, taken = SlotForm(request.POST, by=request.actor), 422, None
    if form.is_valid():
        try:
            hold = _keep(request, form.cleaned_data)
        except VisitRefusedError as refused:
            status, taken = refuse(form, refused), refused
        else:
            return redirect("scheduling:kept", hold_id=hold.pk)
    return render(request, "scheduling/book_at.html", {"form": form, "refused": taken}, status=status)


def _keep(request: StaffRequest, said: dict[str, Any]) -> SlotHold:
    by, now = request.actor, timezone.now()
    wanted = {name: said[name] for name in ("clinician", "room", "visit_type", "starts_at")}
    place = appointments.place_of(patient=None, by=by, now=now, **wanted)
    try:
        return slot_holds.keep(place=place, by=by, now=now)
    except SlotTakenError:
        own = slot_holds.kept_a_moment_ago(place=place, by=by, now=now)
        if own is None:
            raise
        return own
