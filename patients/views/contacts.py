"""How a patient may be reached, and the numbers they are known by."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from common import undo
from common.phones import shown
from patients import queries
from patients.forms.contacts import ContactForm, NumberForm, StopForm, UseForm
from patients.models import ContactPoint, Identifier, Patient
from patients.services import contact_points, identifiers
from patients.views.lists import today_of


def _patient(request: StaffRequest, patient_id: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)


def _point(request: StaffRequest, patient_id: UUID, point_id: UUID) -> ContactPoint:
    own = ContactPoint.objects.visible_to(request.actor).select_related("patient")
    return get_object_or_404(own, pk=point_id, patient_id=patient_id)


def _page(
    request: StaffRequest,
    patient_id: UUID,
    form: UseForm | NumberForm,
    heading: str,
    *,
    point: ContactPoint | None = None,
    holders: Sequence[Patient] = (),
    status: int = 200,
) -> HttpResponse:
    saw(request, "patients_contactpoint", row_id=point.pk if point else None, patient_id=patient_id)
    saw_list(request, "patients_patient", [holder.pk for holder in holders])
    context = {
        "form": form,
        "heading": heading,
        "patient_id": patient_id,
        "point": point,
        "holders": holders,
        "stop_form": StopForm() if point else None,
        "banner": queries.banner(request.actor, patient_id, today=today_of(request)),
    }
    return render(request, "patients/contact.html", context, status=status)


@staff(Act.REGISTER_PATIENTS, methods=("GET", "POST"), once=True)
def add_contact(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)
    form = ContactForm(request.POST or None, clinic=request.actor.clinic)
    if request.method == "POST" and form.is_valid():
        if holders := _asked_about(request, form, patient):
            return _page(request, patient.pk, form, _("Add a phone or e-mail"), holders=holders, status=409)
        try:
            contact_points.add(by=request.actor, now=timezone.now(), patient=patient, contact=form.contact())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("patients:detail", patient.pk)
    status = 422 if request.method == "POST" else 200
    return _page(request, patient.pk, form, _("Add a phone or e-mail"), status=status)


def _asked_about(request: StaffRequest, form: ContactForm, patient: Patient) -> list[Patient]:
    """Others who have this phone or e-mail, while nobody has said yet whether it is shared with them. A guardian's may
    be on the records of all their children, and on their own."""
    if form.cleaned_data["is_shared"] or form.cleaned_data["is_guardians"] or request.POST.get("not_shared"):
        return []
    return queries.holders_of(request.actor, [form.cleaned_data["value"]], but_not=patient.pk)


@staff(Act.REGISTER_PATIENTS, methods=("GET", "POST"))
def edit_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    point = _point(request, patient_id, point_id)
    if request.method == "POST":
        form = UseForm(request.POST)
        if not form.is_valid():
            return _page(request, patient_id, form, shown(point.value), point=point, status=422)
        data = form.cleaned_data
        contact_points.update(
            by=request.actor,
            now=timezone.now(),
            point=point,
            is_shared=data["is_shared"],
            is_preferred=data["is_preferred"],
            note=data["note"],
            is_guardians=data["is_guardians"],
            allowed=frozenset(data["purposes"]),
        )
        messages.success(request, _("Saved."))
        return redirect("patients:detail", patient_id)
    held = next(one for one in queries.contacts_of(request.actor, patient_id) if one.point.pk == point.pk)
    initial = {name: getattr(point, name) for name in ("note", "is_shared", "is_guardians", "is_preferred")}
    form = UseForm(initial=initial | {"purposes": sorted(held.allowed)})
    return _page(request, patient_id, form, shown(point.value), point=point)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def stop_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    point = _point(request, patient_id, point_id)
    form = StopForm(request.POST)
    if form.is_valid():
        contact_points.stop(by=request.actor, now=timezone.now(), point=point, reason=form.cleaned_data["reason"])
    else:
        messages.error(request, _("Say why it is used no more."))
    return redirect("patients:detail", patient_id)


def _back_to(patient_id: UUID) -> HttpResponse:
    return redirect("patients:detail", patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def verify_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """Read back to the patient at the desk: one tap, and one to undo."""
    point = _point(request, patient_id, point_id)
    contact_points.verify(by=request.actor, now=timezone.now(), point=point)
    undo_url = reverse("patients:unverify-contact", args=[patient_id, point.pk])
    undo.offer(request, _("Marked as verified."), undo_url=undo_url)
    return _back_to(patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def unverify_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    contact_points.unverify(by=request.actor, point=_point(request, patient_id, point_id))
    messages.success(request, _("Marked as not verified."))
    return _back_to(patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def share_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """Nothing private goes there any more."""
    point = _point(request, patient_id, point_id)
    contact_points.say_shared(by=request.actor, point=point, is_shared=True)
    undo_url = reverse("patients:unshare-contact", args=[patient_id, point.pk])
    undo.offer(request, _("Marked as shared: nothing private is sent there."), undo_url=undo_url)
    return _back_to(patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def unshare_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    contact_points.say_shared(by=request.actor, point=_point(request, patient_id, point_id), is_shared=False)
    messages.success(request, _("Marked as this patient's own."))
    return _back_to(patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def resume_contact(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    point = _point(request, patient_id, point_id)
    contact_points.resume(by=request.actor, now=timezone.now(), point=point)
    return redirect("patients:detail", patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("GET", "POST"), once=True)
def add_number(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = _patient(request, patient_id)
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            identifiers.add(by=request.actor, patient=patient, number=form.number())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("patients:detail", patient.pk)
    status = 422 if request.method == "POST" else 200
    return _page(request, patient.pk, form, _("Add a number"), status=status)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def remove_number(request: StaffRequest, patient_id: UUID, number_id: UUID) -> HttpResponse:
    own = Identifier.objects.visible_to(request.actor)
    identifier = get_object_or_404(own, pk=number_id, patient_id=patient_id)
    try:
        identifiers.remove(by=request.actor, identifier=identifier)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("patients:detail", patient_id)
