"""Two records side by side, made one, and made two again."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse as address
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw
from common import undo as undo_offers
from patients.forms.merges import MergeForm, ReverseForm, VerdictForm
from patients.merge_refusals import MergeRefusedError, overlap_words
from patients.models import Patient, PatientMerge
from patients.queries import alike_patients, comparisons
from patients.services import merges, pair_verdicts
from patients.twins import plan
from patients.views.alike_patients import pair_or_404
from patients.views.lists import today_of


@staff(Act.REGISTER_PATIENTS)
def compare(request: StaffRequest, patient_id: UUID, other_patient_id: UUID) -> HttpResponse:
    one, other = pair_or_404(request, patient_id, other_patient_id)
    if one.pk == other.pk:
        return redirect("patients:compare-with", one.pk)
    if merged := next((patient for patient in (one, other) if patient.merged_into_id), None):
        return redirect("patients:detail", merged.pk)
    return _compare_page(request, one, other)


def _compare_page(
    request: StaffRequest,
    one: Patient,
    other: Patient,
    form: MergeForm | None = None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    for patient in (one, other):
        saw(request, "patients_patient", row_id=patient.pk, patient_id=patient.pk)
    now = timezone.now()
    may_merge = actor.may(Act.MERGE_PATIENTS)
    if not refusal and (overlaps := comparisons.overlapping_visits(actor, one.pk, other.pk)):
        refusal = overlap_words(overlaps)
    older = min(one, other, key=lambda patient: (patient.created_at, patient.pk))
    both = comparisons.comparison(actor, one, other, today=today_of(request))
    context = {
        "both": both,
        "lines": [(line, _kept(line, both, older, form)) for line in both.lines if any(line.values)],
        "form": form or MergeForm(patients=(one, other)),
        "survivor_id": str((form and form["survivor"].value()) or older.pk),
        "told": plan(one, other, now=now).told if may_merge else [],
        "refusal": refusal,
        "verdict": alike_patients.verdict_of(actor, one.pk, other.pk),
        "verdict_form": VerdictForm(),
    }
    return render(request, "patients/compare.html", context, status=status)


def _kept(line: comparisons.Line, both: comparisons.Comparison, older: Patient, form: MergeForm | None) -> str:
    """Whose value is chosen already: as it was sent, else the one that says something, else the older record's."""
    if form is not None and (sent := form[f"keep_{line.name}"].value()):
        return str(sent)
    said = [patient for patient, value in zip(both.patients, line.values, strict=True) if value]
    return str((said[0] if len(said) == 1 else older).pk)


@staff(Act.MERGE_PATIENTS, methods=("POST",), once=True)
def merge(request: StaffRequest, patient_id: UUID, other_patient_id: UUID) -> HttpResponse:
    one, other = pair_or_404(request, patient_id, other_patient_id)
    if one.pk == other.pk:
        return redirect("patients:compare-with", one.pk)
    form = MergeForm(request.POST, patients=(one, other))
    if not form.is_valid():
        return _compare_page(request, one, other, form, status=422)
    try:
        made = merges.merge(
            by=request.actor,
            now=timezone.now(),
            survivor_id=form.survivor_id,
            merged_id=form.merged_id,
            reason=form.cleaned_data["reason"],
            versions=form.versions,
            take=form.take,
        )
    except MergeRefusedError as refused:
        return _compare_page(request, one, other, form, refusal=refused.words, status=409)
    pair_verdicts.unsay(by=request.actor, one=one.pk, other=other.pk)
    undo_offers.offer(
        request, _("The two records are one now."), undo_url=address("patients:undo-merge", args=[made.pk])
    )
    return redirect("patients:detail", made.survivor_id)


def _merge_or_404(request: StaffRequest, merge_id: UUID) -> PatientMerge:
    own = PatientMerge.objects.visible_to(request.actor)
    return get_object_or_404(
        own.select_related("survivor", "merged", "made_by__user", "reversed_by__user"), pk=merge_id
    )


@staff(Act.REGISTER_PATIENTS)
def show(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    return _merge_page(request, _merge_or_404(request, merge_id), ReverseForm())


def _merge_page(
    request: StaffRequest, made: PatientMerge, form: ReverseForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    for patient_id in (made.survivor_id, made.merged_id):
        saw(request, "patients_patientmerge", row_id=made.pk, patient_id=patient_id)
    context = {
        "merge": made,
        "moved": comparisons.moved_counts(request.actor, made),
        "kept_back": len(made.kept_back),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "patients/merge.html", context, status=status)


@staff(Act.MERGE_PATIENTS, methods=("POST",))
def reverse(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    form = ReverseForm(request.POST)
    made = _merge_or_404(request, merge_id)
    if not form.is_valid():
        return _merge_page(request, made, form, status=422)
    return _take_back(request, made, form, form.cleaned_data["reason"])


@staff(Act.MERGE_PATIENTS, methods=("POST",))
def undo(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    """Right after the merge, without a word of why."""
    return _take_back(request, _merge_or_404(request, merge_id), ReverseForm(), _("Undone right after"))


def _take_back(request: StaffRequest, made: PatientMerge, form: ReverseForm, reason: str) -> HttpResponse:
    try:
        merges.reverse(by=request.actor, now=timezone.now(), merge=made, reason=reason)
    except MergeRefusedError as refused:
        return _merge_page(request, made, form, refusal=refused.words, status=409)
    words = _("The records are two again. What was made since the merge stays with the one that stayed.")
    messages.success(request, words)
    return redirect("patients:detail", made.survivor_id)
