"""Find a time: what was asked for, day by day, the best of each day first, and on from there."""

from datetime import time, timedelta
from typing import Any

from common.tenancy import tenant
from scheduling.models import Equipment, Leave
from scheduling.queries.free_times import Wish
from scheduling.queries.time_searches import SHOWN, Findings, find_times
from tests.scheduling.conftest import MONDAY, NOW, Practice, at
from tests.scheduling.visits import a_visit

WEEK = timedelta(days=7)


def _findings(practice: Practice, **changes: Any) -> Findings:
    given: dict[str, Any] = {
        "by": practice.desk,
        "clinicians": [practice.clinician],
        "visit_type": practice.visit_type,
        "first_day": MONDAY,
        "now": NOW,
    }
    with tenant(practice.clinic.pk, actor="test"):
        return find_times(**(given | changes))


def _found(practice: Practice, **changes: Any) -> list[Any]:
    return [one.free.starts_at for one in _findings(practice, **changes).suggestions]


def test_mornings_mean_mornings_on_the_wall_clock(practice: Practice) -> None:
    wish = Wish(not_after=time(9))

    assert {start.astimezone(practice.desk.zone).hour for start in _found(practice, wish=wish)} <= {8, 9}


def test_only_the_wanted_weekdays_are_found(practice: Practice) -> None:
    found = _found(practice, wish=Wish(weekdays=frozenset({2})))

    assert {start.astimezone(practice.desk.zone).weekday() for start in found} == {2}


def test_a_piece_of_equipment_in_use_hides_its_times(practice: Practice) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        scanner = Equipment.objects.create(clinic=practice.clinic, name="Ultrasound")
        other = practice.another_clinician()
        practice.book(clinician=other, patient=practice.another_patient(), starts_at=at(8), equipment=scanner)

    assert at(8) not in _found(practice, wish=Wish(equipment=scanner))


def test_the_clinician_who_saw_the_patient_last_comes_first(practice: Practice) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        usual = practice.another_clinician()
        a_visit(practice, clinician=usual, starts_at=at(9) - WEEK, status="done")
        found = find_times(
            by=practice.desk,
            clinicians=[practice.clinician, usual],
            visit_type=practice.visit_type,
            first_day=MONDAY,
            now=NOW,
            patient_id=practice.patient.pk,
        )

    assert found.suggestions[0].free.clinician == usual


def test_later_goes_on_with_the_day_that_was_cut_short(practice: Practice) -> None:
    first = _findings(practice)
    with tenant(practice.clinic.pk, actor="test"):
        crowd = [practice.clinician, *(practice.another_clinician() for _one in range(SHOWN // 2))]
    of_one_day = _findings(practice, clinicians=crowd)

    # Two of each of six days; the last of them may hold more.
    assert (first.looked_until, first.later) == (MONDAY + timedelta(days=8 - 1), MONDAY + timedelta(days=8 - 1))
    # One day has enough for everybody: the next one is later.
    assert (of_one_day.looked_until, of_one_day.later) == (MONDAY, MONDAY + timedelta(days=1))


def test_what_is_free_on_the_last_day_of_the_eight_weeks_is_found(practice: Practice) -> None:
    last = MONDAY + 8 * WEEK - timedelta(days=3)
    leave_until = at(0, day=last)
    Leave.objects.create(clinic=practice.clinic, clinician=practice.clinician, starts_at=NOW, ends_at=leave_until)

    assert [start.date() for start in _found(practice)] == [last, last]


def test_a_search_without_a_free_time_says_how_far_it_looked(practice: Practice) -> None:
    found = _findings(practice, wish=Wish(weekdays=frozenset({6})))

    assert (found.suggestions, found.total) == ([], 0)
    assert found.looked_until == MONDAY + 8 * WEEK - timedelta(days=1)
    assert found.later == MONDAY + 8 * WEEK


def test_a_search_over_eight_full_weeks_reads_the_claims_three_times(
    practice: Practice, django_assert_num_queries: Any
) -> None:
    # Five for the hours, the usual clinician, the flags, the maximum of a day, and three for the claims.
    with tenant(practice.clinic.pk, actor="test"), django_assert_num_queries(11):
        find_times(
            by=practice.desk,
            clinicians=[practice.clinician],
            visit_type=practice.visit_type,
            first_day=MONDAY,
            now=NOW,
            patient_id=practice.patient.pk,
            minutes=10 * 60,
        )
