"""Send a code to a contact, and type what the patient reads out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, made_nothing
from common import undo
from patients.forms.contacts import CodeForm
from patients.models import ContactPoint
from patients.services import contact_codes
from patients.services.contact_codes import Answer, CodeRefusedError


def _point(request: StaffRequest, patient_id: UUID, point_id: UUID) -> ContactPoint:
    own = ContactPoint.objects.visible_to(request.actor)
    return get_object_or_404(own, pk=point_id, patient_id=patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",), once=True)
def ask(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    point = _point(request, patient_id, point_id)
    try:
        contact_codes.ask(by=request.actor, now=timezone.now(), point=point)
    except CodeRefusedError as refusal:
        messages.error(request, str(refusal))
        made_nothing(request)
    else:
        messages.success(request, _("A code leaves within a minute. Ask the patient to read it out."))
    return redirect("patients:detail", patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def confirm(request: StaffRequest, patient_id: UUID, point_id: UUID) -> HttpResponse:
    """The right six digits verify the contact; a typing slip that is no code at all is not counted as a try."""
    point = _point(request, patient_id, point_id)
    form = CodeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A code has six digits. Please type it again."))
        return redirect("patients:detail", patient_id)
    answer = contact_codes.confirm(by=request.actor, now=timezone.now(), point=point, typed=form.cleaned_data["code"])
    _say(request, answer, undo_url=reverse("patients:unverify-contact", args=[patient_id, point.pk]))
    return redirect("patients:detail", patient_id)


def _say(request: StaffRequest, answer: Answer, *, undo_url: str) -> None:
    if answer is Answer.VERIFIED:
        undo.offer(request, _("The code is right: verified."), undo_url=undo_url)
    elif answer is Answer.ALREADY:
        messages.info(request, _("This contact is verified already."))
    elif answer is Answer.WRONG:
        messages.error(
            request, _("That is not the code we sent. Ask the patient to read it once more, digit by digit.")
        )
    else:
        messages.error(request, _("This code has ended. Please send a new one."))
