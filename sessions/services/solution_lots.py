"""Receive a lot, set it aside, give it back; add, change and retire what lots are of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from catalogue.models import Solution
from sessions.models import Product, SolutionLot, StockRules
from sessions.policies.solution_lots import (
    StockRefusedError,
    check_can_change,
    check_can_quarantine,
    check_can_release,
    check_is_offered,
)

_THERE_ALREADY = gettext_lazy("This product in this size is there already, perhaps retired.")


@dataclass(frozen=True)
class Goods:
    """A product as typed. ``solution`` None: an ingredient; ``bicarbonate_percent`` only for bicarbonate, ``substance``
    for other ingredients, and for the anaesthetic of a solution that leaves its strength open."""

    name: str
    pack_size_ml: Decimal
    is_single_dose: bool
    maker: str = ""
    solution: Solution | None = None
    bicarbonate_percent: Decimal | None = None
    substance: str = ""
    substance_percent: Decimal | None = None
    hours_once_opened: int | None = None


@transaction.atomic
def add_product(*, goods: Goods, by: Actor) -> Product:
    """Raises ``StockRefusedError`` when this name, maker and size is there already."""
    with _once("sessions_product_once", _THERE_ALREADY):
        return Product.objects.create(clinic_id=by.clinic_id, **_columns(goods))


@transaction.atomic
def change_product(*, product: Product, goods: Goods, by: Actor) -> Product:
    """Change how it is described. What a lot was received as stays: raises ``StockRefusedError`` for that.

    Locks the product.
    """
    product = _locked(product, by)
    columns = _columns(goods)
    check_can_change(product, columns, has_lots=product.lots.exists())
    for name, value in columns.items():
        setattr(product, name, value)
    with _once("sessions_product_once", _THERE_ALREADY):
        product.save(update_fields=list(columns))
    return product


@transaction.atomic
def retire_product(*, product: Product, by: Actor, now: datetime) -> Product:
    """No new lot of it from now on; its lots are used up, and records keep it. Retired already: nothing happens."""
    product = _locked(product, by)
    if product.retired_at is None:
        product.retired_at = now
        product.save(update_fields=["retired_at"])
    return product


@transaction.atomic
def bring_back_product(*, product: Product, by: Actor) -> Product:
    product = _locked(product, by)
    product.retired_at = None
    product.save(update_fields=["retired_at"])
    return product


def _locked(product: Product, by: Actor) -> Product:
    return Product.objects.visible_to(by).select_for_update().get(pk=product.pk)


def _columns(goods: Goods) -> dict[str, Any]:
    return vars(goods) | {"name": goods.name.strip(), "maker": goods.maker.strip()}


@transaction.atomic
def receive(
    *, product: Product | Goods, lot_number: str, expiry_date: date, quantity: int | None = None, by: Actor
) -> SolutionLot:
    """Put a lot of a product, known or new, on the shelf. Raises ``StockRefusedError`` when it is there already."""
    if isinstance(product, Goods):
        product = add_product(goods=product, by=by)
    check_is_offered(_locked(product, by))
    with _once("lot_once", _("This lot of this product is on the shelf already.")):
        return SolutionLot.objects.create(
            clinic_id=by.clinic_id,
            product=product,
            solution_id=product.solution_id,
            lot_number=lot_number.strip(),
            maker=product.maker,
            expiry_date=expiry_date,
            quantity=quantity,
        )


@contextmanager
def _once(constraint: str, words: str | Promise) -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint not in str(error):
            raise
        raise StockRefusedError(str(words)) from error


@transaction.atomic
def set_rules(*, by: Actor, **changes: int | Decimal) -> StockRules:
    """Change how long opened things may be used and what is worth a warning; what is open keeps its time."""
    rules, _is_new = StockRules.objects.update_or_create(clinic_id=by.clinic_id, defaults=changes)
    return rules


@transaction.atomic
def quarantine(*, lot: SolutionLot, reason: str, by: Actor, now: datetime) -> SolutionLot:
    """From now on it cannot be chosen; drafts that name it cannot be signed (rule V23)."""
    lot = SolutionLot.objects.visible_to(by).select_for_update().get(pk=lot.pk)
    check_can_quarantine(lot, reason)
    lot.quarantined_at, lot.quarantine_reason = now, reason.strip()
    lot.save(update_fields=["quarantined_at", "quarantine_reason"])
    return lot


@transaction.atomic
def release(*, lot: SolutionLot, by: Actor) -> SolutionLot:
    lot = SolutionLot.objects.visible_to(by).select_for_update().get(pk=lot.pk)
    check_can_release(lot)
    lot.quarantined_at, lot.quarantine_reason = None, ""
    lot.save(update_fields=["quarantined_at", "quarantine_reason"])
    return lot
