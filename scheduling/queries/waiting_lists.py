"""The waiting list and the freed times, as the desk reads them."""

from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.actors import Actor
from patients.models import OF_PRESENT
from scheduling.choices import OfferStatus
from scheduling.models import FreedSlot, SlotOffer, WaitingEntry


def entries(
    by: Actor, *, show: str = "", visit_type: UUID | None = None, clinician: UUID | None = None
) -> QuerySet[WaitingEntry]:
    """In the order in which they are asked. ``show``: a status, ``all``, or empty for those who wait or have an offer
    and have neither died nor left.

    With a clinician also those who would see anybody.
    """
    rows = WaitingEntry.objects.visible_to(by)
    if show and show != "all":
        rows = rows.filter(status=show)
    elif not show:
        rows = rows.open().filter(OF_PRESENT)
    if visit_type is not None:
        rows = rows.filter(visit_type=visit_type)
    if clinician is not None:
        rows = rows.filter(Q(clinician=clinician) | Q(clinician__isnull=True))
    related = rows.select_related("patient", "visit_type", "clinician__user", "appointment", "region")
    return related.order_by("priority", "since", "id")


def freed_slots(by: Actor, *, now: datetime) -> QuerySet[FreedSlot]:
    """Freed times that are still to come, the earliest first, each with its offers as ``asked``."""
    rows = FreedSlot.objects.visible_to(by).filter(starts_at__gt=now).select_related("clinician__user")
    offers = offers_of(by).order_by("offered_at", "id")
    return rows.prefetch_related(Prefetch("offers", queryset=offers, to_attr="asked")).order_by("starts_at", "id")


def offers_of(by: Actor) -> QuerySet[SlotOffer]:
    """The log of offers, the newest first."""
    return SlotOffer.objects.visible_to(by).select_related(
        "patient", "clinician__user", "offered_by__user", "decided_by__user", "freed_slot", "entry__region"
    )


def standing_offer(by: Actor, slot: FreedSlot) -> SlotOffer | None:
    return offers_of(by).filter(freed_slot=slot, status=OfferStatus.OFFERED).first()
