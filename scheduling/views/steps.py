"""Taps that change a visit's status, and taking one back."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.undo import offer
from common.wall_clock import local_day
from scheduling import policies
from scheduling.choices import VisitStatus
from scheduling.forms.appointments import StepForm
from scheduling.models import Appointment
from scheduling.policies import VisitRefusedError, asks_more
from scheduling.services import appointments

_ASKED_AT = {VisitStatus.ARRIVED: "scheduling:check_in", VisitStatus.NO_SHOW: "scheduling:no_show"}


def own_visit(request: StaffRequest, appointment_id: UUID) -> Appointment:
    """The visit of the person's own clinic, or a 404."""
    visits = Appointment.objects.visible_to(request.actor)
    return get_object_or_404(
        visits.select_related(
            "patient", "clinician__user", "room", "observation_room", "visit_type", "equipment", "chaperone__user"
        ),
        pk=appointment_id,
    )


def undo_address(visit: Appointment) -> str:
    return reverse("scheduling:undo", kwargs={"appointment_id": visit.pk, "version": visit.version})


def say_step(request: StaffRequest, visit: Appointment) -> None:
    """Tell what happened, without a name: messages rest in a cookie."""
    words = _("%(time)s, %(type)s: now “%(status)s”.") % {
        "time": f"{visit.starts_at.astimezone(request.actor.zone):%H:%M}",
        "type": visit.visit_type.name,
        "status": VisitStatus(visit.status).label,
    }
    if policies.can_be_taken_back(visit):
        offer(request, words, undo_url=undo_address(visit))
    else:
        messages.success(request, f"{words} {back_first()}")


def back_first() -> str:
    """Instead of an undo that can only be refused."""
    return _("To put it back, bring the patient back first.")


@staff(Act.BOOK_VISITS, methods=("POST",))
def change_status(request: StaffRequest, appointment_id: UUID) -> HttpResponse:
    visit = own_visit(request, appointment_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        raise BadRequest("A step names its status and version.")
    step = form.cleaned_data
    if step["to"] == VisitStatus.CANCELLED:
        return redirect("scheduling:cancel", appointment_id=visit.pk)
    if asks_more(visit.status, step["to"]):
        return redirect(_ASKED_AT[step["to"]], appointment_id=visit.pk)
    try:
        changed = appointments.change_status(
            appointment=visit, to=step["to"], by=request.actor, now=timezone.now(), version=step["version"]
        )
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        say_step(request, changed)
    if step["back"] == "visit":
        return redirect("scheduling:appointment", appointment_id=visit.pk)
    return redirect("scheduling:today")


@staff(Act.BOOK_VISITS, methods=("POST",))
def undo(request: StaffRequest, appointment_id: UUID, version: int) -> HttpResponse:
    visit, now = own_visit(request, appointment_id), timezone.now()
    try:
        back = appointments.undo(appointment=visit, by=request.actor, now=now, version=version)
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("Undone: now “%(status)s”.") % {"status": VisitStatus(back.status).label})
    if local_day(visit.starts_at, request.actor.zone) == local_day(now, request.actor.zone):
        return redirect("scheduling:today")
    return redirect("scheduling:appointment", appointment_id=visit.pk)
