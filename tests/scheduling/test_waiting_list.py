"""A freed time is found, kept and offered to one patient after another; each offer ends once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import BodyRegion, Technique
from patients.choices import Purpose
from patients.models import ContactConsent, Patient
from scheduling.choices import EntryStatus, OfferStatus, SlotEnd, VisitStatus, WaitPriority
from scheduling.models import Appointment, Credential, FreedSlot, SlotHold, SlotOffer, VisitType, WaitingEntry
from scheduling.policies import VisitRefusedError
from scheduling.queries.waiting_matches import Slot, matches
from scheduling.services import appointments, freed_slots, slot_offers, waiting_list
from scheduling.services.places import SlotTakenError
from scheduling.services.slot_offers import OfferEndedError
from tests.factories.patients import EmailFactory, PatientFactory
from tests.factories.scheduling import VisitTypeFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at

FOUND = NOW + timedelta(minutes=3)
LATE = FOUND + timedelta(minutes=30)
NIGHT = datetime(2026, 9, 4, 18, 30, tzinfo=UTC)  # 20:30 in Berlin


def reachable(practice: Practice, **fields: Any) -> Patient:
    patient = PatientFactory(clinic=practice.clinic, **fields)
    ContactConsent.objects.create(
        clinic=practice.clinic,
        contact_point=EmailFactory(patient=patient),
        purpose=Purpose.APPOINTMENT,
        is_granted=True,
        decided_at=NOW,
        wording_version="test",
    )
    return patient


def waiting(practice: Practice, patient: Patient | None = None, **wish: Any) -> WaitingEntry:
    given: dict[str, Any] = {"visit_type": practice.visit_type, "now": NOW}
    return waiting_list.add(patient=patient or reachable(practice), by=practice.desk, **(given | wish))


def freed(practice: Practice, **changes: Any) -> Appointment:
    """A visit on Monday at nine, booked and cancelled."""
    visit = practice.book(**changes)
    return appointments.cancel(
        appointment=visit, by=practice.desk, now=NOW, version=visit.version, cancelled_by="patient", reason="ill"
    )


def sweep(practice: Practice, now: datetime = FOUND) -> None:
    freed_slots.sweep(clinic=practice.clinic, clock=lambda: now)


def offered(practice: Practice) -> SlotOffer:
    freed(practice)
    waiting(practice)
    sweep(practice)
    return SlotOffer.objects.get()


def accept(practice: Practice, offer: SlotOffer, now: datetime = FOUND) -> SlotOffer:
    return slot_offers.accept(offer_id=offer.pk, by=practice.desk, now=now)


def test_a_cancelled_time_is_kept_and_offered(practice):
    entry = waiting(practice)
    freed(practice)
    sweep(practice)
    offer = SlotOffer.objects.get()
    assert (offer.entry, offer.starts_at, offer.expires_at) == (entry, at(9), FOUND + timedelta(minutes=30))
    entry.refresh_from_db()
    assert entry.status == EntryStatus.OFFERED
    with pytest.raises(SlotTakenError):
        practice.book(patient=practice.another_patient(), now=FOUND)


def test_for_three_minutes_the_cancellation_can_be_undone_and_nothing_is_offered(practice):
    waiting(practice)
    freed(practice)
    sweep(practice, FOUND - timedelta(seconds=1))
    assert not SlotOffer.objects.exists()


def test_an_undone_cancellation_frees_nothing(practice):
    waiting(practice)
    visit = freed(practice)
    appointments.undo(appointment=visit, by=practice.desk, now=NOW + timedelta(minutes=1), version=visit.version)
    sweep(practice, NOW + timedelta(minutes=10))
    assert not FreedSlot.objects.exists()


def test_a_moved_visit_frees_its_old_time(practice):
    waiting(practice)
    visit = practice.book()
    appointments.move(
        appointment=visit,
        by=practice.desk,
        now=NOW,
        version=visit.version,
        starts_at=at(14),
        clinician=practice.clinician,
        room=practice.room,
    )
    sweep(practice)
    assert SlotOffer.objects.get().starts_at == at(9)


def test_a_visit_that_changes_only_its_room_frees_nothing(practice):
    visit = practice.book()
    appointments.move(
        appointment=visit,
        by=practice.desk,
        now=NOW,
        version=visit.version,
        starts_at=visit.starts_at,
        clinician=practice.clinician,
        room=practice.another_room(),
    )
    sweep(practice)
    assert not FreedSlot.objects.exists()


def test_sweeping_again_offers_it_once(practice):
    offered(practice)
    sweep(practice)
    sweep(practice, FOUND + timedelta(minutes=1))
    assert (SlotOffer.objects.count(), FreedSlot.objects.count(), SlotHold.objects.count()) == (1, 1, 1)


def test_a_time_that_was_booked_meanwhile_is_not_offered(practice):
    freed(practice)
    waiting(practice)
    practice.book(patient=practice.another_patient())
    sweep(practice)
    assert FreedSlot.objects.get().closed_why == SlotEnd.TAKEN
    assert not SlotOffer.objects.exists()


def test_a_time_somebody_at_the_desk_keeps_for_a_moment_is_offered_later(practice):
    freed(practice)
    waiting(practice)
    from scheduling.services import slot_holds

    place = appointments.place_of(
        patient=None,
        clinician=practice.clinician,
        room=practice.room,
        visit_type=practice.visit_type,
        starts_at=at(9),
        by=practice.desk,
        now=FOUND,
    )
    slot_holds.keep(place=place, by=practice.desk, now=FOUND)
    sweep(practice)
    assert not SlotOffer.objects.exists()
    sweep(practice, FOUND + timedelta(minutes=6))
    assert SlotOffer.objects.exists()


def test_the_order_is_priority_then_fit_then_waiting_time(practice):
    short = VisitTypeFactory(clinic=practice.clinic, duration_minutes=15)
    fits_badly = waiting(practice, visit_type=short)
    later = waiting(practice, now=NOW + timedelta(minutes=1))
    first = waiting(practice)
    urgent = waiting(practice, visit_type=short, priority=WaitPriority.URGENT)
    freed(practice)
    now = FOUND
    for _one in range(4):
        sweep(practice, now)
        now += timedelta(minutes=30)
        sweep(practice, now)
    asked = SlotOffer.objects.order_by("offered_at").values_list("entry_id", flat=True)
    assert list(asked) == [urgent.pk, first.pk, later.pk, fits_badly.pk]


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": [1, 2]},
        {"part_of_day": "afternoon"},
        {"from_date": date(2026, 9, 8)},
        {"until_date": date(2026, 9, 6)},
        {"notice_hours": 24 * 7},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_a_time_that_does_not_suit_is_not_offered(practice, wish):
    waiting(practice, **wish)
    freed(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()


def test_a_time_that_suits_every_wish_is_offered(practice):
    waiting(
        practice,
        weekdays=[0],
        part_of_day="morning",
        from_date=MONDAY,
        until_date=MONDAY,
        clinician=practice.clinician,
        notice_hours=60,
    )
    freed(practice)
    sweep(practice)
    assert SlotOffer.objects.exists()


def test_a_longer_visit_does_not_fit(practice):
    waiting(practice, visit_type=VisitTypeFactory(clinic=practice.clinic, duration_minutes=60))
    freed(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()


def test_another_clinicians_time_is_not_offered(practice):
    waiting(practice, clinician=practice.another_clinician())
    freed(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()


def test_a_clinician_without_the_skill_is_not_offered(practice):
    technique = Technique.objects.first()
    skilled = VisitTypeFactory(clinic=practice.clinic, technique=technique)
    waiting(practice, visit_type=skilled)
    freed(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()
    Credential.objects.create(
        clinic=practice.clinic, clinician=practice.clinician, technique=technique, valid_from_date=date(2020, 1, 1)
    )
    sweep(practice)
    assert SlotOffer.objects.exists()


def trusted_with_arms(practice: Practice) -> VisitType:
    """A visit type for whose technique the clinician is trusted on the arm and the hand only."""
    technique = Technique.objects.first()
    Credential.objects.create(
        clinic=practice.clinic,
        clinician=practice.clinician,
        technique=technique,
        valid_from_date=date(2020, 1, 1),
        body_parts=["upper_limb"],
    )
    return VisitTypeFactory(clinic=practice.clinic, technique=technique)


def region(code: str) -> BodyRegion:
    return BodyRegion.objects.get(code=code)


def suited(practice: Practice) -> list[tuple[WaitingEntry, bool]]:
    found = matches(by=practice.desk, slot=Slot(practice.clinician, at(9), at(9, 30)), now=NOW)
    return [(match.entry, match.is_named) for match in found]


def test_a_region_the_clinician_is_not_trusted_with_keeps_out_and_one_that_is_named_comes_first(practice):
    skilled = trusted_with_arms(practice)
    waiting(practice, visit_type=skilled, region=region("knee"))
    not_said = waiting(practice, visit_type=skilled)
    anywhere = waiting(practice, visit_type=skilled, region=region("diffuse"), now=NOW + timedelta(minutes=1))
    elbow = waiting(practice, visit_type=skilled, region=region("elbow"), now=NOW + timedelta(minutes=2))
    assert suited(practice) == [(elbow, True), (not_said, False), (anywhere, False)]


def test_where_the_clinic_limits_nobody_the_region_keeps_nobody_out(practice):
    trusted_with_arms(practice)
    knee = waiting(practice, region=region("knee"))
    elbow = waiting(practice, region=region("elbow"), now=NOW + timedelta(minutes=1))
    urgent = waiting(practice, priority=WaitPriority.URGENT, now=NOW + timedelta(minutes=2))
    assert suited(practice) == [(urgent, False), (elbow, True), (knee, False)]


def test_a_credential_is_for_places_of_the_body_only(practice):
    trusted_with_arms(practice)
    with pytest.raises(IntegrityError, match="scheduling_credential_parts"), transaction.atomic():
        Credential.objects.update(body_parts=["unspecific"])


# The half hour ----------------------------------------------------------------------------------------------------


def test_the_half_hour_counts_from_the_sending_of_the_message(practice):
    offer, late = offered(practice), FOUND + timedelta(minutes=20)
    told = slot_offers.count_from_sending(offer_id=offer.pk, by=practice.desk, now=late)
    assert told is not None
    assert told.expires_at == late + timedelta(minutes=30)
    with pytest.raises(SlotTakenError):
        practice.book(patient=practice.another_patient(), now=late + timedelta(minutes=29))
    assert accept(practice, offer, now=late + timedelta(minutes=29)).status == OfferStatus.ACCEPTED


def test_an_offer_that_ran_out_untold_is_not_told(practice):
    offer = offered(practice)
    assert slot_offers.count_from_sending(offer_id=offer.pk, by=practice.desk, now=LATE) is None


def test_the_next_one_is_asked_when_it_is_too_late_to_ask_the_first(practice):
    offer = offered(practice)
    WaitingEntry.objects.update(notice_hours=14 * 24)
    assert slot_offers.count_from_sending(offer_id=offer.pk, by=practice.desk, now=FOUND) is None
    second = waiting(practice)
    sweep(practice)
    assert SlotOffer.objects.get(status=OfferStatus.OFFERED).entry == second


def test_a_patient_who_cannot_be_written_to_is_passed_over(practice):
    waiting(practice, practice.another_patient(), priority=WaitPriority.URGENT)
    second = waiting(practice)
    freed(practice)
    sweep(practice)
    assert SlotOffer.objects.get().entry == second


def test_a_patient_with_another_visit_at_that_time_is_passed_over(practice):
    busy = reachable(practice)
    waiting(practice, busy, priority=WaitPriority.URGENT)
    second = waiting(practice)
    freed(practice)
    practice.book(patient=busy, clinician=practice.another_clinician(), room=practice.another_room())
    sweep(practice)
    assert SlotOffer.objects.get().entry == second


def test_in_the_quiet_hours_nobody_is_asked_but_in_the_morning(practice):
    waiting(practice, notice_hours=0)
    freed(practice)
    sweep(practice, NIGHT)
    sweep(practice, datetime(2026, 9, 4, 17, 45, tzinfo=UTC))  # 19:45: it would run into the night
    assert not SlotOffer.objects.exists()
    sweep(practice, datetime(2026, 9, 5, 6, 0, tzinfo=UTC))
    assert SlotOffer.objects.exists()


def test_a_time_too_near_is_closed(practice):
    freed(practice)
    sweep(practice)
    sweep(practice, at(8, 45))
    assert FreedSlot.objects.get().closed_why == SlotEnd.PAST


# Answers ----------------------------------------------------------------------------------------------------------


def test_accepting_books_the_visit(practice):
    offer = accept(practice, offered(practice))
    visit = Appointment.objects.get(status=VisitStatus.BOOKED)
    assert (offer.status, offer.appointment, visit.starts_at) == (OfferStatus.ACCEPTED, visit, at(9))
    assert visit.patient == offer.patient
    assert WaitingEntry.objects.get().status == EntryStatus.BOOKED
    assert FreedSlot.objects.get().closed_why == SlotEnd.ACCEPTED
    assert SlotHold.objects.get().ended_at == FOUND


def test_accepting_twice_is_accepting_once(practice):
    offer = offered(practice)
    assert accept(practice, offer).appointment == accept(practice, offer).appointment
    assert Appointment.objects.filter(status=VisitStatus.BOOKED).count() == 1


def test_accepting_an_earlier_time_moves_the_visit(practice):
    patient = reachable(practice)
    later = practice.book(patient=patient, starts_at=at(9, day=date(2026, 9, 14)))
    waiting(practice, patient, appointment=later)
    freed(practice)
    sweep(practice)
    accept(practice, SlotOffer.objects.get())
    later.refresh_from_db()
    assert later.starts_at == at(9)
    assert Appointment.objects.filter(patient=patient).count() == 1


def test_a_time_after_the_visit_is_not_earlier(practice):
    patient = reachable(practice)
    waiting(practice, patient, appointment=practice.book(patient=patient, starts_at=at(8)))
    freed(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()


def test_who_declines_stays_on_the_list_and_the_next_is_asked(practice):
    offer = offered(practice)
    second = waiting(practice)
    slot_offers.decline(offer_id=offer.pk, by=practice.desk, now=FOUND)
    sweep(practice)
    offer.entry.refresh_from_db()
    assert offer.entry.status == EntryStatus.WAITING
    assert SlotOffer.objects.standing().get().entry == second


def test_an_offer_nobody_answers_expires_and_goes_to_the_next(practice):
    offer = offered(practice)
    second = waiting(practice)
    sweep(practice, LATE)
    offer.refresh_from_db()
    assert (offer.status, offer.decided_at) == (OfferStatus.EXPIRED, LATE)
    assert SlotOffer.objects.standing().get().entry == second


def test_an_answer_after_the_half_hour_is_too_late(practice):
    offer = offered(practice)
    accept_late = pytest.raises(OfferEndedError)
    with accept_late as refused:
        accept(practice, offer, LATE)
    assert refused.value.status == OfferStatus.EXPIRED


def test_an_answer_in_the_last_second_counts(practice):
    offer = offered(practice)
    assert accept(practice, offer, LATE - timedelta(seconds=1)).status == OfferStatus.ACCEPTED


@pytest.mark.parametrize("end", ["decline", "withdraw"])
def test_an_offer_that_has_ended_cannot_be_accepted(practice, end):
    offer = offered(practice)
    getattr(slot_offers, end)(offer_id=offer.pk, by=practice.desk, now=FOUND)
    with pytest.raises(OfferEndedError):
        accept(practice, offer)


def test_an_offer_by_hand_overrules_order_and_notice(practice):
    waiting(practice, priority=WaitPriority.URGENT)
    chosen = waiting(practice, notice_hours=24 * 7)
    freed(practice)
    freed_slots.find(by=practice.desk, now=FOUND)
    slot_offers.make(slot=FreedSlot.objects.get(), entry=chosen, by=practice.desk, now=FOUND)
    sweep(practice)
    assert SlotOffer.objects.get().entry == chosen


def test_a_slot_on_offer_is_not_offered_to_a_second_patient(practice):
    offer = offered(practice)
    with pytest.raises(VisitRefusedError):
        slot_offers.make(slot=offer.freed_slot, entry=waiting(practice), by=practice.desk, now=FOUND)


def test_a_closed_slot_is_offered_to_nobody_until_it_is_opened_again(practice):
    freed(practice)
    freed_slots.find(by=practice.desk, now=FOUND)
    slot = slot_offers.close(slot=FreedSlot.objects.get(), by=practice.desk, now=FOUND)
    waiting(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()
    slot_offers.reopen(slot=slot, by=practice.desk, now=FOUND)
    sweep(practice)
    assert SlotOffer.objects.exists()


# The list ---------------------------------------------------------------------------------------------------------


def test_who_is_taken_off_the_list_is_not_asked_and_can_be_put_back(practice):
    entry = waiting(practice)
    off = waiting_list.withdraw(entry=entry, by=practice.desk, now=NOW, version=entry.version)
    freed(practice)
    sweep(practice)
    assert not SlotOffer.objects.exists()
    back = waiting_list.restore(entry=off, by=practice.desk, now=FOUND, version=off.version)
    assert (back.status, back.since) == (EntryStatus.WAITING, NOW)


def test_one_visit_waits_once(practice):
    visit = practice.book()
    waiting(practice, practice.patient, appointment=visit)
    with pytest.raises(VisitRefusedError, match="already"):
        waiting(practice, practice.patient, appointment=visit)


def test_a_wish_somebody_else_changed_is_not_overwritten(practice):
    entry = waiting(practice)
    waiting_list.change(entry=entry, by=practice.desk, now=NOW, version=entry.version, notice_hours=2)
    with pytest.raises(VisitRefusedError):
        waiting_list.change(entry=entry, by=practice.desk, now=NOW, version=entry.version, notice_hours=4)


def test_an_entry_on_offer_is_not_taken_off_the_list(practice):
    entry = offered(practice).entry
    entry.refresh_from_db()
    with pytest.raises(VisitRefusedError, match="Withdraw the offer"):
        waiting_list.withdraw(entry=entry, by=practice.desk, now=NOW, version=entry.version)
