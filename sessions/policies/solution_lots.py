"""What may be done with a product or a lot in its state."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from common.local_words import day_words
from sessions.models import LotRecall, Product, SolutionLot

# What a lot was received as (sessions/sql/stock.sql holds the same).
FIXED = ("solution", "pack_size_ml", "is_single_dose", "bicarbonate_percent", "substance", "substance_percent")
# What nobody had stated may be stated once.
STATED_LATER = ("substance", "substance_percent")


class StockRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_is_offered(product: Product) -> None:
    if product.retired_at is not None:
        raise StockRefusedError(_("This product is retired: bring it back first."))


def check_can_change(product: Product, columns: Mapping[str, Any], *, has_lots: bool) -> None:
    """``columns``: what it would be. Name, maker and hours may change at any time."""
    fixed = [name for name in FIXED if product.substance or name not in STATED_LATER]
    if has_lots and any(getattr(product, name) != columns[name] for name in fixed):
        raise StockRefusedError(
            _(
                "Lots of this product were received: what it holds, its size and its doses stay."
                " Retire it and add a new one."
            )
        )


def check_gtin(product: Product, gtin: str) -> None:
    """A bar code read on a package of another product than was chosen."""
    if gtin and product.gtin and gtin != product.gtin:
        words = {"product": product.name, "gtin": product.gtin}
        raise StockRefusedError(
            _("%(product)s has the GTIN %(gtin)s. Choose the product whose code you scanned, or add it as new.") % words
        )


def check_same_lot(lot: SolutionLot, *, expiry_date: date) -> None:
    """A second delivery of a lot says the same use-by as the first."""
    if lot.expiry_date != expiry_date:
        words = {"lot": lot.lot_number, "day": day_words(lot.expiry_date)}
        raise StockRefusedError(
            _(
                "Lot %(lot)s of this product is on the shelf already, with the use-by %(day)s. Look at the package"
                " again; if the shelf is wrong, correct the lot there."
            )
            % words
        )


def check_reason(reason: str) -> None:
    if not reason.strip():
        raise StockRefusedError(_("Enter a reason."))


def check_can_correct(lot: SolutionLot, *, lot_number: str, expiry_date: date) -> None:
    if (lot.lot_number, lot.expiry_date) == (lot_number, expiry_date):
        raise StockRefusedError(_("Nothing is changed: correct the lot number or the use-by."))


def check_can_quarantine(lot: SolutionLot, reason: str) -> None:
    if lot.quarantined_at is not None:
        raise StockRefusedError(_("This lot is quarantined already."))
    if not reason.strip():
        raise StockRefusedError(_("A quarantine needs a reason."))


def check_can_release(lot: SolutionLot, *, is_recalled: bool) -> None:
    if lot.quarantined_at is None:
        raise StockRefusedError(_("This lot is not quarantined."))
    if is_recalled:
        raise StockRefusedError(_("This lot is being recalled: end the recall before you release it."))


def check_can_recall(*, is_recalled: bool) -> None:
    if is_recalled:
        raise StockRefusedError(_("This lot is being recalled already."))


def check_is_open(recall: LotRecall) -> None:
    if recall.ended_at is not None:
        raise StockRefusedError(_("This recall is ended. Reopen it first."))


def check_has_ended(recall: LotRecall) -> None:
    if recall.ended_at is None:
        raise StockRefusedError(_("This recall is open already."))
