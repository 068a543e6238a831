"""The first steps of a new clinic, ticked from what is there; they end with a day that can be booked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from scheduling.queries import first_run
from scheduling.services import visit_types


@staff(Act.SET_UP_SCHEDULE)
def guide(request: StaffRequest) -> HttpResponse:
    by, now = request.actor, timezone.now()
    steps = first_run.steps(by, now=now)
    bookable = first_run.first_bookable(by, now=now) if steps.has_hours and steps.has_visit_types else None
    return render(request, "scheduling/guide.html", {"steps": steps, "bookable": bookable})


@staff(Act.SET_UP_SCHEDULE, methods=("POST",))
def add_default_types(request: StaffRequest) -> HttpResponse:
    """The usual visit types in one tap; those that are there stay as they are."""
    visit_types.set_up_defaults(clinic=request.actor.clinic)
    messages.success(request, _("The usual visit types are there. Change them as you like."))
    return redirect("scheduling:guide")
