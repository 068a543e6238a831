"""A patient as the book sees them: the strip above a visit, and the list of their visits."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_patient
from patients.models import Patient
from patients.queries import PatientBanner, banner
from scheduling.models import Appointment

# More than a course of a year; the chart has the rest.
SHOWN = 50


def page_of(url_name: str, **arguments: object) -> str:
    """The address of another app's page, or nothing while no app serves it."""
    try:
        return reverse(url_name, kwargs=arguments)
    except NoReverseMatch:
        return ""


def banner_of(request: StaffRequest, patient_id: UUID) -> PatientBanner | None:
    """The strip, which is noted as a look at the patient where the page has not noted one already."""
    saw_patient(request, "patients_patient", patient_id)
    return banner(request.actor, patient_id, today=timezone.localdate())


@staff(Act.SEE_SCHEDULE)
def patient_visits(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The newest visits of a patient; a part of other pages, and a page of its own without scripts."""
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    visits = Appointment.objects.visible_to(request.actor).filter(patient=patient).order_by("-starts_at")
    saw_patient(request, "scheduling_appointment", patient.pk)
    context: dict[str, object] = {"patient": patient}
    context["visits"] = visits.select_related("clinician__user", "room", "visit_type")[:SHOWN]
    if request.htmx:
        return render(request, "scheduling/patient_visits.html#visits", context)
    context["banner"] = banner_of(request, patient.pk)
    return render(request, "scheduling/patient_visits.html", context)
