"""The shelf: what there is, receive a lot, set one aside; a recall; the clinic's rules of the stock."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import ExportKind
from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest, exported, saw, saw_list
from accounts.views.checked_exports import still_you
from common.csv_export import csv_answer
from common.query_strings import read_query
from common.wall_clock import local_day
from sessions.forms.solution_lots import PageForm, QuarantineForm, ReceiveForm, RulesForm
from sessions.models import Product, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import preparations, recalls
from sessions.queries import solution_lots as queries
from sessions.services import solution_lots as service
from sessions.views.stock_shelf import refused, shelf_page

_PER_PAGE = 50
_TEMPLATES = "sessions/solution_lots"


@staff(Act.MANAGE_STOCK)
def shelf(request: StaffRequest) -> HttpResponse:
    return shelf_page(request)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), once=True)
def receive(request: StaffRequest) -> HttpResponse:
    today = local_day(timezone.now(), request.actor.zone)
    data = request.POST if request.method == "POST" else None
    form = ReceiveForm(data, today=today, products=Product.objects.visible_to(request.actor).offered())
    if not form.is_valid():
        return render(request, f"{_TEMPLATES}/receive.html", {"form": form}, status=422 if form.is_bound else 200)
    typed = {name: form.cleaned_data[name] for name in ("lot_number", "expiry_date", "quantity")}
    try:
        lot = service.receive(product=form.cleaned_data["product"] or form.goods(), by=request.actor, **typed)
    except StockRefusedError as refusal:
        form.add_error("lot_number", str(refusal))
        return render(request, f"{_TEMPLATES}/receive.html", {"form": form}, status=422)
    messages.success(request, _("Lot %(lot)s is on the shelf.") % {"lot": lot.lot_number})
    return redirect("sessions:lots")


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"))
def quarantine(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = _lot(request, lot_id)
    form = QuarantineForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, f"{_TEMPLATES}/quarantine.html", {"lot": lot, "form": form}, status=status)
    try:
        service.quarantine(lot=lot, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now())
    except StockRefusedError as refusal:
        return refused(request, refusal)
    messages.success(request, _("Lot %(lot)s is quarantined and can no longer be chosen.") % {"lot": lot.lot_number})
    return redirect("sessions:lots")


@staff(Act.MANAGE_STOCK, methods=("POST",))
def release(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = _lot(request, lot_id)
    try:
        service.release(lot=lot, by=request.actor)
    except StockRefusedError as refusal:
        return refused(request, refusal)
    messages.success(request, _("Lot %(lot)s can be chosen again.") % {"lot": lot.lot_number})
    return redirect("sessions:lots")


@staff(Act.MANAGE_STOCK)
def lot(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """One lot: its containers, and who received something of it."""
    found = _lot(request, lot_id)
    number = read_query(PageForm, request).cleaned_data["page"] or 1
    page = Paginator(recalls.sessions_of(request.actor, found), _PER_PAGE).get_page(number)
    rows = recalls.received(page.object_list)  # type: ignore[arg-type]
    saw(request, "pit_sessions_solutionlot", row_id=found.pk)
    saw_list(request, "pit_sessions_injectionsession", [row.patient_id for row in rows])
    context: dict[str, Any] = {
        "lot": found,
        "page": page,
        "rows": rows,
        "opened": list(preparations.containers(request.actor).filter(lot=found)[:_PER_PAGE]),
        "today": local_day(timezone.now(), request.actor.zone),
    }
    return render(request, f"{_TEMPLATES}/lot.html", context)


@staff(Act.MANAGE_STOCK, methods=("GET", "HEAD", "POST"))
def recall(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """Everybody who received something of a lot, as a table to work through."""
    found = _lot(request, lot_id)
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    rows = recalls.received(recalls.sessions_of(request.actor, found))
    whose = [row.patient_id for row in rows]
    exported(
        request, "pit_sessions_injectionsession", what=ExportKind.RECALL, of=found.lot_number, patient_ids=whose,
        rows=len(rows),
    )  # fmt: skip
    header = (_("Patient"), _("Born"), _("Session"), _("Record"), _("Points"), _("mL"), _("Side effects reported"))
    zone = request.actor.zone
    table = (
        (
            row.patient,
            f"{row.birth_date}",
            f"{row.started_at.astimezone(zone):%Y-%m-%d %H:%M}",
            row.status_words,
            row.points,
            row.volume_ml,
            row.side_effects,
        )
        for row in rows
    )
    return csv_answer("recall.csv", header, table)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), one_by_one=True)
def stock_rules(request: StaffRequest) -> HttpResponse:
    own = queries.rules_of(request.actor)
    initial = {name: getattr(own, name) for name in RulesForm.base_fields}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=initial)
    conflict = find_conflict(request.actor, form, own) if form.is_valid() else None
    if not form.is_valid() or conflict is not None:
        context = {"form": form, "conflict": conflict}
        return render(request, f"{_TEMPLATES}/rules.html", context, status=status_of(form, conflict))
    service.set_rules(by=request.actor, **form.cleaned_data)
    messages.success(request, _("The rules of the stock are changed. What is open keeps its time."))
    return redirect("sessions:lots")


def _lot(request: StaffRequest, lot_id: UUID) -> SolutionLot:
    own = SolutionLot.objects.visible_to(request.actor).select_related("solution", "product")
    return get_object_or_404(own, pk=lot_id)
