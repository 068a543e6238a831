"""A consent taken back; the clinic's words of consent."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from sessions.forms.consents import WithdrawalForm, WordingForm
from sessions.models import Consent
from sessions.queries.consent_wordings import latest_wording, wording_history, wording_of
from sessions.services import consents


@staff(Act.LOG_SESSIONS, methods=("POST",))
def withdraw(request: StaffRequest, consent_id: UUID) -> HttpResponse:
    consent: Consent | None = Consent.objects.filter(clinic_id=request.actor.clinic_id, pk=consent_id).first()
    if consent is None:
        raise Http404
    form = WithdrawalForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        consents.withdraw(consent=consent, reason=reason, by=request.actor, now=timezone.now())
    except consents.ConsentRefusedError as refusal:
        return render(request, "sessions/injection_sessions/refused.html", {"words": str(refusal)}, status=409)
    messages.success(request, _("The consent is withdrawn. Nothing may be injected before a new one."))
    return redirect("sessions:chart", patient_id=consent.patient_id)


@staff(Act.CHANGE_SETTINGS, methods=("GET", "POST"), one_by_one=True)
def wording(request: StaffRequest) -> HttpResponse:
    in_force = wording_of(request.actor.clinic_id)
    form = WordingForm(request.POST if request.method == "POST" else None, wording=in_force)
    conflict = find_conflict(request.actor, form, latest_wording(request.actor)) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            made = consents.change_wording(
                lines=form.lines(),
                risk_lines=form.risk_lines(),
                reason=form.cleaned_data["reason"],
                version=in_force.version,
                says_off_label=form.cleaned_data["says_off_label"],
                by=request.actor,
                now=timezone.now(),
            )
        except consents.ConsentRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Version %(version)s is in force; every patient signs anew.") % {"version": made.version}
            )
            return redirect("sessions:consent_wording")
    history = wording_history(request.actor)
    context = {"form": form, "in_force": in_force, "history": history, "conflict": conflict}
    return render(request, "sessions/rule_sets/wording.html", context, status=status_of(form, conflict))
