"""Visits of a course in one act: planned by the wall clock, booked whole or not at all, moved and undone together."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment, Closure, Leave, VisitSeries
from scheduling.policies import VisitRefusedError
from scheduling.queries.series_plans import plan_series, repeated
from scheduling.services import appointments, series, slot_holds
from scheduling.services.series import SeriesRefusedError, Wish
from tests.factories.accounts import ClinicFactory
from tests.scheduling.conftest import BERLIN, MONDAY, NOW, Practice, at, make_practice

WEEK = timedelta(days=7)

# A Monday before the clock changes in each zone: north, south with half an hour, and without a change.
CHANGES = {
    "Europe/Berlin": [date(2026, 3, 23), date(2026, 10, 19)],
    "America/New_York": [date(2026, 3, 2), date(2026, 10, 26)],
    "Australia/Lord_Howe": [date(2026, 3, 30), date(2026, 9, 28)],
    "Asia/Kolkata": [date(2026, 3, 23), date(2026, 10, 19)],
}


def _weekly(practice: Practice, count: int = 3, first: datetime | None = None) -> list[Wish]:
    starts = repeated(first or at(9), every_days=7, count=count, zone=BERLIN)
    return [Wish(starts_at=start, clinician=practice.clinician) for start in starts]


def _book(practice: Practice, **changes: Any) -> list[Appointment]:
    given: dict[str, Any] = {
        "patient": practice.patient,
        "visit_type": practice.visit_type,
        "visits": _weekly(practice),
        "by": practice.desk,
        "now": NOW,
    }
    return series.book(**(given | changes))


def _starts(practice: Practice) -> list[datetime]:
    rows = Appointment.objects.filter(patient=practice.patient).holding().order_by("starts_at")
    return list(rows.values_list("starts_at", flat=True))


def test_three_weekly_visits_are_three_rows_of_one_series(practice: Practice) -> None:
    booked = _book(practice)

    assert [visit.starts_at for visit in booked] == [at(9), at(9) + WEEK, at(9) + 2 * WEEK]
    assert len({visit.series_id for visit in booked}) == 1


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("number", [0, 1])
def test_a_series_keeps_its_wall_clock_time_through_the_change_of_clocks(db: None, zone: str, number: int) -> None:
    clinic: Clinic = ClinicFactory(zone=zone)
    own, first_day = ZoneInfo(zone), CHANGES[zone][number]
    first = datetime.combine(first_day, time(9, 30), tzinfo=own).astimezone(UTC)
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic)
        wishes = [
            Wish(starts_at=start, clinician=practice.clinician)
            for start in repeated(first, every_days=7, count=3, zone=own)
        ]
        booked = _book(practice, visits=wishes, now=first - WEEK)

    assert [visit.starts_at.astimezone(own).strftime("%H:%M") for visit in booked] == ["09:30"] * 3
    assert [visit.starts_at.astimezone(own).date() for visit in booked] == [first_day + WEEK * n for n in range(3)]


def test_a_series_with_one_taken_time_books_nothing_and_names_it(practice: Practice) -> None:
    practice.book(starts_at=at(9) + WEEK, patient=practice.another_patient(), room=practice.another_room())

    with pytest.raises(SeriesRefusedError) as refused:
        _book(practice)

    assert (refused.value.starts_at, "the clinician" in refused.value.words) == (at(9) + WEEK, True)
    assert _starts(practice) == []


def _plan(practice: Practice, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "by": practice.desk,
        "clinician": practice.clinician,
        "visit_type": practice.visit_type,
        "starts": [wish.starts_at for wish in _weekly(practice)],
        "now": NOW,
        "patient_id": practice.patient.pk,
    }
    return plan_series(**(given | changes))


def test_the_plan_names_why_a_visit_cannot_be_and_offers_times_near_it(practice: Practice) -> None:
    practice.book(starts_at=at(9) + WEEK, patient=practice.another_patient())

    first, second, third = _plan(practice)

    assert (first.is_free, second.is_free, third.is_free) == (True, False, True)
    assert second.reasons == ("Dr Ada Berg has another visit then.", "No room is free then.")
    assert second.alternatives[0].starts_at == at(8, 15) + WEEK
    assert len(second.alternatives) == 3


def test_the_plan_tells_leave_from_a_closed_clinic(practice: Practice) -> None:
    away, shut = at(0) + WEEK, at(0) + 2 * WEEK
    day = timedelta(days=1)
    Leave.objects.create(clinic=practice.clinic, clinician=practice.clinician, starts_at=away, ends_at=away + day)
    Closure.objects.create(clinic=practice.clinic, name="Founders' day", starts_at=shut, ends_at=shut + day)

    _first, second, third = _plan(practice)

    assert ("is away until" in second.reasons[0], "Founders" in third.reasons[0]) == (True, True)


@pytest.mark.parametrize("count", [2, 12])
def test_a_plan_costs_the_same_number_of_queries_however_long_it_is(
    practice: Practice, count: int, django_assert_num_queries: Any
) -> None:
    starts = [wish.starts_at for wish in _weekly(practice, count)]

    with django_assert_num_queries(15):
        _plan(practice, starts=starts)


def test_a_kept_time_becomes_the_first_visit_of_its_series(practice: Practice) -> None:
    place = appointments.place_of(
        patient=None,
        clinician=practice.clinician,
        room=None,
        visit_type=practice.visit_type,
        starts_at=at(9),
        by=practice.desk,
        now=NOW,
    )
    hold = slot_holds.keep(place=place, by=practice.desk, now=NOW)

    assert len(_book(practice, hold=hold)) == 3


@pytest.mark.parametrize(("scope", "moved"), [("one", [0, 1, 0]), ("later", [0, 1, 1]), ("all", [1, 1, 1])])
def test_a_move_reaches_as_far_as_it_was_asked_to(practice: Practice, scope: str, moved: list[int]) -> None:
    booked = _book(practice)

    _move(practice, booked[1], scope, at(10, day=MONDAY + timedelta(days=8)))

    shift = timedelta(days=1, hours=1)
    assert _starts(practice) == [visit.starts_at + shift * n for visit, n in zip(booked, moved, strict=True)]


def _move(practice: Practice, visit: Appointment, scope: str, to: datetime, **changes: Any) -> Any:
    given = {"room": None, "clinician": practice.clinician, "by": practice.desk, "now": NOW, "version": visit.version}
    return series.move(appointment=visit, scope=scope, starts_at=to, **(given | changes))


@pytest.mark.parametrize("weeks", [1, -1])
def test_a_series_moves_onto_its_own_times_by_a_week_and_back(practice: Practice, weeks: int) -> None:
    first = at(9) + 2 * WEEK
    booked = _book(practice, visits=_weekly(practice, 3, first))

    act = _move(practice, booked[0], "all", first + weeks * WEEK)

    assert _starts(practice) == [first + (n + weeks) * WEEK for n in range(3)]
    series.undo(batch_id=act, by=practice.desk, now=NOW)
    assert _starts(practice) == [first + n * WEEK for n in range(3)]


def test_a_move_of_all_moves_none_when_one_cannot_be(practice: Practice) -> None:
    booked = _book(practice)
    practice.book(starts_at=at(11) + 2 * WEEK, patient=practice.another_patient(), room=practice.another_room())

    with pytest.raises(SeriesRefusedError):
        _move(practice, booked[0], "all", at(11))

    assert _starts(practice) == [visit.starts_at for visit in booked]


def test_a_cancelled_rest_of_a_series_comes_back_by_one_undo(practice: Practice) -> None:
    booked = _book(practice)
    act = series.cancel(
        appointment=booked[1],
        scope="later",
        by=practice.desk,
        now=NOW,
        version=1,
        cancelled_by="patient",
        reason="holiday",
    )
    assert _starts(practice) == [at(9)]

    series.undo(batch_id=act, by=practice.desk, now=NOW)

    assert _starts(practice) == [visit.starts_at for visit in booked]


def test_an_act_is_not_taken_back_when_one_of_its_visits_was_changed_since(practice: Practice) -> None:
    booked = _book(practice)
    act = _move(practice, booked[0], "all", at(11))
    practice.step(Appointment.objects.get(pk=booked[2].pk), "confirmed")

    with pytest.raises(VisitRefusedError, match="changed since"):
        series.undo(batch_id=act, by=practice.desk, now=NOW)


def test_visits_nobody_needs_any_more_are_given_back(practice: Practice) -> None:
    _book(practice)

    act = uuid4()
    released = series.release_unused(
        series_ids=[one.pk for one in VisitSeries.objects.all()],
        by=practice.desk,
        now=at(12),
        reason="The course has ended",
        batch_id=act,
    )

    assert (released, _starts(practice)) == (2, [at(9)])
    series.undo(batch_id=act, by=practice.desk, now=at(12))
    assert len(_starts(practice)) == 3
