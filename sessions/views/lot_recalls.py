"""A recall of a lot: start it, tell each patient, end it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw, saw_list
from common.query_strings import read_query
from common.undo import offer
from common.wall_clock import local_day
from patients.models import Patient
from patients.queries.banners import banner
from sessions.forms.lot_changes import ContactForm, StartRecallForm
from sessions.forms.solution_lots import PageForm
from sessions.models import LotRecall, RecallContact
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import lot_recalls as queries
from sessions.queries.side_effects import phones_of
from sessions.services import lot_recalls as service
from sessions.views.stock_shelf import get_lot, refused

_PER_PAGE = 50
_TEMPLATES = "sessions/lot_recalls"


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), once=True)
def start(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_lot(request, lot_id)
    form = StartRecallForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, f"{_TEMPLATES}/start.html", {"lot": lot, "form": form}, status=status)
    try:
        recall = service.start(lot=lot, by=request.actor, now=timezone.now(), **form.cleaned_data)
    except StockRefusedError as refusal:
        return refused(request, refusal)
    said = _("Lot %(lot)s is recalled and quarantined. These patients are to be told.") % {"lot": lot.lot_number}
    messages.success(request, said)
    return redirect("sessions:lot_recall", lot_recall_id=recall.pk)


@staff(Act.SEE_WORKLISTS)
def recall(request: StaffRequest, lot_recall_id: UUID) -> HttpResponse:
    """Whom to tell and who was told; those who wait first."""
    return _list(request, _recall(request, lot_recall_id))


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("GET", "POST"), once=True)
def contact(request: StaffRequest, lot_recall_id: UUID, patient_id: UUID) -> HttpResponse:
    """The phone and how it went; noting it lands on the list, for the next patient."""
    found = _recall(request, lot_recall_id)
    if not queries.is_of_recall(request.actor, found, patient_id):
        raise Http404
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _contact_page(request, found, patient, form)
    now = timezone.now()
    try:
        noted = service.note_contact(recall=found, patient=patient, by=request.actor, now=now, **form.cleaned_data)
    except StockRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _contact_page(request, found, patient, form)
    said = _("Noted: %(outcome)s.") % {"outcome": noted.get_outcome_display()}
    offer(request, said, undo_url=reverse("sessions:take_back_contact", args=[noted.pk]))
    return redirect("sessions:lot_recall", lot_recall_id=lot_recall_id)


@staff(Act.COMPLETE_FOLLOW_UPS, methods=("POST",))
def take_back(request: StaffRequest, contact_id: UUID) -> HttpResponse:
    own = RecallContact.objects.visible_to(request.actor)
    found = service.take_back(contact=get_object_or_404(own, pk=contact_id), by=request.actor, now=timezone.now())
    messages.success(request, _("Taken back: the patient is on the list as before."))
    return redirect("sessions:lot_recall", lot_recall_id=found.lot_recall_id)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def end(request: StaffRequest, lot_recall_id: UUID) -> HttpResponse:
    found = _recall(request, lot_recall_id)
    try:
        service.end(recall=found, by=request.actor, now=timezone.now())
    except StockRefusedError as refusal:
        return _refused(request, found, refusal)
    undo_url = reverse("sessions:reopen_lot_recall", args=[found.pk])
    offer(request, _("The recall is ended. The lot stays quarantined."), undo_url=undo_url)
    return redirect("sessions:lot_recall", lot_recall_id=lot_recall_id)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def reopen(request: StaffRequest, lot_recall_id: UUID) -> HttpResponse:
    found = _recall(request, lot_recall_id)
    try:
        service.reopen(recall=found, by=request.actor, now=timezone.now())
    except StockRefusedError as refusal:
        return _refused(request, found, refusal)
    messages.success(request, _("The recall is open again."))
    return redirect("sessions:lot_recall", lot_recall_id=lot_recall_id)


def _recall(request: StaffRequest, lot_recall_id: UUID) -> LotRecall:
    own = LotRecall.objects.visible_to(request.actor)
    people = own.select_related("lot__product", "lot__solution", "started_by__user", "ended_by__user")
    return get_object_or_404(people, pk=lot_recall_id)


def _list(request: StaffRequest, found: LotRecall, *, status: int = 200) -> HttpResponse:
    number = read_query(PageForm, request).cleaned_data["page"] or 1
    page = Paginator(queries.patients_of(request.actor, found), _PER_PAGE).get_page(number)
    rows = queries.rows(page.object_list)  # type: ignore[arg-type]  # a slice of the values
    saw_list(request, "pit_sessions_injectionsession", [row.patient_id for row in rows])
    context: dict[str, Any] = {"recall": found, "lot": found.lot, "page": page, "rows": rows}
    return render(request, f"{_TEMPLATES}/list.html", context, status=status)


def _refused(request: StaffRequest, found: LotRecall, refusal: StockRefusedError) -> HttpResponse:
    messages.error(request, str(refusal))
    return _list(request, found, status=409)


def _contact_page(request: StaffRequest, found: LotRecall, patient: Patient, form: ContactForm) -> HttpResponse:
    saw(request, "patients_contactpoint", patient_id=patient.pk)
    context: dict[str, Any] = {
        "recall": found,
        "lot": found.lot,
        "patient": patient,
        "form": form,
        "phones": phones_of(request.actor, patient.pk),
        "contacts": queries.contacts_of(request.actor, found, patient.pk),
        "banner": banner(request.actor, patient.pk, today=local_day(timezone.now(), request.actor.zone)),
    }
    return render(request, f"{_TEMPLATES}/contact.html", context, status=422 if form.is_bound else 200)
