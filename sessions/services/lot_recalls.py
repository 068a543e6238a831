"""Recall a lot: start, tell each patient, take a slip back, end."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from patients.models import Patient
from sessions.models import LotRecall, RecallContact, SolutionLot
from sessions.policies.solution_lots import check_can_recall, check_has_ended, check_is_open, check_reason
from sessions.services import lot_changes
from sessions.services.stock_movements import in_words, member_of


@transaction.atomic
def start(*, lot: SolutionLot, reason: str, by: Actor, now: datetime) -> LotRecall:
    """Whoever received something of it stands on a list from now on; the lot is quarantined, where it was not."""
    check_reason(reason)
    lot = SolutionLot.objects.visible_to(by).select_for_update().get(pk=lot.pk)
    check_can_recall(is_recalled=LotRecall.objects.visible_to(by).open().filter(lot=lot).exists())
    _set_aside(lot, reason, by=by, now=now)
    with in_words():
        return LotRecall.objects.create(
            clinic_id=by.clinic_id, lot=lot, reason=reason.strip(), started_at=now, started_by_id=member_of(by)
        )


@transaction.atomic
def note_contact(
    *, recall: LotRecall, patient: Patient, way: str, outcome: str, note: str, by: Actor, now: datetime
) -> RecallContact:
    """Keep who was told, how, by whom and with what outcome. Raises ``StockRefusedError`` once the recall is ended."""
    recall = _locked(recall, by)
    check_is_open(recall)
    return RecallContact.objects.create(
        clinic_id=by.clinic_id,
        lot_recall=recall,
        patient=patient,
        way=way,
        outcome=outcome,
        note=note.strip(),
        contacted_at=now,
        contacted_by_id=member_of(by),
    )


@transaction.atomic
def take_back(*, contact: RecallContact, by: Actor, now: datetime) -> RecallContact:
    """It was a slip: the patient waits again. Taken back already: nothing happens."""
    contact = RecallContact.objects.visible_to(by).select_for_update().get(pk=contact.pk)
    if contact.taken_back_at is None:
        contact.taken_back_at, contact.taken_back_by_id = now, by.membership_id
        contact.save(update_fields=["taken_back_at", "taken_back_by"])
    return contact


@transaction.atomic
def end(*, recall: LotRecall, by: Actor, now: datetime) -> LotRecall:
    recall = _locked(recall, by)
    check_is_open(recall)
    recall.ended_at, recall.ended_by_id = now, by.membership_id
    recall.save(update_fields=["ended_at", "ended_by"])
    return recall


@transaction.atomic
def reopen(*, recall: LotRecall, by: Actor, now: datetime) -> LotRecall:
    """The lot is quarantined again, where it was released. Raises ``StockRefusedError`` where a newer recall of it is
    open."""
    recall = _locked(recall, by)
    check_has_ended(recall)
    _set_aside(recall.lot, recall.reason, by=by, now=now)
    recall.ended_at, recall.ended_by_id = None, None
    with in_words():
        recall.save(update_fields=["ended_at", "ended_by"])
    return recall


def _set_aside(lot: SolutionLot, reason: str, *, by: Actor, now: datetime) -> None:
    if lot.quarantined_at is None:
        lot_changes.quarantine(lot=lot, reason=reason, by=by, now=now)


def _locked(recall: LotRecall, by: Actor) -> LotRecall:
    return LotRecall.objects.visible_to(by).select_for_update().get(pk=recall.pk)
