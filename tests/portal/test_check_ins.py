"""Three taps: pain, relief, worry. Each counts once; what is not answered stays missing."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from portal.models import CheckIn
from portal.views import worries
from reminders.choices import Step
from sessions.choices import DangerSign, Moment, Priority, Question, Source
from sessions.models import Measure, PainScore, ReliefReport, SideEffect
from tests.factories.accounts import ClinicFactory
from tests.factories.sessions import void
from tests.portal.visits import Told, told


@pytest.fixture
def visit(clinic: Clinic) -> Told:
    inside = told(clinic)
    inside.enter()
    return inside


def _next(visit: Told) -> str:
    return visit.get("start")["Location"]


def test_three_taps_answer_everything(visit):
    assert _next(visit) == visit.address("pain")
    visit.tap("pain", score="4")
    assert _next(visit) == visit.address("relief")
    visit.tap("relief", answer="lasting")
    assert _next(visit) == visit.address("worry")
    assert visit.tap("worry", nothing="1")["Location"] == visit.address("done")
    assert b"Thank you" in visit.get("done").content
    with tenant(visit.clinic.pk):
        score = PainScore.objects.get()
        report = ReliefReport.objects.get()
        assert (score.score, score.question, score.moment, score.source) == (
            4,
            Question.NOW,
            Moment.CHECK_24H,
            Source.PORTAL,
        )
        assert score.injection_session_id == visit.session.pk
        assert (report.has_ended, report.ended_at, report.source) == (False, None, Source.PORTAL)
        assert not SideEffect.objects.exists()
        assert visit.fresh_link().used_at is not None


@pytest.fixture
def day_7(clinic: Clinic) -> Told:
    inside = told(clinic, ago=timedelta(days=7, hours=2), step=Step.CHECK_7D)
    inside.enter()
    inside.tap("pain", score="4")
    inside.tap("relief", answer="lasting")
    return inside


def test_day_7_asks_for_the_overall_change_before_any_worry(day_7):
    assert _next(day_7) == day_7.address("change")
    assert b"Question 3 of 4" in day_7.get("change").content
    day_7.tap("change", change="2")
    assert _next(day_7) == day_7.address("worry")
    with tenant(day_7.clinic.pk):
        told_ = Measure.objects.get()
        assert (told_.value, told_.source, told_.moment) == (2, Source.PORTAL, Moment.CHECK_7D)
        assert told_.injection_session_id == day_7.session.pk


def test_an_overall_change_left_out_stays_missing(day_7):
    day_7.tap("change", change="skip")
    with tenant(day_7.clinic.pk):
        assert not Measure.objects.exists()


def test_an_overall_change_can_be_changed_until_the_end_and_not_after(day_7):
    day_7.tap("change", change="2")
    day_7.tap("change", change="6")
    day_7.tap("worry", nothing="1")
    assert day_7.tap("change", change="1")["Location"] == day_7.address("start")
    with tenant(day_7.clinic.pk):
        assert Measure.objects.get().value == 6


@pytest.mark.parametrize("change", ["", "0", "8", "better"])
def test_an_overall_change_that_is_none_of_the_answers_is_asked_again(day_7, change):
    assert day_7.tap("change", change=change).status_code == 422


def test_no_earlier_day_asks_for_the_overall_change(visit):
    assert visit.get("change")["Location"] == visit.address("start")


@pytest.mark.parametrize("score", range(11))
def test_every_score_from_0_to_10_is_kept_as_it_is(visit, score):
    visit.tap("pain", score=str(score))
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().score == score


@pytest.mark.parametrize("answer", ["11", "-1", "", "4.5", "NaN", "٤", "4\x00", "1e1"])
def test_what_is_no_score_is_not_kept(visit, answer):
    assert visit.tap("pain", score=answer).status_code == 422
    with tenant(visit.clinic.pk):
        assert not PainScore.objects.exists()


def test_what_is_left_out_stays_missing_and_is_never_zero(visit):
    visit.tap("pain", score="skip")
    visit.tap("relief", answer="skip")
    assert _next(visit) == visit.address("worry")
    with tenant(visit.clinic.pk):
        assert not PainScore.objects.exists()
        assert not ReliefReport.objects.exists()


def test_a_slip_can_be_taken_back_until_the_end(visit):
    visit.tap("pain", score="4")
    visit.tap("relief", answer="never")
    assert visit.address("pain").encode() in visit.get("relief").content  # the way back
    page = visit.get("pain").content.decode()
    assert 'value="4" aria-pressed="true"' in " ".join(page.split())
    assert "You have answered this" in page
    visit.tap("pain", score="9")
    assert 'value="never" aria-pressed="true"' in visit.get("relief").content.decode()
    visit.tap("relief", answer="lasting")
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().score == 9
        report = ReliefReport.objects.get()
    assert (report.has_ended, report.ended_at) == (False, None)


def test_an_answer_can_be_left_out_after_all(visit):
    for page, first in (("pain", {"score": "4"}), ("relief", {"answer": "ended"})):
        visit.tap(page, **first)
        visit.tap(page, **dict.fromkeys(first, "skip"))
    with tenant(visit.clinic.pk):
        assert not PainScore.objects.exists()
        assert not ReliefReport.objects.exists()


def test_after_the_end_nothing_changes_any_more(visit):
    visit.tap("pain", score="4")
    visit.tap("relief", answer="lasting")
    visit.tap("worry", nothing="1")
    assert visit.tap("pain", score="9")["Location"] == visit.address("start")
    visit.tap("relief", answer="never")
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().score == 4
        assert ReliefReport.objects.get().has_ended is False


def test_the_trail_keeps_what_was_taken_back(visit):
    visit.tap("pain", score="4")
    visit.tap("pain", score="9")
    with tenant(visit.clinic.pk):
        kinds = AuditEvent.objects.filter(table_name="pit_sessions_painscore", actor__startswith="patient:")
        assert list(kinds.order_by("id").values_list("kind", flat=True)) == ["insert", "delete", "insert"]


def test_pain_that_came_back_may_say_when(visit):
    visit.tap("pain", score="6")
    assert visit.tap("relief", answer="ended")["Location"] == visit.address("relief/end")
    assert b"About 24" not in visit.get("relief/end").content
    assert b"About 2 days ago" not in visit.get("relief/end").content  # the visit was 30 hours ago
    visit.tap("relief/end", hours="6")
    visit.tap("relief/end", hours="1")
    assert _next(visit) == visit.address("worry")
    with tenant(visit.clinic.pk):
        report = ReliefReport.objects.get()
    assert report.has_ended is True
    assert timedelta(hours=5, minutes=59) < report.reported_at - report.ended_at < timedelta(hours=6, minutes=1)


def test_pain_that_came_back_nobody_knows_when(visit):
    visit.tap("relief", answer="ended")
    visit.tap("relief/end", hours="skip")
    with tenant(visit.clinic.pk):
        report = ReliefReport.objects.get()
    assert (report.has_ended, report.ended_at) == (True, None)


def test_relief_never_ended_before_the_visit_did(visit):
    visit.tap("relief", answer="ended")
    visit.tap("relief/end", hours="120")
    with tenant(visit.clinic.pk):
        assert ReliefReport.objects.get().ended_at == visit.session.ended_at


def test_relief_that_never_began_ended_with_the_visit(visit):
    assert visit.tap("relief", answer="never")["Location"] == visit.address("start")
    with tenant(visit.clinic.pk):
        report = ReliefReport.objects.get()
        assert visit.session.ended_at < visit.session.signed_at
    assert (report.has_ended, report.ended_at) == (True, visit.session.ended_at)


P0 = ("breathless", "swelling", "collapse", "vision", "weakness", "bladder", "headache")


@pytest.mark.parametrize("sign", DangerSign)
def test_a_danger_sign_is_stored_and_answered_at_once(visit, sign):
    answer = visit.tap("worry", sign=sign.value)
    with tenant(visit.clinic.pk):
        told_ = SideEffect.objects.get()
    assert told_.danger_signs == [sign.value]
    assert told_.injection_session_id == visit.session.pk
    assert told_.priority == (Priority.P0 if sign in P0 else Priority.P1)
    page = answer.content.decode()
    assert ("Call for help now" in page) is (sign in P0)
    assert ("Please call us now" in page) is (sign not in P0)
    assert f'href="tel:{visit.clinic.emergency_number}"' in page
    assert visit.clinic.urgent_phone.as_international in page


def test_the_emergency_words_come_from_a_stored_report_even_if_the_page_breaks(visit, monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(worries, "render", breaks)
    with pytest.raises(RuntimeError):
        visit.tap("worry", sign="breathless")
    with tenant(visit.clinic.pk):
        assert SideEffect.objects.get().priority == Priority.P0


def test_that_report_stands_at_a_browser_where_staff_is_signed_in_too(visit, staff_client, monkeypatch):
    browser = staff_client("front_desk", clinic=visit.clinic)
    browser.cookies[visit.cookie] = visit.browser.cookies[visit.cookie].value
    browser.raise_request_exception = False

    def breaks(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(worries, "render", breaks)
    visit.browser = browser
    assert visit.tap("worry", sign="breathless").status_code == 500
    with tenant(visit.clinic.pk):
        assert SideEffect.objects.get().priority == Priority.P0


def test_who_told_a_danger_sign_sees_the_words_again_at_the_end(visit):
    visit.tap("pain", score="skip")
    visit.tap("relief", answer="skip")
    visit.tap("worry", sign="vision")
    assert visit.get("done")["Location"] == visit.address("call")
    assert b"Call for help now" in visit.get("call").content


@pytest.mark.parametrize(
    "answer", [{}, {"words": "  "}, {"sign": "unknown"}, {"words": "a\x00"}, {"words": "x" * 1001}]
)
def test_an_answer_that_says_nothing_is_asked_again(visit, answer):
    assert visit.tap("worry", **answer).status_code == 422
    with tenant(visit.clinic.pk):
        assert not SideEffect.objects.exists()
        assert CheckIn.objects.get().worry_at is None


def test_telling_the_same_twice_is_one_report_and_another_sign_is_another(visit):
    for sign in ("pus", "pus", "breathless"):
        visit.tap("worry", sign=sign)
    with tenant(visit.clinic.pk):
        assert sorted(SideEffect.objects.values_list("priority", flat=True)) == ["P0", "P1"]


def test_coming_back_by_the_link_shows_the_end_and_doubles_nothing(visit):
    visit.tap("pain", score="3")
    visit.tap("relief", answer="lasting")
    visit.tap("worry", nothing="1")
    visit.browser = Client()
    assert visit.enter()["Location"] == visit.address("start")
    assert _next(visit) == visit.address("done")
    visit.tap("pain", score="9")
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().score == 3


def test_voiding_the_session_closes_its_door(visit):
    with tenant(visit.clinic.pk, actor="test"):
        void(visit.session, voided_at=timezone.now())
    assert visit.tap("pain", score="3").status_code == 403


def test_a_page_is_small_and_needs_no_script(visit):
    for page in ("pain", "relief", "worry"):
        response = visit.get(page)
        assert len(response.content) < 12_000
        assert b"<button" in response.content
        assert b"hx-" not in response.content.split(b"</head>")[1].replace(b"hx-headers", b"")


@pytest.mark.parametrize(("page", "most"), [("pain", 13), ("relief", 13), ("worry", 16)])
def test_a_question_asks_the_database_the_same_every_time(visit, page, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        visit.get(page)


@pytest.mark.django_db(transaction=True)
def test_twenty_taps_at_once_are_one_answer():
    clinic = ClinicFactory()
    visit = told(clinic)
    visit.enter()
    cookie = visit.browser.cookies[visit.cookie].value
    start = threading.Barrier(20)

    def tap(page: str, answer: dict[str, str]) -> None:
        browser = Client()
        browser.cookies[visit.cookie] = cookie
        start.wait()
        browser.post(visit.address(page), {"whose": visit.whose, **answer})
        connection.close()

    for page, answer in (
        ("pain", {"score": "5"}),
        ("relief", {"answer": "lasting"}),
        ("worry", {"sign": "breathless"}),
    ):
        threads = [threading.Thread(target=tap, args=(page, answer)) for _tap in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with tenant(clinic.pk):
        assert PainScore.objects.count() == 1
        assert ReliefReport.objects.count() == 1
        assert SideEffect.objects.count() == 1
        assert CheckIn.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_are_counted_one_by_one():
    clinic = ClinicFactory()
    visit = told(clinic)
    start = threading.Barrier(12)

    def guess(year: int) -> None:
        start.wait()
        Client().post(visit.url, {"day": "1", "month": "1", "year": str(year)})
        connection.close()

    threads = [threading.Thread(target=guess, args=(1950 + n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenant(clinic.pk):
        assert visit.fresh_link().failed_attempts == 5
