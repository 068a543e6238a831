"""An offer goes only to somebody who can take it, and what was offered is kept until the answer."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from scheduling.choices import OfferStatus, WaitPriority
from scheduling.models import BookingRule, FreedSlot, Leave, SlotHold, SlotOffer, VisitType
from scheduling.policies import VisitRefusedError
from scheduling.queries.waiting_matches import Slot, matches
from scheduling.services import appointments, freed_slots, slot_holds, slot_offers, waiting_list
from scheduling.services.places import NotOfferedError, SlotTakenError
from tests.factories.scheduling import VisitTypeFactory
from tests.scheduling.conftest import NOW, Practice, at
from tests.scheduling.test_waiting_list import FOUND, accept, freed, offered, reachable, sweep, waiting

NEXT_WEEK = date(2026, 9, 14)


def elsewhere(practice: Practice, count: int) -> None:
    """So many of the first on the list, each with a visit of their own at nine on Monday."""
    for _number in range(count):
        patient = reachable(practice)
        waiting(practice, patient, priority=WaitPriority.URGENT)
        practice.book(patient=patient, clinician=practice.another_clinician(), room=practice.another_room())


def test_the_twelfth_is_asked_when_eleven_before_have_a_visit_then(practice: Practice) -> None:
    freed(practice)
    elsewhere(practice, 11)
    last = waiting(practice)

    sweep(practice)

    assert SlotOffer.objects.get().entry == last


def test_who_is_elsewhere_is_not_among_those_the_desk_may_ask(practice: Practice) -> None:
    elsewhere(practice, 1)

    assert matches(by=practice.desk, slot=Slot(practice.clinician, at(9), at(9, 30)), now=NOW) == []


def test_who_is_elsewhere_only_after_the_visit_would_end_is_asked(practice: Practice) -> None:
    entry = waiting(practice)
    other = {"clinician": practice.another_clinician(), "room": practice.another_room()}
    practice.book(patient=entry.patient, starts_at=at(9, 30), **other)

    found = matches(by=practice.desk, slot=Slot(practice.clinician, at(9), at(10)), now=NOW)

    assert [match.entry for match in found] == [entry]


def test_a_time_held_for_the_patient_elsewhere_keeps_them_from_being_asked(practice: Practice) -> None:
    entry = waiting(practice)
    place = appointments.place_of(
        patient=entry.patient,
        clinician=practice.another_clinician(),
        room=practice.another_room(),
        visit_type=practice.visit_type,
        starts_at=at(9, 15),
        by=practice.desk,
        now=NOW,
    )
    hold = slot_holds.keep(place=place, by=practice.desk, now=NOW)
    slot = Slot(practice.clinician, at(9), at(9, 30))

    assert matches(by=practice.desk, slot=slot, now=NOW) == []
    assert len(matches(by=practice.desk, slot=slot, now=hold.expires_at)) == 1


# An earlier time for a visit ------------------------------------------------------------------------------------------


@pytest.fixture
def long_type(practice: Practice) -> VisitType:
    return VisitTypeFactory(clinic=practice.clinic, name="Long visit", duration_minutes=60)


def test_a_wish_for_an_earlier_visit_is_of_the_visits_type_whatever_was_chosen(
    practice: Practice, long_type: VisitType
) -> None:
    visit = practice.book(starts_at=at(9, day=NEXT_WEEK), visit_type=long_type)

    entry = waiting(practice, practice.patient, appointment=visit)

    assert entry.visit_type == long_type


def test_a_visit_that_is_longer_than_the_freed_time_is_not_offered_it(practice: Practice) -> None:
    patient = reachable(practice)
    visit = practice.book(patient=patient, starts_at=at(9, day=NEXT_WEEK), minutes=60)
    waiting(practice, patient, appointment=visit)
    freed(practice)

    sweep(practice)

    assert not SlotOffer.objects.exists()


def test_a_visit_made_shorter_than_its_type_fits_and_its_own_length_is_kept_and_taken(
    practice: Practice, long_type: VisitType
) -> None:
    patient = reachable(practice)
    visit = practice.book(patient=patient, starts_at=at(9, day=NEXT_WEEK), visit_type=long_type, minutes=30)
    waiting(practice, patient, appointment=visit)
    freed(practice)
    sweep(practice)
    offer = SlotOffer.objects.get()

    accept(practice, offer)

    visit.refresh_from_db()
    assert (offer.ends_at, visit.starts_at, visit.ends_at) == (at(9, 30), at(9), at(9, 30))
    assert visit.visit_type == long_type


# While an offer stands ------------------------------------------------------------------------------------------------


def test_what_an_offer_was_made_for_cannot_be_changed_under_it(practice: Practice, long_type: VisitType) -> None:
    entry = offered(practice).entry
    entry.refresh_from_db()
    given = {"entry": entry, "by": practice.desk, "now": FOUND, "version": entry.version}

    with pytest.raises(VisitRefusedError, match="Withdraw the offer"):
        waiting_list.change(**given, visit_type=long_type)
    other = practice.book(patient=entry.patient, starts_at=at(11))
    with pytest.raises(VisitRefusedError, match="Withdraw the offer"):
        waiting_list.change(**given, appointment=other)

    assert waiting_list.change(**given, visit_type=entry.visit_type, notice_hours=2).notice_hours == 2


def by_hand(practice: Practice) -> SlotOffer:
    """As a member of the desk makes it who then books for the same patient."""
    entry = waiting(practice)
    freed(practice)
    freed_slots.find(by=practice.desk, now=FOUND)
    return slot_offers.make(slot=FreedSlot.objects.get(), entry=entry, by=practice.desk, now=FOUND)


def test_an_offer_by_hand_survives_another_booking_for_the_same_patient(practice: Practice) -> None:
    offer = by_hand(practice)
    practice.book(patient=offer.patient, starts_at=at(14), now=FOUND)

    with pytest.raises(SlotTakenError):
        practice.book(patient=practice.another_patient(), now=FOUND)

    assert accept(practice, offer).status == OfferStatus.ACCEPTED


def test_the_time_on_offer_cannot_be_let_go_or_booked_as_a_held_time(practice: Practice, desk: Client) -> None:
    offer = by_hand(practice)

    for name in ("kept", "let_go", "keep_longer"):
        assert desk.post(reverse(f"scheduling:{name}", args=[offer.hold_id])).status_code == 404

    assert SlotHold.objects.get(pk=offer.hold_id).ended_at is None


def test_two_taps_on_a_time_the_desk_has_on_offer_do_not_take_the_offers_hold(practice: Practice) -> None:
    offer = by_hand(practice)
    place = appointments.place_of(
        patient=offer.patient,
        clinician=offer.clinician,
        room=None,
        visit_type=practice.visit_type,
        starts_at=offer.starts_at,
        by=practice.desk,
        now=FOUND,
    )

    assert slot_holds.kept_a_moment_ago(place=place, by=practice.desk, now=FOUND) is None


def test_a_type_that_got_longer_since_leaves_the_offer_as_it_was_made(practice: Practice) -> None:
    offer = offered(practice)
    VisitType.objects.filter(pk=practice.visit_type.pk).update(duration_minutes=90)

    visit = accept(practice, offer).appointment

    assert visit is not None
    assert (visit.starts_at, visit.ends_at) == (at(9), at(9, 30))


def test_a_held_treatment_counts_to_the_most_of_a_day(practice: Practice) -> None:
    BookingRule.objects.create(clinic=practice.clinic, member=practice.clinician, max_treatments_per_day=1)
    VisitType.objects.filter(pk=practice.visit_type.pk).update(is_treatment=True)
    practice.visit_type.refresh_from_db()
    offer = offered(practice)

    with pytest.raises(NotOfferedError, match="most"):
        practice.book(patient=practice.another_patient(), starts_at=at(14), now=FOUND)

    assert accept(practice, offer).status == OfferStatus.ACCEPTED


def test_what_a_colleague_overruled_since_does_not_break_the_promise(practice: Practice) -> None:
    BookingRule.objects.create(clinic=practice.clinic, member=practice.clinician, max_treatments_per_day=1)
    VisitType.objects.filter(pk=practice.visit_type.pk).update(is_treatment=True)
    practice.visit_type.refresh_from_db()
    offer = offered(practice)
    others = {"patient": practice.another_patient(), "now": FOUND, "is_override": True}
    practice.book(starts_at=at(9, 30), **others)  # over the maximum, and into the turnover

    assert accept(practice, offer).status == OfferStatus.ACCEPTED


def test_nobody_is_booked_with_who_went_on_leave_after_the_offer(practice: Practice) -> None:
    offer = offered(practice)
    Leave.objects.create(clinic=practice.clinic, clinician=practice.clinician, starts_at=at(8), ends_at=at(12))

    with pytest.raises(NotOfferedError, match="away"):
        accept(practice, offer)


def test_a_time_nearer_than_an_answer_is_not_offered_by_hand(practice: Practice) -> None:
    entry = waiting(practice)
    freed(practice)
    freed_slots.find(by=practice.desk, now=FOUND)

    with pytest.raises(VisitRefusedError, match="too near"):
        slot_offers.make(slot=FreedSlot.objects.get(), entry=entry, by=practice.desk, now=at(8, 31))


# One refusal does not stop the others ---------------------------------------------------------------------------------


def test_where_the_room_is_taken_who_needs_none_is_asked(practice: Practice) -> None:
    by_phone = VisitTypeFactory(clinic=practice.clinic, needs_room=False)
    waiting(practice, priority=WaitPriority.URGENT)
    last = waiting(practice, visit_type=by_phone)
    freed(practice)
    practice.book(patient=practice.another_patient(), clinician=practice.another_clinician())

    sweep(practice)

    assert SlotOffer.objects.get().entry == last


def test_many_with_the_same_need_do_not_keep_one_with_another_from_being_asked(practice: Practice) -> None:
    for _number in range(freed_slots.TRIES + 2):
        waiting(practice, priority=WaitPriority.URGENT)
    last = waiting(practice, visit_type=VisitTypeFactory(clinic=practice.clinic, needs_room=False))
    freed(practice)
    practice.book(patient=practice.another_patient(), clinician=practice.another_clinician())

    sweep(practice)

    assert SlotOffer.objects.get().entry == last


def test_a_wish_on_the_page_says_why_its_type_cannot_be_changed(
    practice: Practice, desk: Client, long_type: VisitType
) -> None:
    entry = offered(practice).entry
    entry.refresh_from_db()
    given = {"visit_type": long_type.pk, "notice_hours": 24, "priority": 2, "version": entry.version}

    answer = desk.post(reverse("scheduling:waiting_entry", args=[entry.pk]), given)

    assert (answer.status_code, "Withdraw the offer first" in answer.content.decode()) == (422, True)
