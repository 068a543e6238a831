"""What a patient comes with: conditions, allergies, risk flags, weight. For clinicians."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from patients import queries
from patients.forms.clinical_profile import AllergyForm, ConditionForm, EndForm, FlagForm, WeightForm
from patients.models import Allergy, Patient, PatientCondition, RiskFlag
from patients.services import clinical_profile
from patients.views.lists import today_of

_FORMS: dict[str, Any] = {
    "condition_form": ConditionForm,
    "allergy_form": AllergyForm,
    "flag_form": FlagForm,
    "weight_form": WeightForm,
}


def _patient(request: StaffRequest, patient_id: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)


def _page(request: StaffRequest, patient: Patient, *, status: int = 200, **bound: forms.Form) -> HttpResponse:
    today = today_of(request)
    clinic = request.actor.clinic
    initial = {"weight_form": {"measured_date": today}}
    fresh = {
        name: form(clinic=clinic, initial=initial.get(name), auto_id=f"id_{name}_%s") for name, form in _FORMS.items()
    }
    context = {
        "patient": patient,
        "banner": queries.banner(request.actor, patient.pk, today=today),
        "profile": queries.clinical_profile(request.actor, patient.pk),
        "today": today,
        **fresh,
        **bound,
    }
    return render(request, "patients/clinical_profile.html", context, status=status)


@staff(Act.EDIT_CLINICAL_PROFILE)
def profile(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)
    saw(request, "patients_patientcondition", patient_id=patient.pk)
    return _page(request, patient)


def _save(request: StaffRequest, patient: Patient, name: str, act: Callable[[Any], object]) -> HttpResponse:
    """Check the form, do the act; what was typed stays on the page when either refuses."""
    form = _FORMS[name](request.POST, clinic=request.actor.clinic, auto_id=f"id_{name}_%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                act(form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("patients:profile", patient.pk)
    return _page(request, patient, status=422, **{name: form})


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",), once=True)
def add_condition(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)

    def act(form: ConditionForm) -> None:
        row = clinical_profile.add_condition(
            by=request.actor,
            now=timezone.now(),
            patient=patient,
            details=form.details(),
            condition_id=form.condition_id,
            nerve_ids=form.nerve_ids(),
        )
        if not row.icd10cm_code:
            messages.info(request, _("The code is left open: a coder has to choose it."))

    return _save(request, patient, "condition_form", act)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",))
def end_condition(request: StaffRequest, patient_id: UUID, row_id: UUID) -> HttpResponse:
    own = PatientCondition.objects.visible_to(request.actor)
    condition = get_object_or_404(own, pk=row_id, patient_id=patient_id)
    form = EndForm(request.POST, clinic=request.actor.clinic)
    if form.is_valid():
        try:
            clinical_profile.end_condition(by=request.actor, condition=condition, day=form.cleaned_data["day"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, _("Say since which day it is over."))
    return redirect("patients:profile", patient_id)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",), once=True)
def add_allergy(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)

    def act(form: AllergyForm) -> None:
        clinical_profile.add_allergy(by=request.actor, now=timezone.now(), patient=patient, details=form.details())

    return _save(request, patient, "allergy_form", act)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",))
def none_known(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Somebody asked, and no allergy is known."""
    patient = _patient(request, patient_id)
    try:
        clinical_profile.say_none_known(by=request.actor, now=timezone.now(), patient=patient)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("patients:profile", patient_id)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",))
def end_allergy(request: StaffRequest, patient_id: UUID, row_id: UUID) -> HttpResponse:
    own = Allergy.objects.visible_to(request.actor)
    allergy = get_object_or_404(own, pk=row_id, patient_id=patient_id)
    clinical_profile.end_allergy(by=request.actor, now=timezone.now(), allergy=allergy)
    return redirect("patients:profile", patient_id)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",), once=True)
def raise_flag(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)

    def act(form: FlagForm) -> None:
        data = form.cleaned_data
        clinical_profile.raise_flag(
            by=request.actor, now=timezone.now(), patient=patient, flag=data["flag"], detail=data["detail"]
        )

    return _save(request, patient, "flag_form", act)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",))
def confirm_flag(request: StaffRequest, patient_id: UUID, row_id: UUID) -> HttpResponse:
    flag = get_object_or_404(RiskFlag.objects.visible_to(request.actor), pk=row_id, patient_id=patient_id)
    clinical_profile.confirm_flag(by=request.actor, now=timezone.now(), flag=flag)
    return redirect("patients:profile", patient_id)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",))
def lower_flag(request: StaffRequest, patient_id: UUID, row_id: UUID) -> HttpResponse:
    flag = get_object_or_404(RiskFlag.objects.visible_to(request.actor), pk=row_id, patient_id=patient_id)
    clinical_profile.lower_flag(by=request.actor, now=timezone.now(), flag=flag)
    return redirect("patients:profile", patient_id)


@staff(Act.EDIT_CLINICAL_PROFILE, methods=("POST",), once=True)
def record_weight(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)

    def act(form: WeightForm) -> None:
        clinical_profile.record_weight(by=request.actor, now=timezone.now(), patient=patient, **form.cleaned_data)

    return _save(request, patient, "weight_form", act)
