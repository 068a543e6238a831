"""Nobody writes to who died or left, and a minor's letter goes to the guardian: asked again when each letter leaves."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import Purpose
from patients.models import AccessLink, ContactCode, Patient
from patients.services import access_links, contact_codes
from reminders.choices import Channel, MessageState, SkipReason, Step
from reminders.models import Message
from reminders.policies import MessageRefusedError
from reminders.queries.tomorrow import visits_of_tomorrow, with_reminders
from reminders.services import messages, sweeps
from scheduling.services import appointments
from tests.factories.patients import EmailFactory, PatientFactory
from tests.factories.sessions import signed_session
from tests.reminders.factories import allow, message_for, treated, worker
from tests.scheduling.conftest import Practice, at, make_practice

SIGNED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
GONE = [
    ({"is_deceased": True}, SkipReason.DECEASED),
    ({"left_date": date(2026, 3, 3)}, SkipReason.LEFT),
]


def swept(message: Message, now: datetime = NOON) -> Message:
    sweeps.sweep(clinic=message.clinic, owner="worker", clock=lambda: now)
    message.refresh_from_db()
    return message


def due(clinic: Clinic, **patient: Any) -> Message:
    return message_for(treated(clinic, signed_at=SIGNED, **patient), due_at=NOON - timedelta(minutes=1))


@pytest.mark.parametrize(("gone", "reason"), GONE)
def test_a_planned_check_in_is_skipped_with_its_reason_and_a_copy_too(
    in_clinic: Clinic, gone: dict[str, Any], reason: SkipReason
) -> None:
    message = due(in_clinic)
    Patient.objects.filter(pk=message.patient_id).update(**gone)

    assert (swept(message).state, message.skip_reason) == (MessageState.SKIPPED, reason)
    with pytest.raises(MessageRefusedError, match="nothing is sent"):
        messages.send_now(message_id=message.pk, by=worker(in_clinic), now=NOON)
    assert messages.ask_again(message_id=message.pk, by=worker(in_clinic), now=NOON) is None
    assert django_mail.outbox == []


@pytest.mark.parametrize(("gone", "reason"), GONE)
def test_a_code_that_was_asked_for_before_is_not_sent(
    in_clinic: Clinic, gone: dict[str, Any], reason: SkipReason, settings: Any
) -> None:
    point = EmailFactory(patient__clinic=in_clinic)
    contact_codes.ask(by=worker(in_clinic), now=NOON, point=point)
    Patient.objects.filter(pk=point.patient_id).update(**gone)

    sweeps.sweep(clinic=in_clinic, owner="worker", clock=lambda: NOON)

    assert Message.objects.get(step=Step.CONTACT_CODE).skip_reason == reason
    assert django_mail.outbox == []


def test_a_code_to_what_turned_out_to_be_a_childs_own_is_not_sent(in_clinic: Clinic) -> None:
    point = EmailFactory(patient__clinic=in_clinic)
    contact_codes.ask(by=worker(in_clinic), now=NOON, point=point)
    Patient.objects.filter(pk=point.patient_id).update(birth_date=date(2015, 5, 17))

    sweeps.sweep(clinic=in_clinic, owner="worker", clock=lambda: NOON)

    assert Message.objects.get().skip_reason == SkipReason.NO_GUARDIAN
    assert ContactCode.objects.get().used_at is None


@pytest.mark.parametrize(("gone", "reason"), GONE)
def test_a_link_that_was_sent_before_is_closed(in_clinic: Clinic, gone: dict[str, Any], reason: SkipReason) -> None:
    message = swept(due(in_clinic))
    assert message.state == MessageState.SENT
    assert access_links.is_open(AccessLink.objects.get(), now=NOON)

    Patient.objects.filter(pk=message.patient_id).update(**gone)

    assert not access_links.is_open(AccessLink.objects.get(), now=NOON)


def test_the_closed_door_lets_nobody_in(clinic: Clinic, client: Any) -> None:
    with tenant(clinic.pk, actor="test"):
        message = due(clinic)
    sweeps.sweep(clinic=clinic, owner="worker", clock=lambda: NOON)
    key = re.search(r"/p/([^/\s]+)/", django_mail.outbox[0].body)
    assert key
    with tenant(clinic.pk, actor="test"):
        AccessLink.objects.update(expires_at=datetime(2126, 1, 1, tzinfo=UTC))
        Patient.objects.filter(pk=message.patient_id).update(is_deceased=True)

    answer = client.post(f"/p/{key[1]}/", {"day": "17", "month": "5", "year": "1970"})

    assert answer.status_code != 302
    assert "portal" not in answer.cookies


def minor_with(clinic: Clinic, *, born: date = date(2012, 5, 17), **boxes: bool) -> Message:
    """A due check-in of somebody with these mailboxes: name → whether it is the guardian's."""
    session = signed_session(clinic=clinic, signed_at=SIGNED, appointment__patient__birth_date=born)
    for name, is_guardians in boxes.items():
        point = EmailFactory(patient=session.patient, value=f"{name}@example.org", is_guardians=is_guardians)
        allow(point, at=SIGNED)
    return message_for(session, due_at=NOON - timedelta(minutes=1))


def test_a_minors_check_in_goes_to_the_guardian_in_neutral_words_and_leads_to_the_child(in_clinic: Clinic) -> None:
    message = minor_with(in_clinic, kid=False, mum=True)
    sibling = minor_with(in_clinic, mum=True)

    swept(message)

    assert [letter.to for letter in django_mail.outbox] == [["mum@example.org"]] * 2
    for letter in django_mail.outbox:
        said = f"{letter.subject} {letter.body} {letter.extra_headers}"
        assert message.patient.given_names not in said
        assert message.patient.family_name not in said
    assert {link.patient_id for link in AccessLink.objects.all()} == {message.patient_id, sibling.patient_id}
    keys = {re.search(r"/p/([^/\s]+)/", letter.body)[1] for letter in django_mail.outbox}  # type: ignore[index]  # each has a link
    for key in keys:
        parts = access_links.parts_of(key)
        assert parts
        link = AccessLink.objects.with_token_hash(access_links.token_hash(parts[1])).get()
        assert link.patient_id == link.messages.get().patient_id


def test_without_a_guardians_mailbox_it_is_skipped_and_the_page_says_why(clinic: Clinic, staff_client: Any) -> None:
    with tenant(clinic.pk, actor="test"):
        message = minor_with(clinic, kid=False)
    sweeps.sweep(clinic=clinic, owner="worker", clock=lambda: NOON)
    with tenant(clinic.pk, actor="test"):
        message.refresh_from_db()
    assert message.skip_reason == SkipReason.NO_GUARDIAN

    page = staff_client("front_desk", clinic=clinic).get(reverse("reminders:patient", args=[message.patient_id]))
    assert "a minor, and the guardian has no usable e-mail address" in page.content.decode()
    assert django_mail.outbox == []


def test_whoever_is_of_age_when_the_letter_leaves_gets_it_themselves(in_clinic: Clinic) -> None:
    born = NOON.date().replace(year=NOON.year - 18)
    swept(minor_with(in_clinic, born=born, own=False, mum=True))
    assert django_mail.outbox[-1].to == ["own@example.org"]

    swept(minor_with(in_clinic, born=born + timedelta(days=1), own=False, dad=True))
    assert django_mail.outbox[-1].to == ["dad@example.org"]


@pytest.fixture
def practice(in_clinic: Clinic) -> Practice:
    return make_practice(in_clinic)


def test_a_visit_of_tomorrow_is_not_reminded_of_and_nobody_is_asked_to_call(
    practice: Practice, in_clinic: Clinic
) -> None:
    now = at(11) - timedelta(days=1)
    allow(EmailFactory(patient=practice.patient), at=now, purpose=Purpose.APPOINTMENT)
    practice.book(now=now - timedelta(days=2))
    Patient.objects.filter(pk=practice.patient.pk).update(is_deceased=True)

    sweeps.sweep(clinic=in_clinic, owner="worker", clock=lambda: now)

    (row,) = with_reminders(practice.desk, list(visits_of_tomorrow(practice.desk, now=now)), now=now)
    assert row.why_not == "the patient has died"
    assert not Message.objects.exclude(state=MessageState.SKIPPED).exists()
    assert django_mail.outbox == []


def test_a_cancellation_is_not_told_to_who_left(practice: Practice, in_clinic: Clinic) -> None:
    now = at(9) - timedelta(days=3)
    allow(EmailFactory(patient=practice.patient), at=now, purpose=Purpose.APPOINTMENT)
    visit = practice.book(now=now)
    appointments.cancel(
        appointment=visit,
        by=practice.desk,
        now=now,
        version=visit.version,
        cancelled_by="clinic",
        reason="closed",
        tell_patient=True,
    )
    Patient.objects.filter(pk=practice.patient.pk).update(left_date=date(2026, 1, 1))

    sweeps.sweep(clinic=in_clinic, owner="worker", clock=lambda: now + timedelta(minutes=4))

    assert Message.objects.get().skip_reason == SkipReason.LEFT
    assert Message.objects.get().channel == Channel.EMAIL
    assert django_mail.outbox == []


def test_the_page_of_a_patients_messages_says_why_nothing_goes_out(clinic: Clinic, staff_client: Any) -> None:
    """One sentence for each reason, whether or not there are messages from before."""
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    today = datetime.now(tz=UTC).date()
    with tenant(clinic.pk, actor="test"):
        child, gone = {"birth_date": today - timedelta(days=3000)}, {"left_date": today}
        each: list[dict[str, Any]] = [{}, child, {"is_deceased": True}, gone, {}, {}, {}, {}]
        people = [PatientFactory(clinic=clinic, **fields) for fields in each]
        without, minor, dead, left, shared, unasked, stopped, fine = people
        EmailFactory(patient=dead)
        EmailFactory(patient=minor)
        EmailFactory(patient=shared, is_shared=True)
        EmailFactory(patient=unasked)
        EmailFactory(patient=stopped, stopped_at=NOON, stopped_reason="STOP")
        mailbox = EmailFactory(patient=fine)
        allow(mailbox, at=NOON, purpose=Purpose.CARE)
        told = {
            without: "No message goes out: no usable e-mail address.",
            minor: "No message goes out: a minor, and the guardian has no usable e-mail address.",
            dead: "No message goes out: the patient has died.",
            left: "No message goes out: the patient has left the clinic.",
            shared: "No message goes out: the address is shared.",
            unasked: "No message goes out: the patient did not allow it.",
            stopped: "Messages to an e-mail address were stopped: STOP.",
            fine: "No message goes out about “Visits”: the patient did not allow it.",
        }
        message_for(signed_session(clinic=clinic, signed_at=SIGNED, appointment__patient=without), due_at=NOON)
    for patient, words in told.items():
        page = desk.get(reverse("reminders:patient", args=[patient.pk])).content.decode()
        assert words in page, words
        assert ("No messages yet" in page) is (patient is not without)
    with tenant(clinic.pk, actor="test"):
        allow(mailbox, at=NOON, purpose=Purpose.APPOINTMENT)
    assert b"No message goes out" not in desk.get(reverse("reminders:patient", args=[fine.pk])).content
