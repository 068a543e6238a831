"""Offer a freed time to one patient after another; each offer ends once: accepted, declined, expired or withdrawn.

Locks are taken in this order: the freed slot, the offer, the entry, the days of the book.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.database import held
from scheduling import policies
from scheduling.choices import EntryStatus, OfferStatus, SlotEnd
from scheduling.models import Appointment, FreedSlot, SlotOffer, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.queries.waiting_matches import OFFER_LASTS
from scheduling.services import appointments, slot_holds
from scheduling.services.day_locks import OverlapError, hold_days, refusing_overlaps
from scheduling.services.places import Place

# The time is kept a little longer than the offer stands, for the patient who answers in its last second.
HELD_LONGER = timedelta(minutes=1)


class OfferEndedError(VisitRefusedError):
    """The offer no longer stands; ``status`` says how it ended."""

    def __init__(self, status: str) -> None:
        super().__init__(_("This offer has ended: it is “%(status)s”.") % {"status": OfferStatus(status).label})
        self.status = status


@transaction.atomic
def make(*, slot: FreedSlot, entry: WaitingEntry, by: Actor, now: datetime) -> SlotOffer:
    """Keep the time for this patient and offer it. What is kept is what ``accept`` will need.

    Raises ``VisitRefusedError`` when the slot is closed, on offer or too near to be answered, the entry is not waiting,
    or the time is not free.
    """
    slot = locked_slot(slot.pk, by)
    if slot.closed_at is not None or SlotOffer.objects.visible_to(by).standing().filter(freed_slot=slot).exists():
        raise VisitRefusedError(_("This time is on offer to somebody else, or closed."))
    current = _locked_entry(entry.pk, by)
    if current.status != EntryStatus.WAITING:
        raise VisitRefusedError(_("This patient is not waiting any more, or has another offer."))
    if now + OFFER_LASTS > slot.starts_at:
        raise VisitRefusedError(_("This time is too near for an offer. Call the patient, and book it."))
    place = _place(slot, current, by, now)
    hold = slot_holds.keep(place=place, by=by, now=now, kept_for=OFFER_LASTS + HELD_LONGER)
    offer = SlotOffer.objects.create(
        clinic=by.clinic,
        patient=current.patient,
        entry=current,
        freed_slot=slot,
        hold=hold,
        clinician=slot.clinician,
        room=hold.room,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        offered_at=now,
        offered_by_id=by.membership_id,
        expires_at=now + OFFER_LASTS,
    )
    offer.refresh_from_db(fields=["id", "created_at"])
    _set(current, EntryStatus.OFFERED)
    return offer


def _place(slot: FreedSlot, entry: WaitingEntry, by: Actor, now: datetime) -> Place:
    visit = entry.visit_to_move
    if visit is not None:
        policies.check_not_past(slot.starts_at, now=now)
        return appointments.moved_place(
            visit, by, slot.starts_at, visit.ends_at - visit.starts_at, slot.clinician, room=None
        )
    return appointments.place_of(
        patient=entry.patient,
        clinician=slot.clinician,
        room=None,
        visit_type=entry.visit_type,
        starts_at=slot.starts_at,
        by=by,
        now=now,
    )


@transaction.atomic
def accept(*, offer_id: UUID, by: Actor, now: datetime) -> SlotOffer:
    """Book the time, or move the visit that the entry names to it. Accepting twice is accepting once.

    Raises ``OfferEndedError`` when the offer no longer stands, ``VisitRefusedError`` when the visit cannot be: the
    caller then withdraws the offer.
    """
    offer = _locked(offer_id, by)
    if offer.status == OfferStatus.ACCEPTED:
        return offer
    _check_stands(offer, now)
    entry = _locked_entry(offer.entry_id, by)
    offer.appointment = _visit_of(offer, entry, by, now)
    _decide(offer, OfferStatus.ACCEPTED, by, now)
    _set(entry, EntryStatus.BOOKED)
    _close(offer.freed_slot, SlotEnd.ACCEPTED, now)
    return offer


def _visit_of(offer: SlotOffer, entry: WaitingEntry, by: Actor, now: datetime) -> Appointment:
    visit, hold = entry.visit_to_move, offer.hold
    if visit is None:
        return appointments.book(
            patient=offer.patient,
            clinician=offer.clinician,
            room=offer.room,
            visit_type=hold.visit_type,
            starts_at=offer.starts_at,
            minutes=int((offer.ends_at - offer.starts_at).total_seconds() // 60),
            equipment=hold.equipment,
            by=by,
            now=now,
            hold=hold,
            is_promised=True,
            tell_patient=True,
        )
    hold_days(by, (visit.starts_at, visit.ends_at), (offer.starts_at, offer.ends_at))
    slot_holds.end(hold=hold, by=by, now=now)
    return appointments.move(
        appointment=visit,
        by=by,
        now=now,
        version=visit.version,
        starts_at=offer.starts_at,
        clinician=offer.clinician,
        room=offer.room,
        is_promised=True,
        reason=_("From the waiting list"),
        tell_patient=True,
    )


@transaction.atomic
def count_from_sending(*, offer_id: UUID, by: Actor, now: datetime) -> SlotOffer | None:
    """The message leaves now: from now on the patient has the whole time to answer, and the time is kept as long.

    None when it must not leave: the offer has ended, or what is left before the visit is less than the answer and the
    patient's notice need; then the offer ends, so that the next one is asked.
    """
    offer = _locked(offer_id, by)
    if offer.status != OfferStatus.OFFERED or offer.expires_at <= now:
        return None
    notice = timedelta(0) if offer.offered_by_id else timedelta(hours=offer.entry.notice_hours)
    hold_days(by, (offer.starts_at, offer.ends_at))
    try:
        if now + OFFER_LASTS + notice > offer.starts_at:
            raise VisitRefusedError(_("needs more notice"))
        with refusing_overlaps():
            slot_holds.renew(hold=offer.hold, by=by, now=now, kept_for=OFFER_LASTS + HELD_LONGER)
    except (VisitRefusedError, OverlapError):
        _let_go(offer, OfferStatus.EXPIRED, by, now)
        return None
    offer.expires_at = now + OFFER_LASTS
    offer.save(update_fields=["expires_at"])
    return offer


@transaction.atomic
def decline(*, offer_id: UUID, by: Actor, now: datetime) -> SlotOffer:
    """The patient stays on the list; this time goes to the next one. Declining twice is declining once."""
    offer = _locked(offer_id, by)
    if offer.status == OfferStatus.DECLINED:
        return offer
    _check_stands(offer, now)
    return _let_go(offer, OfferStatus.DECLINED, by, now)


@transaction.atomic
def withdraw(*, offer_id: UUID, by: Actor, now: datetime) -> SlotOffer:
    """Take the offer back while nobody has answered it."""
    offer = _locked(offer_id, by)
    if offer.status != OfferStatus.OFFERED:
        raise OfferEndedError(offer.status)
    return _let_go(offer, OfferStatus.WITHDRAWN, by, now)


@transaction.atomic
def expire(*, by: Actor, now: datetime) -> int:
    """End the offers that nobody answered in time; return how many. One that is being answered is passed over."""
    rows = SlotOffer.objects.visible_to(by).run_out(now).select_for_update(skip_locked=True, of=("self",))
    late = list(rows.select_related("hold", "entry"))
    for offer in late:
        _let_go(offer, OfferStatus.EXPIRED, by, now)
    return len(late)


@transaction.atomic
def close(*, slot: FreedSlot, by: Actor, now: datetime, why: SlotEnd = SlotEnd.DESK) -> FreedSlot:
    """Offer this time to nobody any more; an offer that stands keeps standing until it is answered or withdrawn."""
    slot = locked_slot(slot.pk, by)
    _close(slot, why, now)
    return slot


@transaction.atomic
def reopen(*, slot: FreedSlot, by: Actor, now: datetime) -> FreedSlot:
    """Take the desk's ``close`` back."""
    slot = locked_slot(slot.pk, by)
    if slot.closed_why != SlotEnd.DESK:
        raise VisitRefusedError(_("This time was not closed by the desk."))
    slot.closed_at, slot.closed_why = None, ""
    slot.save(update_fields=["closed_at", "closed_why"])
    return slot


def locked_slot(slot_id: UUID, by: Actor) -> FreedSlot:
    return held(FreedSlot.objects.visible_to(by), slot_id, related=("clinician__user",))


def _locked(offer_id: UUID, by: Actor) -> SlotOffer:
    related = (
        "hold__visit_type__equipment",
        "hold__equipment",
        "patient",
        "clinician__user",
        "room",
        "freed_slot",
        "entry",
    )
    return held(SlotOffer.objects.visible_to(by), offer_id, related=related)


def _locked_entry(entry_id: UUID, by: Actor) -> WaitingEntry:
    related = (
        "patient",
        "visit_type__equipment",
        "appointment__patient",
        "appointment__visit_type__equipment",
        "appointment__clinician__user",
        "appointment__room",
        "appointment__equipment",
    )
    return held(WaitingEntry.objects.visible_to(by), entry_id, related=related)


def _check_stands(offer: SlotOffer, now: datetime) -> None:
    if offer.status != OfferStatus.OFFERED:
        raise OfferEndedError(offer.status)
    if offer.expires_at <= now:
        raise OfferEndedError(OfferStatus.EXPIRED)


def _let_go(offer: SlotOffer, status: OfferStatus, by: Actor, now: datetime) -> SlotOffer:
    entry = _locked_entry(offer.entry_id, by)
    slot_holds.end(hold=offer.hold, by=by, now=now)
    _decide(offer, status, by, now)
    _set(entry, EntryStatus.WAITING)
    return offer


def _decide(offer: SlotOffer, status: OfferStatus, by: Actor, now: datetime) -> None:
    offer.status, offer.decided_at, offer.decided_by_id = status, now, by.membership_id
    offer.save(update_fields=["status", "decided_at", "decided_by", "appointment"])


def _set(entry: WaitingEntry, status: EntryStatus) -> None:
    entry.status = status
    entry.version += 1
    entry.save(update_fields=["status", "version"])


def _close(slot: FreedSlot, why: SlotEnd, now: datetime) -> None:
    if slot.closed_at is None:
        slot.closed_at, slot.closed_why = now, why
        slot.save(update_fields=["closed_at", "closed_why"])
