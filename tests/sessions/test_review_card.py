"""The review card says what happened last time; “repeat last” suggests its points and copies nothing hidden."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Nerve, PointType, Solution
from common.tenancy import tenant
from sessions.choices import PointSide
from sessions.drafts import PointRow
from sessions.models import Course, InjectionPoint, InjectionSession, PainScore, SolutionLot
from sessions.queries import recalls
from sessions.queries.copy_forward import OnTray, Repeat, repeat_of
from sessions.queries.review_cards import ReviewCard, card_of
from sessions.queries.words import words
from tests.factories.accounts import MembershipFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import (
    CourseFactory,
    CourseReviewFactory,
    InjectionSessionFactory,
    PainScoreFactory,
    ReliefReportFactory,
    SideEffectFactory,
    sign,
)
from tests.factories.treatments import SolutionLotFactory, a_container, a_preparation, actor_of
from tests.sessions.courses import FIRST, drafted, treat, treated

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
SOMETHING = "0199e3a1-0000-7000-8000-00000000c0de"  # an id of nothing


@pytest.fixture
def course(in_clinic: Clinic) -> Course:
    return CourseFactory(clinic=in_clinic)


def card(course: Course) -> ReviewCard:
    actor = MembershipFactory(clinic=course.clinic).as_actor()
    return card_of(actor, course.patient_id, course.pk, before=NOW)


def inject(session: InjectionSession, *codes: str, lot: SolutionLot | None = None, side: str = "left") -> None:
    for number, code in enumerate(codes, start=1):
        InjectionPoint.objects.create(
            clinic=session.clinic,
            injection_session=session,
            number=number,
            nerve=Nerve.objects.get(code=code),
            side=side,
            volume_ml=Decimal("0.40"),
            depth_mm=4,
            point_type=PointType.objects.first(),
            solution=Solution.objects.get(code="D5W_BUF"),
            lot=lot,
        )


def injected(course: Course, *codes: str, week: int = 0, **options: Any) -> InjectionSession:
    session = drafted(course, week, 8, 2)
    inject(session, *codes, **options)
    return sign(session, signed_at=FIRST + timedelta(weeks=week, minutes=30))


def test_a_first_session_has_nothing_to_look_back_on(course: Course) -> None:
    found = card(course)
    assert (found.last, found.points, found.number) == (None, [], 1)


def test_the_last_session_is_shown_with_its_response_and_its_place_in_the_course(course: Course) -> None:
    treat(course, (8, 2), (6, 3))
    found = card(course)
    (response,) = found.responses
    assert (response.before, response.after, response.percent) == (6, 3, 50)
    assert found.number == 3


def test_a_nerve_that_was_asked_for_has_its_own_response(course: Course) -> None:
    session = drafted(course, 0, 8, 4)
    inject(session, "N049", "N054")
    nerve = Nerve.objects.get(code="N049")
    for moment, cycle, score in [("before", 1, 6), ("after", 1, 4), ("after", 2, 3)]:
        PainScoreFactory(
            clinic=course.clinic,
            injection_session=session,
            moment=moment,
            cycle=cycle,
            nerve=nerve,
            side="left",
            score=score,
        )
    sign(session, signed_at=FIRST + timedelta(minutes=30))
    found = [(one.name, one.before, one.after, one.percent) for one in card(course).responses]
    assert found == [("At rest", 8, 4, 50), (f"Left, {nerve.short_name}", 6, 3, 50)]


def test_a_percentage_from_no_pain_is_not_made_up(course: Course) -> None:
    treat(course, (0, 0))
    assert card(course).responses[0].percent is None


def test_a_draft_of_today_is_not_its_own_past(course: Course) -> None:
    treat(course, (8, 2))
    drafted(course, 1, 6, None)
    assert card(course).number == 2


def test_another_courses_sessions_are_counted_and_not_mixed_in(course: Course) -> None:
    treat(course, (8, 2))
    other = CourseFactory(clinic=course.clinic, patient=course.patient)
    found = card(other)
    assert (found.last, found.earlier_sessions) == (None, 1)


def test_side_effects_since_the_last_session_are_told_and_older_ones_are_not(course: Course) -> None:
    treat(course, (8, 2), (6, 3))
    SideEffectFactory(clinic=course.clinic, patient=course.patient, reported_at=FIRST + timedelta(days=1))
    since = SideEffectFactory(clinic=course.clinic, patient=course.patient, reported_at=FIRST + timedelta(days=9))
    assert card(course).side_effects == [since]


def test_reactions_to_the_last_lot_are_counted_over_the_clinic(course: Course) -> None:
    lot = SolutionLotFactory(clinic=course.clinic, lot_number="LOT-77")
    own = injected(course, "N049", "N054", lot=lot)
    other = CourseFactory(clinic=course.clinic)
    others = injected(other, "N049", lot=lot)
    for session in (own, others, others):
        SideEffectFactory(clinic=course.clinic, patient=session.patient, injection_session=session)
    (found,) = card(course).lot_reactions
    assert (found.lot_number, found.reports, found.own) == ("LOT-77", 3, 1)


def test_an_open_review_stands_on_the_card(course: Course) -> None:
    (session,) = treat(course, (8, 7))
    review = CourseReviewFactory(clinic=course.clinic, course=course, injection_session=session)
    assert card(course).reviews == [review]


@pytest.mark.parametrize("weeks", [[0], [0, 1, 2]])
def test_the_card_costs_the_same_for_one_past_session_and_for_three(course: Course, weeks: list[int]) -> None:
    lot = SolutionLotFactory(clinic=course.clinic)
    for week in weeks:
        session = injected(course, "N049", "N054", week=week, lot=lot)
        ReliefReportFactory(clinic=course.clinic, injection_session=session)
        SideEffectFactory(clinic=course.clinic, patient=course.patient, injection_session=session)
    actor = MembershipFactory(clinic=course.clinic).as_actor()
    with CaptureQueriesContext(connection) as asked:
        card_of(actor, course.patient_id, course.pk, before=NOW)
    assert len(asked) == 9, "\n".join(entry["sql"][:150] for entry in asked.captured_queries)


# Repeat last ----------------------------------------------------------------------------------------------------


def repeat(course: Course, *, drafted_now: tuple[PointRow, ...] = (), **changes: Any) -> Repeat:
    may: dict[str, Any] = {
        "nerves": words().nerves,
        "solutions": set(Solution.objects.values_list("pk", flat=True)),
        "point_types": set(PointType.objects.values_list("pk", flat=True)),
    }
    return repeat_of(card(course).points, **(may | changes), now_drafted=drafted_now)


def test_every_point_is_suggested_as_it_was_without_its_lot(course: Course) -> None:
    injected(course, "N049", "N054", lot=SolutionLotFactory(clinic=course.clinic), side=PointSide.RIGHT)
    found = repeat(course)
    assert [
        (one.number, one.side, one.row.volume_ml, one.row.depth_mm, one.row.lot_id) for one in found.suggestions
    ] == [
        (1, "Right", Decimal("0.40"), 4, None),
        (2, "Right", Decimal("0.40"), 4, None),
    ]
    assert found.left_out == []


def test_a_point_on_a_retired_nerve_is_named_and_left_out(course: Course) -> None:
    injected(course, "N049", "N054")
    nerves = {pk: nerve for pk, nerve in words().nerves.items() if nerve.code != "N049"}
    found = repeat(course, nerves=nerves)
    assert [(one.number, one.nerve) for one in found.left_out] == [(1, Nerve.objects.get(code="N049").name)]
    assert [one.number for one in found.suggestions] == [2]


def test_a_point_with_a_retired_solution_is_named_and_left_out(course: Course) -> None:
    injected(course, "N049")
    found = repeat(course, solutions=set())
    assert found.suggestions == []
    assert "no longer in use" in found.left_out[0].why


def test_a_retired_kind_of_place_is_left_empty(course: Course) -> None:
    injected(course, "N049")
    assert repeat(course, point_types=set()).suggestions[0].row.point_type_id is None


def test_each_row_on_the_page_uses_up_one_suggestion_of_its_nerve_and_side(course: Course) -> None:
    injected(course, "N049", "N049", "N054")
    first = repeat(course).suggestions[0].row
    found = repeat(course, drafted_now=(first,))
    assert [one.is_used for one in found.suggestions] == [True, False, False]
    assert len(found.chosen("all")) == 2
    assert repeat(course, drafted_now=(first,)).chosen("nonsense") == []


def test_a_point_of_what_is_on_the_tray_today_is_drawn_from_it_and_says_so(course: Course) -> None:
    injected(course, "N049", lot=SolutionLotFactory(clinic=course.clinic))
    solution = Solution.objects.get(code="D5W_BUF")
    tray = OnTray(solution.pk, preparation_id=uuid4(), lot_id=uuid4(), name="P3")
    (one,) = repeat(course, tray=tray).suggestions
    assert (one.row.preparation_id, one.row.lot_id, one.note) == (tray.preparation_id, tray.lot_id, "from P3")


def test_another_solution_than_the_one_on_the_tray_gets_no_lot(course: Course) -> None:
    injected(course, "N049", lot=SolutionLotFactory(clinic=course.clinic))
    tray = OnTray(uuid4(), preparation_id=uuid4(), lot_id=uuid4(), name="P3")
    (one,) = repeat(course, tray=tray).suggestions
    assert (one.row.preparation_id, one.row.lot_id) == (None, None)


def test_no_score_and_no_bottle_is_ever_copied(course: Course) -> None:
    injected(course, "N049")
    names = set(PointRow.__dataclass_fields__)
    copied = {name for name in names if getattr(repeat(course).suggestions[0].row, name) is not None}
    assert copied <= names - {"lot_id", "preparation_id", "cycle"}


# The pages ------------------------------------------------------------------------------------------------------


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def follow_up(clinic: Clinic) -> InjectionSession:
    """Today's draft, a week after a session of two points whose lot is still good."""
    with tenant(clinic.pk, actor="test"):
        course = CourseFactory(clinic=clinic)
        injected(course, "N049", "N054", lot=SolutionLotFactory(clinic=clinic, expiry_date=date(2031, 1, 31)))
        visit = AppointmentFactory(clinic=clinic, patient=course.patient, status="in_room", starts_at=timezone.now())
        return InjectionSessionFactory(clinic=clinic, appointment=visit, course=course)


def as_opened(forms: Any) -> dict[str, str]:
    """What a browser would post back without touching anything."""
    parts = [part for part in vars(forms).values() if isinstance(part, (BaseForm, BaseFormSet))]
    single = [part for part in parts if isinstance(part, BaseForm)]
    rows = [form for part in parts if isinstance(part, BaseFormSet) for form in (part.management_form, *part.forms)]
    values = {field.html_name: field.value() for form in [*single, *rows] for field in form}
    return {name: str(value) for name, value in values.items() if value not in (None, []) and value is not False}


def post(client: Client, session: InjectionSession, **more: str) -> Any:
    url = reverse("sessions:edit", args=[session.pk])
    answer = client.post(url, as_opened(client.get(url).context["forms"]) | more)
    assert answer.status_code == 302, answer.context["forms"].errors
    return answer


def test_without_scripts_repeat_all_fills_the_draft(
    clinic: Clinic, client: Client, follow_up: InjectionSession
) -> None:
    post(client, follow_up, repeat="all")
    post(client, follow_up, repeat="all")
    with tenant(clinic.pk, actor="test"):
        stored = [(p.nerve.code, p.side, p.volume_ml) for p in follow_up.points.select_related("nerve")]
        assert stored == [("N049", "left", Decimal("0.40")), ("N054", "left", Decimal("0.40"))]
        assert not PainScore.objects.filter(injection_session=follow_up).exists()


def test_whatever_the_order_todays_tray_fills_the_points_and_the_recall_of_last_times_lot_stays_as_it_was(
    clinic: Clinic, client: Client, follow_up: InjectionSession
) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        last_lot = SolutionLot.objects.get()
        made, other = (a_preparation(clinic, a_container(clinic, opened_at=now), made_at=now) for _ in range(2))
        of_other_solution = a_preparation(
            clinic, a_container(clinic, opened_at=now), made_at=now, solution=Solution.objects.get(code="D5W_PLAIN")
        )
        todays_lot = made.parts.get().container.lot_id
        points = list(InjectionPoint.objects.exclude(injection_session=follow_up).order_by("number"))
    tray, none, plain = ({"preparation_id": str(one)} for one in (made.pk, "", of_other_solution.pk))
    one, all_ = {"repeat": str(points[0].pk)}, {"repeat": "all"}
    orders: list[list[dict[str, str]]] = [
        [all_, tray],
        [tray, all_],
        [all_ | tray],
        [one, tray, all_],
        [none | all_, plain, tray],
        [one, plain, all_, tray, {"preparation_id": str(other.pk)}],
    ]
    for order in orders:
        for step in order:
            post(client, follow_up, **step)
        with tenant(clinic.pk, actor="test"):
            stored = follow_up.points.all()
            assert [(point.preparation_id, point.lot_id) for point in stored] == [(made.pk, todays_lot)] * 2, order
            named = {
                lot: {row.pk for row in recalls.sessions_of(actor_of(client.member), lot)}  # type: ignore[attr-defined]
                for lot in SolutionLot.objects.all()
            }
            stored.delete()
            InjectionSession.objects.filter(pk=follow_up.pk).update(preparation=None, version=F("version") + 1)
        assert {lot.pk for lot, sessions in named.items() if follow_up.pk in sessions} == {todays_lot}
        assert follow_up.pk not in named[last_lot]


def test_without_scripts_one_point_is_taken_and_what_was_typed_is_kept(
    clinic: Clinic, client: Client, follow_up: InjectionSession
) -> None:
    with tenant(clinic.pk, actor="test"):
        second = InjectionPoint.objects.get(nerve__code="N054")
    post(client, follow_up, repeat=str(second.pk), note="typed before")
    with tenant(clinic.pk, actor="test"):
        follow_up.refresh_from_db()
        assert follow_up.note == "typed before"
        assert follow_up.points.get().nerve.code == "N054"


def test_the_card_is_on_the_sessions_page_and_on_one_of_its_own(client: Client, follow_up: InjectionSession) -> None:
    page = client.get(reverse("sessions:edit", args=[follow_up.pk])).content.decode()
    assert "Repeat all" in page
    alone = client.get(reverse("sessions:review_card", args=[follow_up.patient_id])).content.decode()
    assert "Last time" in alone
    assert "Repeat all" not in alone
    assert "Continue the session" in alone


def test_a_first_session_says_so_and_what_will_stand_here(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        visit = AppointmentFactory(clinic=clinic, status="in_room", starts_at=timezone.now())
        session = InjectionSessionFactory(clinic=clinic, appointment=visit)
    page = client.get(reverse("sessions:edit", args=[session.pk])).content.decode()
    assert "Before the first session" in page
    assert "Repeat all" not in page


def test_the_card_alone_offers_to_start_the_visit_of_today(clinic: Clinic, client: Client) -> None:
    with tenant(clinic.pk, actor="test"):
        course = CourseFactory(clinic=clinic)
        treated(course, 0, 8, 2)
        visit = AppointmentFactory(clinic=clinic, patient=course.patient, status="arrived", starts_at=timezone.now())
    page = client.get(reverse("sessions:review_card", args=[course.patient_id])).content.decode()
    assert reverse("sessions:start", args=[visit.pk]) in page


@pytest.mark.parametrize("weeks", [1, 3])
def test_the_cards_page_costs_the_same_for_one_past_session_and_for_three(
    clinic: Clinic, client: Client, weeks: int
) -> None:
    with tenant(clinic.pk, actor="test"):
        course = CourseFactory(clinic=clinic)
        for week in range(weeks):
            session = injected(course, "N049", week=week)
            SideEffectFactory(clinic=clinic, patient=course.patient, injection_session=session)
        visit = AppointmentFactory(clinic=clinic, patient=course.patient, status="in_room", starts_at=timezone.now())
        draft = InjectionSessionFactory(clinic=clinic, appointment=visit, course=course)
    url = reverse("sessions:review_card", args=[course.patient_id])
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    assert len(asked) == 29, "\n".join(entry["sql"][:150] for entry in asked.captured_queries)
    assert draft.course_id == course.pk


def test_the_card_follows_the_course_that_is_chosen_before_it_is_saved(
    client: Client, follow_up: InjectionSession
) -> None:
    url = reverse("sessions:session_review_card", args=[follow_up.pk])
    mine = client.get(url, {"course": f"course:{follow_up.course_id}"}).content.decode()
    assert "data-repeat-all" in mine
    for other in ("", f"course:{uuid4()}", f"open:{uuid4()}"):
        answer = client.get(url, {"course": other}).content.decode()
        assert "Nothing to look back on in this course yet." in answer


@pytest.mark.parametrize("course", ["course:x", "\x00", f"course:{SOMETHING}x", SOMETHING])
def test_a_card_is_shown_for_no_words_that_are_no_course(
    course: str, client: Client, follow_up: InjectionSession
) -> None:
    url = reverse("sessions:session_review_card", args=[follow_up.pk])
    assert client.get(url, {"course": course}).status_code == 400
