"""Receive a lot, set it aside, give it back."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.models import Solution
from sessions.models import SolutionLot
from sessions.policies.solution_lots import LotRefusedError, check_can_quarantine, check_can_release


@transaction.atomic
def receive(*, solution: Solution, lot_number: str, maker: str, expiry_date: date, by: Actor) -> SolutionLot:
    """Put a lot on the shelf. Raises ``LotRefusedError`` when this number of this solution is there already."""
    try:
        with transaction.atomic():
            return SolutionLot.objects.create(
                clinic_id=by.clinic_id,
                solution=solution,
                lot_number=lot_number.strip(),
                maker=maker.strip(),
                expiry_date=expiry_date,
            )
    except IntegrityError as error:
        if "sessions_solutionlot_once" not in str(error):
            raise
        raise LotRefusedError(_("This lot of this solution is on the shelf already.")) from error


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
