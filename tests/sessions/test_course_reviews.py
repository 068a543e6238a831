"""A rule that trips raises a task once, with its evidence; a person takes it and decides; nothing acts by itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.models import Course, CourseReview, SolutionLot
from sessions.policies.course_reviews import ReviewRefusedError
from sessions.queries.course_reviews import evidence_of
from sessions.services import course_reviews, injection_sessions, stop_rules
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseFactory, CourseReviewFactory, sign, void
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of
from tests.sessions.courses import drafted, treat, treated

NOW = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)


@pytest.fixture
def course(in_clinic: Clinic) -> Course:
    return CourseFactory(clinic=in_clinic)


@pytest.fixture
def clinician(course: Course) -> Actor:
    return MembershipFactory(clinic=course.clinic).as_actor()


def look(course: Course, by: Actor) -> list[str]:
    stop_rules.look_at(course_id=course.pk, by=by, now=NOW)
    return sorted(CourseReview.objects.undecided().values_list("rule", flat=True))


def decide(by: Actor, decision: str = "continue", reason: str = "Sleeps better") -> CourseReview:
    review = CourseReview.objects.undecided().get()
    return course_reviews.decide(review_id=review.pk, decision=decision, reason=reason, by=by, now=NOW)


def test_each_rule_raises_its_own_task(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7), (8, 7))
    assert look(course, clinician) == ["a", "b"]


def test_a_course_that_goes_well_asks_for_nothing(course: Course, clinician: Actor) -> None:
    treat(course, (8, 2), (6, 2), (4, 1))
    assert look(course, clinician) == []


def test_looking_again_raises_nothing_twice(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7))
    look(course, clinician)
    assert look(course, clinician) == ["a"]
    assert CourseReview.objects.count() == 1


def test_the_database_refuses_the_same_task_twice(course: Course) -> None:
    first = CourseReviewFactory(clinic=course.clinic, course=course, injection_session=treated(course, 0, 8, 7))
    with pytest.raises(IntegrityError, match="sessions_review_once"), transaction.atomic():
        CourseReviewFactory(clinic=course.clinic, course=course, injection_session=first.injection_session)


def test_the_database_refuses_a_decision_without_a_reason(course: Course) -> None:
    review = CourseReviewFactory(clinic=course.clinic, course=course, injection_session=treated(course, 0, 8, 7))
    with pytest.raises(IntegrityError, match="decision_is_whole"), transaction.atomic():
        CourseReview.objects.filter(pk=review.pk).update(decision="stop", decided_at=NOW)


def test_the_evidence_is_what_was_known_then(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, None), (8, 7))
    look(course, clinician)
    review = CourseReview.objects.get(rule="b")
    treated(course, 3, 2, 0)
    evidence = evidence_of(review.rule, review.evidence)
    assert [(row.before, row.after) for row in evidence.rows] == [(8, 7), (8, None), (8, 7)]
    assert evidence.pgic is None


def test_a_score_asked_after_30_minutes_is_no_relief_on_the_table(course: Course, clinician: Actor) -> None:
    for week, minutes in enumerate((31, 30)):
        session = drafted(course, week, 8, 7)
        after = session.pain_scores.get(moment="after")
        session.cycles_injected_at = [after.measured_at - timedelta(minutes=minutes)]
        session.version += 1
        session.save()
        sign(session, signed_at=after.measured_at)
    treated(course, 2, 8, 7)
    assert look(course, clinician) == ["b"]
    rows = evidence_of("b", CourseReview.objects.get().evidence).rows
    assert [(row.after, row.percent) for row in rows] == [(7, None), (7, 12.5), (7, 12.5)]


def test_a_decided_rule_of_the_first_two_sessions_is_not_asked_again(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (6, 5))
    look(course, clinician)
    decide(clinician)
    treated(course, 2, 5, 4)
    assert look(course, clinician) == []


def test_a_decided_rule_is_asked_again_after_the_next_session(course: Course, clinician: Actor) -> None:
    treat(course, (8, 2), (8, 2), (8, 2))
    assert look(course, clinician) == ["b"]
    decide(clinician)
    assert look(course, clinician) == []
    treated(course, 3, 8, 2)
    assert look(course, clinician) == ["b", "d"]


def test_a_voided_session_withdraws_what_rested_on_it(course: Course, clinician: Actor) -> None:
    sessions = treat(course, (8, 7), (8, 7))
    look(course, clinician)
    void(sessions[1], voided_at=NOW)
    assert look(course, clinician) == []
    assert CourseReview.objects.get().withdrawn_at == NOW


def test_an_ended_course_is_asked_nothing_new(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7))
    Course.objects.filter(pk=course.pk).update(status="ended", ended_date=NOW.date(), end_reason="completed")
    assert look(course, clinician) == []


def test_a_decision_is_kept_with_who_and_why_and_ends_no_course(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7))
    look(course, clinician)
    review = decide(clinician, "stop", "No relief at all")
    assert (review.decision, review.reason, review.decided_by_id) == (
        "stop",
        "No relief at all",
        clinician.membership_id,
    )
    course.refresh_from_db()
    assert course.status == Course.Status.OPEN


@pytest.mark.parametrize(("decision", "reason"), [("", "why"), ("later", "why"), ("stop", "  ")])
def test_a_decision_needs_a_choice_and_a_reason(decision: str, reason: str, course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7))
    look(course, clinician)
    with pytest.raises(ReviewRefusedError):
        decide(clinician, decision, reason)


def test_a_review_is_decided_once_and_can_be_opened_again(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7))
    look(course, clinician)
    review = decide(clinician)
    with pytest.raises(ReviewRefusedError, match="decided already"):
        course_reviews.decide(review_id=review.pk, decision="stop", reason="late", by=clinician, now=NOW)
    again = course_reviews.reopen(review_id=review.pk, by=clinician, now=NOW)
    assert (again.decision, again.decided_at) == ("", None)


def test_a_review_is_taken_and_given_back(course: Course, clinician: Actor) -> None:
    treat(course, (8, 7), (8, 7))
    look(course, clinician)
    review = CourseReview.objects.get()
    assert course_reviews.take(review_id=review.pk, by=clinician, now=NOW).owner_id == clinician.membership_id
    assert course_reviews.give_back(review_id=review.pk, by=clinician, now=NOW).owner_id is None


def test_signing_raises_the_task_in_the_same_transaction(in_clinic: Clinic) -> None:
    course = CourseFactory(clinic=in_clinic)
    treated(course, 0, 8, 7)
    lot: SolutionLot = SolutionLotFactory(clinic=in_clinic)
    at = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    visit = AppointmentFactory(clinic=in_clinic, patient=course.patient, starts_at=at, status="arrived")
    by = actor_of(visit.clinician)
    session = injection_sessions.start(appointment=visit, by=by, now=at)
    draft = a_draft(lot=lot, course_id=course.pk)
    little = tuple(type(row)(row.question, row.moment, score) for row, score in zip(draft.scores, (8, 7), strict=True))
    later = at + timedelta(minutes=20)
    injection_sessions.save_draft(
        injection_session=session,
        version=1,
        draft=a_draft(lot=lot, course_id=course.pk, scores=little),
        by=by,
        now=later,
    )
    injection_sessions.sign(injection_session=session, version=2, by=by, now=later)
    assert CourseReview.objects.get().injection_session_id == session.pk

    session.refresh_from_db()
    injection_sessions.void(injection_session=session, reason="wrong patient", by=by, now=later)
    assert CourseReview.objects.undecided().count() == 0


# The pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(clinic: Clinic) -> CourseReview:
    with tenant(clinic.pk, actor="test"):
        course = CourseFactory(clinic=clinic, patient__family_name="Reviewed")
        sessions = treat(course, (8, 7), (8, 6))
        return CourseReviewFactory(clinic=clinic, course=course, injection_session=sessions[1])


def test_the_worklist_shows_the_evidence_and_the_desk_sees_none_of_it(
    clinic: Clinic, staff_client: Callable[..., Client], waiting: CourseReview
) -> None:
    url = reverse("sessions:worklists")
    shown = staff_client(Role.CLINICIAN, clinic=clinic).get(url).content.decode()
    assert "Little relief in the first two sessions" in shown
    assert "Reviewed" in shown
    assert "Little relief" not in staff_client(Role.FRONT_DESK, clinic=clinic).get(url).content.decode()


def test_the_desk_may_not_open_the_list_of_reviews(
    clinic: Clinic, staff_client: Callable[..., Client], waiting: CourseReview
) -> None:
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    assert desk.get(reverse("sessions:course_reviews")).status_code == 403


def test_the_chart_names_the_open_review(
    clinic: Clinic, staff_client: Callable[..., Client], waiting: CourseReview
) -> None:
    page = staff_client(Role.CLINICIAN, clinic=clinic).get(reverse("sessions:chart", args=[waiting.patient_id]))
    assert reverse("sessions:course_review", args=[waiting.pk]) in page.content.decode()


def test_a_decision_on_the_page_is_kept_and_stop_leads_on_to_the_end_of_the_course(
    clinic: Clinic, staff_client: Callable[..., Client], waiting: CourseReview
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    url = reverse("sessions:course_review", args=[waiting.pk])
    assert client.post(url, {"decision": "stop"}).status_code == 422
    answer = client.post(url, {"decision": "stop", "reason": "No relief"})
    assert answer.headers["Location"] == reverse("sessions:course", args=[waiting.course_id]) + "#end"
    assert client.post(url, {"decision": "continue", "reason": "late"}).status_code == 409
    with tenant(clinic.pk, actor="test"):
        assert CourseReview.objects.get().decision == "stop"


def test_a_review_is_taken_from_the_worklist(
    clinic: Clinic, staff_client: Callable[..., Client], waiting: CourseReview
) -> None:
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    page = client.post(reverse("sessions:take_course_review", args=[waiting.pk]), follow=True).content.decode()
    assert "The review is yours." in page
    with tenant(clinic.pk, actor="test"):
        assert CourseReview.objects.get().owner_id == client.member.pk  # type: ignore[attr-defined]
