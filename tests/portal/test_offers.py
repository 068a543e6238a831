"""The patient opens the link, gives the birth date, sees the time and taps: taken once, or given to the next."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.http import HttpResponse
from django.test import Client

from common.tenancy import tenant
from patients.models import AccessLink, ContactPoint, Patient
from reminders.choices import MessageState, SkipReason
from reminders.models import Message
from reminders.services import sweeps
from scheduling.choices import OfferStatus, VisitStatus
from scheduling.models import Appointment, AvailabilityBlock, SlotOffer
from scheduling.services import slot_offers
from sessions.choices import Priority
from sessions.models import SideEffect
from tests.portal.visits import BORN
from tests.scheduling.conftest import NOW, Practice, make_practice
from tests.scheduling.test_waiting_list import FOUND, LATE, freed, sweep, waiting


@pytest.fixture
def practice(clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


@pytest.fixture
def key(practice) -> str:
    with tenant(practice.clinic.pk, actor="test"):
        freed(practice)
        waiting(practice)
    sweep(practice)
    return mailed(practice)


def mailed(practice) -> str:
    sweeps.sweep(clinic=practice.clinic, owner="test", clock=lambda: FOUND)
    return re.search(r"/p/([^/\s]+)/", django_mail.outbox[-1].body).group(1)


def inside(practice):
    return tenant(practice.clinic.pk, actor="test")


class OfferBrowser(Client):
    """One who gave the birth date, at the page of the offer."""

    page: str

    def look(self) -> HttpResponse:
        return self.get(self.page)

    def tap(self, answer: str, **other: str) -> HttpResponse:
        return self.post(self.page, {"whose": self.page.split("/")[-2], "answer": answer, **other})


@pytest.fixture
def browser(key) -> Iterator[OfferBrowser]:
    client = OfferBrowser()
    with time_machine.travel(FOUND, tick=False):
        client.page = client.post(f"/p/{key}/", BORN).headers["Location"]
        yield client


def status(practice) -> str:
    with inside(practice):
        return SlotOffer.objects.get().status


def test_the_message_says_the_time_until_when_and_nothing_else(practice, key):
    mail = django_mail.outbox[-1]
    assert "a time has become free for you:\nMonday, 7 September 2026, 09:00\n" in mail.body
    assert "until 14:33" in mail.body
    text = mail.message().as_string().lower()
    for word in ("Ada Berg", "Follow-up", "session", "PIT", "pain"):
        assert word.lower() not in text.replace(key.lower(), ""), word


def test_a_message_that_is_sent_late_leaves_the_whole_half_hour(practice):
    with inside(practice):
        freed(practice)
        waiting(practice)
    sweep(practice)
    late = FOUND + timedelta(minutes=25)
    sweeps.sweep(clinic=practice.clinic, owner="test", clock=lambda: late)
    assert "until 14:58" in django_mail.outbox[-1].body
    sweep(practice, LATE)
    assert status(practice) == OfferStatus.OFFERED
    with inside(practice):
        assert Message.objects.get().expires_at == late + timedelta(minutes=30)


def test_before_the_birth_date_the_page_shows_nothing(practice, key):
    with time_machine.travel(FOUND, tick=False):
        assert b"September" not in Client().get(f"/p/{key}/").content


def test_the_page_of_an_offer_opens_to_its_own_browser_alone(browser):
    assert Client().get(browser.page).status_code == 403


def test_a_form_of_another_door_books_nothing(practice, browser):
    assert browser.tap("take", whose="").status_code == 409
    assert status(practice) == OfferStatus.OFFERED


def test_a_problem_can_be_reported_from_the_page_of_an_offer(practice, browser):
    assert f"{browser.page}report/" in browser.look().content.decode()
    whose = browser.page.split("/")[-2]
    answer = browser.post(f"{browser.page}report/", {"whose": whose, "words": "I cannot breathe"})
    assert answer.headers["Location"] == f"{browser.page}report/more/"
    assert b"Call for help now" in browser.get(f"{browser.page}report/more/").content
    browser.post(f"{browser.page}report/more/", {"whose": whose, "none": "1"})
    assert browser.get(f"{browser.page}end/").headers["Location"] == f"{browser.page}report/call/"
    with inside(practice):
        report = SideEffect.objects.get()
        assert (report.priority, report.patient_id) == (Priority.P0, SlotOffer.objects.get().patient_id)


def test_words_that_all_is_well_are_thanked_for_here_too(practice, browser):
    whose = browser.page.split("/")[-2]
    browser.post(f"{browser.page}report/", {"whose": whose, "words": "All is fine, thank you"})
    answer = browser.post(f"{browser.page}report/more/", {"whose": whose, "none": "1"})
    assert answer.headers["Location"] == f"{browser.page}end/"
    page = browser.get(f"{browser.page}end/").content.decode()
    assert "The clinic reads what you wrote today." in page
    assert f'<a class="btn btn-link" href="{browser.page}">' in page  # the free time still waits for an answer


def test_nothing_to_report_after_all_is_thanked_for(practice, browser):
    whose = browser.page.split("/")[-2]
    browser.post(f"{browser.page}report/", {"whose": whose, "nothing": "1"})
    assert b"Thank you" in browser.get(f"{browser.page}end/").content


def test_the_wrong_birth_date_opens_nothing_and_is_counted(practice, key):
    with time_machine.travel(FOUND, tick=False):
        client = Client()
        assert client.post(f"/p/{key}/", BORN | {"year": "1971"}).status_code == 422
        assert [name for name in client.cookies if name != "csrftoken"] == []
    with inside(practice):
        assert AccessLink.objects.get().failed_attempts == 1


def test_looking_takes_nothing(practice, browser):
    page = browser.look().content.decode()
    assert "Monday, 7 September 2026, 09:00" in page
    assert "kept for you until 14:33" in page  # one clock: none is named
    assert status(practice) == OfferStatus.OFFERED


def test_the_page_names_the_clock_until_when_it_is_kept_for_a_patient_elsewhere(practice, browser):
    with tenant(practice.clinic.pk, actor="test"):
        Patient.objects.update(zone="America/New_York")
    page = browser.look().content.decode()
    assert page.count("by your clock in New York") == 2


def test_taking_it_books_the_visit_and_the_page_says_so(practice, browser):
    browser.tap("take")
    assert "This time is yours" in browser.look().content.decode()
    with inside(practice):
        visit = Appointment.objects.get(status=VisitStatus.BOOKED)
        assert SlotOffer.objects.get().appointment == visit


def test_a_second_tap_changes_nothing(practice, browser):
    for _tap in range(3):
        browser.tap("take")
    browser.tap("no")
    assert status(practice) == OfferStatus.ACCEPTED
    with inside(practice):
        assert Appointment.objects.filter(status=VisitStatus.BOOKED).count() == 1


def test_saying_no_keeps_the_patient_on_the_list(practice, browser):
    browser.tap("no")
    assert "You stay on the list" in browser.look().content.decode()
    assert status(practice) == OfferStatus.DECLINED


def test_after_half_an_hour_the_page_says_it_is_gone_before_any_sweep(practice, browser):
    with time_machine.travel(LATE, tick=False):
        browser.tap("take")
        assert "no longer free" in browser.look().content.decode()
    with inside(practice):
        assert not Appointment.objects.filter(status=VisitStatus.BOOKED).exists()


def test_a_time_that_can_no_longer_be_booked_is_taken_back(practice, browser):
    with inside(practice):
        AvailabilityBlock.objects.all().delete()
    browser.tap("take")
    assert "no longer free" in browser.look().content.decode()
    assert status(practice) == OfferStatus.WITHDRAWN


def test_an_answer_that_is_none_changes_nothing(practice, browser):
    assert browser.tap("perhaps").status_code == 422
    assert status(practice) == OfferStatus.OFFERED


def test_the_cookie_of_an_offer_opens_no_check_in(browser):
    code, _offer, offer_id = browser.page.strip("/").split("/")[1:]
    assert browser.get(f"/p/{code}/{offer_id}/1/").status_code == 403


def test_a_link_that_was_revoked_opens_nothing(practice, browser):
    with inside(practice):
        AccessLink.objects.update(revoked_at=NOW)
    assert browser.look().status_code == 403


def test_an_offer_taken_back_before_it_left_is_not_sent(practice):
    with inside(practice):
        freed(practice)
        waiting(practice)
    sweep(practice)
    with inside(practice):
        slot_offers.withdraw(offer_id=SlotOffer.objects.get().pk, by=practice.desk, now=FOUND)
    sweeps.sweep(clinic=practice.clinic, owner="test", clock=lambda: FOUND)
    assert django_mail.outbox == []


def test_an_address_stopped_meanwhile_is_not_written_to(practice):
    with inside(practice):
        freed(practice)
        waiting(practice)
    sweep(practice)
    with inside(practice):
        ContactPoint.objects.update(stopped_at=NOW)
    sweeps.sweep(clinic=practice.clinic, owner="test", clock=lambda: FOUND + timedelta(minutes=1))
    with inside(practice):
        message = Message.objects.get()
        assert (message.state, message.skip_reason) == (MessageState.SKIPPED, SkipReason.NO_ADDRESS)
