"""Free times: hours, leave, turnover, rooms, the patient's own visits, and the days the clock jumps."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import AvailabilityBlock, Leave
from scheduling.queries.free_times import FreeTime, free_times
from scheduling.spans import holds, is_free, merged, starts_within, without
from tests.factories.accounts import ClinicFactory
from tests.factories.scheduling import VisitTypeFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice

# Zone → a working day on which the clock jumps at night, its day before, and the offsets in minutes around it.
DST_WEEKS = {
    "Europe/Berlin": [date(2027, 3, 28), date(2026, 10, 25)],
    "America/New_York": [date(2027, 3, 14), date(2026, 11, 1)],
    "Australia/Lord_Howe": [date(2026, 10, 4), date(2027, 4, 4)],
    "Asia/Kolkata": [date(2026, 10, 25), date(2027, 3, 28)],
}


def _free(practice: Practice, *, day: date = MONDAY, days: int = 1, **changes: Any) -> list[FreeTime]:
    given: dict[str, Any] = {
        "by": practice.desk,
        "clinicians": [practice.clinician],
        "visit_type": practice.visit_type,
        "first_day": day,
        "days": days,
        "now": NOW,
    }
    return free_times(**(given | changes))


def _starts(free: list[FreeTime]) -> list[datetime]:
    return [one.starts_at for one in free]


def test_a_day_is_free_from_the_first_to_the_last_start_that_fits(practice: Practice) -> None:
    starts = _starts(_free(practice))

    assert (starts[0], starts[-1], len(starts)) == (at(8), at(16, 30), 35)


def test_what_is_free_can_be_booked_and_what_is_not_cannot(practice: Practice) -> None:
    for free in _free(practice)[::7]:
        visit = practice.book(starts_at=free.starts_at, room=free.room, patient=practice.another_patient())
        assert visit.starts_at not in _starts(_free(practice))


def test_a_visit_and_its_turnover_are_not_free(practice: Practice) -> None:
    practice.book(starts_at=at(10))

    starts = _starts(_free(practice))

    assert at(9, 15) in starts  # ends 9:45, turned over at 9:50
    assert not {at(9, 30), at(9, 45), at(10), at(10, 15), at(10, 30)} & set(starts)
    assert at(10, 45) in starts


def test_leave_and_days_without_hours_are_not_free(practice: Practice) -> None:
    Leave.objects.create(clinic=practice.clinic, clinician=practice.clinician, starts_at=at(9), ends_at=at(16))

    assert _starts(_free(practice)) == [at(8), at(8, 15), at(8, 30), at(16), at(16, 15), at(16, 30)]
    assert _free(practice, day=date(2026, 9, 12), days=2) == []


def test_hours_hold_from_their_first_to_their_last_day(practice: Practice) -> None:
    AvailabilityBlock.objects.all().update(valid_from_date=date(2026, 9, 8), valid_until_date=date(2026, 9, 9))

    days = {start.date() for start in _starts(_free(practice, days=14))}

    assert days == {date(2026, 9, 8), date(2026, 9, 9)}


def test_two_blocks_that_touch_are_one_and_a_lunch_break_stays_free(practice: Practice) -> None:
    AvailabilityBlock.objects.all().delete()
    for start, end in [(time(8), time(10)), (time(10), time(12)), (time(13), time(14))]:
        AvailabilityBlock.objects.create(
            clinic=practice.clinic,
            clinician=practice.clinician,
            weekday=0,
            start_time=start,
            end_time=end,
            valid_from_date=MONDAY,
        )
    starts = _starts(_free(practice))

    assert at(9, 45) in starts
    assert at(11, 45) not in starts
    assert at(12) not in starts
    assert at(13, 30) in starts


def test_the_first_free_room_is_suggested_and_without_one_the_time_is_not_free(practice: Practice) -> None:
    colleague = practice.another_clinician()
    practice.book(starts_at=at(10))

    assert at(10) not in _starts(_free(practice, clinicians=[colleague]))
    second = practice.another_room()
    (ten,) = [free for free in _free(practice, clinicians=[colleague]) if free.starts_at == at(10)]
    assert ten.room == second


def test_a_visit_that_needs_no_room_is_free_without_one(practice: Practice) -> None:
    practice.book(starts_at=at(10))
    by_phone = VisitTypeFactory(clinic=practice.clinic, needs_room=False)

    free = _free(practice, clinicians=[practice.another_clinician()], visit_type=by_phone)

    assert (at(10), None) in [(one.starts_at, one.room) for one in free]


def test_a_patients_own_visits_are_left_out(practice: Practice) -> None:
    practice.another_room()
    practice.book(starts_at=at(10))
    colleague = practice.another_clinician()

    assert at(10) in _starts(_free(practice, clinicians=[colleague]))
    assert at(10) not in _starts(_free(practice, clinicians=[colleague], patient_id=practice.patient.pk))


def test_nothing_is_offered_in_the_past(practice: Practice) -> None:
    assert _starts(_free(practice, now=at(16, 10))) == [at(16, 15), at(16, 30)]


def test_another_clinics_visits_hours_and_rooms_do_not_count(
    practice: Practice, other_clinic: Clinic, as_superuser: Callable[[], None]
) -> None:
    with tenant(other_clinic.pk):
        others = make_practice(other_clinic)
        others.book(starts_at=at(10))
    as_superuser()

    free = _free(practice)

    assert at(10) in _starts(free)
    assert {one.room for one in free} == {practice.room}
    assert _free(practice, clinicians=[others.clinician]) == []


@pytest.mark.parametrize("visits", [1, 3])
def test_eight_queries_however_many_visits(practice: Practice, visits: int, django_assert_num_queries: Any) -> None:
    for number in range(visits):
        practice.book(starts_at=at(8 + number))

    with django_assert_num_queries(8):
        _free(practice, days=7)


@pytest.mark.parametrize("zone", DST_WEEKS)
@pytest.mark.parametrize("number", [0, 1])
def test_the_hours_stay_on_the_wall_clock_through_the_week_the_clock_jumps(db: None, zone: str, number: int) -> None:
    clinic = ClinicFactory(zone=zone)
    jump = DST_WEEKS[zone][number]
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic, weekdays=range(7))
        free = _free(practice, day=jump - timedelta(days=3), days=7)
        by_day: dict[date, list[time]] = {}
        for one in free:
            wall = one.starts_at.astimezone(ZoneInfo(zone))
            by_day.setdefault(wall.date(), []).append(wall.time())
        assert len(by_day) == 7
        assert all((walls[0], walls[-1], len(walls)) == (time(8), time(16, 30), 35) for walls in by_day.values())
        for day in by_day:
            visit = practice.book(starts_at=at(9, day=day, zone=ZoneInfo(zone)))
            assert visit.starts_at.astimezone(ZoneInfo(zone)).time() == time(9)


@pytest.mark.parametrize("zone", DST_WEEKS)
@pytest.mark.parametrize("number", [0, 1])
def test_a_night_shift_over_the_jump_offers_each_moment_once(db: None, zone: str, number: int) -> None:
    clinic = ClinicFactory(zone=zone)
    jump = DST_WEEKS[zone][number]
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic, weekdays=range(7), start=time(0), end=time(6))
        free = _free(practice, day=jump, now=datetime(2026, 1, 1, tzinfo=UTC))
    walls = [one.starts_at.astimezone(ZoneInfo(zone)) for one in free]
    starts = [one.starts_at for one in free]

    assert walls[0].time() == time(0)
    assert walls[-1].time() == time(5, 30)
    assert all(later - earlier == timedelta(minutes=15) for earlier, later in pairwise(starts))
    hours = (at(6, day=jump, zone=ZoneInfo(zone)) - at(0, day=jump, zone=ZoneInfo(zone))) / timedelta(hours=1)
    assert len(starts) == hours * 4 - 1
    shown = [wall.time().replace(fold=0) for wall in walls]
    twice = {one for one in shown if shown.count(one) > 1}
    assert {wall.time().replace(fold=0) for one, wall in zip(free, walls, strict=True) if one.is_ambiguous} >= twice


# --- spans ------------------------------------------------------------------------------------------------------------
minutes = st.integers(0, 300)
START = datetime(2026, 9, 7, tzinfo=UTC)
span_lists = st.lists(
    st.tuples(minutes, st.integers(1, 90)).map(
        lambda one: (START + timedelta(minutes=one[0]), START + timedelta(minutes=one[0] + one[1]))
    ),
    max_size=8,
)


def _minutes_in(spans: list[tuple[datetime, datetime]]) -> set[int]:
    return {
        minute
        for start, end in spans
        for minute in range(int((start - START).total_seconds() // 60), int((end - START).total_seconds() // 60))
    }


@given(span_lists, span_lists)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_spans_behave_as_sets_of_minutes(
    one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]
) -> None:
    assert _minutes_in(merged(one)) == _minutes_in(one)
    left = without(merged(one), other)
    assert _minutes_in(left) == _minutes_in(one) - _minutes_in(other)
    for span in other:
        assert is_free(merged(one), span) == (not _minutes_in([span]) & _minutes_in(one))
        assert holds(merged(one), span) == (_minutes_in([span]) <= _minutes_in(one))


@given(minutes, st.integers(1, 400), st.sampled_from([15, 30, 45, 60, 90]))
def test_starts_lie_on_the_quarter_hour_and_fit(offset: int, length: int, visit: int) -> None:
    span = (START + timedelta(minutes=offset), START + timedelta(minutes=offset + length))

    starts = list(starts_within(span, length=timedelta(minutes=visit), step=timedelta(minutes=15)))

    assert all(start.minute % 15 == 0 for start in starts)
    assert all(span[0] <= start and start + timedelta(minutes=visit) <= span[1] for start in starts)
    every = [START + timedelta(minutes=15 * number) for number in range(80)]
    assert starts == [one for one in every if span[0] <= one and one + timedelta(minutes=visit) <= span[1]]
