"""What may be done with a lot in its state."""

from django.utils.translation import gettext as _

from sessions.models import SolutionLot


class StockRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_can_quarantine(lot: SolutionLot, reason: str) -> None:
    if lot.quarantined_at is not None:
        raise StockRefusedError(_("This lot is quarantined already."))
    if not reason.strip():
        raise StockRefusedError(_("A quarantine needs a reason."))


def check_can_release(lot: SolutionLot) -> None:
    if lot.quarantined_at is None:
        raise StockRefusedError(_("This lot is not quarantined."))
