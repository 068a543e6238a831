"""Set a lot aside, release it, correct what was mistyped; each with a reason that stays."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from sessions.models import LotChange, LotRecall, SolutionLot
from sessions.policies.solution_lots import (
    check_can_correct,
    check_can_quarantine,
    check_can_release,
    check_reason,
)
from sessions.services.stock_movements import in_words, member_of
from sessions.stock_choices import LotChangeKind


@transaction.atomic
def quarantine(*, lot: SolutionLot, reason: str, by: Actor, now: datetime) -> SolutionLot:
    """From now on it cannot be chosen; drafts that name it cannot be signed (rule V23)."""
    lot = _locked(lot, by)
    check_can_quarantine(lot, reason)
    _write(lot, LotChangeKind.QUARANTINED, reason, by, now)
    lot.quarantined_at, lot.quarantine_reason = now, reason.strip()
    lot.save(update_fields=["quarantined_at", "quarantine_reason"])
    return lot


@transaction.atomic
def release(*, lot: SolutionLot, reason: str, by: Actor, now: datetime) -> SolutionLot:
    lot = _locked(lot, by)
    check_can_release(lot, is_recalled=LotRecall.objects.visible_to(by).open().filter(lot=lot).exists())
    check_reason(reason)
    _write(lot, LotChangeKind.RELEASED, reason, by, now)
    lot.quarantined_at, lot.quarantine_reason = None, ""
    lot.save(update_fields=["quarantined_at", "quarantine_reason"])
    return lot


@transaction.atomic
def correct(
    *, lot: SolutionLot, lot_number: str, expiry_date: date, reason: str, by: Actor, now: datetime
) -> LotChange:
    """What the package says after all. What was signed keeps what was read then.

    Raises ``StockRefusedError`` where another lot of the product has the number, nothing differs, or without a reason.
    """
    lot = _locked(lot, by)
    lot_number = lot_number.strip()
    check_can_correct(lot, lot_number=lot_number, expiry_date=expiry_date)
    check_reason(reason)
    change = _write(
        lot,
        LotChangeKind.CORRECTED,
        reason,
        by,
        now,
        was_lot_number=lot.lot_number,
        was_expiry_date=lot.expiry_date,
        lot_number=lot_number,
        expiry_date=expiry_date,
    )
    lot.lot_number, lot.expiry_date = lot_number, expiry_date
    with in_words():
        lot.save(update_fields=["lot_number", "expiry_date"])
    return change


def _locked(lot: SolutionLot, by: Actor) -> SolutionLot:
    return SolutionLot.objects.visible_to(by).select_for_update().get(pk=lot.pk)


def _write(lot: SolutionLot, kind: LotChangeKind, reason: str, by: Actor, now: datetime, **columns: Any) -> LotChange:
    return LotChange.objects.create(
        clinic_id=by.clinic_id,
        lot=lot,
        kind=kind,
        reason=reason.strip(),
        changed_at=now,
        changed_by_id=member_of(by),
        **columns,
    )
