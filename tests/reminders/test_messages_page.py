"""The messages page: every message by day and by patient, why it was skipped, and what can be done and undone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as django_mail
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import ContactPoint
from reminders.choices import MessageState, SkipReason, Step
from reminders.models import Message
from reminders.policies import MessageRefusedError
from reminders.services import messages, planning, sweeps
from reminders.views import outbox
from tests.reminders.factories import message_for, treated, worker

NOON = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
SIGNED = NOON - timedelta(hours=26)


@pytest.fixture
def desk(staff_client, clinic):
    return staff_client(Role.FRONT_DESK, clinic=clinic)


def _message(clinic: Clinic, due_at: datetime = NOON, **fields) -> Message:
    with tenant(clinic.pk, actor="test"):
        message = message_for(treated(clinic, signed_at=due_at - timedelta(hours=26)), due_at=due_at, **fields)
        message.patient  # noqa: B018 - loaded while the clinic is in context
        return message


def _again(clinic: Clinic, message: Message) -> Message:
    with tenant(clinic.pk):
        message.refresh_from_db()
    return message


def test_a_days_messages_are_shown_with_their_reasons(desk, clinic):
    shown = _message(clinic, state=MessageState.SKIPPED, skip_reason=SkipReason.SHARED_ADDRESS)
    other_day = _message(clinic, NOON + timedelta(days=1))
    page = desk.get("/messages/?day=2026-03-04").content.decode()
    assert shown.patient.full_name in page
    assert "the address is shared" in page
    assert other_day.patient.full_name not in page


def test_without_a_day_it_is_today(desk, clinic):
    today, old = _message(clinic, timezone.now()), _message(clinic)
    page = desk.get("/messages/").content.decode()
    assert today.patient.full_name in page
    assert old.patient.full_name not in page


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        ("planned", {}),
        ("sent", {"state": "sent", "sent_at": NOON}),
        ("skipped", {"state": "skipped", "skip_reason": "expired"}),
        ("failed", {"state": "failed"}),
        ("unknown", {"state": "unknown"}),
        ("due", {"state": "sending", "lease_owner": "w", "lease_until": NOON}),
    ],
)
def test_the_state_filter_shows_that_state_only(desk, clinic, state, fields):
    wanted = _message(clinic, **fields)
    others = {"state": "sent", "sent_at": NOON} if state == "planned" else {}
    unwanted = _message(clinic, **others)
    page = desk.get(f"/messages/?day=2026-03-04&state={state}").content.decode()
    assert wanted.patient.full_name in page
    assert unwanted.patient.full_name not in page


def test_what_needs_somebody_is_counted_and_shown_for_thirty_days(desk, clinic):
    recent = _message(clinic, timezone.now() - timedelta(days=20), state="failed", last_error="recipient refused 550")
    _message(clinic, timezone.now() - timedelta(days=40), state="unknown")
    assert "1 message needs somebody" in desk.get("/messages/").content.decode()
    page = desk.get("/messages/?state=stuck").content.decode()
    assert recent.patient.full_name in page
    assert "recipient refused 550" in page
    assert page.count("<tr>") == 2


@pytest.mark.parametrize("query", ["day=31-02-2026", "state=nonsense", "page=0", "page=x", "day=%00", "page=999999999"])
def test_a_question_out_of_shape_is_a_400(desk, query):
    assert desk.get(f"/messages/?{query}").status_code == 400


def test_a_silent_worker_is_told_until_it_comes_by(desk, clinic):
    assert "Messages are not being sent" in desk.get("/messages/").content.decode()
    with tenant(clinic.pk, actor="test"):
        planning.beat(by=worker(clinic), now=timezone.now())
    assert "Messages are not being sent" not in desk.get("/messages/").content.decode()
    with tenant(clinic.pk, actor="test"):
        planning.beat(by=worker(clinic), now=timezone.now() - timedelta(minutes=4))
    assert "silent since" in desk.get("/messages/").content.decode()


def test_send_now_lets_a_planned_message_leave_at_the_next_sweep_and_can_be_undone(desk, clinic):
    message = _message(clinic, timezone.now() + timedelta(hours=20))
    page = desk.post(f"/messages/{message.pk}/send/", follow=True).content.decode()
    assert f"/messages/{message.pk}/hold/" in page
    assert _again(clinic, message).is_requested
    desk.post(f"/messages/{message.pk}/hold/")
    assert (_again(clinic, message).is_requested, message.next_at) == (False, message.due_at)
    desk.post(f"/messages/{message.pk}/send/")
    sweeps.sweep(clinic=clinic, owner="test", clock=timezone.now)
    assert _again(clinic, message).state == MessageState.SENT
    assert len(django_mail.outbox) == 1


def test_send_again_makes_a_copy_that_can_be_held_back(desk, clinic):
    message = _message(clinic, state="sent", sent_at=NOON)
    for _time in range(2):
        desk.post(f"/messages/{message.pk}/send/", {"of_patient": "1"})
    with tenant(clinic.pk):
        copies = Message.objects.exclude(pk=message.pk).order_by("dedupe_key")
        assert [copy.dedupe_key.rpartition(":")[2] for copy in copies] == ["again-1", "again-2"]
        copy = copies[0]
    response = desk.post(f"/messages/{copy.pk}/hold/", {"of_patient": "1"})
    assert response["Location"] == f"/messages/patients/{message.patient_id}/"
    assert _again(clinic, copy).skip_reason == SkipReason.STOPPED


def test_stop_keeps_it_from_leaving_and_can_be_undone(desk, clinic):
    message = _message(clinic, timezone.now())
    desk.post(f"/messages/{message.pk}/stop/")
    assert _again(clinic, message).skip_reason == SkipReason.STOPPED
    sweeps.sweep(clinic=clinic, owner="test", clock=timezone.now)
    assert django_mail.outbox == []
    desk.post(f"/messages/{message.pk}/resume/")
    assert _again(clinic, message).state == MessageState.PLANNED


def test_a_stop_after_the_claim_wins_over_the_sending(in_clinic):
    from reminders.services import delivery

    message = message_for(treated(in_clinic, signed_at=SIGNED), due_at=NOON)
    by = worker(in_clinic)
    delivery.claim(owner="w", by=by, now=NOON, limit=5)
    messages.stop(message_id=message.pk, by=by, now=NOON)
    assert delivery.prepare(message_id=message.pk, owner="w", by=by, now=NOON) is None


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        (messages.stop, {"state": "sent", "sent_at": NOON}),
        (messages.stop, {"state": "sending", "lease_owner": "w", "lease_until": NOON}),
        (messages.resume, {}),
        (messages.resume, {"state": "skipped", "skip_reason": "no_consent"}),
        (messages.send_now, {"state": "sending", "lease_owner": "w", "lease_until": NOON}),
        (messages.hold, {"state": "sent", "sent_at": NOON}),
    ],
)
def test_what_a_state_does_not_allow_is_refused_with_a_sentence(in_clinic, deed, fields):
    message = message_for(treated(in_clinic, signed_at=SIGNED), due_at=NOON, **fields)
    with pytest.raises(MessageRefusedError, match=r"\w+.*\."):
        deed(message_id=message.pk, by=worker(in_clinic), now=NOON)


def test_a_refusal_is_shown_on_the_page(desk, clinic):
    message = _message(clinic, state="sent", sent_at=NOON)
    page = desk.post(f"/messages/{message.pk}/stop/", follow=True).content.decode()
    assert "can no longer be stopped" in page


def test_nobody_is_promised_a_message_that_reaches_nobody(desk, clinic):
    """For a message of each purpose and state, on both pages: what is missing stands there, and no button."""
    now = timezone.now()
    about = {Step.CHECK_24H: {}, Step.VISIT_BOOKED: {"state": "sent", "sent_at": now}, Step.SLOT_OFFER: {}}
    good = _message(clinic, now, step=Step.CHECK_24H)
    for step, fields in about.items():
        message = _message(clinic, now, step=step, **fields)
        with tenant(clinic.pk, actor="test"):
            ContactPoint.objects.filter(patient_id=message.patient_id).update(stopped_at=now)
        for address in ("/messages/", f"/messages/patients/{message.patient_id}/"):
            page = desk.get(address).content.decode()
            assert "Cannot be sent: no usable e-mail address" in page, (step, address)
            assert f"/messages/{message.pk}/send/" not in page, (step, address)
        refused = desk.post(f"/messages/{message.pk}/send/", follow=True).content.decode()
        assert "This message cannot be sent: no usable e-mail address." in refused, step
        assert not _again(clinic, message).is_requested
    with tenant(clinic.pk):
        assert Message.objects.filter(is_requested=True).count() == 0
    assert f"/messages/{good.pk}/send/" in desk.get("/messages/").content.decode()


def test_trouble_with_mail_is_told_on_today_until_it_is_over(desk, clinic, staff_client):
    now = timezone.now()
    admin, notice = staff_client(Role.CLINIC_ADMIN, clinic=clinic), reverse("reminders:alarm_notice")
    words = ("Mail is not being sent", "Messages are not being sent", "1 message to a patient did not leave")
    for client in (desk, admin):
        assert notice in client.get(reverse("scheduling:today")).content.decode()
    with tenant(clinic.pk, actor="test"):
        planning.beat(by=worker(clinic), now=now)
    assert not any(said in desk.get(notice).content.decode() for said in words)
    failed = _message(clinic, now, state="failed")
    with tenant(clinic.pk, actor="test"):
        planning.beat(by=worker(clinic), now=now - timedelta(minutes=4), is_mail_away=True)
    for client in (desk, admin):
        page = client.get(notice).content.decode()
        assert [said for said in words if said not in page] == []
        assert f'href="{reverse("reminders:messages")}?state=stuck"' in page
        assert failed.patient.full_name not in page


def test_one_patients_messages_have_a_page(desk, clinic):
    mine, other = _message(clinic), _message(clinic)
    page = desk.get(f"/messages/patients/{mine.patient_id}/").content.decode()
    assert mine.patient.full_name in page
    assert other.patient.full_name not in page
    assert "Check-in, day 1" in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_asks_the_same_number_of_questions_for_one_message_and_three(
    desk, clinic, count, django_assert_num_queries
):
    for number in range(count):
        _message(clinic, NOON + timedelta(minutes=number), step=Step.CHECK_24H)
    desk.get("/messages/?day=2026-03-04")
    with django_assert_num_queries(QUERIES):
        desk.get("/messages/?day=2026-03-04")


QUERIES = 21


def test_the_demos_mailbox_shows_the_real_mail_files_with_links_to_click(clinic, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    message = _message(clinic, timezone.now(), is_requested=True)
    sweeps.sweep(clinic=clinic, owner="test", clock=timezone.now)
    settings.DEMO_MODE = True
    page = outbox.outbox(RequestFactory().get("/messages/outbox/")).content.decode()
    assert _again(clinic, message).state == MessageState.SENT
    assert f'href="http://testserver/p/{clinic.link_code}-' in page
    assert "a short check-in" in page


def test_outside_the_demo_there_is_no_mailbox(settings):
    from django.http import Http404

    with pytest.raises(Http404):
        outbox.outbox(RequestFactory().get("/messages/outbox/"))


def test_a_message_that_may_have_arrived_says_so_before_it_is_sent_once_more(desk, clinic):
    _message(clinic, is_ambiguous=True, resends=1, next_at=NOON + timedelta(minutes=30))
    page = desk.get("/messages/?day=2026-03-04").content.decode()
    assert "It may have arrived already" in page
    assert "once more at 12:30" in page


def test_the_page_says_when_phones_are_left_alone(desk):
    assert "From 20:00 to 08:00 on the patient’s clock messages wait" in desk.get("/messages/").content.decode()
