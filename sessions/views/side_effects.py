"""Report harm, take the report, judge it, close it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common.undo import offer
from common.wall_clock import local_day
from patients.models import Patient
from patients.queries.banners import banner
from sessions.choices import DangerSign, Seriousness
from sessions.forms.side_effects import ActForm, ClinicalReportForm, CloseForm, GradeForm, ReportForm, RetriageForm
from sessions.models import InjectionSession, SideEffect
from sessions.policies.side_effects import SideEffectRefusedError
from sessions.queries.side_effects import history_of, phones_of, side_effect_for_page
from sessions.services import side_effects
from sessions.triage import is_assessment_overdue

SESSIONS_OFFERED = 10


@staff(Act.REPORT_SIDE_EFFECTS, methods=("GET", "POST"), once=True)
def report(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = get_object_or_404(Patient.objects.visible_to(actor), pk=patient_id)
    sessions = InjectionSession.objects.visible_to(actor).signed().filter(patient=patient).order_by("-started_at")
    recent = InjectionSession.objects.visible_to(actor).filter(pk__in=[row.pk for row in sessions[:SESSIONS_OFFERED]])
    form_class = ClinicalReportForm if actor.may(Act.SEE_CHART) else ReportForm
    form = form_class(request.POST or None, sessions=recent.order_by("-started_at"))
    if request.method == "POST" and form.is_valid():
        told = _report(form, patient, request)
        if told is not None:
            return _after_report(request, told)
    saw(request, "patients_patient", row_id=patient.pk, patient_id=patient.pk)
    today = local_day(timezone.now(), actor.zone)
    context = {"form": form, "patient": patient, "banner": banner(actor, patient_id, today=today)}
    return render(request, "sessions/side_effects/report.html", context, status=422 if form.is_bound else 200)


@staff(Act.SEE_CHART)
def page(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    side_effect = _get(request, side_effect_id)
    return _page(request, side_effect)


@staff(Act.WORK_ALERTS, methods=("POST",))
def acknowledge(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    return _act(request, side_effect_id, side_effects.acknowledge, _("The report is yours."), undo="give_back")


@staff(Act.WORK_ALERTS, methods=("POST",))
def give_back(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    return _act(request, side_effect_id, side_effects.give_back, _("The report waits for somebody to take it."))


@staff(Act.WORK_ALERTS, methods=("POST",))
def reopen(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    return _act(request, side_effect_id, side_effects.reopen, _("The report is open again."))


@staff(Act.WORK_ALERTS, methods=("POST",))
def grade(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    form = GradeForm(request.POST)
    return _change(request, side_effect_id, "grade_form", form, side_effects.grade, _("The judgement is saved."))


@staff(Act.WORK_ALERTS, methods=("POST",))
def retriage(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    form = RetriageForm(request.POST)
    return _change(request, side_effect_id, "retriage_form", form, side_effects.retriage, _("The priority is changed."))


@staff(Act.WORK_ALERTS, methods=("POST",))
def close(request: StaffRequest, side_effect_id: UUID) -> HttpResponse:
    form = CloseForm(request.POST)
    done = _("The report is closed.")
    return _change(request, side_effect_id, "close_form", form, side_effects.close, done, undo="reopen")


def _get(request: StaffRequest, side_effect_id: UUID) -> SideEffect:
    side_effect = side_effect_for_page(request.actor, side_effect_id)
    if side_effect is None:
        raise Http404
    return side_effect


def _report(form: ReportForm, patient: Patient, request: StaffRequest) -> SideEffect | None:
    data = form.cleaned_data
    event_type = data.get("event_type")
    try:
        return side_effects.report(
            patient=patient,
            injection_session=data["injection_session"],
            danger_signs=data["danger_signs"],
            description=data["description"],
            source=data["source"],
            by=request.actor,
            now=timezone.now(),
            event_type_code=event_type.code if event_type else None,
            onset_at=data["onset_at"],
            has_escalated=data.get("has_escalated", False),
        )
    except SideEffectRefusedError as refused:
        form.add_error("onset_at", str(refused))
        return None


def _after_report(request: StaffRequest, told: SideEffect) -> HttpResponse:
    """An urgent one leads to what to do now, and to who is paged for it; nobody is told that all is well."""
    if told.is_alarming:
        if not request.actor.may(Act.WORK_ALERTS):
            return redirect("reminders:pages", told.pk)
        number = request.actor.clinic.emergency_number
        words = _("Urgent (P0). Take it now, or fetch a colleague. Is the patient in danger? Call %(number)s first.")
        messages.warning(request, words % {"number": number})
        return redirect("sessions:side_effect", told.pk)
    words = _("The report is on the worklist: %(priority)s.") % {"priority": told.get_priority_display()}
    messages.success(request, words)
    if request.actor.may(Act.SEE_CHART):
        return redirect("sessions:side_effect", told.pk)
    return redirect("sessions:worklists")


def _act(
    request: StaffRequest, side_effect_id: UUID, service: Callable[..., SideEffect], done: str, undo: str = ""
) -> HttpResponse:
    """One act without a form of its own; the version comes from the button, or from the address of an undo."""
    side_effect = _get(request, side_effect_id)
    form = ActForm(request.POST if "version" in request.POST else request.GET)
    if not form.is_valid():
        raise BadRequest("version")
    try:
        changed = service(
            side_effect_id=side_effect.pk, version=form.cleaned_data["version"], by=request.actor, now=timezone.now()
        )
    except SideEffectRefusedError as refused:
        messages.warning(request, str(refused))
    except side_effects.StaleSideEffectError:
        messages.warning(request, _("Somebody changed this report since you saw it. Nothing was changed by you."))
    else:
        _tell(request, done, changed, undo)
    if form.cleaned_data["back"] == "worklists":
        return redirect("sessions:worklists")
    return redirect("sessions:side_effect", side_effect_id)


def _change(
    request: StaffRequest,
    side_effect_id: UUID,
    name: str,
    form: forms.Form,
    service: Callable[..., SideEffect],
    done: str,
    undo: str = "",
) -> HttpResponse:
    """One act with a form; what was typed is kept when it is refused or somebody was faster (409)."""
    side_effect = _get(request, side_effect_id)
    status = 422
    if form.is_valid():
        try:
            changed = service(side_effect_id=side_effect.pk, by=request.actor, now=timezone.now(), **form.cleaned_data)
        except SideEffectRefusedError as refused:
            form.add_error(None, str(refused))
        except side_effects.StaleSideEffectError:
            _take_over(form, side_effect)
            status = 409
        else:
            _tell(request, done, changed, undo)
            return redirect("sessions:side_effect", side_effect_id)
    return _page(request, side_effect, status=status, **{name: form})


def _take_over(form: forms.Form, side_effect: SideEffect) -> None:
    """Keep what was typed, on top of the version that stands now: saving again is a decision."""
    typed = QueryDict(mutable=True)
    typed.update(form.data)
    typed["version"] = str(side_effect.version)
    form.data = typed
    words = _("Somebody changed this report since you saw it. What you typed is kept: look again, then save again.")
    form.add_error(None, words)


def _tell(request: StaffRequest, done: str, changed: SideEffect, undo: str) -> None:
    if undo:
        address = reverse(f"sessions:{undo}_side_effect", args=[changed.pk])
        offer(request, done, undo_url=f"{address}?version={changed.version}")
    else:
        messages.success(request, done)


def _page(request: StaffRequest, side_effect: SideEffect, *, status: int = 200, **bound: Any) -> HttpResponse:
    saw(request, "pit_sessions_sideeffect", row_id=side_effect.pk, patient_id=side_effect.patient_id)
    now = timezone.now()
    context = {
        "side_effect": side_effect,
        "signs": [DangerSign(sign).label for sign in side_effect.danger_signs],
        "serious_because": [str(Seriousness(why).label) for why in side_effect.seriousness],
        "history": history_of(request.actor, side_effect) if request.actor.may(Act.SEE_HISTORY) else [],
        "is_assessment_overdue": is_assessment_overdue(
            is_serious=side_effect.is_serious,
            outcome=side_effect.outcome,
            causality=side_effect.causality,
            age=now - side_effect.reported_at,
        ),
        "now": now,
        "banner": banner(request.actor, side_effect.patient_id, today=local_day(now, request.actor.zone)),
        "phones": phones_of(request.actor, side_effect.patient_id),
        "grade_form": GradeForm.of(side_effect),
        "retriage_form": RetriageForm.of(side_effect),
        "close_form": CloseForm.of(side_effect),
    }
    return render(request, "sessions/side_effects/page.html", context | bound, status=status)
