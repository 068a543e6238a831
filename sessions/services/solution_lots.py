"""Receive a lot; add, change and retire what lots are of."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from catalogue.models import Solution
from sessions.models import Product, SolutionLot, StockMovement, StockRules
from sessions.models.solution_lots import lot_key
from sessions.policies.solution_lots import (
    StockRefusedError,
    check_can_change,
    check_gtin,
    check_is_offered,
    check_same_lot,
)
from sessions.services import stock_movements
from sessions.services.stock_movements import Delivery

_THERE_ALREADY = gettext_lazy("This product in this size is there already, perhaps retired.")
_GTIN_TAKEN = gettext_lazy("Another product has this GTIN, perhaps a retired one.")


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
    gtin: str = ""
    low_stock_at: int | None = None


@transaction.atomic
def add_product(*, goods: Goods, by: Actor) -> Product:
    """Raises ``StockRefusedError`` when this name, maker and size is there already."""
    with _once("sessions_product_once", _THERE_ALREADY), _once("sessions_product_gtin_once", _GTIN_TAKEN):
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
    with _once("sessions_product_once", _THERE_ALREADY), _once("sessions_product_gtin_once", _GTIN_TAKEN):
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
    *,
    product: Product | Goods,
    lot_number: str,
    expiry_date: date,
    delivery: Delivery,
    gtin: str = "",
    by: Actor,
    now: datetime,
) -> StockMovement:
    """Put a delivery of a product, known or new, on the shelf; a lot that is there already takes it too.

    ``gtin``: the code that was scanned; a product without one is known by it from now on. Locks the product. Raises
    ``StockRefusedError`` where the lot is there with another use-by, or the code is another product's.
    """
    if isinstance(product, Goods):
        product = add_product(goods=product, by=by)
    product = _locked(product, by)
    check_is_offered(product)
    check_gtin(product, gtin)
    if gtin and not product.gtin:
        product.gtin = gtin
        with _once("sessions_product_gtin_once", _GTIN_TAKEN):
            product.save(update_fields=["gtin"])
    lot = _lot_of(product, lot_number.strip(), expiry_date, by)
    return stock_movements.deliver(lot=lot, delivery=delivery, by=by, now=now)


def _lot_of(product: Product, number: str, expiry_date: date, by: Actor) -> SolutionLot:
    """The lot of that number, whatever its case and blanks; a new one where there is none."""
    own = SolutionLot.objects.visible_to(by).filter(product=product).alias(key=lot_key(F("lot_number")))
    lot = own.filter(key=lot_key(Value(number))).select_for_update().first()
    if lot is not None:
        check_same_lot(lot, expiry_date=expiry_date)
        return lot
    return SolutionLot.objects.create(
        clinic_id=by.clinic_id,
        product=product,
        solution_id=product.solution_id,
        lot_number=number,
        maker=product.maker,
        expiry_date=expiry_date,
        quantity=0,
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
