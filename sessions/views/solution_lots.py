"""The shelf: which lots there are, receive one, set one aside."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.query_strings import read_query
from common.wall_clock import local_day
from sessions.forms.solution_lots import PageForm, QuarantineForm, ReceiveForm
from sessions.models import Product, SolutionLot
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import solution_lots as queries
from sessions.services import solution_lots as service

_PER_PAGE = 50


@staff(Act.MANAGE_STOCK)
def shelf(request: StaffRequest) -> HttpResponse:
    return _shelf(request)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def receive(request: StaffRequest) -> HttpResponse:
    form = _receive_form(request, request.POST)
    if not form.is_valid():
        return _shelf(request, form=form, status=422)
    typed = {name: form.cleaned_data[name] for name in ("lot_number", "expiry_date", "quantity")}
    try:
        lot = service.receive(product=form.cleaned_data["product"] or form.goods(), by=request.actor, **typed)
    except StockRefusedError as refusal:
        form.add_error("lot_number", str(refusal))
        return _shelf(request, form=form, status=422)
    messages.success(request, _("Lot %(lot)s is on the shelf.") % {"lot": lot.lot_number})
    return redirect("sessions:lots")


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"))
def quarantine(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = _lot(request, lot_id)
    form = QuarantineForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "sessions/solution_lots/quarantine.html", {"lot": lot, "form": form}, status=status)
    try:
        service.quarantine(lot=lot, reason=form.cleaned_data["reason"], by=request.actor, now=timezone.now())
    except StockRefusedError as refusal:
        messages.error(request, str(refusal))
        return _shelf(request, status=409)
    messages.success(request, _("Lot %(lot)s is quarantined and can no longer be chosen.") % {"lot": lot.lot_number})
    return redirect("sessions:lots")


@staff(Act.MANAGE_STOCK, methods=("POST",))
def release(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = _lot(request, lot_id)
    try:
        service.release(lot=lot, by=request.actor)
    except StockRefusedError as refusal:
        messages.error(request, str(refusal))
        return _shelf(request, status=409)
    messages.success(request, _("Lot %(lot)s can be chosen again.") % {"lot": lot.lot_number})
    return redirect("sessions:lots")


def _lot(request: StaffRequest, lot_id: UUID) -> SolutionLot:
    return get_object_or_404(SolutionLot.objects.visible_to(request.actor).select_related("solution"), pk=lot_id)


def _receive_form(request: StaffRequest, data: Any = None) -> ReceiveForm:
    own = Product.objects.visible_to(request.actor)
    return ReceiveForm(data, today=local_day(timezone.now(), request.actor.zone), products=own)


def _shelf(request: StaffRequest, *, form: ReceiveForm | None = None, status: int = 200) -> HttpResponse:
    number = read_query(PageForm, request).cleaned_data["page"] or 1
    today = local_day(timezone.now(), request.actor.zone)
    context: dict[str, Any] = {
        "page": Paginator(queries.shelf(request.actor), _PER_PAGE).get_page(number),
        "today": today,
        "form": form or _receive_form(request),
    }
    return render(request, "sessions/solution_lots/shelf.html", context, status=status)
