"""The shelf: what there is, receive a lot, one lot with its history; the clinic's rules of the stock."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
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
from common.undo import offer
from common.wall_clock import local_day
from sessions.forms.solution_lots import PageForm, ReceiveForm, RulesForm, ScanForm
from sessions.models import Product, StockMovement
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import lot_recalls, preparations, recalls
from sessions.queries import solution_lots as queries
from sessions.services import solution_lots as service
from sessions.views.scans import Reading, read_scan
from sessions.views.stock_shelf import get_lot, shelf_page

_PER_PAGE = 50
_TEMPLATES = "sessions/solution_lots"


@staff(Act.MANAGE_STOCK)
def shelf(request: StaffRequest) -> HttpResponse:
    return shelf_page(request)


@staff(Act.MANAGE_STOCK)
def today(request: StaffRequest) -> HttpResponse:
    """A part of the page Today: what of the stock needs a look."""
    rules = queries.rules_of(request.actor)
    day = local_day(timezone.now(), request.actor.zone)
    found = queries.warnings(request.actor, day=day, near_expiry_days=rules.near_expiry_days)
    return render(request, f"{_TEMPLATES}/today.html", {"warnings": found, "rules": rules})


@staff(Act.MANAGE_STOCK, methods=("GET", "HEAD", "POST"), once=True)
def receive(request: StaffRequest) -> HttpResponse:
    """A scan fills the form, and its one number is left to type."""
    now = timezone.now()
    day = local_day(now, request.actor.zone)
    offered = Product.objects.visible_to(request.actor).offered()
    if request.method != "POST":
        reading = read_scan(request.actor, read_query(ScanForm, request).cleaned_data["scan"], today=day)
        return _receive_page(request, ReceiveForm(initial=reading.initial, today=day, products=offered), reading)
    form = ReceiveForm(request.POST, today=day, products=offered)
    if not form.is_valid():
        return _receive_page(request, form, status=422)
    typed = {name: form.cleaned_data[name] for name in ("lot_number", "expiry_date", "gtin")}
    product = form.cleaned_data["product"] or form.goods()
    try:
        moved = service.receive(product=product, delivery=form.delivery(), by=request.actor, now=now, **typed)
    except StockRefusedError as refusal:
        form.add_error("lot_number", str(refusal))
        return _receive_page(request, form, status=422)
    _tell_received(request, moved)
    return redirect("sessions:lots")


def _receive_page(
    request: StaffRequest, form: ReceiveForm, reading: Reading | None = None, *, status: int = 200
) -> HttpResponse:
    has_products = Product.objects.visible_to(request.actor).offered().exists()
    context = {"form": form, "reading": reading or Reading(), "has_products": has_products}
    return render(request, f"{_TEMPLATES}/receive.html", context, status=status)


def _tell_received(request: StaffRequest, moved: StockMovement) -> None:
    lot = moved.lot
    lot.refresh_from_db()
    words = {"lot": lot.lot_number, "n": moved.change, "left": lot.quantity}
    said = _("Lot %(lot)s: %(n)s received, %(left)s on the shelf.") % words
    if lot.quantity is None:
        said = _("Lot %(lot)s: %(n)s received.") % words
    if lot.quarantined_at is not None:
        messages.warning(request, _("Lot %(lot)s is quarantined: put it with the others.") % words)
    offer(request, said, undo_url=reverse("sessions:take_back_movement", args=[moved.pk]))


@staff(Act.MANAGE_STOCK)
def lot(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """One lot: its containers, and who received something of it."""
    found = get_lot(request, lot_id)
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
        "history": queries.history_of(request.actor, found),
        "recalls": list(lot_recalls.recalls_of(request.actor, found.pk)),
        "today": local_day(timezone.now(), request.actor.zone),
    }
    return render(request, f"{_TEMPLATES}/lot.html", context)


@staff(Act.MANAGE_STOCK, methods=("GET", "HEAD", "POST"))
def recall(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    """Everybody who received something of a lot, as a table to work through."""
    found = get_lot(request, lot_id)
    if (asked := still_you(request, now=timezone.now())) is not None:
        return asked
    rows = recalls.received(recalls.sessions_of(request.actor, found))
    whose = [row.patient_id for row in rows]
    exported(
        request, "pit_sessions_injectionsession", what=ExportKind.RECALL, of=found.lot_number, patient_ids=whose,
        rows=len(rows),
    )  # fmt: skip
    header = (
        _("Patient"), _("Born"), _("Clinic number"), _("Phone"), _("Language"),
        _("Session"), _("Record"), _("Points"), _("mL"), _("Side effects reported"),
    )  # fmt: skip
    zone = request.actor.zone
    table = (
        (
            row.patient,
            f"{row.birth_date}",
            row.clinic_number,
            row.phone,
            row.language,
            f"{row.started_at.astimezone(zone):%Y-%m-%d %H:%M}",
            row.status_words,
            row.points,
            row.volume_ml,
            row.side_effects,
        )
        for row in rows
    )
    return csv_answer("recall.csv", header, table, country=request.actor.clinic.country)


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
