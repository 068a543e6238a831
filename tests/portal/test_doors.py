"""The door: a neutral page, a birth date, five tries; an old link leads to a new one and says nothing else."""

import logging
import re
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import AccessLink, ContactPoint
from pitclinic.logs import json_formatter
from portal import limits
from portal.models import CheckIn
from reminders.models import Message
from reminders.services import sweeps
from sessions.models import PainScore
from tests.factories.sessions import SideEffectFactory, void
from tests.portal.visits import BORN, Told, told, without_tokens

CLINICAL = ("pain", "inject", "nerve", "treat", "score", "dextrose", "PIT", "relief")


@pytest.fixture
def visit(clinic: Clinic) -> Told:
    return told(clinic, given_names="Zebedee", family_name="Quillfeather")


def _main_text(response) -> str:
    """Without the form's token and nonces, whose letters are by chance."""
    page = response.content.decode().split("<title>")[1]
    return re.sub('(name="csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page)


def test_before_the_birth_date_the_page_says_nothing_clinical_and_no_name(visit):
    response = visit.browser.get(visit.url)
    text = _main_text(response).lower()
    assert response.status_code == 200
    for word in (*CLINICAL, "Zebedee", "Quillfeather", visit.clinic.name):
        assert word.lower() not in text, word
    assert visit.clinic.sender_name.lower() in text
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"


def test_no_log_line_tells_the_link(visit):
    event = {"event": "request_started", "request": f"POST {visit.url}", "ip": "127.0.0.1"}
    record = logging.makeLogRecord({"msg": event, "levelname": "INFO", "name": "django_structlog"})
    record._logger, record._name, record._from_structlog = None, "x", True  # as structlog hands it over
    line = json_formatter().format(record)
    assert visit.key not in line
    assert "/p/[link]" in line
    assert "127.0.0.1" in line


def test_a_mail_scanner_uses_nothing_up(visit):
    for _visit in range(10):
        visit.browser.head(visit.url)
        visit.browser.get(visit.url)
    with tenant(visit.clinic.pk):
        assert visit.fresh_link().used_at is None
        assert CheckIn.objects.count() == 0
    entered = visit.enter()["Location"]
    with tenant(visit.clinic.pk):
        assert entered == f"/p/{visit.clinic.link_code}/{CheckIn.objects.get().pk}/"


def test_the_right_birth_date_opens_an_address_of_this_check_in_with_a_cookie_for_it_alone(visit):
    response = visit.enter()
    cookie = response.cookies[visit.cookie]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (response["Location"], True, "Lax")
    assert visit.key not in cookie.value
    assert visit.key not in response["Location"]
    assert visit.get("start")["Location"] == visit.address("pain")


@pytest.mark.parametrize("born", [{"day": "18"}, {"month": "4"}, {"year": "1971"}])
def test_a_wrong_birth_date_stays_outside(visit, born):
    response = visit.enter(**born)
    assert response.status_code == 422
    assert [name for name in response.cookies if name != "csrftoken"] == []
    with tenant(visit.clinic.pk):
        assert visit.fresh_link().failed_attempts == 1


@pytest.mark.parametrize("born", [{"day": "31", "month": "2"}, {"day": "x"}, {"year": ""}, {"day": "1\x00"}])
def test_what_is_no_date_costs_no_try(visit, born):
    assert visit.enter(**born).status_code == 422
    with tenant(visit.clinic.pk):
        assert visit.fresh_link().failed_attempts == 0


def test_after_five_tries_the_link_is_closed_even_for_the_right_date(visit):
    for _try in range(4):
        page = visit.enter(year="1950")
        assert page.status_code == 422
        assert b"Please try again" in page.content
    for page in (visit.enter(year="1950"), visit.enter(), visit.browser.get(visit.url)):
        words = page.content.decode()
        assert "This link is closed now" in words
        assert "was not right five times" in words
        assert visit.clinic.phone.as_international in words
        assert "Send me a new link" in words
        for untrue in ("Please try again", "Links work for a week", "This link has ended"):
            assert untrue not in words


def test_what_is_no_date_is_told_in_the_clinics_words(visit):
    for born, words in (
        ({"day": "x"}, "Enter the day as a number, like 17."),
        ({"month": "13"}, "Enter the month as a number, like 5."),
        ({"year": "70"}, "Enter the year of birth with four digits, like 1980."),
        ({"year": ""}, "Enter the year of birth with four digits, like 1980."),
        ({"month": "2", "day": "31"}, "This day is not in the calendar. Check the day and the month."),
    ):
        assert words in visit.enter(**born).content.decode()


def test_closing_a_link_closes_what_it_had_opened(visit):
    visit.enter()
    with tenant(visit.clinic.pk, actor="test"):
        AccessLink.objects.update(failed_attempts=5)
    response = visit.get("pain")
    assert response.status_code == 403
    assert b"open your link again" in response.content


def test_one_address_may_not_guess_at_many_links(visit, monkeypatch):
    monkeypatch.setitem(limits.MOST, "guess", 2)
    for _try in range(2):
        assert visit.enter(year="1950").status_code == 422
    response = visit.enter()
    assert response.status_code == 429
    with tenant(visit.clinic.pk):
        assert visit.fresh_link().failed_attempts == 2


def _expire(visit: Told) -> None:
    with tenant(visit.clinic.pk, actor="test"):
        AccessLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))


def test_links_that_open_nothing_and_get_nothing_look_alike_to_the_byte(clinic, other_clinic):
    voided = told(clinic)
    with tenant(clinic.pk, actor="test"):
        void(voided.session, voided_at=timezone.now())
    for code, keys in (
        (clinic.link_code, [voided.key, f"{clinic.link_code}-{'x' * 27}"]),
        ("", [f"nobody-{'x' * 27}", "nonsense", "%00"]),
    ):
        for ask in (Client().get, Client().post):
            answers = [ask(f"/p/{key}/") for key in keys]
            assert {answer.status_code for answer in answers} == {200}
            assert len({without_tokens(answer) for answer in answers}) == 1
            phone = clinic.phone.as_international.encode()
            assert (phone in answers[0].content) is bool(code)
        answers = [Client().post(f"/p/{key}/again/", follow=True) for key in keys]
        assert len({without_tokens(answer) for answer in answers}) == 1


def test_a_new_link_is_promised_only_where_one_will_come(clinic):
    old, closed, mute, worried = told(clinic), told(clinic), told(clinic), told(clinic)
    with tenant(clinic.pk, actor="test"):
        AccessLink.objects.filter(pk=closed.message.access_link_id).update(failed_attempts=5)
        AccessLink.objects.exclude(pk=closed.message.access_link_id).update(expires_at=timezone.now())
        ContactPoint.objects.filter(patient=mute.session.patient).update(stopped_at=timezone.now())
        SideEffectFactory(clinic=clinic, patient=worried.session.patient, priority="P1")
    for visit, will_come in ((old, True), (closed, True), (mute, False), (worried, False)):
        page = Client().get(visit.url).content.decode()
        assert ("Send me a new link" in page) is will_come
        assert clinic.phone.as_international in page
        assert f"tel:{clinic.emergency_number}" in page
    Client().post(f"{old.url}again/")
    assert "Send me a new link" not in Client().get(old.url).content.decode()  # one is on its way already


def test_an_old_link_leads_to_a_new_one_at_any_hour(visit):
    _expire(visit)
    django_mail.outbox.clear()
    answer = visit.browser.post(f"{visit.url}again/", follow=True)
    assert b"Look at your e-mail" in answer.content
    night = timezone.now().replace(hour=2) + timedelta(days=1)
    with tenant(visit.clinic.pk, actor="test"):
        Message.objects.filter(is_requested=True).update(expires_at=night + timedelta(hours=1))
    sweeps.sweep(clinic=visit.clinic, owner="test", clock=lambda: night)
    (mail,) = [m for m in django_mail.outbox if visit.clinic.link_code in m.body and visit.key not in m.body]
    fresh = mail.body.split("/p/")[1].split("/")[0]
    assert Client().post(f"/p/{fresh}/", BORN).status_code == 302


def test_asking_twice_sends_one_and_at_most_three_a_day(visit):
    _expire(visit)

    def asked() -> int:
        with tenant(visit.clinic.pk):
            return Message.objects.filter(dedupe_key__contains=":again-").count()

    for _tap in range(3):
        visit.browser.post(f"{visit.url}again/")
    assert asked() == 1
    for _day in range(5):
        with tenant(visit.clinic.pk, actor="test"):
            Message.objects.filter(state="planned").update(state="failed")
        visit.browser.post(f"{visit.url}again/")
    assert asked() <= 3


def test_an_open_link_needs_no_new_one(visit):
    visit.browser.post(f"{visit.url}again/")
    with tenant(visit.clinic.pk):
        assert not Message.objects.filter(dedupe_key__contains=":again-").exists()


def test_without_the_cookie_or_with_another_nothing_opens(visit, clinic):
    visit.enter()
    good = visit.browser.cookies[visit.cookie].value
    for value in ("", "x", good[:-2] + "xx", good.replace(":", ".")):
        visit.browser = Client()
        visit.browser.cookies[visit.cookie] = value
        assert visit.get("pain").status_code == 403
        assert visit.tap("pain", score="3").status_code == 403
    with tenant(clinic.pk):
        assert PainScore.objects.count() == 0


def test_entering_is_recorded_under_the_patients_id_and_changes_are_too(visit):
    visit.enter()
    visit.tap("pain", score="4")
    with tenant(visit.clinic.pk):
        events = AuditEvent.objects.filter(actor=f"patient:{visit.session.patient_id}")
        seen = set(events.values_list("kind", "table_name"))
    assert {("view", "portal_checkin"), ("insert", "portal_checkin"), ("insert", "pit_sessions_painscore")} <= seen


def test_a_signed_in_member_of_another_clinic_may_be_a_patient_here(visit, other_clinic, staff_client):
    visit.browser = staff_client("clinician", clinic=other_clinic)
    assert visit.enter().status_code == 302
    assert visit.tap("pain", score="4")["Location"] == visit.start
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().patient_id == visit.session.patient_id
        events = AuditEvent.objects.filter(table_name="pit_sessions_painscore")
        assert set(events.values_list("actor", flat=True)) == {f"patient:{visit.session.patient_id}"}


def test_an_unknown_method_is_no_forgery(clinic):
    strict = Client(enforce_csrf_checks=True)
    for path in ("/p/nobody/", "/p/abc/01a22b51-124e-77b1-8d18-6b31593ff8f2/1/"):
        for method in ("put", "delete", "patch"):
            assert getattr(strict, method)(path).status_code == 405


def test_the_boxes_stand_as_the_country_writes_a_day_and_a_wrong_date_is_said_in_words(visit):
    for country, order in (("DE", ["day", "month", "year"]), ("US", ["month", "day", "year"])):
        Clinic.objects.filter(pk=visit.clinic.pk).update(country=country)
        page = visit.browser.get(visit.url).content.decode()
        assert re.findall('name="(day|month|year)"', page) == order
    years = timezone.now().year - 1980 - ((timezone.now().month, timezone.now().day) < (3, 4))
    page = visit.enter(day="4", month="3", year="1980").content.decode()
    assert f"4 March 1980, {years} years: that is not the date we have" in page
