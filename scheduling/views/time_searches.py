"""Find a time with somebody on the phone, and keep it."""

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.decorators import staff
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.wall_clock import local_day
from patients.models import Patient
from scheduling.forms.time_searches import FindQuery, KeepForm
from scheduling.models import SlotHold
from scheduling.policies import VisitRefusedError
from scheduling.queries.time_searches import WEEKS, Findings, find_times
from scheduling.queries.why_nothing import why_nothing
from scheduling.services import appointments, slot_holds
from scheduling.services.places import SlotTakenError
from scheduling.views.patients import banner_of
from scheduling.views.times import is_without_room, usual_type


@staff(Act.BOOK_VISITS)
def find(request: StaffRequest, patient_id: UUID | None = None) -> HttpResponse:
    """The page a phone call begins with; it opens with the first times anybody has."""
    patient = _patient(request, patient_id)
    form = _asked(request, patient)
    context = _search(request, form, patient)
    template = "scheduling/find.html#results" if request.htmx else "scheduling/find.html"
    return render(request, template, context, status=200 if form.is_valid() else 422)


def _patient(request: StaffRequest, patient_id: UUID | None) -> Patient | None:
    if patient_id is None:
        return None
    return get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)


def _asked(request: StaffRequest, patient: Patient | None) -> FindQuery:
    """The search in the address; what it leaves open is filled in, so that the page shows what was looked for."""
    by = request.actor
    data = request.GET.copy()
    types: Any = FindQuery(by=by).fields["visit_type"]
    if not data.get("visit_type"):
        usual = usual_type(request, list(types.queryset), patient.pk if patient else None)
        data["visit_type"] = str(usual.pk) if usual else ""
    if not data.get("day"):
        data["day"] = local_day(timezone.now(), by.zone).isoformat()
    return FindQuery(data, by=by)


def _search(
    request: StaffRequest, form: FindQuery, patient: Patient | None, refused: VisitRefusedError | None = None
) -> dict[str, Any]:
    by, now = request.actor, timezone.now()
    is_valid = form.is_valid()
    said = form.cleaned_data
    visit_type = said.get("visit_type")
    first_day = max(said.get("day") or local_day(now, by.zone), local_day(now, by.zone))
    findings: Findings | None = None
    why: list[str] = []
    if visit_type and is_valid:
        clinicians = list(said["clinician"] or Membership.objects.visible_to(by).clinicians())
        findings = find_times(
            by=by,
            clinicians=clinicians,
            visit_type=visit_type,
            first_day=first_day,
            now=now,
            minutes=said["minutes"],
            patient_id=patient.pk if patient else None,
            wish=form.wish(),
        )
        if not findings.suggestions:
            why = why_nothing(
                by=by,
                clinicians=clinicians,
                visit_type=visit_type,
                first_day=first_day,
                days=WEEKS * 7,
                wish=form.wish(),
                patient_id=patient.pk if patient else None,
            )
    return {
        "form": form,
        "patient": patient,
        "banner": banner_of(request, patient.pk) if patient else None,
        "visit_type": visit_type,
        "minutes": said.get("minutes"),
        "equipment": said.get("equipment"),
        "findings": findings,
        "why": why,
        "is_without_room": is_without_room(request, visit_type),
        "first_day": first_day,
        "weeks": WEEKS,
        "refused": refused,
    }


@staff(Act.BOOK_VISITS, methods=("POST",))
def keep(request: StaffRequest, patient_id: UUID | None = None) -> HttpResponse:
    """Keep the tapped time; when somebody was faster, say so above a new search."""
    patient = _patient(request, patient_id)
    form = KeepForm(request.POST, by=request.actor)
    if not form.is_valid():
        raise BadRequest("A time to keep is one that was offered.")
    try:
        hold = _keep(request, form.cleaned_data, patient)
    except VisitRefusedError as refused:
        context = _search(request, _asked(request, patient), patient, refused)
        return render(request, "scheduling/find.html", context, status=409)
    return redirect("scheduling:kept", hold_id=hold.pk)


def _keep(request: StaffRequest, said: dict[str, Any], patient: Patient | None) -> SlotHold:
    by, now = request.actor, timezone.now()
    starts_at, clinician = said["chosen"]
    place = appointments.place_of(
        patient=patient,
        clinician=clinician,
        room=None,
        visit_type=said["visit_type"],
        starts_at=starts_at,
        by=by,
        now=now,
        minutes=said["minutes"],
        equipment=said["equipment"],
    )
    try:
        return slot_holds.keep(place=place, by=by, now=now)
    except SlotTakenError:
        own = slot_holds.kept_a_moment_ago(place=place, by=by, now=now)
        if own is None:
            raise
        return own
