"""The exact message a patient would get, as a part of the booking pages: asked for again with each time tapped."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_patient
from common.query_strings import read_query
from patients.models import Patient
from scheduling.choices import News
from scheduling.forms.letters import LetterQuery
from scheduling.queries.telling import telling
from scheduling.visit_letters import Told


@staff(Act.BOOK_VISITS)
def letter(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    saw_patient(request, "patients_patient", patient.pk)
    query = read_query(LetterQuery, request)
    news = News(query.cleaned_data["news"] or News.BOOKED)
    told = [Told(news, moment, query.was_starts_at) for moment in query.moments(request.actor.zone)]
    tell = telling(by=request.actor, patient=patient, told=told, now=timezone.now())
    return render(request, "scheduling/parts/letter.html", {"tell": tell})
