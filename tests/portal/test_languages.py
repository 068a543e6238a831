"""A patient who reads another language: what is served says what it is, and what is kept says in what it was asked."""

from datetime import timedelta

from django.core import mail
from django.test import Client

from accounts.choices import Role
from common.tenancy import tenant
from sessions.choices import Moment
from sessions.models import Measure
from tests.portal.visits import told

_SAYS = '<html lang="en" dir="ltr">'


def test_words_without_a_catalogue_say_that_they_are_english_and_read_from_the_left(clinic):
    for language in ("ar", "de"):
        visit = told(clinic, language=language)
        assert "a 1-minute check-in is ready" in mail.outbox[-1].body
        visit.browser = Client(headers={"Accept-Language": f"{language},en;q=0.1"})
        assert _SAYS in visit.browser.get(visit.url).content.decode()
        visit.enter()
        page = visit.get("pain").content.decode()
        assert _SAYS in page
        assert f"<bdi>{visit.session.patient.full_name}</bdi>" in page
        assert f'<bdi lang="{clinic.locale}">{clinic.sender_name}</bdi>' in page


def test_a_page_of_the_staff_says_the_same_to_a_browser_that_wants_arabic(staff_client, clinic):
    page = (
        staff_client(Role.CLINICIAN, clinic=clinic)
        .get("/", headers={"Accept-Language": "ar"}, follow=True)
        .content.decode()
    )
    assert _SAYS in page


def test_an_answer_keeps_the_language_it_was_asked_in(clinic):
    visit = told(clinic, language="ar", ago=timedelta(days=7, hours=6), step=Moment.CHECK_7D)
    visit.enter()
    visit.tap("change", change="2")
    with tenant(clinic.pk):
        assert Measure.objects.get(patient=visit.session.patient).language == "en"
