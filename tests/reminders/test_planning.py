"""The planner asks which signed sessions owe which steps, and plans each once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.tenancy import tenant
from reminders import queries, timing
from reminders.choices import LADDER, MessageState, SkipReason, Step
from reminders.models import Message
from reminders.services import planning
from tests.factories.sessions import InjectionSessionFactory, signed_session, void
from tests.reminders.factories import reachable_patient, treated, worker

SIGNED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)  # 10:00 in Berlin, a Tuesday


def _planned(clinic, now):
    planning.plan(by=worker(clinic), now=now)
    return {message.step: message for message in Message.objects.filter(clinic=clinic)}


def test_the_ladder_is_the_catalogues(db):
    assert [(rung.step, rung.hours, rung.days) for rung in queries.ladder()] == [
        (Step.CARE_0H, 2, None),
        (Step.CHECK_24H, None, 1),
        (Step.CHECK_72H, None, 3),
        (Step.CHECK_7D, None, 7),
    ]


def test_signing_makes_the_first_steps_owed(in_clinic):
    session = treated(in_clinic, signed_at=SIGNED)
    planned = _planned(in_clinic, SIGNED + timedelta(minutes=1))
    assert set(planned) == {Step.CARE_0H, Step.CHECK_24H}
    first, second = planned[Step.CARE_0H], planned[Step.CHECK_24H]
    assert (first.due_at, first.next_at) == (SIGNED + timedelta(hours=2),) * 2
    assert second.due_at == datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    assert first.expires_at == second.due_at
    assert first.patient == session.patient
    assert first.state == MessageState.PLANNED


def test_every_step_comes_once_over_the_week_whoever_plans(in_clinic):
    treated(in_clinic, signed_at=SIGNED)
    for hour in range(0, 24 * 9, 5):
        now = SIGNED + timedelta(hours=hour)
        for _beat in range(2):
            planning.plan(by=worker(in_clinic), now=now)
        planning.beat(by=worker(in_clinic), now=now)
    assert sorted(Message.objects.values_list("step", flat=True)) == sorted(LADDER)


def test_times_follow_the_patients_clock_not_the_clinics(in_clinic):
    treated(in_clinic, signed_at=SIGNED, zone="Asia/Kathmandu")  # signed at 14:45 there
    planned = _planned(in_clinic, SIGNED)
    assert planned[Step.CHECK_24H].due_at == datetime(2026, 3, 4, 4, 15, tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 5, 11, 17, 22, 23])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "Australia/Lord_Howe"])
def test_the_sieve_in_the_database_lets_every_owed_step_through(in_clinic, zone, hour):
    # around the changes of the clocks in New York (8 March) and Lord Howe (5 April)
    for day in (datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 4, 3, tzinfo=UTC)):
        signed_at = day + timedelta(hours=hour, minutes=59)
        session = treated(in_clinic, signed_at=signed_at, zone=zone)
        for rung in queries.ladder():
            due_at = timing.due_at(rung, signed_at, ZoneInfo(zone))
            start = due_at - timedelta(hours=13) if rung.hours else due_at
            found = queries.owed(worker(in_clinic), rung, start=start, end=due_at, limit=5)
            assert session.pk in {owed.session_id for owed in found}, rung.step


def test_the_ladder_counts_from_the_end_of_the_treatment_however_late_it_is_signed(in_clinic):
    """Ended on Tuesday at ten, signed on Wednesday evening: what was due is owed at once, and what is over says so."""
    who = reachable_patient(in_clinic, at=SIGNED - timedelta(days=1))
    late = SIGNED + timedelta(hours=31, minutes=30)
    signed_session(clinic=in_clinic, signed_at=late, ended_at=SIGNED, started_at=SIGNED, appointment__patient=who)
    planning.beat(by=worker(in_clinic), now=late - timedelta(minutes=1))
    planned = _planned(in_clinic, late + timedelta(minutes=1))
    assert {step: message.due_at for step, message in planned.items()} == {
        Step.CARE_0H: SIGNED + timedelta(hours=2),
        Step.CHECK_24H: datetime(2026, 3, 4, 9, 0, tzinfo=UTC),
    }
    assert planned[Step.CARE_0H].expires_at < late < planned[Step.CHECK_24H].expires_at


def test_a_draft_and_a_voided_session_owe_nothing(in_clinic):
    InjectionSessionFactory(clinic=in_clinic, appointment__starts_at=SIGNED)
    void(treated(in_clinic, signed_at=SIGNED + timedelta(hours=1)), voided_at=SIGNED + timedelta(hours=2))
    assert _planned(in_clinic, SIGNED + timedelta(hours=2)) == {}


def test_an_old_record_floods_nothing(in_clinic):
    treated(in_clinic, signed_at=SIGNED - timedelta(days=2))  # its day 1 was yesterday, its day 3 is tomorrow
    treated(in_clinic, signed_at=SIGNED - timedelta(days=30))
    planned = _planned(in_clinic, SIGNED + timedelta(hours=3))
    assert set(planned) == {Step.CHECK_72H}


def test_an_outage_of_the_worker_loses_nothing(in_clinic):
    planning.beat(by=worker(in_clinic), now=SIGNED - timedelta(minutes=1))
    treated(in_clinic, signed_at=SIGNED)
    planned = _planned(in_clinic, SIGNED + timedelta(hours=30))
    assert set(planned) == {Step.CARE_0H, Step.CHECK_24H}


def test_voiding_takes_back_what_was_planned(in_clinic):
    session = treated(in_clinic, signed_at=SIGNED)
    kept = treated(in_clinic, signed_at=SIGNED + timedelta(hours=1))
    now = SIGNED + timedelta(hours=1)
    _planned(in_clinic, now)
    void(session, voided_at=now)
    assert planning.skip_voided(by=worker(in_clinic), now=now) == 2
    assert planning.skip_voided(by=worker(in_clinic), now=now) == 0
    states = set(Message.objects.filter(injection_session=session).values_list("state", "skip_reason"))
    assert states == {(MessageState.SKIPPED, SkipReason.SESSION_VOIDED)}
    assert set(Message.objects.filter(injection_session=kept).values_list("state", flat=True)) == {"planned"}


def test_one_clinic_plans_nothing_for_another(clinic, other_clinic):
    with tenant(other_clinic.pk, actor="test"):
        treated(other_clinic, signed_at=SIGNED)
    with tenant(clinic.pk, actor="test"):
        assert _planned(clinic, SIGNED) == {}
    with tenant(other_clinic.pk, actor="test"):
        assert Message.objects.count() == 0


@pytest.mark.parametrize("sessions", [1, 3])
def test_planning_asks_the_same_number_of_questions_for_one_session_and_three(
    in_clinic, sessions, django_assert_num_queries
):
    for number in range(sessions):
        treated(in_clinic, signed_at=SIGNED + timedelta(hours=number))
    with django_assert_num_queries(9):  # savepoint and release, pulse, ladder, four steps, insert
        planning.plan(by=worker(in_clinic), now=SIGNED + timedelta(hours=3))


def test_a_sweep_leaves_a_sign_of_life(in_clinic):
    by = worker(in_clinic)
    assert queries.pulse(by, now=SIGNED).is_silent
    planning.beat(by=by, now=SIGNED)
    planning.beat(by=by, now=SIGNED + timedelta(minutes=1))
    assert not queries.pulse(by, now=SIGNED + timedelta(minutes=4)).is_silent
    assert queries.pulse(by, now=SIGNED + timedelta(minutes=4, seconds=1)).is_silent
