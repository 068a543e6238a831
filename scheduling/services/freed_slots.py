"""Find what became free, and offer it on. Pulled by a sweep: what was found stands in the database, nothing is lost.

Any number of sweeps may run at once: one row a change, one standing offer a slot, and the days' locks see to it.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.actors import Actor, machine
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import FREE_STATUSES, ClaimKind, SlotEnd
from scheduling.models import AppointmentMove, Claim, FreedSlot, SlotOffer, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.queries.waiting_matches import OFFER_LASTS, Slot, matches
from scheduling.services import slot_offers
from scheduling.services.appointments import TELL_AFTER
from scheduling.services.places import NotOfferedError, SlotTakenError

# Visit type, minutes, and the visit it would replace.
_Need = tuple[UUID, int, UUID | None]

LONGEST_OUTAGE = timedelta(days=3)
AT_ONCE = 200
# So many are tried in one sweep; who would be refused for the same reason as one before is not tried.
TRIES = 50


def sweep(*, clinic: Clinic, clock: Callable[[], datetime]) -> None:
    """Do what this clinic's waiting list owes now, each step in a short transaction."""
    by = machine(clinic, "task:scheduling.sweep_waiting_list")

    def step() -> AbstractContextManager[None]:
        return tenant(by.clinic_id, actor=by.audit_name)

    with step():
        slot_offers.expire(by=by, now=clock())
    with step():
        find(by=by, now=clock())
    with step():
        slots = free_to_offer(by, clock())
    for slot in slots:
        with step():
            offer_on(slot=slot, by=by, now=clock())


def find(*, by: Actor, now: datetime) -> int:
    """Note the future times that changes of visits freed and that could still be taken back no longer."""
    stays = Q(was_starts_at=F("appointment__starts_at"), was_clinician=F("appointment__clinician"))
    freed = Q(to_status__in=FREE_STATUSES, appointment__starts_at__gt=now) | (Q(was_starts_at__gt=now) & ~stays)
    known = FreedSlot.objects.visible_to(by).filter(move=OuterRef("pk"))
    later = AppointmentMove.objects.visible_to(by).filter(appointment=OuterRef("appointment"))
    rows = (
        AppointmentMove.objects.visible_to(by)
        .filter(freed, ~Exists(known), moved_at__gt=now - LONGEST_OUTAGE, moved_at__lte=now - TELL_AFTER)
        .exclude(Q(to_status__in=FREE_STATUSES) & Exists(later.filter(moved_at__gt=OuterRef("moved_at"))))
        .select_related("appointment")
        .order_by("moved_at")
    )
    found = [slot for move in rows[:AT_ONCE] if (slot := _freed_by(move, now)) is not None]
    FreedSlot.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def _freed_by(move: AppointmentMove, now: datetime) -> FreedSlot | None:
    visit = move.appointment
    starts_at, ends_at, clinician_id = visit.starts_at, visit.ends_at, visit.clinician_id
    if move.was_starts_at is not None:
        starts_at, clinician_id = move.was_starts_at, move.was_clinician_id
        ends_at = move.was_ends_at or starts_at + (visit.ends_at - visit.starts_at)
        if (starts_at, clinician_id) == (visit.starts_at, visit.clinician_id):
            return None
    if starts_at <= now or clinician_id is None:
        return None
    return FreedSlot(
        clinic_id=move.clinic_id,
        move=move,
        clinician_id=clinician_id,
        starts_at=starts_at,
        ends_at=ends_at,
        freed_at=move.moved_at,
    )


def free_to_offer(by: Actor, now: datetime) -> list[FreedSlot]:
    """Open slots that are on offer to nobody at this moment, the earliest first."""
    standing = SlotOffer.objects.visible_to(by).standing().filter(freed_slot=OuterRef("pk"))
    rows = FreedSlot.objects.visible_to(by).filter(closed_at__isnull=True).exclude(Exists(standing))
    return list(rows.select_related("clinician__user").order_by("starts_at")[:AT_ONCE])


@transaction.atomic
def offer_on(*, slot: FreedSlot, by: Actor, now: datetime) -> SlotOffer | None:
    """Offer the time to the best of those who can be told now; close it when it is too late or taken."""
    slot = slot_offers.locked_slot(slot.pk, by)
    if slot.closed_at is not None:
        return None
    if now + OFFER_LASTS >= slot.starts_at:
        slot_offers.close(slot=slot, by=by, now=now, why=SlotEnd.PAST)
        return None
    if _is_taken(slot, by):
        slot_offers.close(slot=slot, by=by, now=now, why=SlotEnd.TAKEN)
        return None
    wanted = Slot(slot.clinician, slot.starts_at, slot.ends_at, slot.pk)
    refused: set[_Need] = set()
    tries = 0
    for match in matches(by=by, slot=wanted, now=now):
        need = _need(match.entry)
        if not match.is_offered or need in refused or tries == TRIES:
            continue
        tries += 1
        try:
            with transaction.atomic():
                return slot_offers.make(slot=slot, entry=match.entry, by=by, now=now)
        except (VisitRefusedError, IntegrityError) as error:
            if _is_for_all(error):
                refused.add(need)
    return None


def _need(entry: WaitingEntry) -> _Need:
    """What a time has to give: of what type, how long, instead of which visit."""
    visit = entry.visit_to_move
    return entry.sought_type.pk, entry.sought_minutes, visit.pk if visit else None


def _is_for_all(error: Exception) -> bool:
    """Whether everybody with the same need would be refused alike: not for the patient's own sake or chaperone."""
    if isinstance(error, SlotTakenError):
        return bool(error.collided) and not {ClaimKind.PATIENT, ClaimKind.CHAPERONE} & set(error.collided)
    if isinstance(error, NotOfferedError):
        return all(one.code != "chaperone" for one in error.objections)
    return False


def _is_taken(slot: FreedSlot, by: Actor) -> bool:
    """Whether another visit was booked into it; a hold may still be let go."""
    claims = Claim.objects.visible_to(by).between(slot.starts_at, slot.ends_at).filter(appointment__isnull=False)
    return claims.filter(kind=ClaimKind.CLINICIAN, resource_id=slot.clinician_id, ends_at__gt=slot.starts_at).exists()
