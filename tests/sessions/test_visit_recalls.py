"""Patients to ask back: who appears and why, who leaves by themselves, calls, owners, rest."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from sessions.choices import RecallKind
from sessions.models import InjectionSession, RecallCall, VisitRecall
from sessions.queries.visit_recalls import RecallCounts, recall_counts, recall_page
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory, VisitTypeFactory
from tests.factories.sessions import (
    CourseFactory,
    CourseReviewFactory,
    FollowUpFactory,
    InjectionSessionFactory,
    PainScoreFactory,
    sign,
    signed_session,
)

NOW = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)
HOURS, DAYS, WEEKS = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def treated(clinic: Clinic, ago: timedelta, *, course: str = "open", **changes: Any) -> InjectionSession:
    """A signed session of a patient whose course goes on."""
    with tenant(clinic.pk, actor="test"):
        patient = changes.pop("patient", None) or PatientFactory(clinic=clinic)
        ended = {"status": "ended", "ended_date": date(2026, 9, 1), "end_reason": "completed"}
        own = CourseFactory(
            clinic=clinic, patient=patient, started_date=date(2026, 1, 1), **(ended if course == "ended" else {})
        )
        return signed_session(
            clinic=clinic,
            appointment__patient=patient,
            course=own if course != "none" else None,
            signed_at=NOW - ago,
            **changes,
        )


def listed(clinic: Clinic, kind: str) -> list[Any]:
    with tenant(clinic.pk, actor="test"):
        desk = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK).as_actor()
        return [row.session_id for row in recall_page(desk, RecallKind(kind), now=NOW).rows]


@pytest.fixture
def desk(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


def of(act: str, session: InjectionSession, kind: str = "not_booked") -> str:
    return reverse(f"sessions:{act}_recall", args=[kind, session.pk])


# --- who appears ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("ago", "kinds"),
    [
        (47 * HOURS, set()),
        (48 * HOURS, {"not_booked"}),
        (7 * DAYS, {"not_booked", "no_answer"}),
        (8 * WEEKS, {"not_booked", "no_answer"}),
        (8 * WEEKS + HOURS, {"lapsed"}),
    ],
)
def test_a_patient_is_asked_back_for_the_reason_of_the_time_that_passed(
    clinic: Clinic, ago: timedelta, kinds: set[str]
) -> None:
    session = treated(clinic, ago)

    found = {kind.value for kind in RecallKind if listed(clinic, kind) == [session.pk]}

    assert found == kinds


def test_each_list_is_counted_on_its_button_and_all_of_them_in_the_top_bar(
    clinic: Clinic, desk: Client, django_assert_num_queries: Any
) -> None:
    for ago in (3 * DAYS, 8 * DAYS, 10 * WEEKS):
        treated(clinic, ago)
    resting = treated(clinic, 4 * DAYS)
    desk.post(of("rest", resting), {"day": "2026-09-20"})

    counts = desk.get(reverse("sessions:recalls")).context["counts"]
    bar = desk.get(reverse("sessions:worklist_counts")).content.decode()

    assert counts.of_kind == {"not_booked": 2, "no_answer": 1, "lapsed": 1, "review": 0}
    assert "</svg> 4</span>" in bar
    with tenant(clinic.pk, actor="test"), django_assert_num_queries(1):
        recall_counts(MembershipFactory.build(clinic=clinic).as_actor(), now=NOW)


def test_a_long_list_is_not_counted_to_its_end() -> None:
    counts = RecallCounts({"not_booked": 100, "lapsed": 3})

    assert counts.total == "103+"
    assert [number for _kind, number in counts.rows] == ["100+", "0", "3", "0"]


@pytest.mark.parametrize(("course", "is_listed"), [("open", True), ("none", True), ("ended", False)])
def test_nobody_is_asked_to_book_when_the_course_has_ended(clinic: Clinic, course: str, is_listed: bool) -> None:
    treated(clinic, 3 * DAYS, course=course)

    assert bool(listed(clinic, "not_booked")) is is_listed


@pytest.mark.parametrize("course", ["none", "ended"])
def test_only_a_course_that_goes_on_can_lapse(clinic: Clinic, course: str) -> None:
    treated(clinic, 10 * WEEKS, course=course)

    assert listed(clinic, "lapsed") == []


@pytest.mark.parametrize("kind", ["not_booked", "lapsed"])
@pytest.mark.parametrize(
    ("status", "is_listed"),
    [("booked", False), ("confirmed", False), ("cancelled", True), ("no_show", True)],
)
def test_a_booked_visit_takes_the_patient_off_the_list_by_itself(
    clinic: Clinic, kind: str, status: str, is_listed: bool
) -> None:
    session = treated(clinic, 3 * DAYS if kind == "not_booked" else 10 * WEEKS)
    said = {"cancelled_by": "patient", "cancel_reason": "ill"} if status == "cancelled" else {}
    with tenant(clinic.pk, actor="test"):
        AppointmentFactory(clinic=clinic, patient=session.patient, starts_at=NOW + 5 * DAYS, status=status, **said)

    assert bool(listed(clinic, kind)) is is_listed


def test_only_the_last_session_of_a_patient_counts(clinic: Clinic) -> None:
    first = treated(clinic, 10 * WEEKS)
    second = treated(clinic, 3 * DAYS, patient=first.patient)

    assert (listed(clinic, "lapsed"), listed(clinic, "not_booked")) == ([], [second.pk])


def test_somebody_who_is_being_treated_is_not_asked_back(clinic: Clinic) -> None:
    session = treated(clinic, 3 * DAYS)
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(clinic=clinic, patient=session.patient, starts_at=NOW, status="in_room")
        InjectionSessionFactory(clinic=clinic, appointment=visit, started_at=NOW)

    assert listed(clinic, "not_booked") == []


@pytest.mark.parametrize(("outcome", "is_listed"), [("better", False), ("not_reached", True)])
def test_a_call_that_reached_the_patient_is_an_answer(clinic: Clinic, outcome: str, is_listed: bool) -> None:
    session = treated(clinic, 8 * DAYS)
    with tenant(clinic.pk, actor="test"):
        FollowUpFactory(
            clinic=clinic,
            injection_session=session,
            completed_at=NOW - DAYS,
            completed_by=session.clinician,
            outcome=outcome,
        )

    assert bool(listed(clinic, "no_answer")) is is_listed


@pytest.mark.parametrize(("moment", "is_listed"), [("check_24h", False), ("after", True)])
def test_a_score_from_home_is_an_answer_and_one_on_the_table_is_none(
    clinic: Clinic, moment: str, is_listed: bool
) -> None:
    with tenant(clinic.pk, actor="test"):
        draft = InjectionSessionFactory(clinic=clinic, appointment__starts_at=NOW - 8 * DAYS, started_at=NOW - 8 * DAYS)
        PainScoreFactory(clinic=clinic, injection_session=draft, moment=moment, question="now", score=4)
        sign(draft, signed_at=NOW - 8 * DAYS + HOURS)

    assert bool(listed(clinic, "no_answer")) is is_listed


@pytest.mark.parametrize(("ago", "is_listed"), [(6 * DAYS, False), (8 * DAYS, True)])
def test_a_review_nobody_decided_is_overdue_after_a_week(clinic: Clinic, ago: timedelta, is_listed: bool) -> None:
    session = treated(clinic, 9 * DAYS)
    with tenant(clinic.pk, actor="test"):
        CourseReviewFactory(clinic=clinic, injection_session=session, course=session.course, raised_at=NOW - ago)

    assert listed(clinic, "review") == ([session.pk] if is_listed else [])


# --- what is done -----------------------------------------------------------------------------------------------------
def test_somebody_takes_it_and_gives_it_back(clinic: Clinic, desk: Client) -> None:
    session = treated(clinic, 3 * DAYS)
    url = reverse("sessions:recalls")

    desk.post(of("take", session))
    (row,) = desk.get(url).context["page"].rows
    assert row.owner_id == desk.member.pk  # type: ignore[attr-defined]

    desk.post(of("give_back", session))
    (row,) = desk.get(url).context["page"].rows
    assert row.owner_id is None


@pytest.mark.parametrize(
    ("outcome", "again", "back_after"), [("reached", "", 7), ("no_answer", "", 1), ("call_again", "2026-09-20", 13)]
)
def test_after_a_call_the_patient_rests_for_some_days_and_comes_back(
    clinic: Clinic, desk: Client, outcome: str, again: str, back_after: int
) -> None:
    session = treated(clinic, 3 * DAYS)

    page = desk.post(of("call", session), {"outcome": outcome, "again_date": again, "note": "away"}, follow=True)

    assert page.context["page"].rows == []
    with tenant(clinic.pk):
        call = RecallCall.objects.get()
        recall = VisitRecall.objects.get()
    assert (call.outcome, call.note, call.called_by_id) == (outcome, "away", desk.member.pk)  # type: ignore[attr-defined]
    assert recall.quiet_until_date == date(2026, 9, 7) + timedelta(days=back_after)
    with tenant(clinic.pk):
        by = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK).as_actor()
        (row,) = recall_page(by, RecallKind.NOT_BOOKED, now=NOW + timedelta(days=back_after)).rows
    assert row.last_outcome in {"reached", "no answer", "call again on a day"}


@pytest.mark.parametrize("day", ["", "2026-09-07", "2026-09-01", "2027-09-08", "soon"])
def test_a_day_that_cannot_be_is_said_beside_its_field_and_nothing_is_kept(
    clinic: Clinic, desk: Client, day: str
) -> None:
    session = treated(clinic, 3 * DAYS)

    called = desk.post(of("call", session), {"outcome": "call_again", "again_date": day})
    rested = desk.post(of("rest", session), {"day": day})

    assert (called.status_code, rested.status_code) == (422, 422)
    assert called.context["form"].errors["again_date"]
    assert rested.context["rest_form"].errors["day"]
    with tenant(clinic.pk):
        assert not RecallCall.objects.exists()


def test_resting_takes_it_off_until_that_day_and_undo_puts_it_back(clinic: Clinic, desk: Client) -> None:
    session = treated(clinic, 3 * DAYS)

    page = desk.post(of("rest", session), {"day": "2026-09-30"}, follow=True)
    assert page.context["page"].rows == []
    assert of("wake", session) in page.content.decode()

    page = desk.post(of("wake", session), follow=True)
    assert [row.session_id for row in page.context["page"].rows] == [session.pk]


def test_a_new_session_begins_anew_without_the_owner_of_the_last(clinic: Clinic, desk: Client) -> None:
    first = treated(clinic, 20 * DAYS)
    desk.post(of("take", first))
    treated(clinic, 3 * DAYS, patient=first.patient)

    (row,) = desk.get(reverse("sessions:recalls")).context["page"].rows

    assert row.owner_id is None


def test_the_database_keeps_no_call_again_without_its_day(clinic: Clinic) -> None:
    session = treated(clinic, 3 * DAYS)
    with tenant(clinic.pk, actor="test"):
        recall = VisitRecall.objects.create(
            clinic=clinic, patient=session.patient, injection_session=session, kind="not_booked"
        )
        with pytest.raises(IntegrityError, match="again_has_a_day"), transaction.atomic():
            RecallCall.objects.create(
                clinic=clinic,
                visit_recall=recall,
                outcome="call_again",
                called_at=NOW,
                called_by=session.clinician,
            )


# --- what the desk sees -----------------------------------------------------------------------------------------------
CLINICAL = ("pain", "inject", "nerve", "dextrose", "relief", "score")


@pytest.mark.parametrize("kind", RecallKind.values)
def test_the_front_desk_reads_who_and_why_and_nothing_clinical(clinic: Clinic, desk: Client, kind: str) -> None:
    session = treated(clinic, 10 * WEEKS if kind == "lapsed" else 8 * DAYS)
    with tenant(clinic.pk, actor="test"):
        CourseReviewFactory(clinic=clinic, injection_session=session, course=session.course, raised_at=NOW - 8 * DAYS)

    pages = [desk.get(reverse("sessions:recalls"), {"kind": kind}), desk.get(of("call", session, kind))]

    for page in pages:
        text = page.content.decode().split('<main class="page"')[1].split("</main>")[0].lower()
        assert session.patient.full_name.lower() in text
        assert [word for word in CLINICAL if word in text] == []


@pytest.mark.parametrize(
    ("kind", "code"), [("not_booked", "follow-up"), ("lapsed", "initial-evaluation"), ("review", "review")]
)
def test_booking_opens_with_the_visit_type_that_fits(clinic: Clinic, desk: Client, kind: str, code: str) -> None:
    session = treated(clinic, 10 * WEEKS if kind == "lapsed" else 9 * DAYS)
    with tenant(clinic.pk, actor="test"):
        CourseReviewFactory(clinic=clinic, injection_session=session, course=session.course, raised_at=NOW - 8 * DAYS)
        wanted = VisitTypeFactory(clinic=clinic, code=code)

    body = desk.get(reverse("sessions:recalls"), {"kind": kind}).content.decode()

    book = reverse("scheduling:book", args=[session.patient_id])
    assert f"{book}?visit_type={wanted.pk}" in body


@pytest.mark.parametrize("kind", RecallKind.values)
@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_one_patient_and_for_three(
    clinic: Clinic, desk: Client, kind: str, rows: int
) -> None:
    for _row in range(rows):
        session = treated(clinic, 10 * WEEKS if kind == "lapsed" else 9 * DAYS)
        with tenant(clinic.pk, actor="test"):
            CourseReviewFactory(
                clinic=clinic, injection_session=session, course=session.course, raised_at=NOW - 8 * DAYS
            )
    url = reverse("sessions:recalls")
    assert len(desk.get(url, {"kind": kind}).context["page"].rows) == rows

    with CaptureQueriesContext(
        connection,
    ) as asked:
        desk.get(url, {"kind": kind})

    assert len(asked) == 18


@pytest.mark.parametrize("kind", ["nothing", "not-booked"])
def test_a_reason_there_is_none_of_is_not_found(clinic: Clinic, desk: Client, kind: str) -> None:
    session = treated(clinic, 3 * DAYS)

    assert desk.get(of("call", session, kind)).status_code == 404


def test_a_long_list_is_turned_in_pages_without_being_counted(
    clinic: Clinic, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.queries.visit_recalls.PAGE_SIZE", 2)
    sessions = [treated(clinic, (3 + number) * DAYS).pk for number in range(3)]
    url = reverse("sessions:recalls")

    first, second = (desk.get(url, {"page": number}).context["page"] for number in (1, 2))

    assert [row.session_id for row in (*first.rows, *second.rows)] == sessions[::-1]
    assert (first.has_next, second.has_next) == (True, False)
