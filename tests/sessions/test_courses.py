"""A course is planned in the patient's words, changed under a version, ended with a reason and opened again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from scheduling.models import VisitSeries
from sessions.choices import EndReason
from sessions.models import Course, CourseGoal, CourseReview
from sessions.policies.courses import CourseChangedError, CourseRefusedError
from sessions.services import courses
from sessions.services.courses import Goal, Plan
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory, VisitTypeFactory
from tests.factories.sessions import CourseFactory, CourseGoalFactory, PatientConditionFactory
from tests.sessions.courses import treat

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)


@pytest.fixture
def course(in_clinic: Clinic) -> Course:
    return CourseFactory(clinic=in_clinic)


@pytest.fixture
def clinician(course: Course) -> Actor:
    return MembershipFactory(clinic=course.clinic).as_actor()


def change(course: Course, by: Actor, *goals: Goal, version: int = 1, **plan: object) -> Course:
    return courses.change(
        course=course,
        version=version,
        plan=Plan(**plan),  # type: ignore[arg-type]
        goals=goals,
        by=by,
        now=NOW,
    )


def test_a_plan_is_stored_as_typed(course: Course, clinician: Actor) -> None:
    change(course, clinician, planned_sessions=8, interval_days=14, baseline_now=7, baseline_date=date(2026, 3, 1))
    course.refresh_from_db()
    assert (course.planned_sessions, course.interval_days, course.baseline_now, course.version) == (8, 14, 7, 2)


def test_goals_keep_their_words_and_order(course: Course, clinician: Actor) -> None:
    change(course, clinician, Goal(words="Sleep through"), Goal(words="Walk to the market", is_reached=True))
    assert list(course.goals.values_list("position", "words", "reached_date")) == [
        (1, "Sleep through", None),
        (2, "Walk to the market", date(2026, 3, 9)),
    ]


def test_a_goal_that_moves_up_keeps_the_day_it_was_reached(course: Course, clinician: Actor) -> None:
    CourseGoalFactory(clinic=course.clinic, course=course, position=1, words="Sleep")
    CourseGoalFactory(clinic=course.clinic, course=course, position=2, words="Walk", reached_date=date(2026, 3, 4))
    change(course, clinician, Goal(words="Walk", is_reached=True))
    assert list(course.goals.values_list("position", "words", "reached_date")) == [(1, "Walk", date(2026, 3, 4))]


def test_a_sixth_goal_is_refused_by_the_service_and_by_the_database(course: Course, clinician: Actor) -> None:
    with pytest.raises(CourseRefusedError, match="up to 5 goals"):
        change(course, clinician, *[Goal(words=f"Goal {number}") for number in range(6)])
    with pytest.raises(IntegrityError, match="sessions_goal_at_most_five"), transaction.atomic():
        CourseGoalFactory(clinic=course.clinic, course=course, position=6)


def test_two_who_change_a_course_at_once_lose_nothing(course: Course, clinician: Actor) -> None:
    change(course, clinician, planned_sessions=8)
    with pytest.raises(CourseChangedError):
        change(course, clinician, planned_sessions=4)
    course.refresh_from_db()
    assert course.planned_sessions == 8


def test_the_last_goal_reached_asks_for_a_review_and_ends_nothing(course: Course, clinician: Actor) -> None:
    (session,) = treat(course, (8, 4))
    change(course, clinician, Goal(words="Sleep through", is_reached=True))
    review = CourseReview.objects.get()
    assert (review.rule, review.injection_session_id) == ("success", session.pk)
    course.refresh_from_db()
    assert course.status == Course.Status.OPEN


@pytest.mark.parametrize("reason", EndReason.values)
def test_a_course_ends_with_each_reason(reason: str, course: Course, clinician: Actor) -> None:
    ended = courses.end(course=course, reason=reason, note="moved abroad", by=clinician, now=NOW)
    assert (ended.status, ended.end_reason, ended.ended_date) == ("ended", reason, date(2026, 3, 9))


@pytest.mark.parametrize(("reason", "note", "words"), [("", "", "needs a reason"), ("other", "  ", "Enter a reason")])
def test_an_end_without_a_reason_is_refused(
    reason: str, note: str, words: str, course: Course, clinician: Actor
) -> None:
    with pytest.raises(CourseRefusedError, match=words):
        courses.end(course=course, reason=reason, note=note, by=clinician, now=NOW)


def test_the_database_refuses_an_end_without_a_reason(course: Course) -> None:
    with pytest.raises(IntegrityError, match="sessions_course_end_is_whole"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(status="ended", ended_date=date(2026, 3, 9))


def test_the_database_refuses_a_baseline_above_ten(course: Course) -> None:
    with pytest.raises(IntegrityError, match="baseline_0_to_10"), transaction.atomic():
        Course.objects.filter(pk=course.pk).update(baseline_now=11)


def _weekly_visits(course: Course, by: Actor) -> VisitSeries:
    """Two visits to come, booked as a series."""
    series = VisitSeries.objects.create(
        clinic=course.clinic, patient=course.patient, visit_type=VisitTypeFactory(clinic=course.clinic)
    )
    for week in (1, 2):
        AppointmentFactory(
            clinic=course.clinic,
            patient=course.patient,
            clinician_id=by.membership_id,
            visit_type=series.visit_type,
            starts_at=NOW + timedelta(days=7 * week),
            series=series,
        )
    return series


def test_the_end_of_a_course_gives_its_unused_visits_back_and_opening_it_again_takes_them(
    course: Course, clinician: Actor
) -> None:
    series = _weekly_visits(course, clinician)

    ended = courses.end(course=course, reason=EndReason.SUCCESS, by=clinician, now=NOW)
    assert set(series.visits.values_list("status", flat=True)) == {"cancelled"}

    courses.reopen(course=ended, by=clinician, now=NOW)
    assert set(series.visits.values_list("status", flat=True)) == {"booked"}


def test_the_end_of_one_course_leaves_the_visits_that_another_open_one_could_mean(
    course: Course, clinician: Actor
) -> None:
    series = _weekly_visits(course, clinician)
    CourseFactory(clinic=course.clinic, patient=course.patient)

    courses.end(course=course, reason=EndReason.SUCCESS, by=clinician, now=NOW)

    assert set(series.visits.values_list("status", flat=True)) == {"booked"}


def test_ending_twice_is_refused(course: Course, clinician: Actor) -> None:
    courses.end(course=course, reason="completed", by=clinician, now=NOW)
    with pytest.raises(CourseRefusedError, match="already ended"):
        courses.end(course=course, reason="completed", by=clinician, now=NOW)


def test_an_ended_course_is_not_changed_and_can_be_opened_again(course: Course, clinician: Actor) -> None:
    courses.end(course=course, reason="completed", by=clinician, now=NOW)
    with pytest.raises(CourseRefusedError, match="has ended"):
        change(course, clinician, version=2)
    opened = courses.reopen(course=course, by=clinician, now=NOW)
    assert (opened.status, opened.end_reason, opened.ended_date) == ("open", "", None)


def test_a_course_does_not_open_again_beside_another_of_its_condition(course: Course, clinician: Actor) -> None:
    courses.end(course=course, reason="completed", by=clinician, now=NOW)
    courses.open_course(patient_condition=course.patient_condition, by=clinician, now=NOW + timedelta(days=1))
    with pytest.raises(CourseRefusedError, match="Another course is open"):
        courses.reopen(course=course, by=clinician, now=NOW)


# The pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def stored(clinic: Clinic) -> Course:
    with tenant(clinic.pk, actor="test"):
        return CourseFactory(clinic=clinic)


TYPED = {"planned_sessions": "8", "interval_days": "14", "goal_1": "Sleep through the night"}


def test_a_course_is_opened_from_the_chart(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        condition = PatientConditionFactory(clinic=clinic)
    url = reverse("sessions:open_course", args=[condition.patient_id])
    answer = client.post(url, TYPED | {"condition": str(condition.pk)})
    with tenant(clinic.pk, actor="test"):
        course = Course.objects.get()
        assert answer.headers["Location"] == reverse("sessions:course", args=[course.pk])
        assert (course.planned_sessions, CourseGoal.objects.get().words) == (8, "Sleep through the night")


def test_a_patient_without_a_condition_is_told_what_to_do_first(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    page = client.get(reverse("sessions:open_course", args=[patient.pk])).content.decode()
    assert "Record the condition first" in page


def test_a_changed_plan_is_in_the_history_below(clinic: Clinic, client: Client, stored: Course) -> None:
    url = reverse("sessions:course", args=[stored.pk])
    client.post(url, TYPED | {"version": "1"})
    page = client.get(url).content.decode()
    assert "<del>6</del> → <ins>8</ins>" in page
    assert "Sleep through the night" in page


def test_a_baseline_without_its_day_is_asked_back(client: Client, stored: Course) -> None:
    answer = client.post(reverse("sessions:course", args=[stored.pk]), TYPED | {"version": "1", "baseline_now": "7"})
    assert answer.status_code == 422
    assert "When was this asked?" in answer.content.decode()


def test_a_plan_saved_over_anothers_change_is_told_and_kept_on_the_page(client: Client, stored: Course) -> None:
    url = reverse("sessions:course", args=[stored.pk])
    client.post(url, TYPED | {"version": "1"})
    answer = client.post(url, TYPED | {"version": "1", "planned_sessions": "4"})
    assert answer.status_code == 409
    assert 'value="4"' in answer.content.decode()


def test_a_course_is_ended_with_a_reason_and_the_end_taken_back(clinic: Clinic, client: Client, stored: Course) -> None:
    client.post(reverse("sessions:end_course", args=[stored.pk]), {"reason": "patient"})
    page = client.get(reverse("sessions:course", args=[stored.pk])).content.decode()
    assert "the patient’s wish" in page
    client.post(reverse("sessions:reopen_course", args=[stored.pk]))
    with tenant(clinic.pk, actor="test"):
        assert Course.objects.get().status == "open"


def test_an_end_for_another_reason_needs_words(client: Client, stored: Course) -> None:
    answer = client.post(reverse("sessions:end_course", args=[stored.pk]), {"reason": "other"})
    assert answer.status_code == 422
    assert "Enter a reason for the end." in answer.content.decode()


def test_opening_a_course_is_recorded(clinic: Clinic, client: Client, stored: Course) -> None:
    client.get(reverse("sessions:course", args=[stored.pk]))
    with tenant(clinic.pk, actor="test"):
        assert AuditEvent.objects.get(kind="view", patient_id=stored.patient_id).table_name == "pit_sessions_course"
