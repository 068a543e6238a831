"""When a patient's zone is corrected, the reminder follows: one letter, at ten by the clock as it is known then."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as django_mail

from accounts.models import Clinic
from patients.records import DETAIL_FIELDS, PatientDetails
from patients.services import patients
from reminders.choices import MessageState
from reminders.models import Message
from reminders.policies import decide
from reminders.services import sweeps
from scheduling.services import appointments
from tests.reminders.factories import visitor
from tests.scheduling.conftest import NOW, Practice, at, make_practice

BERLIN_TEN = datetime(2026, 9, 6, 8, tzinfo=UTC)  # the visit is on Monday at nine in Berlin
DENVER_TEN = datetime(2026, 9, 6, 16, tzinfo=UTC)
TOKYO_TEN = datetime(2026, 9, 6, 1, tzinfo=UTC)
BEFORE = datetime(2026, 9, 5, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def practice(in_clinic: Clinic) -> Practice:
    practice = make_practice(in_clinic)
    practice.patient = visitor(in_clinic, at=NOW)
    practice.book()
    sweep(practice, BEFORE)
    return practice


def sweep(practice: Practice, now: datetime) -> int:
    """How many letters left."""
    before = len(django_mail.outbox)
    sweeps.sweep(clinic=practice.clinic, owner="worker", clock=lambda: now)
    return len(django_mail.outbox) - before


def correct(practice: Practice, zone: str, *, now: datetime = BEFORE) -> None:
    patient = practice.patient
    patient.refresh_from_db()
    kept = {name: getattr(patient, name) for name in DETAIL_FIELDS}
    details = PatientDetails(**kept | {"zone": zone})
    patients.update(by=practice.desk, now=now, patient=patient, version=patient.version, details=details)


@pytest.mark.parametrize(("zone", "owed_at"), [("America/Denver", DENVER_TEN), ("Asia/Tokyo", TOKYO_TEN)])
def test_the_reminder_of_a_corrected_zone_leaves_once_at_ten_by_the_right_clock(practice, zone, owed_at):
    correct(practice, zone)
    assert sweep(practice, owed_at - MINUTE) == 0
    assert sweep(practice, owed_at) == 1
    assert sum(sweep(practice, one) for one in sorted({TOKYO_TEN, BERLIN_TEN, DENVER_TEN}) if one > owed_at) == 0
    assert Message.objects.get().due_at == owed_at


def test_a_zone_corrected_twice_and_back_leaves_one_reminder_at_its_first_time(practice):
    for zone in ("America/Denver", "Asia/Tokyo", "Europe/Berlin"):
        correct(practice, zone)
        assert sweep(practice, BEFORE + MINUTE) == 0
    assert sweep(practice, TOKYO_TEN) == 0
    assert sweep(practice, BERLIN_TEN) == 1
    assert sweep(practice, DENVER_TEN) == 0
    assert Message.objects.get().state == MessageState.SENT


@pytest.mark.parametrize("zone", ["America/Denver", "Pacific/Kiritimati"])
def test_a_reminder_that_left_is_not_repeated_by_the_corrected_clock(practice, zone):
    assert sweep(practice, BERLIN_TEN) == 1
    correct(practice, zone, now=BERLIN_TEN)
    assert sum(sweep(practice, BERLIN_TEN + timedelta(hours=hours)) for hours in range(1, 23)) == 0


def test_a_reminder_of_a_visit_moved_within_its_day_is_not_repeated_when_the_day_was_another_by_the_new_clock(practice):
    visit = Message.objects.get().appointment
    appointments.move(
        appointment=visit,
        by=practice.desk,
        now=BEFORE,
        version=visit.version,
        starts_at=at(15),
        clinician=practice.clinician,
        room=practice.room,
    )
    assert sweep(practice, BERLIN_TEN) == 1
    correct(practice, "Asia/Tokyo", now=BERLIN_TEN)
    correct(practice, "America/Denver", now=BERLIN_TEN)
    assert sum(sweep(practice, BERLIN_TEN + timedelta(hours=hours)) for hours in range(1, 28)) == 0


def test_a_reminder_whose_right_time_has_passed_leaves_at_once(practice):
    now = BERLIN_TEN - MINUTE
    correct(practice, "Asia/Tokyo", now=now)  # ten in Tokyo was hours ago
    assert sweep(practice, now) == 1
    assert sweep(practice, BERLIN_TEN) == 0


def test_a_zone_corrected_after_the_plan_of_this_minute_puts_the_claimed_reminder_off(practice):
    correct(practice, "America/Denver")
    message = Message.objects.select_related("patient").get()
    assert decide(message, now=BERLIN_TEN).wait_until == DENVER_TEN
    assert decide(message, now=DENVER_TEN).address


def test_the_reminder_of_a_visit_cancelled_since_does_not_leave_by_the_corrected_clock(practice):
    visit = Message.objects.get().appointment
    correct(practice, "America/Denver")
    appointments.cancel(
        appointment=visit, by=practice.desk, now=BEFORE, version=visit.version, cancelled_by="patient", reason="ill"
    )
    assert sum(sweep(practice, one) for one in (BERLIN_TEN, DENVER_TEN)) == 0
