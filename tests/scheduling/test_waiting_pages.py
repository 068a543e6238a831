"""The desk sees who waits and which times are free, changes it, overrules it, and takes it back."""

import pytest
from django.urls import reverse

from scheduling.choices import EntryStatus, OfferStatus, SlotEnd, VisitStatus
from scheduling.models import Appointment, FreedSlot, SlotOffer, WaitingEntry
from scheduling.services import freed_slots, slot_offers
from tests.scheduling.conftest import at
from tests.scheduling.test_waiting_list import FOUND, freed, offered, reachable, waiting

pytestmark = pytest.mark.usefixtures("monday_morning")

LATER = at(15)  # of the Monday whose morning it is


def wish(practice, **more):
    given = {"visit_type": practice.visit_type.pk, "notice_hours": 2, "priority": 2}
    return given | more


def url(name, *args):
    return reverse(f"scheduling:{name}", args=args)


def free_slot(practice):
    """An afternoon visit, cancelled on Friday, found and not offered yet."""
    freed(practice, starts_at=LATER)
    freed_slots.find(by=practice.desk, now=FOUND)
    return FreedSlot.objects.get()


def test_a_patient_is_put_on_the_list(practice, desk):
    answer = desk.post(
        url("add_waiting", practice.patient.pk), wish(practice, weekdays=["0", "2"], part_of_day="morning")
    )
    entry = WaitingEntry.objects.get()
    assert answer.url == url("waiting_entry", entry.pk)
    assert (entry.weekdays, entry.part_of_day, entry.notice_hours) == ([0, 2], "morning", 2)
    assert practice.patient.full_name in desk.get(url("waiting_list")).content.decode()


def test_a_visit_that_waits_already_is_explained(practice, desk):
    visit = practice.book(starts_at=LATER)
    waiting(practice, practice.patient, appointment=visit)
    answer = desk.post(url("add_waiting", practice.patient.pk), wish(practice, appointment=visit.pk))
    assert answer.status_code == 422
    assert "already" in answer.content.decode()


def test_another_patients_visit_cannot_be_named(practice, desk):
    visit = practice.book(starts_at=LATER, patient=practice.another_patient())
    answer = desk.post(url("add_waiting", practice.patient.pk), wish(practice, appointment=visit.pk))
    assert answer.status_code == 422


def test_a_last_day_before_the_first_is_refused(practice, desk):
    answer = desk.post(
        url("add_waiting", practice.patient.pk), wish(practice, from_date="2026-09-10", until_date="2026-09-09")
    )
    assert answer.status_code == 422


def test_a_wish_is_changed(practice, desk):
    entry = waiting(practice)
    desk.post(url("waiting_entry", entry.pk), wish(practice, notice_hours=48, version=entry.version))
    entry.refresh_from_db()
    assert entry.notice_hours == 48


def test_taking_off_the_list_can_be_undone(practice, desk):
    entry = waiting(practice)
    desk.post(url("withdraw_waiting", entry.pk), {"version": entry.version})
    entry.refresh_from_db()
    assert entry.status == EntryStatus.WITHDRAWN
    desk.post(url("restore_waiting", entry.pk, entry.version))
    entry.refresh_from_db()
    assert entry.status == EntryStatus.WAITING


def test_the_list_is_filtered(practice, desk):
    anybody, own = waiting(practice), waiting(practice, clinician=practice.another_clinician())
    page = desk.get(url("waiting_list"), {"clinician": practice.clinician.pk}).content.decode()
    assert anybody.patient.full_name in page
    assert own.patient.full_name not in page


def test_after_a_cancellation_the_visits_page_says_who_is_asked(practice, desk):
    entry = waiting(practice, notice_hours=2)
    visit = freed(practice, starts_at=LATER)
    page = desk.get(url("appointment", visit.pk)).content.decode()
    assert "offered on" in page
    assert entry.patient.full_name in page


def test_the_desk_offers_to_whom_it_wants(practice, desk):
    waiting(practice, notice_hours=0)
    chosen = waiting(practice, notice_hours=200)
    slot = free_slot(practice)
    page = desk.get(url("freed_slot", slot.pk)).content.decode()
    assert "needs more notice" in page
    desk.post(url("offer_by_hand", slot.pk, chosen.pk))
    assert SlotOffer.objects.get().entry == chosen
    assert "On offer now" in desk.get(url("freed_slot", slot.pk)).content.decode()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("accept_offer", OfferStatus.ACCEPTED),
        ("decline_offer", OfferStatus.DECLINED),
        ("withdraw_offer", OfferStatus.WITHDRAWN),
    ],
)
def test_the_desk_answers_for_the_patient_on_the_phone(practice, desk, name, status):
    entry, slot = waiting(practice), free_slot(practice)
    desk.post(url("offer_by_hand", slot.pk, entry.pk))
    desk.post(url(name, SlotOffer.objects.get().pk))
    assert SlotOffer.objects.get().status == status
    assert Appointment.objects.filter(status=VisitStatus.BOOKED).count() == (status == OfferStatus.ACCEPTED)


def test_an_offer_that_ended_is_told_kindly(practice, desk):
    offer = offered(practice)
    slot_offers.withdraw(offer_id=offer.pk, by=practice.desk, now=FOUND)
    page = desk.post(url("accept_offer", offer.pk), follow=True).content.decode()
    assert "This offer has ended" in page


def test_a_freed_time_is_closed_and_opened_again(practice, desk):
    slot = free_slot(practice)
    desk.post(url("close_slot", slot.pk))
    slot.refresh_from_db()
    assert slot.closed_why == SlotEnd.DESK
    desk.post(url("reopen_slot", slot.pk))
    slot.refresh_from_db()
    assert slot.closed_at is None


def test_the_log_names_who_was_asked_and_how_it_ended(practice, desk):
    entry, slot = waiting(practice), free_slot(practice)
    desk.post(url("offer_by_hand", slot.pk, entry.pk))
    desk.post(url("decline_offer", SlotOffer.objects.get().pk))
    for page in (url("waiting_entry", entry.pk), url("freed_slot", slot.pk), url("freed_slots")):
        assert "declined" in desk.get(page).content.decode(), page


def test_a_patient_who_can_be_written_to_is_next_in_line(practice, desk):
    entry = waiting(practice, reachable(practice), notice_hours=0)
    slot = free_slot(practice)
    assert entry.patient.full_name in desk.get(url("freed_slot", slot.pk)).content.decode()
