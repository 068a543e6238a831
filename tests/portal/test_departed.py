"""The patient is marked as deceased or as having left while a link is out: nothing is written, and the page is kind."""

from datetime import date
from typing import Any

import pytest
from django.core import mail as django_mail
from django.test import Client

from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Patient
from reminders.models import Message
from reminders.services import sweeps
from scheduling.choices import OfferStatus
from scheduling.models import Appointment, SlotOffer
from scheduling.services import departures
from sessions.models import PainScore, SideEffect
from tests.portal import test_offers
from tests.portal.test_offers import OfferBrowser
from tests.portal.visits import told
from tests.scheduling.conftest import Practice
from tests.scheduling.test_waiting_list import FOUND

browser, key, practice = test_offers.browser, test_offers.key, test_offers.practice


@pytest.mark.parametrize("gone", [{"is_deceased": True}, {"left_date": date(2026, 9, 1)}])
def test_an_open_check_in_takes_nothing_more_and_says_whom_to_call(clinic: Clinic, gone: dict[str, Any]) -> None:
    visit = told(clinic)
    visit.enter()
    visit.tap("pain", score="3")
    sent = len(django_mail.outbox)
    with tenant(clinic.pk, actor="test"):
        Patient.objects.filter(pk=visit.session.patient_id).update(**gone)

    answers = [visit.tap("worry", signs="breathless"), visit.tap("pain", score="9")]
    again = Client().post(f"/p/{visit.key}/again/", follow=True)
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: FOUND)

    for answer in answers:
        assert answer.status_code == 403
        said = answer.content.decode()
        assert "has not reached your clinic" in said
        assert clinic.urgent_phone.as_international in said
        assert clinic.emergency_number in said
    assert "has not reached" not in visit.get("pain").content.decode()
    ended = Client().get(f"/p/{visit.key}/").content.decode()
    assert "This link has ended" in ended
    assert clinic.phone.as_international in ended
    assert "Send me a new link" not in ended
    for page in (ended, again.content.decode()):
        assert "eceased" not in page
        assert "Left the clinic" not in page
    with tenant(clinic.pk, actor="test"):
        assert list(PainScore.objects.values_list("score", flat=True)) == [3]
        assert not SideEffect.objects.exists()
        assert Message.objects.count() == 1
    assert len(django_mail.outbox) == sent


def test_an_offer_that_is_open_on_a_phone_books_nothing(practice: Practice, browser: OfferBrowser) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        offer = SlotOffer.objects.get()
        visits = Appointment.objects.count()
        departures.mark_deceased(by=practice.desk, now=FOUND, patient_id=offer.patient_id, deceased_date=None)

    answer = browser.tap("take")

    assert answer.status_code == 403
    assert "has not reached your clinic" in answer.content.decode()
    with tenant(practice.clinic.pk, actor="test"):
        offer.refresh_from_db()
        assert offer.status == OfferStatus.WITHDRAWN
        assert Appointment.objects.count() == visits
