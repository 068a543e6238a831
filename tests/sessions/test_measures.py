"""What an instrument gave is kept in its unit, on its scale, and never changes; an overall change reaches the rules."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import Error, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import InstrumentItem, InstrumentScale
from common.tenancy import tenant
from sessions.choices import Moment, OverallChange, Source
from sessions.models import Course, CourseReview, Measure
from sessions.queries.course_reviews import evidence_of
from sessions.queries.measures import questionnaires
from sessions.services import measures, stop_rules
from tests.factories.accounts import MembershipFactory
from tests.factories.sessions import CourseFactory
from tests.sessions.courses import treat

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LITTLE = [(8, 6), (8, 4), (7, 4), (6, 4), (6, 4), (6, 4)]  # six sessions, 8 → 6 before each: a fall of 25 %


@pytest.fixture
def course(in_clinic: Clinic) -> Course:
    return CourseFactory(clinic=in_clinic)


@pytest.fixture
def clinician(course: Course) -> Actor:
    return MembershipFactory(clinic=course.clinic).as_actor()


def undecided(rule: str = "c") -> list[CourseReview]:
    return list(CourseReview.objects.undecided().filter(rule=rule))


def tell(course: Course, change: int, by: Actor) -> Measure:
    return measures.tell_change(course=course, change=change, source=Source.CLINICIAN, by=by, now=NOW)


def measure(course: Course, code: str = "VAS:score", **fields: object) -> Measure:
    scale = InstrumentScale.objects.get(code=code)
    given = {"unit": scale.unit, "source": Source.CLINICIAN, "measured_at": NOW, "received_at": NOW, **fields}
    with transaction.atomic():
        return Measure.objects.create(
            clinic=course.clinic, **{"patient_id": course.patient_id, "course": course, "scale": scale, **given}
        )


def test_the_words_are_the_catalogues_own() -> None:
    words = InstrumentItem.objects.get(code="PGIC:change").answers
    assert [str(label).capitalize() for label in OverallChange.labels] == words


# The stop rule of too little effect --------------------------------------------------------------------------------


def test_a_patient_who_calls_it_worse_keeps_the_review_and_its_evidence(course: Course, clinician: Actor) -> None:
    tell(course, OverallChange.A_LITTLE_WORSE, clinician)
    treat(course, *LITTLE)
    stop_rules.look_at(course_id=course.pk, by=clinician, now=NOW)
    evidence = evidence_of("c", undecided()[0].evidence)
    assert (evidence.pgic, evidence.pgic_words, evidence.pgic_day) == (5, "a little worse", NOW.date())


def test_a_patient_who_calls_it_a_little_better_is_no_non_responder(course: Course, clinician: Actor) -> None:
    tell(course, OverallChange.A_LITTLE_BETTER, clinician)
    treat(course, *LITTLE)
    stop_rules.look_at(course_id=course.pk, by=clinician, now=NOW)
    assert undecided() == []


def test_an_answer_that_comes_later_withdraws_the_review_that_missed_it(course: Course, clinician: Actor) -> None:
    treat(course, *LITTLE)
    stop_rules.look_at(course_id=course.pk, by=clinician, now=NOW)
    assert len(undecided()) == 1
    tell(course, OverallChange.MUCH_BETTER, clinician)
    assert undecided() == []


def test_the_latest_answer_counts_and_the_earlier_ones_stay(course: Course, clinician: Actor) -> None:
    treat(course, *LITTLE)
    tell(course, OverallChange.MUCH_BETTER, clinician)
    tell(course, OverallChange.NO_CHANGE, clinician)
    assert len(undecided()) == 1
    assert Measure.objects.count() == 2


def test_what_a_patient_told_first_after_a_session_stands(course: Course, clinician: Actor) -> None:
    session = treat(course, (8, 6))[0]
    for change in (OverallChange.MUCH_BETTER, OverallChange.MUCH_WORSE):
        measures.tell_change(
            change=change,
            injection_session=session,
            moment=Moment.CHECK_7D,
            source=Source.PORTAL,
            by=clinician,
            now=NOW,
        )
    told = Measure.objects.get()
    assert (told.value, told.course_id) == (Decimal(OverallChange.MUCH_BETTER), course.pk)


# What the database refuses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [0, 8])
def test_an_overall_change_off_its_seven_is_refused(change: int, course: Course, clinician: Actor) -> None:
    with pytest.raises(IntegrityError, match="lies on its scale"):
        tell(course, change, clinician)


@pytest.mark.parametrize(("length", "is_kept"), [("100", True), ("100.1", False), ("-1", False)])
def test_v02_the_database_holds_a_line_to_100_mm(length: str, is_kept: bool, course: Course) -> None:
    if is_kept:
        assert measure(course, value=Decimal(length)).unit == "mm"
    else:
        with pytest.raises(IntegrityError, match="lies on its scale"):
            measure(course, value=Decimal(length))


def test_v02_the_database_holds_a_line_to_millimetres(course: Course) -> None:
    with pytest.raises(IntegrityError, match="in the unit"):
        measure(course, value=Decimal(7), unit="cm")


@pytest.mark.parametrize(
    ("items", "value", "words"),
    [
        ([3] * 9 + [None, None], "50", "enough answers"),
        ([3] * 10 + [None], None, "enough answers"),
        ([3] * 10 + [6], "50", "answer lies on its scale"),
        ([3] * 10, "50", "as many answers as items"),
    ],
)
def test_v28_the_database_refuses_answers_without_a_right_score(
    items: list[int | None], value: str | None, words: str, course: Course
) -> None:
    with pytest.raises(IntegrityError, match=words):
        measure(course, "QUICKDASH:score", items=items, value=Decimal(value) if value else None)


@pytest.mark.parametrize("items", [[3] * 10 + [None], [1] * 11])
def test_v28_enough_answers_on_their_scale_are_kept(items: list[int | None], course: Course, clinician: Actor) -> None:
    assert measures.note_answers(course=course, code="QUICKDASH:score", items=items, by=clinician, now=NOW).value in (
        Decimal(50),
        Decimal(0),
    )


def test_a_measure_is_of_the_patient_of_its_course(course: Course) -> None:
    other = CourseFactory(clinic=course.clinic)
    with pytest.raises(IntegrityError, match="of the patient"):
        measure(course, value=Decimal(1), patient_id=other.patient_id)


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_measure_never_changes(act: str, course: Course) -> None:
    measure(course, value=Decimal(40))
    rows = Measure.objects.all()
    with pytest.raises(Error, match=r"cannot change|permission denied"), transaction.atomic():
        rows.update(value=1) if act == "update" else rows.delete()


# The page ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def planned(clinic: Clinic) -> Course:
    with tenant(clinic.pk, actor="test"):
        return CourseFactory(clinic=clinic)


@pytest.fixture
def client_of(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


def stored(course: Course) -> list[Measure]:
    with tenant(course.clinic_id):
        return list(Measure.objects.select_related("scale"))


def test_an_overall_change_is_kept_on_the_page_and_read_back(planned: Course, client_of: Client) -> None:
    url = reverse("sessions:measures", args=[planned.pk])
    page = client_of.post(url, {"kind": "change", "change": "2"}, follow=True).content.decode()
    assert "Much better <span" in page
    assert [row.source for row in stored(planned)] == [Source.CLINICIAN]


@pytest.mark.parametrize("change", ["", "8", "two"])
def test_an_overall_change_that_is_none_of_the_seven_is_asked_again(
    change: str, planned: Course, client_of: Client
) -> None:
    answer = client_of.post(reverse("sessions:measures", args=[planned.pk]), {"kind": "change", "change": change})
    assert answer.status_code == 422
    assert stored(planned) == []


def test_v02_a_line_beyond_100_mm_is_explained_beside_its_field(planned: Course, client_of: Client) -> None:
    url = reverse("sessions:measures", args=[planned.pk])
    answer = client_of.post(url, {"kind": "line", "length_mm": "100.5"})
    assert answer.status_code == 422
    assert "The line is 0 to 100 mm long." in answer.content.decode()
    assert stored(planned) == []


def test_v02_a_line_of_100_mm_is_kept_with_its_unit(planned: Course, client_of: Client) -> None:
    client_of.post(reverse("sessions:measures", args=[planned.pk]), {"kind": "line", "length_mm": "100"})
    assert [(row.value, row.unit) for row in stored(planned)] == [(Decimal(100), "mm")]


def answers(told: int, value: int = 3) -> dict[str, str]:
    return {"kind": "answers", "code": "QUICKDASH:score"} | {
        f"answer_{number}": str(value) for number in range(1, told + 1)
    }


def test_v28_an_answer_off_its_scale_is_explained_beside_its_box(planned: Course, client_of: Client) -> None:
    answer = client_of.post(reverse("sessions:measures", args=[planned.pk]), answers(11) | {"answer_4": "6"})
    assert answer.status_code == 422
    assert "An answer is a whole number from 1 to 5." in answer.content.decode()
    assert stored(planned) == []


def test_v28_too_few_answers_are_kept_without_a_score_and_the_page_says_so(planned: Course, client_of: Client) -> None:
    url = reverse("sessions:measures", args=[planned.pk])
    page = client_of.post(url, answers(9), follow=True).content.decode()
    assert "Kept without a score: too few answers." in page
    assert "no score: 9 answers, 10 needed" in page
    assert [row.value for row in stored(planned)] == [None]


def test_v28_enough_answers_give_a_score(planned: Course, client_of: Client) -> None:
    client_of.post(reverse("sessions:measures", args=[planned.pk]), answers(10))
    assert [row.value for row in stored(planned)] == [Decimal(50)]


@pytest.mark.parametrize("sent", [{}, {"kind": "other"}, {"kind": "answers"}, answers(0)])
def test_a_page_that_sends_nothing_to_keep_keeps_nothing(
    sent: dict[str, str], planned: Course, client_of: Client
) -> None:
    assert client_of.post(reverse("sessions:measures", args=[planned.pk]), sent).status_code == 422


def test_every_questionnaire_that_is_offered_opens_with_a_box_for_each_answer(
    planned: Course, client_of: Client
) -> None:
    for scale in questionnaires():
        page = client_of.get(reverse("sessions:measures", args=[planned.pk]), {"code": scale.code}).content.decode()
        assert page.count('name="answer_') == scale.item_count
