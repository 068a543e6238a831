"""What may be done with a product or a lot in its state."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sessions.models import Product, SolutionLot

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
            _("Lots of it were received: what it holds, its size and its doses stay. Retire it and add a new one.")
        )


def check_can_quarantine(lot: SolutionLot, reason: str) -> None:
    if lot.quarantined_at is not None:
        raise StockRefusedError(_("This lot is quarantined already."))
    if not reason.strip():
        raise StockRefusedError(_("A quarantine needs a reason."))


def check_can_release(lot: SolutionLot) -> None:
    if lot.quarantined_at is None:
        raise StockRefusedError(_("This lot is not quarantined."))
