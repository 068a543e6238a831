"""The patient's answer to a free time, once: the lock on the offer makes twenty taps one."""

from datetime import datetime

from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.actors import Actor
from patients.models import AccessLink
from patients.services import access_links
from portal.queries import Door, OfferVisit
from scheduling.choices import OfferStatus
from scheduling.models import SlotOffer
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.services import slot_offers
from scheduling.services.day_locks import CalendarBusyError
from scheduling.services.slot_offers import OfferEndedError


@transaction.atomic
def enter(*, door: Door, birth_date: str, by: Actor, now: datetime) -> SlotOffer | None:
    """Return the offer when the birth date (ISO) is the patient's; else count the failure and return None.

    Locks the link, so that tries made at the same time are counted one after the other.
    """
    link = (
        AccessLink.objects.visible_to(by).select_for_update(of=("self",)).select_related("patient").get(pk=door.link.pk)
    )
    if not access_links.is_open(link, now=now) or door.message.slot_offer_id is None:
        return None
    if not constant_time_compare(birth_date, door.link.patient.birth_date.isoformat()):
        access_links.count_failure(link=link, by=by, now=now)
        return None
    return SlotOffer.objects.visible_to(by).get(pk=door.message.slot_offer_id)


@transaction.atomic
def answer(*, visit: OfferVisit, is_wanted: bool, by: Actor, now: datetime) -> bool:
    """Take the time or say no; False when the book is busy and the patient should tap again.

    An offer that has ended stays as it ended. One whose time can no longer be booked is taken back.
    """
    act = slot_offers.accept if is_wanted else slot_offers.decline
    try:
        with transaction.atomic():
            act(offer_id=visit.offer.pk, by=by, now=now)
    except OfferEndedError:
        return True
    except (CalendarBusyError, VisitChangedError):
        return False
    except VisitRefusedError:
        slot_offers.withdraw(offer_id=visit.offer.pk, by=by, now=now)
    access_links.mark_used(link_id=visit.link.pk, by=by, now=now)
    return True


def shown_status(offer: SlotOffer, *, now: datetime) -> OfferStatus:
    """How the offer stands for its patient: one that ran out is over before the sweep says so."""
    if offer.status == OfferStatus.OFFERED and offer.expires_at <= now:
        return OfferStatus.EXPIRED
    return OfferStatus(offer.status)
