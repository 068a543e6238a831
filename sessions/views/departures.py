"""A patient has died or left the clinic: say so, cancel and close what is open, take it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.undo import offer
from common.wall_clock import local_day
from patients.forms.departures import BringBackForm, DeceasedForm, LeftForm
from patients.models import Patient
from patients.queries.banners import banner
from patients.services import departures as patient_departures
from scheduling.policies import VisitRefusedError
from scheduling.services import departures
from sessions.policies.follow_ups import FollowUpRefusedError
from sessions.queries.departures import Undone, still_open, undone
from sessions.services import departures as services
from sessions.services import follow_ups
from sessions.services.departures import Returned


@staff(Act.REGISTER_PATIENTS)
def page(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    return _page(request, _patient(request, patient_id))


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def mark_deceased(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    form = DeceasedForm(request.POST, clinic=request.actor.clinic)
    return _mark(request, patient_id, form, departures.mark_deceased, _("Marked as deceased."))


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def mark_left(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    form = LeftForm(request.POST, clinic=request.actor.clinic)
    return _mark(request, patient_id, form, departures.mark_left, _("Marked as having left the clinic."))


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def bring_back(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)
    back = undone(request.actor, patient.pk, now=timezone.now())
    form = BringBackForm(request.POST, clinic=request.actor.clinic, back=_what_comes_back(patient, back))
    if not form.is_valid():
        return _page(request, patient, form, status=422)
    return _brought_back(request, patient, **form.cleaned_data)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def undo(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Take back what was said a moment ago; what was cancelled since is offered next."""
    return _brought_back(request, _patient(request, patient_id), reason=_("Undone"))


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def put_back(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """What was cancelled and closed for a departure that turned out wrong or is over."""
    patient = _patient(request, patient_id)
    try:
        returned = services.put_back(by=request.actor, now=timezone.now(), patient=patient)
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
        return redirect("sessions:departure", patient.pk)
    return _say_what_is_back(request, patient, returned)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def keep(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Not active in a file, and still a patient."""
    patient = _patient(request, patient_id)
    patient_departures.keep(by=request.actor, now=timezone.now(), patient_id=patient.pk)
    messages.success(request, _("Kept as a patient of this clinic."))
    return redirect("patients:detail", patient.pk)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def cancel_visits(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)
    try:
        count = departures.cancel_visits(by=request.actor, now=timezone.now(), patient=patient)
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        if count:
            words = ngettext(
                "%(n)s visit is cancelled. Marked by mistake? Bring the patient back below, with the visit.",
                "%(n)s visits are cancelled. Marked by mistake? Bring the patient back below, with the visits.",
                count,
            )
            messages.success(request, words % {"n": count})
    return redirect("sessions:departure", patient.pk)


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def close_follow_ups(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)
    try:
        count = follow_ups.close_of_departed(patient_id=patient.pk, by=request.actor, now=timezone.now())
    except FollowUpRefusedError as refused:
        messages.error(request, str(refused))
    else:
        words = ngettext("%(n)s follow-up is closed.", "%(n)s follow-ups are closed.", count) % {"n": count}
        messages.success(request, words)
    return redirect("sessions:departure", patient.pk)


def _patient(request: StaffRequest, patient_id: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.actor).standing(), pk=patient_id)


def _mark(
    request: StaffRequest, patient_id: UUID, form: DeceasedForm | LeftForm, service: Callable[..., Patient], done: str
) -> HttpResponse:
    patient = _patient(request, patient_id)
    if not form.is_valid():
        return _page(request, patient, form, status=422)
    try:
        service(by=request.actor, now=timezone.now(), patient_id=patient.pk, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, patient, form, status=422)
    offer(request, done, undo_url=reverse("sessions:undo_departure", args=[patient.pk]))
    return redirect("sessions:departure", patient.pk)


def _brought_back(request: StaffRequest, patient: Patient, *, reason: str, puts_back: bool = False) -> HttpResponse:
    try:
        returned = services.bring_back(
            by=request.actor, now=timezone.now(), patient_id=patient.pk, reason=reason, puts_back=puts_back
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("sessions:departure", patient.pk)
    patient = _patient(request, patient.pk)
    if patient.departure is not None:
        messages.success(request, _("Marked as having left the clinic, as before."))
        return redirect("sessions:departure", patient.pk)
    messages.success(request, _("Back again as a patient of this clinic."))
    return _say_what_is_back(request, patient, returned)


def _say_what_is_back(request: StaffRequest, patient: Patient, returned: Returned) -> HttpResponse:
    """The patient's page when all stands again; else this one, with what is missing, why, and what to do."""
    for count, words in (
        (returned.visits, ngettext("%(n)s visit is put back.", "%(n)s visits are put back.", returned.visits)),
        (
            returned.follow_ups,
            ngettext("%(n)s follow-up is due again.", "%(n)s follow-ups are due again.", returned.follow_ups),
        ),
    ):
        if count:
            messages.success(request, words % {"n": count})
    if returned.refused:
        return _page(request, patient, refused=returned.refused, status=409)
    if undone(request.actor, patient.pk, now=timezone.now()):
        return redirect("sessions:departure", patient.pk)
    return redirect("patients:detail", patient.pk)


def _what_comes_back(patient: Patient, back: Undone) -> str:
    """What bringing back can put back with the patient; nothing of who had left before the death."""
    if patient.is_deceased and patient.left_date:
        return ""
    visits, calls = len(back.visits), len(back.follow_ups)
    parts = [
        ngettext("%(n)s visit was cancelled because of this.", "%(n)s visits were cancelled because of this.", visits)
        % {"n": visits}
        if visits
        else "",
        ngettext("%(n)s follow-up was closed because of this.", "%(n)s follow-ups were closed because of this.", calls)
        % {"n": calls}
        if calls
        else "",
    ]
    said = " ".join(filter(None, parts))
    return f"{said} {_('Put them back')}" if said else ""


def _page(
    request: StaffRequest,
    patient: Patient,
    typed: Any = None,
    *,
    refused: dict[UUID, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """``typed`` is the one of the three forms that was sent and refused; ``refused``: why a visit is not put back."""
    now, clinic = timezone.now(), request.actor.clinic
    today = local_day(now, request.actor.zone)
    back = undone(request.actor, patient.pk, now=now)
    saw(request, "patients_patient", row_id=patient.pk, patient_id=patient.pk)
    fresh = {
        "deceased_form": DeceasedForm(initial={"deceased_date": patient.deceased_date}, clinic=clinic),
        "left_form": LeftForm(initial={"left_date": today}, clinic=clinic),
        "back_form": BringBackForm(clinic=clinic, back=_what_comes_back(patient, back)),
    }
    forms = {name: typed if isinstance(typed, type(form)) else form for name, form in fresh.items()}
    context = {
        **forms,
        "form": typed,
        "patient": patient,
        "banner": banner(request.actor, patient.pk, today=today),
        "back": back,
        "cancelled": [(visit, (refused or {}).get(visit.pk, "")) for visit in back.visits],
        "open": still_open(request.actor, patient.pk, now=now),
    }
    return render(request, "sessions/departures/page.html", context, status=status)
