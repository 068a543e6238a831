"""Records that may be of one person: the worklist, and what the clinic says of a pair."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from common import undo
from common.query_strings import read_query
from patients import queries
from patients.forms.merges import OtherForm, VerdictForm, WorklistQuery
from patients.models import PairVerdict, Patient
from patients.queries import alike_patients
from patients.services import pair_verdicts
from patients.views.lists import today_of

PAGE_SIZE = 25


@staff(Act.REGISTER_PATIENTS)
def worklist(request: StaffRequest) -> HttpResponse:
    query = read_query(WorklistQuery, request)
    pairs = alike_patients.open_pairs(request.actor)
    page = Paginator(pairs, PAGE_SIZE).get_page(query.cleaned_data["page"] or 1)
    rows = alike_patients.rows_of_pairs(request.actor, page.object_list, today=today_of(request))
    saw_list(request, "patients_alikepair", [one for pair in page for one in (pair.one_id, pair.other_id)])
    return render(request, "patients/alike.html", {"page": page, "rows": rows})


def pair_or_404(request: StaffRequest, patient_id: UUID, other_patient_id: UUID) -> tuple[Patient, Patient]:
    own = Patient.objects.visible_to(request.actor)
    return get_object_or_404(own, pk=patient_id), get_object_or_404(own, pk=other_patient_id)


@staff(Act.REGISTER_PATIENTS, methods=("GET", "POST"))
def choose_other(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Choose the record to lay beside this one."""
    own = Patient.objects.visible_to(request.actor)
    patient = get_object_or_404(own, pk=patient_id)
    saw(request, "patients_patient", row_id=patient.pk, patient_id=patient.pk)
    form = OtherForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        other = get_object_or_404(own, pk=form.cleaned_data["patient"])
        if other.pk != patient.pk:
            return redirect("patients:compare", patient.pk, other.pk)
        form.add_error("patient", _("Choose another record than this one."))
    context: dict[str, Any] = {
        "form": form,
        "errors": form.errors.get("patient", []) if form.is_bound else [],
        "patient": patient,
        "banner": queries.banner(request.actor, patient.pk, today=today_of(request)),
    }
    return render(request, "patients/compare_with.html", context, status=422 if request.method == "POST" else 200)


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def say(request: StaffRequest, patient_id: UUID, other_patient_id: UUID) -> HttpResponse:
    one, other = pair_or_404(request, patient_id, other_patient_id)
    form = VerdictForm(request.POST)
    if not form.is_valid() or one.pk == other.pk:
        messages.error(request, _("Choose what to say of the two records."))
        return redirect("patients:compare", one.pk, other.pk)
    verdict = PairVerdict.Verdict(form.cleaned_data["verdict"])
    note = form.cleaned_data["note"]
    pair_verdicts.say(by=request.actor, now=timezone.now(), one=one.pk, other=other.pk, verdict=verdict, note=note)
    words = (
        _("Remembered: not the same person.")
        if verdict == PairVerdict.Verdict.DIFFERENT
        else _("Proposed: somebody who may merge records sees it first in the list.")
    )
    undo.offer(request, words, undo_url=reverse("patients:unsay-of-pair", args=[one.pk, other.pk]))
    return redirect("patients:alike")


@staff(Act.REGISTER_PATIENTS, methods=("POST",))
def unsay(request: StaffRequest, patient_id: UUID, other_patient_id: UUID) -> HttpResponse:
    one, other = pair_or_404(request, patient_id, other_patient_id)
    pair_verdicts.unsay(by=request.actor, one=one.pk, other=other.pk)
    messages.success(request, _("Taken back: nothing is said of the two records."))
    return redirect("patients:alike")
