"""What the clinic buys: describe it anew, retire it, bring it back. Lots on the shelf and records keep theirs."""

from uuid import UUID

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
from sessions.forms.solution_lots import ChangeProductForm, initial_of
from sessions.models import Product
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries import solution_lots as queries
from sessions.services import solution_lots as service

_TEMPLATES = "sessions/products"


@staff(Act.MANAGE_STOCK)
def products(request: StaffRequest) -> HttpResponse:
    return render(request, f"{_TEMPLATES}/products.html", {"products": queries.products(request.actor)})


@staff(Act.MANAGE_STOCK, methods=("GET", "POST"), one_by_one=True)
def product(request: StaffRequest, product_id: UUID) -> HttpResponse:
    found = _product(request, product_id)
    form = ChangeProductForm(request.POST if request.method == "POST" else None, initial=initial_of(found))
    conflict = find_conflict(request.actor, form, found) if form.is_valid() else None
    if form.is_valid() and conflict is None:
        try:
            service.change_product(product=found, goods=form.goods(), by=request.actor)
        except StockRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The product is changed. Records keep what they were signed with."))
            return redirect("sessions:products")
    context = {"form": form, "product": found, "has_lots": found.lots.exists(), "conflict": conflict}
    return render(request, f"{_TEMPLATES}/product.html", context, status=status_of(form, conflict))


@staff(Act.MANAGE_STOCK, methods=("POST",))
def retire(request: StaffRequest, product_id: UUID) -> HttpResponse:
    found = service.retire_product(product=_product(request, product_id), by=request.actor, now=timezone.now())
    said = _("%(product)s is retired: no new lot of it is received.") % {"product": found.name}
    offer(request, said, undo_url=reverse("sessions:bring_back_product", args=[found.pk]))
    return redirect("sessions:products")


@staff(Act.MANAGE_STOCK, methods=("POST",))
def bring_back(request: StaffRequest, product_id: UUID) -> HttpResponse:
    found = service.bring_back_product(product=_product(request, product_id), by=request.actor)
    messages.success(request, _("Lots of %(product)s are received again.") % {"product": found.name})
    return redirect("sessions:products")


def _product(request: StaffRequest, product_id: UUID) -> Product:
    return get_object_or_404(Product.objects.visible_to(request.actor), pk=product_id)
