"""The door: a neutral page, a birth date, five tries; an old link leads to a new one and says nothing else."""

import logging
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import AccessLink
from pitclinic.logs import json_formatter
from portal import limits
from portal.models import CheckIn
from reminders.models import Message
from reminders.services import sweeps
from sessions.models import PainScore
from tests.factories.sessions import void
from tests.portal.visits import BORN, Told, told, without_tokens

CLINICAL = ("pain", "inject", "nerve", "treat", "score", "dextrose", "PIT", "relief")


@pytest.fixture
def visit(clinic: Clinic) -> Told:
    return told(clinic, given_names="Zebedee", family_name="Quillfeather")


def _main_text(response) -> str:
    return response.content.decode().split("<title>")[1].replace("<title>", "")


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
    assert visit.enter()["Location"] == "/p/start/"


def test_the_right_birth_date_opens_a_clean_address_with_a_cookie_for_this_link_only(visit):
    response = visit.enter()
    cookie = response.cookies["portal"]
    assert response["Location"] == "/p/start/"
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/p/", True, "Lax")
    assert visit.key not in cookie.value
    assert visit.browser.get("/p/start/")["Location"] == "/p/pain/"


@pytest.mark.parametrize("born", [{"day": "18"}, {"month": "4"}, {"year": "1971"}])
def test_a_wrong_birth_date_stays_outside(visit, born):
    response = visit.enter(**born)
    assert response.status_code == 422
    assert "portal" not in response.cookies
    with tenant(visit.clinic.pk):
        assert visit.fresh_link().failed_attempts == 1


@pytest.mark.parametrize("born", [{"day": "31", "month": "2"}, {"day": "x"}, {"year": ""}, {"day": "1\x00"}])
def test_what_is_no_date_costs_no_try(visit, born):
    assert visit.enter(**born).status_code == 422
    with tenant(visit.clinic.pk):
        assert visit.fresh_link().failed_attempts == 0


def test_after_five_tries_the_link_is_closed_even_for_the_right_date(visit):
    for _try in range(5):
        assert visit.enter(year="1950").status_code == 422
    assert b"This link has ended" in visit.enter().content
    assert b"This link has ended" in visit.browser.get(visit.url).content


def test_closing_a_link_closes_what_it_had_opened(visit):
    visit.enter()
    with tenant(visit.clinic.pk, actor="test"):
        AccessLink.objects.update(failed_attempts=5)
    response = visit.browser.get("/p/pain/")
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


def test_wrong_old_closed_and_voided_links_look_alike_to_the_byte(clinic, other_clinic):
    old, closed, voided = told(clinic), told(clinic), told(other_clinic)
    with tenant(clinic.pk, actor="test"):
        AccessLink.objects.filter(pk=old.message.access_link_id).update(expires_at=timezone.now())
        AccessLink.objects.filter(pk=closed.message.access_link_id).update(failed_attempts=5)
    with tenant(other_clinic.pk, actor="test"):
        void(voided.session, voided_at=timezone.now())
    keys = [old.key, closed.key, voided.key, f"{clinic.link_code}-{'x' * 27}", f"nobody-{'x' * 27}", "nonsense", "%00"]
    for ask in (Client().get, Client().post):
        answers = [ask(f"/p/{key}/") for key in keys]
        assert {answer.status_code for answer in answers} == {200}
        assert len({without_tokens(answer) for answer in answers}) == 1
    answers = [Client().post(f"/p/{key}/again/") for key in keys]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/p/sent/")}


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
    assert Client().post(f"/p/{fresh}/", BORN)["Location"] == "/p/start/"


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
    good = visit.browser.cookies["portal"].value
    for value in ("", "x", good[:-2] + "xx", good.replace(":", ".")):
        browser = Client()
        browser.cookies["portal"] = value
        assert browser.get("/p/pain/").status_code == 403
        assert browser.post("/p/pain/", {"score": "3"}).status_code == 403
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
    browser = staff_client("clinician", clinic=other_clinic)
    assert browser.post(visit.url, BORN)["Location"] == "/p/start/"
    assert browser.post("/p/pain/", {"score": "4"})["Location"] == "/p/start/"
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().patient_id == visit.session.patient_id
        events = AuditEvent.objects.filter(table_name="pit_sessions_painscore")
        assert set(events.values_list("actor", flat=True)) == {f"patient:{visit.session.patient_id}"}
