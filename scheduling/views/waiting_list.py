"""Who waits for a time: the list, one wish with its offers, on it and off it again."""

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
from accounts.models import Membership
from accounts.permissions import Act
from accounts.requests import StaffRequest, saw_list
from common.query_strings import read_query
from common.undo import offer
from patients.models import Patient
from scheduling.forms.desk import ConfirmForm
from scheduling.forms.waiting import AddQuery, WaitingForm, WaitingQuery
from scheduling.models import VisitType, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.queries import waiting_lists
from scheduling.services import waiting_list as services
from scheduling.views.patients import banner_of

PAGE_SIZE = 30
_WISHES = (
    "visit_type",
    "clinician",
    "appointment",
    "region",
    "weekdays",
    "part_of_day",
    "from_date",
    "until_date",
    "notice_hours",
    "priority",
)


@staff(Act.BOOK_VISITS)
def waiting_list(request: StaffRequest) -> HttpResponse:
    query = read_query(WaitingQuery, request)
    wanted = query.cleaned_data
    rows = waiting_lists.entries(
        request.actor, show=wanted["show"], visit_type=wanted["visit_type"], clinician=wanted["clinician"]
    )
    page = Paginator(rows, PAGE_SIZE).get_page(wanted["page"] or 1)
    saw_list(request, "scheduling_waitingentry", [entry.patient_id for entry in page])
    context = {
        "page": page,
        "query": query,
        "wanted": wanted,
        "visit_types": VisitType.objects.visible_to(request.actor).filter(is_active=True),
        "clinicians": Membership.objects.visible_to(request.actor).clinicians(),
    }
    return render(request, "scheduling/waiting_list.html", context)


@staff(Act.BOOK_VISITS, methods=("GET", "POST"), once=True)
def add(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    first = read_query(AddQuery, request).cleaned_data
    form = WaitingForm(request.POST or None, by=request.actor, patient=patient, now=timezone.now(), initial=first)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wish = {name: form.cleaned_data[name] for name in _WISHES}
            try:
                entry = services.add(patient=patient, by=request.actor, now=timezone.now(), **wish)
            except VisitRefusedError as refused:
                form.add_error(None, refused.words)
            else:
                messages.success(request, _("On the waiting list."))
                return redirect("scheduling:waiting_entry", entry_id=entry.pk)
    context = {"form": form, "patient": patient, "banner": banner_of(request, patient.pk)}
    return render(request, "scheduling/waiting_entry.html", context, status=status)


@staff(Act.BOOK_VISITS, methods=("GET", "POST"))
def waiting_entry(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    """The wish, to be changed, and the log of what was offered for it."""
    entry, status = _own(request, entry_id), 200
    initial = {name: _initial(entry, name) for name in (*_WISHES, "version")}
    form = WaitingForm(
        request.POST or None, by=request.actor, patient=entry.patient, now=timezone.now(), initial=initial
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _change(request, entry, form.cleaned_data)
            except VisitRefusedError as refused:
                form.add_error(None, refused.words)
            else:
                messages.success(request, _("Saved."))
                return redirect("scheduling:waiting_entry", entry_id=entry.pk)
    context = {
        "entry": entry,
        "form": form,
        "patient": entry.patient,
        "banner": banner_of(request, entry.patient_id),
        "offers": waiting_lists.offers_of(request.actor).filter(entry=entry),
    }
    return render(request, "scheduling/waiting_entry.html", context, status=status)


def _change(request: StaffRequest, entry: WaitingEntry, cleaned: dict[str, Any]) -> None:
    wish = {name: cleaned[name] for name in _WISHES}
    services.change(
        entry=entry, by=request.actor, now=timezone.now(), version=cleaned["version"] or entry.version, **wish
    )


def _initial(entry: WaitingEntry, name: str) -> Any:
    value = getattr(entry, name)
    return getattr(value, "pk", value)


@staff(Act.BOOK_VISITS, methods=("POST",))
def withdraw(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    entry = _own(request, entry_id)
    form = ConfirmForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else entry.version
    try:
        off = services.withdraw(entry=entry, by=request.actor, now=timezone.now(), version=version)
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        if off.patient.departure is not None:
            messages.success(request, _("Taken off the waiting list."))
            return redirect("scheduling:waiting_list")
        undo_url = reverse("scheduling:restore_waiting", kwargs={"entry_id": off.pk, "version": off.version})
        offer(request, _("Taken off the waiting list."), undo_url=undo_url)
    return redirect("scheduling:waiting_list")


@staff(Act.BOOK_VISITS, methods=("POST",))
def restore(request: StaffRequest, entry_id: UUID, version: int) -> HttpResponse:
    entry = _own(request, entry_id)
    try:
        services.restore(entry=entry, by=request.actor, now=timezone.now(), version=version)
    except VisitRefusedError as refused:
        messages.error(request, refused.words)
    else:
        messages.success(request, _("Back on the waiting list."))
    return redirect("scheduling:waiting_list")


def _own(request: StaffRequest, entry_id: UUID) -> WaitingEntry:
    rows = WaitingEntry.objects.visible_to(request.actor).select_related("patient", "visit_type", "clinician__user")
    return get_object_or_404(rows, pk=entry_id)
