"""A change of a visit is told three minutes later, once, as things stand then; and the day before it is remembered."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core import mail as django_mail

from accounts.models import Clinic
from patients.choices import Purpose
from patients.models import ContactConsent, ContactPoint
from reminders.choices import MessageState, SkipReason, Step
from reminders.models import Message, ToldVisit
from reminders.services import messages, sweeps
from reminders.timing import reminder_at
from scheduling.models import Appointment
from scheduling.services import appointments
from scheduling.visit_letters import offer_letter, reader_of
from sessions.choices import AlertStatus, Priority
from sessions.models import SideEffect
from tests.reminders.factories import visitor
from tests.scheduling.conftest import NOW, Practice, at, make_practice

TUESDAY = date(2026, 9, 8)
TOLD = NOW + timedelta(minutes=3)


@pytest.fixture
def practice(in_clinic: Clinic) -> Practice:
    practice = make_practice(in_clinic)
    practice.patient = visitor(in_clinic, at=NOW)
    return practice


def sweep(practice: Practice, now: datetime) -> list[str]:
    """The bodies of the letters that left."""
    before = len(django_mail.outbox)
    sweeps.sweep(clinic=practice.clinic, owner="worker", clock=lambda: now)
    return [str(mail.body) for mail in django_mail.outbox[before:]]


def move(practice: Practice, visit: Appointment, starts_at: datetime, *, now: datetime = NOW, tell: bool = True):
    return appointments.move(
        appointment=visit,
        by=practice.desk,
        now=now,
        version=visit.version,
        starts_at=starts_at,
        clinician=practice.clinician,
        room=practice.room,
        tell_patient=tell,
    )


def cancel(practice: Practice, visit: Appointment, *, now: datetime = NOW, tell: bool = True):
    return appointments.cancel(
        appointment=visit,
        by=practice.desk,
        now=now,
        version=visit.version,
        cancelled_by="patient",
        reason="ill",
        tell_patient=tell,
    )


def told_visit(practice: Practice) -> Appointment:
    """Booked for Monday at nine, and told."""
    visit = practice.book(tell_patient=True)
    assert len(sweep(practice, TOLD)) == 1
    return visit


def test_a_booking_is_told_three_minutes_later_and_once(practice):
    practice.book(tell_patient=True)
    assert sweep(practice, TOLD - timedelta(seconds=1)) == []
    (body,) = sweep(practice, TOLD)
    assert "Your visit is booked:\nMonday, 7 September 2026, 09:00\n" in body
    assert sweep(practice, TOLD + timedelta(minutes=1)) == []
    assert Message.objects.get().step == Step.VISIT_BOOKED


def test_a_visit_nobody_is_to_be_told_of_is_not_told(practice):
    practice.book()
    assert sweep(practice, TOLD) == []


def test_what_is_undone_in_time_is_not_told(practice):
    visit = practice.book(tell_patient=True)
    appointments.undo(appointment=visit, by=practice.desk, now=NOW + timedelta(minutes=2), version=visit.version)
    assert sweep(practice, TOLD) == []
    assert not Message.objects.exists()


def test_what_is_undone_too_late_is_told_too(practice):
    visit = told_visit(practice)
    later = TOLD + timedelta(minutes=5)
    appointments.undo(appointment=visit, by=practice.desk, now=later, version=visit.version)
    (body,) = sweep(practice, later + timedelta(minutes=3))
    assert "does not take place" in body


def test_two_moves_in_three_minutes_are_one_message_with_the_last_time(practice):
    visit = told_visit(practice)
    later = TOLD + timedelta(minutes=10)
    move(practice, visit, at(11), now=later)
    visit.refresh_from_db()
    move(practice, visit, at(14), now=later + timedelta(minutes=1))
    assert sweep(practice, later + timedelta(minutes=3)) == []
    (body,) = sweep(practice, later + timedelta(minutes=4))
    assert "14:00 (before: Monday, 7 September 2026, 09:00)" in body


def test_a_visit_booked_and_moved_before_it_was_told_is_told_as_booked_once(practice):
    visit = practice.book(tell_patient=True)
    move(practice, visit, at(11), now=NOW + timedelta(minutes=1))
    (body,) = sweep(practice, NOW + timedelta(minutes=4))
    assert "booked:\nMonday, 7 September 2026, 11:00\n" in body
    assert sweep(practice, NOW + timedelta(minutes=5)) == []


def test_a_visit_booked_and_cancelled_before_it_was_told_is_not_told(practice):
    visit = practice.book(tell_patient=True)
    cancel(practice, visit, now=NOW + timedelta(minutes=1))
    assert sweep(practice, NOW + timedelta(minutes=4)) == []
    assert not Message.objects.exists()


def test_a_move_there_and_back_is_nothing_to_tell(practice):
    visit = told_visit(practice)
    move(practice, visit, at(11), now=TOLD)
    visit.refresh_from_db()
    move(practice, visit, at(9), now=TOLD + timedelta(minutes=1))
    assert sweep(practice, TOLD + timedelta(minutes=4)) == []
    assert Message.objects.get(step=Step.VISIT_MOVED).skip_reason == SkipReason.NOTHING_NEW


def test_the_cancellation_names_the_time_the_patient_knows(practice):
    visit = told_visit(practice)
    move(practice, visit, at(11), now=TOLD, tell=False)
    visit.refresh_from_db()
    cancel(practice, visit, now=TOLD)
    (body,) = sweep(practice, TOLD + timedelta(minutes=3))
    assert "does not take place:\nMonday, 7 September 2026, 09:00\n" in body


def test_a_cancellation_that_waits_for_the_morning_and_is_taken_back_is_not_told(practice):
    visit = told_visit(practice)
    night = datetime(2026, 9, 4, 20, 0, tzinfo=UTC)  # 22:00 in Berlin
    cancel(practice, visit, now=night)
    assert sweep(practice, night + timedelta(minutes=3)) == []
    visit.refresh_from_db()
    appointments.change_status(
        appointment=visit, to="booked", by=practice.desk, now=night + timedelta(minutes=30), version=visit.version
    )
    assert sweep(practice, datetime(2026, 9, 5, 6, 0, tzinfo=UTC)) == []
    assert Message.objects.get(step=Step.VISIT_CANCELLED).skip_reason == SkipReason.NOTHING_NEW


def test_visits_of_one_act_are_told_in_one_letter(practice, monkeypatch):
    batch = uuid4()
    note = appointments.note
    monkeypatch.setattr(appointments, "note", lambda *args, **kwargs: note(*args, **kwargs | {"batch_id": batch}))
    for hour in (14, 9, 11):
        practice.book(starts_at=at(hour), tell_patient=True)
    (body,) = sweep(practice, TOLD)
    assert "Your visits are booked:\n" in body
    assert body.index("09:00") < body.index("11:00") < body.index("14:00")
    assert Message.objects.get().dedupe_key == f"batch:{batch}:email"
    assert ToldVisit.objects.count() == 3


def test_an_old_change_is_not_told_after_a_long_outage(practice):
    practice.book(starts_at=at(9, day=date(2026, 9, 14)), tell_patient=True)
    assert sweep(practice, NOW + timedelta(days=4)) == []


def test_an_outage_of_a_day_loses_nothing(practice):
    sweep(practice, NOW)
    practice.book(starts_at=at(9, day=TUESDAY), tell_patient=True)
    assert len(sweep(practice, NOW + timedelta(days=1))) == 1


def test_the_letter_is_neutral(practice):
    told_visit(practice)
    mail = django_mail.outbox[0]
    text = mail.message().as_string().lower()
    for word in (practice.patient.family_name, "Ada Berg", "Follow-up", "session", "Room A", "PIT", "pain", "inject"):
        assert word.lower() not in text, word
    assert mail.subject == f"{practice.clinic.sender_name}: your visit"
    assert practice.clinic.phone.as_international in mail.body


def test_the_visit_comes_as_a_file_for_the_calendar_and_goes_as_one(practice):
    visit = told_visit(practice)
    cancel(practice, visit, now=TOLD)
    sweep(practice, TOLD + timedelta(minutes=3))
    booked, cancelled = (str(mail.attachments[0][1]) for mail in django_mail.outbox)
    assert f"UID:{visit.pk}@visits" in booked
    assert "DTSTART:20260907T070000Z" in booked
    assert "STATUS:CANCELLED" in cancelled
    assert "SEQUENCE:1" in cancelled


def test_a_patient_elsewhere_reads_the_clinics_clock_first_and_their_own_in_brackets(practice):
    practice.patient = visitor(practice.clinic, at=NOW, zone="America/New_York")
    practice.book(tell_patient=True)
    (body,) = sweep(practice, TOLD)
    assert (
        "Monday, 7 September 2026, 09:00 by the clinic's clock"
        " (Berlin; by your clock in New York: Monday, 7 September 2026, 03:00)"
    ) in body


def test_the_time_before_names_its_clock_for_a_patient_elsewhere(practice):
    practice.patient = visitor(practice.clinic, at=NOW, zone="America/New_York")
    visit = told_visit(practice)
    move(practice, visit, at(11), now=TOLD)
    (body,) = sweep(practice, TOLD + timedelta(minutes=3))
    assert "Monday, 7 September 2026, 11:00 by the clinic's clock" in body
    assert "\nBefore: Monday, 7 September 2026, 09:00 by the clinic's clock" in body
    assert "by your clock in New York: Monday, 7 September 2026, 03:00" in body


def test_an_offer_says_by_whose_clock_it_is_kept(practice):
    reader = reader_of(visitor(practice.clinic, at=NOW, zone="America/New_York"), practice.clinic)
    text = "\n".join(offer_letter(at(9), NOW, "https://clinic.example/x", reader).paragraphs)
    assert "kept for you until 14:00 by the clinic's clock (Berlin; by your clock in New York: 08:00)." in text


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: ContactPoint.objects.update(stopped_at=NOW), SkipReason.NO_ADDRESS),
        (lambda: ContactPoint.objects.update(is_shared=True), SkipReason.SHARED_ADDRESS),
        (lambda: ContactConsent.objects.update(purpose=Purpose.CARE), SkipReason.NO_CONSENT),
    ],
)
def test_the_address_may_be_used_for_visits_or_nothing_leaves(practice, change, reason):
    practice.book(tell_patient=True)
    change()
    assert sweep(practice, TOLD) == []
    assert Message.objects.get().skip_reason == reason


def test_a_side_effect_that_is_worked_on_does_not_hold_back_a_visit(practice):
    from catalogue.models import AdverseEventType

    SideEffect.objects.create(
        clinic=practice.clinic,
        patient=practice.patient,
        event_type_id=AdverseEventType.objects.get(code="OTHER").pk,
        priority=Priority.P0,
        source="phone",
        reported_at=NOW,
        status=AlertStatus.OPEN,
    )
    practice.book(tell_patient=True)
    assert len(sweep(practice, TOLD)) == 1


NIGHT = datetime(2026, 9, 6, 20, 30, tzinfo=UTC)  # Sunday, 22:30 in Berlin


@pytest.mark.parametrize(("hour", "leaves"), [(10, "08:00"), (9, "22:33")])
def test_in_the_night_it_waits_unless_the_patient_could_not_read_it_in_time(practice, hour, leaves):
    practice.book(starts_at=at(hour), now=NIGHT, tell_patient=True)
    at_once = sweep(practice, NIGHT + timedelta(minutes=3))
    assert bool(at_once) == (leaves == "22:33")
    in_the_morning = sweep(practice, datetime(2026, 9, 7, 6, 0, tzinfo=UTC))
    assert len(at_once + in_the_morning) == 1


def test_a_visit_taken_off_the_early_morning_is_told_in_the_night(practice):
    visit = practice.book(starts_at=at(8, 30))
    move(practice, visit, at(16), now=NIGHT)
    assert len(sweep(practice, NIGHT + timedelta(minutes=3))) == 1


def test_somebody_may_ask_for_the_message_again(practice):
    told_visit(practice)
    messages.send_now(message_id=Message.objects.get().pk, by=practice.desk, now=TOLD)
    (body,) = sweep(practice, TOLD + timedelta(minutes=1))
    assert "Your visit is booked:" in body


# The day before ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "starts_at", "due_at"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 7, tzinfo=UTC), datetime(2026, 3, 28, 9, tzinfo=UTC)),  # 23 h day
        ("Europe/Berlin", datetime(2026, 10, 25, 8, tzinfo=UTC), datetime(2026, 10, 24, 8, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 10, 3, 22, tzinfo=UTC), datetime(2026, 10, 2, 23, 30, tzinfo=UTC)),
        ("Asia/Kolkata", datetime(2026, 9, 7, 19, tzinfo=UTC), datetime(2026, 9, 7, 4, 30, tzinfo=UTC)),
        ("America/St_Johns", datetime(2026, 11, 1, 13, 30, tzinfo=UTC), datetime(2026, 10, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_the_reminder_is_due_at_ten_on_the_day_before(zone, starts_at, due_at):
    from zoneinfo import ZoneInfo

    assert reminder_at(starts_at, ZoneInfo(zone)) == due_at


SUNDAY_TEN = datetime(2026, 9, 6, 8, tzinfo=UTC)


def test_a_visit_of_tomorrow_is_remembered_once(practice):
    practice.book()
    sweep(practice, SUNDAY_TEN - timedelta(hours=20))
    assert Message.objects.get().state == MessageState.PLANNED
    assert sweep(practice, SUNDAY_TEN - timedelta(minutes=1)) == []
    (body,) = sweep(practice, SUNDAY_TEN)
    assert "This is a reminder of your visit:\nMonday, 7 September 2026, 09:00\n" in body
    assert sweep(practice, SUNDAY_TEN + timedelta(minutes=1)) == []


def test_a_visit_cancelled_since_is_not_remembered(practice):
    visit = practice.book()
    sweep(practice, SUNDAY_TEN - timedelta(hours=20))
    cancel(practice, visit, tell=False)
    assert sweep(practice, SUNDAY_TEN) == []
    assert Message.objects.get().skip_reason == SkipReason.NOTHING_NEW


def test_a_visit_moved_to_another_day_is_remembered_on_its_own(practice):
    visit = practice.book()
    sweep(practice, SUNDAY_TEN - timedelta(hours=20))
    move(practice, visit, at(9, day=TUESDAY), tell=False)
    assert sweep(practice, SUNDAY_TEN) == []
    (body,) = sweep(practice, SUNDAY_TEN + timedelta(days=1))
    assert "Tuesday, 8 September" in body


def test_a_visit_moved_within_its_day_is_remembered_once_at_its_new_time(practice):
    visit = practice.book()
    sweep(practice, SUNDAY_TEN - timedelta(hours=20))
    move(practice, visit, at(15), tell=False)
    (body,) = sweep(practice, SUNDAY_TEN)
    assert "15:00" in body
    assert Message.objects.count() == 1


def test_a_visit_booked_after_ten_for_tomorrow_is_not_remembered(practice):
    practice.book(now=SUNDAY_TEN + timedelta(minutes=5))
    assert sweep(practice, SUNDAY_TEN + timedelta(minutes=6)) == []


def test_a_reminder_waits_while_a_move_can_still_be_undone_and_then_only_one_letter_leaves(practice):
    visit = practice.book()
    sweep(practice, SUNDAY_TEN - timedelta(hours=20))
    move(practice, visit, at(15), now=SUNDAY_TEN - timedelta(minutes=1))
    assert sweep(practice, SUNDAY_TEN) == []
    bodies = sweep(practice, SUNDAY_TEN + timedelta(minutes=2)) + sweep(practice, SUNDAY_TEN + timedelta(minutes=3))
    assert len(bodies) == 1
    assert "15:00" in bodies[0]
