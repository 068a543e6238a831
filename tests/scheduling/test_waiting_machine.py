"""Whatever hands do in whatever order, an offer ends once and a time is promised to one patient."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.choices import EntryStatus, OfferStatus, VisitStatus
from scheduling.models import Appointment, FreedSlot, SlotHold, SlotOffer, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.services import freed_slots, slot_offers
from tests.scheduling.conftest import NOW, Practice
from tests.scheduling.test_waiting_list import FOUND, freed, waiting

STEPS = ("accept", "decline", "withdraw", "expire", "offer_on", "by_hand", "close", "reopen", "book")
acts = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.sampled_from([0, 1, 10, 30])), min_size=1, max_size=12
)


class _TakenBackError(Exception):
    """Rolls the example's rows back."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=acts)
@pytest.mark.slow
def test_offers_end_once_and_a_time_has_one_patient(practice: Practice, acts: list[tuple[str, int, int]]) -> None:
    with suppress(_TakenBackError), transaction.atomic():
        _play(practice, acts)
        raise _TakenBackError


def _play(practice: Practice, acts: list[tuple[str, int, int]]) -> None:
    freed(practice)
    entries = [waiting(practice, now=NOW + timedelta(seconds=number)) for number in range(3)]
    freed_slots.find(by=practice.desk, now=FOUND)
    slot, now = FreedSlot.objects.get(), FOUND
    ended: dict[object, str] = {}
    for act, number, minutes in acts:
        now += timedelta(minutes=minutes)
        _do(practice, act, number, slot, entries, now)
        _check(ended)


def _do(practice, act, number, slot, entries, now) -> None:
    by, offers = practice.desk, list(SlotOffer.objects.order_by("offered_at", "id"))
    if act in ("accept", "decline", "withdraw") and not offers:
        return
    try:
        with transaction.atomic():
            if act in ("accept", "decline", "withdraw"):
                getattr(slot_offers, act)(offer_id=offers[number % len(offers)].pk, by=by, now=now)
            elif act == "expire":
                slot_offers.expire(by=by, now=now)
            elif act == "offer_on":
                freed_slots.offer_on(slot=slot, by=by, now=now)
            elif act == "by_hand":
                slot_offers.make(slot=slot, entry=entries[number % len(entries)], by=by, now=now)
            elif act == "book":
                practice.book(patient=practice.another_patient(), now=now)
            else:
                getattr(slot_offers, act)(slot=slot, by=by, now=now)
    except VisitRefusedError:
        return


def _check(ended: dict[object, str]) -> None:
    offers = list(SlotOffer.objects.select_related("entry", "hold", "appointment"))
    standing = [one for one in offers if one.status == OfferStatus.OFFERED]
    accepted = [one for one in offers if one.status == OfferStatus.ACCEPTED]
    assert len(standing) + len(accepted) <= 1
    assert Appointment.objects.filter(status=VisitStatus.BOOKED).count() <= 1
    assert SlotHold.objects.filter(ended_at__isnull=True).count() <= len(standing)
    assert {one.entry_id for one in standing} == set(
        WaitingEntry.objects.filter(status=EntryStatus.OFFERED).values_list("pk", flat=True)
    )
    for one in offers:
        assert ended.setdefault(one.pk, one.status) == one.status or ended[one.pk] == OfferStatus.OFFERED
        ended[one.pk] = one.status
        if one.status == OfferStatus.ACCEPTED:
            assert one.appointment.patient_id == one.patient_id
            assert one.appointment.starts_at == one.starts_at
