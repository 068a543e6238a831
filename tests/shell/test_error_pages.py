"""What a person sees who sends the wrong thing, or meets a database that restarts."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.choices import Role
from accounts.hashers import TooManySignInsError
from accounts.models import Clinic
from pitclinic import middleware
from pitclinic.views import errors


@pytest.fixture(autouse=True)
def _without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "PAUSE_SECONDS", 0)


def lost(request: HttpRequest, cause: Exception | None = None) -> HttpResponse:
    """What Django makes of a connection that broke."""
    try:
        raise OperationalError from cause or psycopg.errors.AdminShutdown()
    except OperationalError:
        return errors.server_error(request)


def away(request: HttpRequest) -> HttpResponse:
    """What is answered while no connection can be made."""
    return lost(request, psycopg.OperationalError("connection refused"))


class Answers:
    """One answer after the other, and how often it was asked."""

    def __init__(self, *answers: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answers: Iterator[Callable[[HttpRequest], HttpResponse]] = iter(answers)
        self.asked: list[HttpRequest] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        return next(self.answers)(request)


def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.GET.get("q", ""))


def test_a_page_that_meets_a_restarting_database_is_tried_once_more_with_a_fresh_request(db: None) -> None:
    for method in ("GET", "HEAD"):
        answers = Answers(lost, fine)
        asked = RequestFactory().generic(method, "/patients/?q=x")

        response = middleware.SecondTryMiddleware(answers)(asked)

        assert (response.status_code, response.content, len(answers.asked)) == (200, b"x", 2)
        assert answers.asked[1] is not asked


def test_nothing_that_writes_is_sent_twice_and_no_health_check_waits(db: None) -> None:
    for method, path in (("POST", "/patients/"), ("DELETE", "/patients/"), ("GET", "/readyz"), ("GET", "/healthz")):
        answers = Answers(lost, fine)
        assert middleware.SecondTryMiddleware(answers)(RequestFactory().generic(method, path)).status_code == 503
        assert len(answers.asked) == 1


def test_what_is_no_lost_connection_is_not_asked_again(db: None) -> None:
    for cause in (psycopg.errors.DeadlockDetected(), psycopg.errors.QueryCanceled(), ValueError()):
        answers = Answers(lambda request, cause=cause: lost(request, cause), fine)
        assert middleware.SecondTryMiddleware(answers)(RequestFactory().get("/")).status_code == 503
        assert len(answers.asked) == 1


def test_while_the_database_stays_away_only_the_first_request_waits(db: None) -> None:
    answers = Answers(away, away, away, fine)
    ask = middleware.SecondTryMiddleware(answers)

    statuses = [ask(RequestFactory().get("/")).status_code for _once in range(3)]

    assert (statuses, len(answers.asked)) == ([503, 503, 200], 4)


def test_a_connection_cut_in_the_middle_had_been_back_and_is_asked_once_more_at_once(db: None) -> None:
    answers = Answers(away, away, lost, fine)
    ask = middleware.SecondTryMiddleware(answers)

    statuses = [ask(RequestFactory().get("/")).status_code for _once in range(2)]

    assert (statuses, len(answers.asked)) == ([503, 200], 4)


def test_what_an_address_does_not_take_gets_a_page_with_a_way_back(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    to_page, to_form = reverse("patients:list"), reverse("accounts:switch_clinic", args=[client.member.pk])

    sent, opened = client.post(to_page), client.get(to_form)

    assert (sent.status_code, opened.status_code) == (405, 405)
    assert sent.headers["Allow"] == "GET, HEAD"
    assert 'href="">Open the page' in sent.content.decode()
    assert "Nothing was saved" in opened.content.decode()
    assert "Open the page" not in opened.content.decode()
    assert 'href="/"' in opened.content.decode()


def test_too_many_sign_ins_at_once_are_asked_to_wait(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_given: object, **_more: object) -> None:
        raise TooManySignInsError

    monkeypatch.setattr("accounts.models.User.check_password", busy)
    monkeypatch.setattr("django.contrib.auth.backends.ModelBackend.authenticate", busy)
    monkeypatch.setattr("allauth.account.auth_backends.AuthenticationBackend.authenticate", busy)

    answer = Client(raise_request_exception=False).post(
        reverse("account_login"), {"login": "a@example.org", "password": "correct horse battery staple"}
    )

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Your password was not checked" in answer.content.decode()
