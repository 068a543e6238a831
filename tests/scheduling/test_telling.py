"""The switch "Tell the patient": on when there is a way, off with the reason, and the exact words beneath."""

from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from patients.choices import Purpose
from patients.models import ContactConsent
from scheduling.choices import News
from scheduling.models import AppointmentMove
from scheduling.visit_letters import Reader, Told, offer_letter, visit_letter
from tests.factories.patients import EmailFactory
from tests.scheduling.conftest import NOW, at

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def mailbox(practice):
    box = EmailFactory(patient=practice.patient, value="sam@example.org")
    ContactConsent.objects.create(
        clinic=practice.clinic,
        contact_point=box,
        purpose=Purpose.APPOINTMENT,
        is_granted=True,
        decided_at=NOW,
        wording_version="test",
    )
    return box


def cancelling(visit, **more):
    return {"cancelled_by": "patient", "reason": "ill", "version": visit.version} | more


def test_the_switch_is_on_for_a_patient_who_can_be_told(practice, desk, mailbox):
    visit = practice.book(starts_at=at(15))
    page = desk.get(reverse("scheduling:cancel", args=[visit.pk])).content.decode()
    assert 'name="tell_patient" id="id_tell_patient" checked' in page
    assert "sam@example.org" in page
    assert "Monday, 7 September 2026, 15:00" in unescape(page)


def test_without_an_address_the_page_says_why_nobody_is_told(practice, desk):
    visit = practice.book(starts_at=at(15))
    page = desk.get(reverse("scheduling:cancel", args=[visit.pk])).content.decode()
    assert "tell_patient" not in page
    assert "no usable e-mail address" in page


def test_a_cancellation_with_the_switch_on_is_told_in_three_minutes(practice, desk, mailbox):
    visit = practice.book(starts_at=at(15))
    desk.post(reverse("scheduling:cancel", args=[visit.pk]), cancelling(visit, tell_patient="on"))
    assert AppointmentMove.objects.get(to_status="cancelled").tell_at == at(8, 53)


def test_a_cancellation_with_the_switch_off_is_not_told(practice, desk, mailbox):
    visit = practice.book(starts_at=at(15))
    desk.post(reverse("scheduling:cancel", args=[visit.pk]), cancelling(visit))
    assert AppointmentMove.objects.get(to_status="cancelled").tell_at is None


def test_a_refused_cancellation_keeps_the_switch_as_it_was(practice, desk, mailbox):
    visit = practice.book(starts_at=at(15))
    page = desk.post(reverse("scheduling:cancel", args=[visit.pk]), cancelling(visit, reason="")).content.decode()
    assert 'id="id_tell_patient" aria' in page


def test_a_move_with_the_switch_on_is_told(practice, desk, mailbox):
    visit = practice.book(starts_at=at(15))
    chosen = f"{at(16).isoformat()}/{practice.clinician.pk}"
    answer = desk.post(
        reverse("scheduling:move", args=[visit.pk]),
        {"chosen": chosen, "version": visit.version, "tell_patient": "on"},
    )
    assert answer.status_code == 302
    assert AppointmentMove.objects.get(was_starts_at=at(15)).tell_at == at(8, 53)


def letter(practice, desk, **query):
    return desk.get(reverse("scheduling:letter", args=[practice.patient.pk]), query)


def test_the_letter_follows_the_time_that_is_tapped(practice, desk):
    shown = letter(practice, desk, news="moved", chosen=f"{at(16).isoformat()}/x", was=at(15).isoformat())
    assert "16:00 (before: Monday, 7 September 2026, 15:00)" in shown.content.decode()


def test_the_letter_follows_the_time_that_is_typed(practice, desk):
    shown = letter(practice, desk, news="booked", chosen="typed", day="2026-09-08", time="10:30")
    assert "Tuesday, 8 September 2026, 10:30" in shown.content.decode()


@pytest.mark.parametrize("chosen", ["", "nonsense", "2026-09-08T10:00:00/x"])
def test_without_a_time_there_is_no_letter_yet(practice, desk, chosen):
    assert "Choose a time" in letter(practice, desk, news="booked", chosen=chosen).content.decode()


def test_a_letter_without_news_tells_of_a_booking(practice, desk):
    assert "is booked" in letter(practice, desk, chosen=f"{at(16).isoformat()}/x").content.decode()


READER = Reader("Clinic", "+49 30 901820", ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Berlin"), "en")


def test_one_letter_tells_what_is_booked_and_what_is_off():
    booked, off = datetime(2026, 9, 8, 8, tzinfo=UTC), datetime(2026, 9, 7, 8, tzinfo=UTC)
    text = "\n".join(visit_letter([Told(News.CANCELLED, off), Told(News.BOOKED, booked)], READER).paragraphs)
    assert text.index("is booked") < text.index("does not take place")
    assert "If you cannot come" in text


def test_a_cancellation_asks_nobody_to_call_off():
    text = "\n".join(visit_letter([Told(News.CANCELLED, NOW)], READER).paragraphs)
    assert "If you cannot come" not in text
    assert "For another time please call +49 30 901820." in text


def test_a_letter_says_where_unless_nothing_takes_place():
    reader = replace(READER, address="Musterweg 1, 10115 Berlin")
    assert "Where: Musterweg 1, 10115 Berlin" in visit_letter([Told(News.TOMORROW, NOW)], reader).paragraphs
    assert "Where: Musterweg 1, 10115 Berlin" in offer_letter(NOW, NOW, "link", reader).paragraphs
    assert "Muster" not in "".join(visit_letter([Told(News.CANCELLED, NOW)], reader).paragraphs)
