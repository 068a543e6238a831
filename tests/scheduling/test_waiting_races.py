"""Many hands at one offer, each with a real connection: it is taken once, and nobody gets two people's time."""

import os
from collections import Counter
from datetime import timedelta
from threading import Barrier

import pytest

from common.tenancy import tenant
from scheduling.choices import EntryStatus, OfferStatus, VisitStatus
from scheduling.models import Appointment, FreedSlot, SlotOffer, WaitingEntry
from scheduling.services import freed_slots, slot_offers
from tests.scheduling.conftest import Practice, at
from tests.scheduling.crowds import at_once, everybody, told
from tests.scheduling.test_waiting_list import FOUND, LATE, freed, sweep, waiting

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CROWD = int(os.environ.get("PIT_RACERS", "20"))
LAST_SECOND = LATE - timedelta(seconds=1)


@pytest.fixture
def offer(open_practice: Practice) -> SlotOffer:
    with tenant(open_practice.clinic.pk, actor="test"):
        freed(open_practice)
        waiting(open_practice)
    sweep(open_practice)
    with tenant(open_practice.clinic.pk, actor="test"):
        return SlotOffer.objects.get()


def test_many_taps_on_one_offer_book_one_visit(open_practice, offer, figure):
    gate = Barrier(CROWD)

    def tap(number: int) -> str:
        with at_once(open_practice, gate):
            return told(lambda: slot_offers.accept(offer_id=offer.pk, by=open_practice.desk, now=FOUND))

    said = Counter(everybody(tap, CROWD))
    with tenant(open_practice.clinic.pk, actor="test"):
        booked = Appointment.objects.filter(status=VisitStatus.BOOKED).count()
    figure(f"waiting_list_visits_of_{CROWD}_acceptances", booked)
    assert (said, booked) == ({"done": CROWD}, 1)


def test_ten_sweeps_and_ten_hands_offer_one_slot_to_one_patient(open_practice):
    with tenant(open_practice.clinic.pk, actor="test"):
        freed(open_practice)
        entries = [waiting(open_practice) for _number in range(CROWD)]
        freed_slots.find(by=open_practice.desk, now=FOUND)
        slot = FreedSlot.objects.get()
    gate = Barrier(CROWD)

    def offer_it(number: int) -> None:
        with at_once(open_practice, gate):
            if number % 2:
                freed_slots.offer_on(slot=slot, by=open_practice.desk, now=FOUND)
            else:
                told(lambda: slot_offers.make(slot=slot, entry=entries[number], by=open_practice.desk, now=FOUND))

    everybody(offer_it, CROWD)
    with tenant(open_practice.clinic.pk, actor="test"):
        assert SlotOffer.objects.standing().count() == 1
        assert WaitingEntry.objects.filter(status=EntryStatus.OFFERED).count() == 1


def test_an_answer_and_the_end_of_the_half_hour_agree_on_one_end(open_practice, offer):
    gate = Barrier(CROWD)

    def answer_or_expire(number: int) -> None:
        with at_once(open_practice, gate):
            if number % 2:
                slot_offers.expire(by=open_practice.desk, now=LATE)
            else:
                told(lambda: slot_offers.accept(offer_id=offer.pk, by=open_practice.desk, now=LAST_SECOND))

    everybody(answer_or_expire, CROWD)
    with tenant(open_practice.clinic.pk, actor="test"):
        offer.refresh_from_db()
        booked = Appointment.objects.filter(status=VisitStatus.BOOKED).count()
        assert (offer.status, booked) in {(OfferStatus.ACCEPTED, 1), (OfferStatus.EXPIRED, 0)}


def test_the_desk_cannot_book_the_time_while_its_patient_takes_it(open_practice, offer):
    with tenant(open_practice.clinic.pk, actor="test"):
        others = [open_practice.another_patient() for _number in range(CROWD)]
    gate = Barrier(CROWD)

    def book_or_accept(number: int) -> str:
        with at_once(open_practice, gate):
            if number:
                return told(lambda: open_practice.book(patient=others[number], now=FOUND))
            return "accepted, " + told(lambda: slot_offers.accept(offer_id=offer.pk, by=open_practice.desk, now=FOUND))

    said = Counter(everybody(book_or_accept, CROWD))
    with tenant(open_practice.clinic.pk, actor="test"):
        visit = Appointment.objects.get(status=VisitStatus.BOOKED)
    assert said["accepted, done"] == 1
    assert said["done"] == 0
    assert (visit.patient_id, visit.starts_at) == (offer.patient_id, at(9))


def test_a_sweep_that_is_killed_anywhere_is_gone_over_again(open_practice, monkeypatch):
    """State stands in the database, step by step; whoever sweeps next goes on from there."""
    with tenant(open_practice.clinic.pk, actor="test"):
        freed(open_practice)
        waiting(open_practice)

    class KilledError(Exception):
        pass

    # "_set" comes after the hold and the offer were written
    for name in ("expire", "make", "_set"):
        with monkeypatch.context() as patch:
            patch.setattr(slot_offers, name, _raiser(KilledError))
            with pytest.raises(KilledError):
                sweep(open_practice)
    sweep(open_practice)
    sweep(open_practice)
    sweep(open_practice)
    with tenant(open_practice.clinic.pk, actor="test"):
        assert FreedSlot.objects.count() == SlotOffer.objects.count() == 1


def _raiser(error: type[Exception]):
    def stop(*args: object, **kwargs: object) -> None:
        raise error

    return stop
