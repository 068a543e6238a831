"""What is done with one lot: set aside, release, correct, count, throw away, take a slip back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.conflicts import find_conflict, status_of
from accounts.decorators import staff
from accounts.permissions import Act
from accounts.requests import StaffRequest
from common.undo import offer
from sessions.forms.lot_changes import CorrectForm, CountForm, QuarantineForm, ReleaseForm, WasteForm
from sessions.models import SolutionLot, StockMovement
from sessions.policies.solution_lots import StockRefusedError
from sessions.services import lot_changes, stock_movements
from sessions.views.stock_shelf import get_lot, refused

_TEMPLATES = "sessions/solution_lots"


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"))
def quarantine(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_lot(request, lot_id)
    form = QuarantineForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        lot_changes.quarantine(lot=lot, by=request.actor, now=timezone.now(), **form.cleaned_data)
        return _("Lot %(lot)s is quarantined and can no longer be chosen.") % {"lot": lot.lot_number}

    return _ask(request, lot, form, "quarantine", act)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"))
def release(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_lot(request, lot_id)
    form = ReleaseForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        lot_changes.release(lot=lot, by=request.actor, now=timezone.now(), **form.cleaned_data)
        return _("Lot %(lot)s can be chosen again.") % {"lot": lot.lot_number}

    return _ask(request, lot, form, "release", act)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), one_by_one=True)
def correct(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_lot(request, lot_id)
    initial = {"lot_number": lot.lot_number, "expiry_date": lot.expiry_date}
    form = CorrectForm(request.POST if request.method == "POST" else None, initial=initial)
    conflict = find_conflict(request.actor, form, lot) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        typed = {name: form.cleaned_data[name] for name in ("lot_number", "expiry_date", "reason")}
        try:
            lot_changes.correct(lot=lot, by=request.actor, now=timezone.now(), **typed)
        except StockRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("Lot %(lot)s is corrected. Signed records keep what they were signed with.")
            messages.success(request, said % {"lot": typed["lot_number"]})
            return redirect("sessions:lot", lot_id=lot_id)
    context = {"lot": lot, "form": form, "conflict": conflict}
    return render(request, f"{_TEMPLATES}/correct.html", context, status=status_of(form, conflict))


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), once=True)
def waste(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_lot(request, lot_id)
    form = WasteForm(request.POST if request.method == "POST" else None)

    def act() -> StockMovement:
        return stock_movements.waste(lot=lot, by=request.actor, now=timezone.now(), **form.cleaned_data)

    return _move(request, lot, form, "waste", act)


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), once=True)
def count(request: StaffRequest, lot_id: UUID) -> HttpResponse:
    lot = get_lot(request, lot_id)
    form = CountForm(request.POST if request.method == "POST" else None)

    def act() -> StockMovement:
        return stock_movements.count(lot=lot, by=request.actor, now=timezone.now(), **form.cleaned_data)

    return _move(request, lot, form, "count", act)


@staff(Act.MANAGE_STOCK, methods=("POST",))
def take_back_movement(request: StaffRequest, movement_id: UUID) -> HttpResponse:
    own = StockMovement.objects.visible_to(request.actor).select_related("lot")
    movement = get_object_or_404(own, pk=movement_id)
    try:
        stock_movements.take_back(movement=movement, by=request.actor, now=timezone.now())
    except StockRefusedError as refusal:
        return refused(request, refusal)
    messages.success(request, _("Taken back. Lot %(lot)s is as it was before.") % {"lot": movement.lot.lot_number})
    return redirect("sessions:lot", lot_id=movement.lot_id)


def _ask(request: StaffRequest, lot: SolutionLot, form: forms.Form, name: str, act: Callable[[], str]) -> HttpResponse:
    """The page that asks for the reason, or the act and back to the shelf."""
    if not form.is_valid():
        return _page(request, lot, form, name)
    try:
        said = act()
    except StockRefusedError as refusal:
        return refused(request, refusal)
    messages.success(request, said)
    return redirect("sessions:lots")


def _move(
    request: StaffRequest, lot: SolutionLot, form: forms.Form, name: str, act: Callable[[], StockMovement]
) -> HttpResponse:
    """The page that asks for the number, or the movement with the offer to take it back."""
    if not form.is_valid():
        return _page(request, lot, form, name)
    try:
        moved = act()
    except StockRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, lot, form, name)
    lot.refresh_from_db()
    words = {"lot": lot.lot_number, "left": lot.quantity, "n": f"{moved.change:+d}"}
    if lot.quantity is None:
        said = _("Lot %(lot)s: %(n)s.") % words
    elif moved.counted is not None and moved.change == 0:
        said = _("Lot %(lot)s: %(left)s on the shelf, as written down.") % words
    else:
        said = _("Lot %(lot)s: %(n)s, %(left)s on the shelf.") % words
    offer(request, said, undo_url=reverse("sessions:take_back_movement", args=[moved.pk]))
    return redirect("sessions:lot", lot_id=lot.pk)


def _page(request: StaffRequest, lot: SolutionLot, form: forms.Form, name: str) -> HttpResponse:
    context: dict[str, Any] = {"lot": lot, "form": form}
    return render(request, f"{_TEMPLATES}/{name}.html", context, status=422 if form.is_bound else 200)
