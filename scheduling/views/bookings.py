"""Book a visit for a patient: what, when, done."""

from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.undo import offer
from patients.models import Patient
from scheduling.choices import News
from scheduling.forms.appointments import BookForm, TimesQuery
from scheduling.models import Appointment, SlotHold
from scheduling.policies import VisitRefusedError
from scheduling.queries.telling import telling
from scheduling.services import appointments, slot_holds
from scheduling.views.patients import banner_of
from scheduling.views.steps import undo_address
from scheduling.views.times import refuse, times_context


@staff(Act.BOOK_VISITS, methods=("GET", "POST"), once=True)
def book(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    now = timezone.now()
    tell = telling(by=request.actor, patient=patient, told=[], now=now)
    form = BookForm(request.POST or None, by=request.actor, initial={"tell_patient": tell.is_possible})
    status, taken = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                visit = _book(request, patient, form.cleaned_data)
            except VisitRefusedError as refused:
                status, taken = refuse(form, refused), refused
            else:
                offer(request, _("The visit is booked."), undo_url=undo_address(visit))
                return redirect("scheduling:appointment", appointment_id=visit.pk)
    query = read_query(TimesQuery, request).cleaned_data
    if form.is_bound and "visit_type" in form.cleaned_data:
        query["visit_type"] = form.cleaned_data["visit_type"].pk
    context = times_context(request, query, now=now, patient_id=patient.pk)
    context |= {"patient": patient, "form": form, "refused": taken, "banner": banner_of(request, patient.pk)}
    context |= {"tell": tell, "news": News.BOOKED}
    template = "scheduling/book.html#times" if request.htmx else "scheduling/book.html"
    return render(request, template, context, status=status)


def _book(request: StaffRequest, patient: Patient, cleaned: dict[str, Any]) -> Appointment:
    wanted = ("clinician", "room", "visit_type", "starts_at", "is_override", "double_reason", "hold", "tell_patient")
    return appointments.book(
        patient=patient, by=request.actor, now=timezone.now(), **{name: cleaned[name] for name in wanted}
    )


@staff(Act.BOOK_VISITS, methods=("POST",))
def keep_choice(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Keep the time that was tapped, instead of the one that was tapped before; a part of the booking page."""
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    form = BookForm(request.POST, by=request.actor)
    context: dict[str, Any] = {"patient": patient}
    if form.is_valid():
        try:
            context["hold"] = _keep(request, patient, form.cleaned_data)
        except VisitRefusedError as refused:
            context["refused"] = refused
    return render(request, "scheduling/parts/kept_choice.html", context)


def _keep(request: StaffRequest, patient: Patient, cleaned: dict[str, Any]) -> SlotHold:
    by, now, before = request.actor, timezone.now(), cleaned["hold"]
    if before and (before.starts_at, before.clinician_id) == (cleaned["starts_at"], cleaned["clinician"].pk):
        with suppress(VisitRefusedError):
            slot_holds.renew(hold=before, by=by, now=now)
            before.expires_at = now + slot_holds.KEPT_FOR
            return cast("SlotHold", before)
    place = appointments.place_of(
        patient=patient,
        clinician=cleaned["clinician"],
        room=cleaned["room"],
        visit_type=cleaned["visit_type"],
        starts_at=cleaned["starts_at"],
        by=by,
        now=now,
    )
    return slot_holds.keep(place=place, by=by, now=now, instead_of=before)
