"""A due message is claimed, marked, sent and recorded; every way it can end has its own test."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend

from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import AccessLink, ContactPoint
from patients.services import access_links
from reminders import queries
from reminders.choices import LADDER, MessageState, SkipReason, Step
from reminders.models import Message
from reminders.services import delivery, planning, sweeps
from sessions.choices import AlertStatus, Priority
from sessions.models import SideEffect
from tests.factories.patients import EmailFactory, PatientFactory
from tests.factories.sessions import signed_session, void
from tests.reminders.factories import allow, message_for, treated, worker

SIGNED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)  # 12:00 in Berlin
NIGHT = datetime(2026, 3, 4, 21, 0, tzinfo=UTC)


def _sweep(clinic: Clinic, now: datetime = NOON, owner: str = "worker") -> None:
    sweeps.sweep(clinic=clinic, owner=owner, clock=lambda: now)


def _due(clinic: Clinic, **fields) -> Message:
    return message_for(treated(clinic, signed_at=SIGNED), due_at=NOON - timedelta(minutes=1), **fields)


def _after_sweep(message: Message, now: datetime = NOON) -> Message:
    _sweep(message.clinic, now)
    message.refresh_from_db()
    return message


class _Failing(EmailBackend):
    error: Exception = OSError()

    def send_messages(self, messages):
        raise self.error


class _Away(EmailBackend):
    def open(self):
        raise ConnectionRefusedError


@pytest.fixture
def failing(settings):
    def fail_with(error: Exception) -> None:
        settings.EMAIL_BACKEND = f"{__name__}._Failing"
        _Failing.error = error

    return fail_with


def test_a_due_message_is_sent_once(in_clinic):
    message = _after_sweep(_due(in_clinic))
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOON, 1)
    assert not message.is_ambiguous
    _sweep(in_clinic)
    assert len([m for m in django_mail.outbox if str(message.pk) in m.extra_headers["Message-ID"]]) == 1


def test_the_link_in_it_works_for_seven_days_and_only_its_hash_is_kept(in_clinic):
    message = _after_sweep(_due(in_clinic))
    link = AccessLink.objects.get()
    body = django_mail.outbox[0].body
    key = body.split("/p/")[1].split("/")[0]
    code, token = access_links.parts_of(key)
    assert code == in_clinic.link_code
    assert len(token) >= 22
    assert bytes(link.token_hash) == access_links.token_hash(token)
    assert link.expires_at == NOON + timedelta(days=7)
    assert message.access_link == link
    assert token not in str(Message.objects.values().get()) + str(AccessLink.objects.values().get())


def test_what_leaves_is_neutral(in_clinic):
    session = treated(in_clinic, signed_at=SIGNED, given_names="Zebedee", family_name="Quillfeather")
    message_for(session, due_at=NOON)
    _sweep(in_clinic)
    mail = django_mail.outbox[0]
    text = mail.message().as_string()
    for word in ("Zebedee", "Quillfeather", "1970", "PIT", "pain", "inject", "nerve", "dextrose", "score", "treat"):
        assert word.lower() not in text.replace(str(session.pk), "").lower(), word
    assert in_clinic.name.lower() not in text.lower()
    assert in_clinic.sender_name in mail.from_email
    assert in_clinic.urgent_phone.as_international in mail.body
    assert set(mail.extra_headers) == {"Message-ID", "Auto-Submitted"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda box: ContactPoint.objects.update(stopped_at=NOON), SkipReason.NO_ADDRESS),
        (lambda box: ContactPoint.objects.update(is_shared=True), SkipReason.SHARED_ADDRESS),
        (lambda box: allow(box, at=NOON, is_granted=False), SkipReason.NO_CONSENT),
    ],
)
def test_the_address_is_asked_again_when_it_is_sent(in_clinic, change, reason):
    message = _due(in_clinic)
    change(ContactPoint.objects.get())
    message = _after_sweep(message)
    assert (message.state, message.skip_reason) == (MessageState.SKIPPED, reason)
    assert django_mail.outbox == []


def test_a_private_mailbox_is_taken_before_a_shared_one(in_clinic):
    message = _due(in_clinic)
    ContactPoint.objects.update(is_shared=True, is_preferred=True)
    private = EmailFactory(patient=message.patient)
    allow(private, at=SIGNED)
    _after_sweep(message)
    assert django_mail.outbox[0].to == [private.value]


def test_without_any_consent_nothing_is_sent(in_clinic):
    patient = PatientFactory(clinic=in_clinic)
    EmailFactory(patient=patient)
    session = signed_session(clinic=in_clinic, signed_at=SIGNED, appointment__patient=patient)
    message = _after_sweep(message_for(session, due_at=NOON))
    assert message.skip_reason == SkipReason.NO_CONSENT


def test_a_voided_session_is_not_written_about(in_clinic):
    message = _due(in_clinic)
    ids = delivery.claim(owner="worker", by=worker(in_clinic), now=NOON, limit=5)
    void(message.injection_session, voided_at=NOON)  # after the claim, before the mark
    assert delivery.prepare(message_id=ids[0], owner="worker", by=worker(in_clinic), now=NOON) is None
    message.refresh_from_db()
    assert message.skip_reason == SkipReason.SESSION_VOIDED


def test_a_message_that_comes_too_late_is_not_sent(in_clinic):
    message = _after_sweep(_due(in_clinic, expires_at=NOON))
    assert message.skip_reason == SkipReason.EXPIRED


@pytest.mark.parametrize(
    ("priority", "state"),
    [(Priority.P0, "skipped"), (Priority.P1, "skipped"), (Priority.P2, "sent")],
)
def test_while_a_severe_report_is_open_the_machine_keeps_quiet(in_clinic, priority, state):
    message = _due(in_clinic)
    SideEffect.objects.create(
        clinic=in_clinic,
        patient=message.patient,
        event_type_id=_event_type(),
        priority=priority,
        source="phone",
        reported_at=NOON,
        status=AlertStatus.OPEN,
    )
    assert _after_sweep(message).state == state


def _event_type():
    from catalogue.models import AdverseEventType

    return AdverseEventType.objects.get(code="OTHER").pk


def test_in_the_quiet_hours_it_waits_for_the_morning(in_clinic):
    message = _after_sweep(_due(in_clinic), NIGHT)
    assert message.state == MessageState.PLANNED
    assert message.next_at == datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
    assert _after_sweep(message, message.next_at).state == MessageState.SENT


def test_what_somebody_asked_for_now_goes_at_any_hour(in_clinic):
    assert _after_sweep(_due(in_clinic, is_requested=True), NIGHT).state == MessageState.SENT


def test_a_mail_server_that_is_away_costs_a_growing_wait_and_nothing_else(in_clinic, settings):
    messages = [_due(in_clinic), message_for(treated(in_clinic, signed_at=SIGNED + timedelta(hours=1)), due_at=NOON)]
    settings.EMAIL_BACKEND = f"{__name__}._Away"
    _sweep(in_clinic)
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts, message.last_error) == ("planned", 1, "ConnectionRefusedError")
        assert timedelta(minutes=1) <= message.next_at - NOON <= timedelta(minutes=1.2)
        assert not message.is_ambiguous
    assert AccessLink.objects.count() == 0
    assert queries.pulse(worker(in_clinic), now=NOON).mail_away_since == NOON
    _sweep(in_clinic, NOON + timedelta(seconds=30))
    assert queries.pulse(worker(in_clinic), now=NOON).mail_away_since == NOON
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    _sweep(in_clinic, NOON + timedelta(seconds=40))
    assert queries.pulse(worker(in_clinic), now=NOON).mail_away_since is None


def test_after_eight_tries_a_person_looks(in_clinic, settings):
    message = _due(in_clinic)
    settings.EMAIL_BACKEND = f"{__name__}._Away"
    now = NOON
    for _try in range(8):
        message = _after_sweep(message, now)
        now = message.next_at
    assert (message.state, message.attempts) == (MessageState.FAILED, 8)
    assert now - NOON < timedelta(hours=9)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"no such user a@example.org")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"a@example.org": (450, b"later")}), "planned"),
        (smtplib.SMTPDataError(554, b"no"), "planned"),
        (smtplib.SMTPSenderRefused(451, b"later", "x"), "planned"),
    ],
)
def test_a_refusal_is_taken_at_its_word(in_clinic, failing, error, state):
    message = _due(in_clinic)
    failing(error)
    message = _after_sweep(message)
    assert (message.state, message.is_ambiguous) == (state, False)
    assert "@" not in message.last_error


@pytest.mark.parametrize("error", [TimeoutError(), ConnectionResetError(), smtplib.SMTPServerDisconnected("gone")])
def test_a_silence_after_the_text_is_doubt_and_is_resent_once(in_clinic, failing, settings, error):
    message = _due(in_clinic)
    failing(error)
    message = _after_sweep(message)
    assert (message.state, message.is_ambiguous, message.resends) == (MessageState.PLANNED, True, 1)
    assert message.next_at == NOON + delivery.RESEND_AFTER
    message = _after_sweep(message, message.next_at)
    assert (message.state, message.is_ambiguous, message.resends) == (MessageState.UNKNOWN, True, 1)


def test_doubt_shortly_before_it_expires_is_left_to_a_person(in_clinic, failing):
    message = _due(in_clinic, expires_at=NOON + timedelta(hours=2))
    failing(TimeoutError())
    assert _after_sweep(message).state == MessageState.UNKNOWN


def test_a_resent_message_stays_marked(in_clinic, failing, settings):
    message = _due(in_clinic)
    failing(TimeoutError())
    message = _after_sweep(message)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    message = _after_sweep(message, message.next_at)
    assert (message.state, message.is_ambiguous) == (MessageState.SENT, True)


def test_a_claim_that_died_touched_no_network_and_is_due_again(in_clinic):
    message = _due(in_clinic)
    delivery.claim(owner="dead", by=worker(in_clinic), now=NOON, limit=5)
    _sweep(in_clinic, NOON + timedelta(minutes=1))
    assert django_mail.outbox == []
    message = _after_sweep(message, NOON + timedelta(minutes=2))
    assert (message.state, message.attempts, message.is_ambiguous) == (MessageState.SENT, 1, False)


def test_a_worker_that_died_while_sending_leaves_doubt(in_clinic):
    message = _due(in_clinic)
    by = worker(in_clinic)
    delivery.claim(owner="dead", by=by, now=NOON, limit=5)
    assert delivery.prepare(message_id=message.pk, owner="dead", by=by, now=NOON)
    message = _after_sweep(message, NOON + timedelta(minutes=2))
    assert (message.state, message.is_ambiguous, message.resends) == (MessageState.PLANNED, True, 1)
    assert django_mail.outbox == []


def test_a_late_word_of_success_still_counts(in_clinic):
    from reminders.mail import Outcome, Result

    message = _due(in_clinic)
    by = worker(in_clinic)
    delivery.claim(owner="slow", by=by, now=NOON, limit=5)
    delivery.prepare(message_id=message.pk, owner="slow", by=by, now=NOON)
    _after_sweep(message, NOON + timedelta(minutes=2))
    accepted = Result(Outcome.ACCEPTED)
    delivery.record(
        message_id=message.pk, owner="slow", result=accepted, by=by, now=NOON + timedelta(minutes=3), jitter=0
    )
    message.refresh_from_db()
    assert (message.state, message.is_ambiguous) == (MessageState.SENT, True)


def test_an_expired_lease_forbids_the_mark(in_clinic):
    message = _due(in_clinic)
    by = worker(in_clinic)
    delivery.claim(owner="slow", by=by, now=NOON, limit=5)
    late = NOON + timedelta(minutes=2)
    assert delivery.prepare(message_id=message.pk, owner="slow", by=by, now=late) is None
    assert delivery.prepare(message_id=message.pk, owner="other", by=by, now=NOON) is None


def test_one_message_that_cannot_be_written_does_not_hold_up_the_others(in_clinic, monkeypatch):
    broken, fine = _due(in_clinic), message_for(treated(in_clinic, signed_at=SIGNED), due_at=NOON)
    compose = delivery.compose

    def breaks(message, **kwargs):
        if message.pk == broken.pk:
            raise LookupError
        return compose(message, **kwargs)

    monkeypatch.setattr(delivery, "compose", breaks)
    _sweep(in_clinic)
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, broken.last_error) == (MessageState.PLANNED, "LookupError")
    assert fine.state == MessageState.SENT


def test_the_whole_ladder_arrives_when_the_minutes_pass(in_clinic):
    treated(in_clinic, signed_at=SIGNED)
    for hour in range(24 * 8):
        _sweep(in_clinic, SIGNED + timedelta(hours=hour))
    sent = Message.objects.filter(state=MessageState.SENT)
    assert sorted(sent.values_list("step", flat=True)) == sorted(LADDER)
    assert len(django_mail.outbox) == 4
    assert all(message.sent_at - message.due_at <= timedelta(hours=1) for message in sent)


def test_a_sweep_of_one_clinic_leaves_the_other_alone(clinic, other_clinic):
    with tenant(other_clinic.pk, actor="test"):
        message = _due(other_clinic)
    _sweep(clinic)
    assert django_mail.outbox == []
    _sweep(other_clinic)
    assert len(django_mail.outbox) == 1
    assert other_clinic.link_code in django_mail.outbox[0].body
    with tenant(other_clinic.pk, actor="test"):
        message.refresh_from_db()
        assert message.state == MessageState.SENT


def test_planning_again_after_the_sending_plans_nothing_new(in_clinic):
    session = treated(in_clinic, signed_at=SIGNED)
    _sweep(in_clinic, SIGNED + timedelta(hours=3))
    planning.plan(by=worker(in_clinic), now=SIGNED + timedelta(hours=3))
    assert Message.objects.filter(injection_session=session, step=Step.CARE_0H).count() == 1
