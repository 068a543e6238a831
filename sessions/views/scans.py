"""What a scan of a package says about the product, the lot and the use-by, for the form that receives it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from accounts.actors import Actor
from sessions import gs1
from sessions.forms.solution_lots import why_unread
from sessions.models import Product
from sessions.queries.solution_lots import product_of_gtin


@dataclass(frozen=True)
class Reading:
    """``initial`` fills the form. ``product`` is None where no product has the ``gtin``; ``why_not`` says why nothing
    was read."""

    text: str = ""
    gtin: str = ""
    product: Product | None = None
    why_not: str = ""
    lot_number: str = ""
    use_by: date | None = None
    initial: dict[str, Any] = field(default_factory=dict)

    @property
    def is_retired(self) -> bool:
        return self.product is not None and self.product.retired_at is not None

    @property
    def is_whole(self) -> bool:
        """Nothing but the number of containers is left to say."""
        return bool(self.product and not self.is_retired and self.lot_number and self.use_by)


def read_scan(actor: Actor, text: str, *, today: date) -> Reading:
    if not text.strip():
        return Reading()
    try:
        scan = gs1.read(text, today=today)
    except gs1.ScanError as error:
        return Reading(text=text, why_not=why_unread(error))
    product = product_of_gtin(actor, scan.gtin)
    initial = {
        "product": product.pk if product and product.retired_at is None else None,
        "gtin": scan.gtin,
        "lot_number": scan.lot_number,
        "expiry_date": scan.use_by,
    }
    return Reading(
        text=text,
        gtin=scan.gtin,
        product=product,
        lot_number=scan.lot_number,
        use_by=scan.use_by,
        initial={name: value for name, value in initial.items() if value},
    )
