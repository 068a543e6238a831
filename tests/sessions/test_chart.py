"""The chart shows the course: banner, two series, hours of relief said honestly, everything that happened."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from patients.models import Patient
from sessions.choices import Moment, Question, Source
from sessions.models import Course, InjectionSession
from sessions.queries import chart_trends
from sessions.queries.chart import Record, record_of
from sessions.queries.chart_timeline import timeline
from sessions.relief import Relief, ReliefState
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import (
    CourseFactory,
    FollowUpFactory,
    InjectionSessionFactory,
    PainScoreFactory,
    ReliefReportFactory,
    SideEffectFactory,
    sign,
)

FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def treated(course: Course, week: int, before: int | None, after: int | None) -> InjectionSession:
    """A signed session of the course in that week with these scores at rest."""
    at = FIRST + timedelta(weeks=week)
    session = InjectionSessionFactory(
        clinic=course.clinic,
        course=course,
        patient=course.patient,
        appointment__patient=course.patient,
        appointment__starts_at=at,
    )
    for moment, score, minutes in [(Moment.BEFORE, before, 1), (Moment.AFTER, after, 20)]:
        if score is not None:
            PainScoreFactory(
                clinic=course.clinic,
                injection_session=session,
                moment=moment,
                score=score,
                measured_at=at + timedelta(minutes=minutes),
            )
    session.ended_at = at + timedelta(minutes=20)
    return sign(session, signed_at=at + timedelta(minutes=30))


@pytest.fixture
def course(in_clinic: Clinic) -> Course:
    return CourseFactory(clinic=in_clinic)


def record(course: Course) -> Record:
    return record_of(MembershipFactory(clinic=course.clinic).as_actor(), course.patient_id)


def test_the_course_card_counts_signed_sessions_and_follows_trough_and_peak_apart(course: Course) -> None:
    treated(course, 0, 8, 3)
    treated(course, 1, 7, 2)
    treated(course, 2, 6, 2)

    found = chart_trends.figures(record(course).lines(course))

    assert found.done == 3
    assert (found.trough.first, found.trough.last, found.trough.change) == (8, 6, -2)
    assert found.trough.per_week == pytest.approx(-1)
    assert (found.peak.first, found.peak.last) == (3, 2)


def test_a_draft_and_a_voided_session_are_not_counted(course: Course) -> None:
    InjectionSessionFactory(
        clinic=course.clinic, course=course, patient=course.patient, appointment__patient=course.patient
    )
    assert chart_trends.figures(record(course).lines(course)).done == 0


def test_a_missing_score_is_a_gap_and_no_line(course: Course) -> None:
    for week, before in enumerate([8, None, 6, 5]):
        treated(course, week, before, 2)
    lines = record(course).lines(course)

    drawn = chart_trends.drawn(lines, "at rest")

    trough, peak = drawn.series
    assert len(trough.marks) == 3
    assert len(trough.paths) == 1  # only the last two are joined
    assert len(peak.marks) == 4
    assert [row.values for row in drawn.rows][1] == [None, 2]
    assert "Scores before: 3 of 4 sessions; after: 4 of 4." in drawn.notes


def test_the_picture_shows_the_sham_arm_the_change_that_matters_and_the_way_to_better(course: Course) -> None:
    treated(course, 0, 8, 3)
    drawn = chart_trends.drawn(record(course).lines(course), "at rest")
    assert drawn.reference is not None
    assert drawn.reference.label.startswith("1.2 below the first score: the saline arm of Maniquis-Smigel 2017")
    assert "n = 35" in drawn.reference.label
    assert drawn.band is not None
    assert "2 points" in drawn.band.label
    assert "lower is better" in drawn.better
    assert any("without a control group" in note for note in drawn.notes)


def test_without_a_score_nothing_is_compared(course: Course) -> None:
    treated(course, 0, None, None)
    drawn = chart_trends.drawn(record(course).lines(course), "at rest")
    assert (drawn.reference, drawn.band, drawn.is_empty) == (None, None, True)


def test_only_one_question_is_compared_the_one_asked_most(course: Course) -> None:
    session = treated(course, 0, 8, 3)
    lines = record(course).lines(course)
    assert (lines[0].scores.trough, lines[0].scores.peak) == (8, 3)
    PainScoreFactory(
        clinic=course.clinic,
        injection_session=session,
        moment=Moment.CHECK_24H,
        question=Question.NOW,
        source=Source.PORTAL,
        score=1,
    )
    (line,) = record(course).lines(course)
    assert line.scores.peak == 3
    assert [score.score for score in line.scores.at_home] == [1]


def told_at(session: InjectionSession, hours: float, *, end: float | None = None, **fields: object) -> None:
    """A report so many hours after the end of the treatment; ``end``: when the pain came back, in hours too."""
    ends = session.ended_at or session.started_at
    at = ends + timedelta(hours=hours)
    ended_at = None if end is None else ends + timedelta(hours=end)
    fields = {"has_ended": end is not None, **fields}
    ReliefReportFactory(clinic=session.clinic, injection_session=session, reported_at=at, ended_at=ended_at, **fields)


def test_hours_of_relief_are_known_censored_or_missing_and_never_zero(course: Course) -> None:
    ended, lasting, silent = treated(course, 0, 8, 2), treated(course, 1, 7, 2), treated(course, 2, None, 2)
    told_at(ended, 40, end=30)
    told_at(lasting, 72)

    lines = record(course).lines(course)

    assert [line.scores.relief for line in lines] == [
        Relief(state=ReliefState.ENDED, hours=30),
        Relief(state=ReliefState.LASTING, hours=72),
        Relief(state=ReliefState.UNKNOWN),
    ]
    found = chart_trends.figures(lines)
    assert (found.median_hours, found.relief_ended, found.relief_lasting, found.relief_unknown) == (30, 1, 1, 1)
    assert silent.pk == lines[2].session.pk


def test_relief_that_ended_at_a_time_that_nobody_said_is_told_by_both_of_its_bounds(course: Course) -> None:
    both, most, said = (treated(course, week, 8, 2) for week in range(3))
    for session, hours, has_ended in ((both, 24, False), (both, 73, True), (most, 73, True), (said, 24, False)):
        told_at(session, hours, has_ended=has_ended)
    told_at(said, 73, end=30)
    reliefs = [line.scores.relief for line in record(course).lines(course)]
    words = [strip_tags(render_to_string("sessions/chart/relief.html", {"relief": one})) for one in reliefs]
    assert [one.replace("\xa0", " ").strip() for one in words] == ["between 24 h and 73 h", "at most 73 h", "30 h"]


def test_a_stated_end_counts_whenever_it_is_told_and_what_could_be_of_either_session_of_neither(course: Course) -> None:
    early, late, unclear = treated(course, 0, 8, 2), treated(course, 1, None, 2), treated(course, 2, 7, 2)
    last = treated(course, 3, 5, 2)
    told_at(early, 200, end=50)
    told_at(late, 190)
    told_at(unclear, 169, has_ended=True)
    told_at(unclear, 180, end=175)
    told_at(last, 1, end=0)

    lines = record(course).lines(course)

    reliefs = [line.scores.relief for line in lines]
    assert reliefs[0] == Relief(state=ReliefState.ENDED, hours=50)
    assert reliefs[1] == Relief(state=ReliefState.UNKNOWN, has_unclear=True)
    # The pain before the next one: half of the gain was lost by then, some time in that week.
    assert (reliefs[2].state, reliefs[2].is_at_most, reliefs[2].has_unclear) == (ReliefState.ENDED, True, True)
    assert reliefs[2].hours == pytest.approx(168 - 20 / 60)
    assert reliefs[3] == Relief(state=ReliefState.ENDED, hours=0)
    found = chart_trends.figures(lines)
    assert (found.median_hours, found.relief_ended, found.relief_bounded, found.relief_unknown) == (25, 2, 1, 1)


def test_a_signature_of_the_next_day_adds_no_hour_of_relief(course: Course) -> None:
    session = treated(course, 0, 8, 8)
    late = InjectionSessionFactory(
        clinic=course.clinic,
        course=course,
        patient=course.patient,
        appointment__patient=course.patient,
        appointment__starts_at=FIRST + timedelta(weeks=1),
        ended_at=FIRST + timedelta(weeks=1, minutes=20),
    )
    sign(late, signed_at=late.ended_at + timedelta(hours=31, minutes=30))
    told_at(session, 40, end=0)
    told_at(late, 40, end=0)

    assert [line.scores.relief.hours for line in record(course).lines(course)] == [0, 0]


def test_the_open_course_is_shown_first_and_another_on_demand(course: Course) -> None:
    older = CourseFactory(
        clinic=course.clinic,
        patient=course.patient,
        started_date=course.started_date + timedelta(days=30),
        status=Course.Status.ENDED,
        ended_date=course.started_date + timedelta(days=60),
        end_reason="completed",
    )
    found = record(course)
    assert found.course(None) == course
    assert found.course(older.pk) == older


def test_a_visit_with_its_session_is_one_entry_of_the_timeline(course: Course) -> None:
    session = treated(course, 0, 8, 2)
    AppointmentFactory(clinic=course.clinic, patient=course.patient, starts_at=FIRST + timedelta(weeks=9))
    SideEffectFactory(clinic=course.clinic, patient=course.patient, reported_at=FIRST + timedelta(days=1))
    FollowUpFactory(clinic=course.clinic, injection_session=session, due_at=FIRST + timedelta(days=3))

    entries = timeline(record(course))

    assert [bool(entry.visit or None) for entry in entries] == [True, False, False, False]
    assert entries[1].follow_up
    assert entries[2].side_effect
    assert entries[3].line is not None
    assert entries[3].line.number == 1


def chart_url(patient: Patient) -> str:
    return reverse("sessions:chart", args=[patient.pk])


def test_an_empty_chart_teaches_the_first_act(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    page = staff_client(Role.CLINICIAN, clinic=clinic).get(chart_url(patient))
    assert page.status_code == 200
    assert "Book the first visit" in page.content.decode()
    assert reverse("scheduling:book", args=[patient.pk]) in page.content.decode()


def test_an_arrived_visit_of_today_offers_to_start_its_session(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(clinic=clinic, status="arrived", starts_at=timezone.now())
    page = staff_client(Role.CLINICIAN, clinic=clinic).get(chart_url(visit.patient)).content.decode()
    assert "Start the session" in page


def test_opening_a_chart_is_recorded(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    client.get(chart_url(patient))
    with tenant(clinic.pk, actor="test"):
        seen = AuditEvent.objects.get(kind="view", patient_id=patient.pk)
    assert seen.actor == f"user:{client.member.user_id}"  # type: ignore[attr-defined]


def test_another_clinics_chart_does_not_exist(
    clinic: Clinic, other_clinic: Clinic, staff_client: Callable[..., Client], as_superuser
) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    as_superuser()
    assert client.get(chart_url(foreign)).status_code == 404


@pytest.mark.parametrize("query", ["course=x", "page=0", "course=01a20000-0000-7000-8000-000000000000", "page=%00"])
def test_an_address_that_does_not_fit_is_refused(
    clinic: Clinic, staff_client: Callable[..., Client], query: str
) -> None:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic)
    answer = staff_client(Role.CLINICIAN, clinic=clinic).get(f"{chart_url(patient)}?{query}")
    assert answer.status_code in (400, 404)


def test_three_sessions_cost_the_queries_of_one(clinic: Clinic, staff_client: Callable[..., Client]) -> None:
    with tenant(clinic.pk, actor="test"):
        course = CourseFactory(clinic=clinic)
    client = staff_client(Role.CLINICIAN, clinic=clinic)
    asked = []
    for weeks in ([0], [1, 2]):
        with tenant(clinic.pk, actor="test"):
            for week in weeks:
                session = treated(course, week, 8 - week, 2)
                ReliefReportFactory(clinic=clinic, injection_session=session)
                SideEffectFactory(clinic=clinic, patient=course.patient)
                FollowUpFactory(clinic=clinic, injection_session=session)
        client.get(chart_url(course.patient))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(chart_url(course.patient)).status_code == 200
        asked.append(len(queries))
    assert asked[0] == asked[1]
