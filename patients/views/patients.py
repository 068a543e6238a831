"""Register a patient, open the page the front desk works with, change the details."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from patients import queries
from patients.choices import ContactKind
from patients.forms.patients import BirthDateForm, EditForm, RegisterForm
from patients.models import Patient
from patients.queries import Candidate, Likeness, comparisons
from patients.queries.mailboxes import is_minor
from patients.services import patients
from patients.views.lists import today_of


@staff(Act.REGISTER_PATIENTS, methods=("GET", "POST"), once=True)
def register(request: StaffRequest) -> HttpResponse:
    """Save a new patient; who may already be here is shown first, and registering anyway is a deliberate act."""
    if request.method != "POST":
        return _register_page(request, RegisterForm(clinic=request.actor.clinic, today=today_of(request)))
    form = RegisterForm(request.POST, clinic=request.actor.clinic, today=today_of(request))
    if not form.is_valid():
        return _register_page(request, form, status=422)
    candidates = queries.possible_duplicates(request.actor, _likeness(form), today=today_of(request))
    if candidates and request.POST.get("register_anyway") != _seen(candidates):
        held = [one.value for one in form.own_contacts() if queries.holders_of(request.actor, [one.value])]
        is_offered = "register_anyway" not in request.POST and form.tick_shared(held)
        return _register_page(request, form, candidates=candidates, is_shared_offered=is_offered, status=409)
    try:
        patient = patients.register(
            by=request.actor,
            now=timezone.now(),
            details=form.details(),
            contacts=form.contacts(),
            numbers=form.numbers(),
            needs_interpreter=form.cleaned_data["needs_interpreter"],
            told_apart_from=[candidate.row.id for candidate in candidates],
        )
    except ValidationError as error:
        _put_beside_fields(form, error)
        return _register_page(request, form, status=422)
    messages.success(request, _("Registered."))
    return redirect("patients:detail", patient.pk)


@staff(Act.FIND_PATIENTS, methods=("POST",))
def birth_date(request: StaffRequest) -> HttpResponse:
    """A date of birth in words with the age, while it is typed. It travels in the body, and nothing is kept."""
    form = BirthDateForm(request.POST, clinic=request.actor.clinic, today=today_of(request))
    return render(request, "patients/parts/birth_words.html", {"form": form})


def _likeness(form: RegisterForm) -> Likeness:
    details = form.details()
    return Likeness(
        names=details.names,
        birth_date=details.birth_date,
        contacts=[contact.value for contact in form.own_contacts()],
        numbers=[number.value for number in form.numbers()],
        sex=details.sex,
    )


def _seen(candidates: list[Candidate]) -> str:
    """What "register anyway" refers to: exactly the candidates that were on the screen."""
    ids = ",".join(sorted(str(candidate.row.id) for candidate in candidates))
    return hashlib.sha256(ids.encode()).hexdigest()[:16]


def _register_page(
    request: StaffRequest,
    form: RegisterForm,
    *,
    candidates: list[Candidate] | None = None,
    is_shared_offered: bool = False,
    status: int = 200,
) -> HttpResponse:
    saw_list(request, "patients_patient", [candidate.row.id for candidate in candidates or []])
    context = {
        "form": form,
        "candidates": candidates or [],
        "seen": _seen(candidates) if candidates else "",
        "is_shared_offered": is_shared_offered,
    }
    return render(request, "patients/register.html", context, status=status)


def _put_beside_fields(form: RegisterForm | EditForm, error: ValidationError) -> None:
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, said in by_field.items():
        form.add_error(name if name in form.fields else None, said)


@staff(Act.FIND_PATIENTS)
def detail(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = get_object_or_404(Patient.objects.visible_to(actor), pk=patient_id)
    saw(request, "patients_patient", row_id=patient.pk, patient_id=patient.pk)
    if patient.merged_into_id:
        messages.info(request, _("%(name)s was merged into this record.") % {"name": patient.full_name})
        return redirect("patients:detail", patient.merged_into_id)
    now = timezone.now()
    contacts = queries.contacts_of(actor, patient.pk, now=now)
    context = {
        "patient": patient,
        "lacks_guardians_mailbox": _lacks_guardians_mailbox(patient, contacts, now=now),
        "merges": comparisons.merges_of(actor, patient.pk),
        "banner": queries.banner(actor, patient.pk, today=today_of(request)),
        "contacts": contacts,
        "identifiers": queries.identifiers_of(actor, patient.pk),
    }
    return render(request, "patients/detail.html", context)


def _lacks_guardians_mailbox(patient: Patient, contacts: list[queries.Contact], *, now: datetime) -> bool:
    """A minor to whom nothing can be sent."""
    mailboxes = (one.point for one in contacts if one.point.kind == ContactKind.EMAIL and not one.point.stopped_at)
    return is_minor(patient, now=now) and not any(point.is_guardians for point in mailboxes)


@staff(Act.REGISTER_PATIENTS, methods=("GET", "POST"))
def edit(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    actor = request.actor
    patient = get_object_or_404(Patient.objects.visible_to(actor), pk=patient_id)
    if request.method != "POST":
        needs = {"needs_interpreter": queries.needs_interpreter(actor, patient.pk)}
        shown = EditForm(initial=EditForm.initial_of(patient) | needs, clinic=actor.clinic, today=today_of(request))
        return _edit_page(request, patient, shown)
    standing = EditForm.initial_of(patient)
    form = EditForm(request.POST, initial=standing, clinic=actor.clinic, today=today_of(request))
    if not form.is_valid():
        return _edit_page(request, patient, form, status=422)
    version = form.cleaned_data["version"]
    try:
        patients.update(
            by=actor,
            now=timezone.now(),
            patient=patient,
            version=version,
            details=form.details(),
            needs_interpreter=form.cleaned_data["needs_interpreter"],
        )
    except patients.ChangedMeanwhileError as conflict:
        return _conflict_page(request, form, conflict.current)
    except ValidationError as error:
        _put_beside_fields(form, error)
        return _edit_page(request, patient, form, status=422)
    messages.success(request, _("Saved."))
    return redirect("patients:detail", patient.pk)


def _edit_page(request: StaffRequest, patient: Patient, form: EditForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "patient": patient, "banner": _banner(request, patient)}
    return render(request, "patients/edit.html", context, status=status)


def _conflict_page(request: StaffRequest, form: EditForm, current: Patient) -> HttpResponse:
    """Both texts side by side; sending the form again saves what was typed over what stands now."""
    standing = EditForm.initial_of(current)
    differing = [
        (form.fields[name].label, form.cleaned_data[name], standing[name])
        for name in standing
        if name != "version" and form.cleaned_data[name] != standing[name]
    ]
    typed = {**request.POST.dict(), "version": str(current.version)}
    again = EditForm(typed, clinic=request.actor.clinic, today=today_of(request))
    context = {"form": again, "patient": current, "banner": _banner(request, current), "differing": differing}
    return render(request, "patients/edit.html", context, status=409)


def _banner(request: StaffRequest, patient: Patient) -> queries.PatientBanner | None:
    saw(request, "patients_patient", row_id=patient.pk, patient_id=patient.pk)
    return queries.banner(request.actor, patient.pk, today=today_of(request))
