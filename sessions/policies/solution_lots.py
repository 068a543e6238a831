"""What may be done with a lot in its state."""

from django.utils.translation import gettext as _

from sessions.models import SolutionLot


class LotRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_can_quarantine(lot: SolutionLot, reason: str) -> None:
    if lot.quarantined_at is not None:
        raise LotRefusedError(_("This lot is quarantined already."))
    if not reason.strip():
        raise LotRefusedError(_("A quarantine needs a reason."))


def check_can_release(lot: SolutionLot) -> None:
    if lot.quarantined_at is None:
        raise LotRefusedError(_("This lot is not quarantined."))
