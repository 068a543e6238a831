"""After a restore nothing leaves by itself and no old key opens anything, until a person has looked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.forms import default_token_generator
from django.core import mail as django_mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import machine
from accounts.choices import BackupAct, LetterState, Role
from accounts.models import BackupReport, Clinic, Invitation, StaffLetter, User
from accounts.services import backup_reports, invitations
from common.tenancy import tenant
from patients.choices import NumberKind
from patients.models import AccessLink, ContactCode, Identifier, LastClinicNumber
from patients.services import contact_codes, identifiers
from pitclinic.backups import after_restore, given_numbers
from reminders.choices import MessageState
from reminders.models import Message, OutboxHold
from reminders.services import messages, outbox_holds, sweeps
from scheduling.models import CheckInTablet
from scheduling.services import check_in_tablets
from tests.factories.accounts import ClinicFactory, UserFactory
from tests.factories.patients import EmailFactory, PatientFactory
from tests.reminders.factories import message_for, treated

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
RESTORED_TO = NOW - timedelta(hours=2)


def owed(clinic: Clinic, **fields) -> Message:
    with tenant(clinic.pk, actor="test"):
        message = message_for(treated(clinic, signed_at=NOW - timedelta(hours=26)), due_at=NOW, **fields)
        message.patient  # noqa: B018 - loaded while the clinic is in context
        return message


def again(message: Message) -> Message:
    with tenant(message.clinic_id):
        return Message.objects.get(pk=message.pk)


def sweep(clinic: Clinic, *, now: datetime) -> list[str]:
    """Who was written to."""
    before = len(django_mail.outbox)
    sweeps.sweep(clinic=clinic, owner="w", clock=lambda: now)
    return [letter.to[0] for letter in django_mail.outbox[before:]]


def make_safe(given: dict[str, int] | None = None) -> after_restore.MadeSafe:
    return after_restore.make_safe(now=NOW, restored_to=RESTORED_TO, given=given or {})


@pytest.mark.django_db(transaction=True)
def test_nothing_that_was_owed_and_nothing_planned_since_leaves_by_itself() -> None:
    clinic, other = ClinicFactory(), ClinicFactory()
    half = {"state": "sending", "lease_owner": "w", "lease_until": NOW}
    planned, sending, sent = owed(clinic), owed(clinic, **half), owed(clinic, state="sent", sent_at=NOW)
    elsewhere = owed(other)

    assert make_safe().held == 3

    later = owed(clinic)
    assert sweep(clinic, now=NOW + timedelta(minutes=5)) == sweep(other, now=NOW + timedelta(minutes=5)) == []
    states = [again(message).state for message in (planned, sending, sent, later, elsewhere)]
    assert states == ["held", "held", "sent", "held", "held"]
    assert again(sending).is_ambiguous


@pytest.mark.django_db(transaction=True)
def test_a_person_sends_or_stops_what_is_held_and_takes_it_back() -> None:
    clinic = ClinicFactory()
    first, second = owed(clinic), owed(clinic)
    make_safe()
    by = machine(clinic, "test")
    with tenant(clinic.pk, actor="test"):
        messages.send_now(message_id=first.pk, by=by, now=NOW)
        messages.hold(message_id=first.pk, by=by, now=NOW)
        messages.stop(message_id=second.pk, by=by, now=NOW)
        messages.resume(message_id=second.pk, by=by, now=NOW)
    assert [again(message).state for message in (first, second)] == ["held", "held"]

    with tenant(clinic.pk, actor="test"):
        messages.send_now(message_id=first.pk, by=by, now=NOW)
    assert len(sweep(clinic, now=NOW + timedelta(minutes=1))) == 1
    assert [again(message).state for message in (first, second)] == ["sent", "held"]


def test_an_admin_ends_the_hold_on_the_page_and_nobody_else_does(
    clinic: Clinic, staff_client: Callable[..., Client]
) -> None:
    message = owed(clinic)
    make_safe()
    admin, desk = (staff_client(role, clinic=clinic) for role in (Role.CLINIC_ADMIN, Role.FRONT_DESK))
    page = reverse("reminders:messages")
    assert "4 Mar 2026" in (seen := desk.get(page).content.decode())
    assert "1 message is held" in seen
    assert "A clinic admin ends the hold" in seen
    assert message.patient.full_name in desk.get(f"{page}?state=held").content.decode()
    notice, settings = (reverse(name) for name in ("reminders:alarm_notice", "settings"))
    assert notice in admin.get(reverse("scheduling:today")).content.decode()
    for client, address in ((admin, notice), (desk, notice), (admin, settings)):
        told = client.get(address).content.decode()
        assert "Messages are held until a clinic admin" in told, address
        assert f'href="{page}?state=held"' in told, address
    assert desk.post(reverse("reminders:end_hold"), {"held": "send"}).status_code == 403
    admin.post(reverse("reminders:end_hold"), {"held": "whatever"})
    assert again(message).state == MessageState.HELD

    admin.post(reverse("reminders:end_hold"), {"held": "stop"})

    assert (again(message).state, again(message).skip_reason) == ("skipped", "stopped")
    for address in (page, notice, settings):
        assert "Messages are held" not in admin.get(address).content.decode()
    assert (
        "No messages are held any more"
        in admin.post(reverse("reminders:end_hold"), {"held": "stop"}, follow=True).content.decode()
    )


def test_all_that_is_held_can_be_let_go_at_once(in_clinic: Clinic) -> None:
    message = message_for(treated(in_clinic, signed_at=NOW - timedelta(hours=26)), due_at=NOW)
    by = machine(in_clinic, "test")
    outbox_holds.begin(by=by, now=NOW, restored_to=RESTORED_TO)
    outbox_holds.begin(by=by, now=NOW, restored_to=RESTORED_TO)  # restored twice

    assert outbox_holds.end(by=by, now=NOW + timedelta(hours=1), is_sent=True) == 1

    message.refresh_from_db()
    assert (message.state, message.held_at, message.next_at) == ("planned", None, NOW + timedelta(hours=1))
    assert OutboxHold.objects.count() == 1


def test_every_sign_in_link_code_and_invitation_is_over(
    clinic: Clinic, staff_client: Callable[..., Client], client: Client
) -> None:
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    person, by = UserFactory(), admin.member.as_actor()
    token = default_token_generator.make_token(person)
    message = owed(clinic)
    with tenant(clinic.pk, actor="test"):
        invitations.invite(by=by, now=NOW, email="new@example.org", full_name="New", role=Role.CLINICIAN)
        link = AccessLink.objects.create(
            clinic=clinic, patient=message.patient, purpose="check_in", token_hash=b"x" * 32,
            expires_at=NOW + timedelta(days=7),
        )  # fmt: skip
        contact_codes.ask(by=by, now=NOW, point=EmailFactory(patient=message.patient))
        tablet = check_in_tablets.enrol(name="Door", by=by)
        check_in_tablets.give_code(tablet_id=tablet.pk, by=by, now=NOW)
    assert admin.get(reverse("accounts:settings")).status_code == 200

    safe = make_safe()

    assert (safe.ended, safe.closed) == (1, 4)
    assert admin.get(reverse("accounts:settings")).status_code == 302
    assert not default_token_generator.check_token(User.objects.get(pk=person.pk), token)
    with tenant(clinic.pk):
        invitation = Invitation.objects.open().get()  # the admin finds it in the list, and sends it again
        assert not invitation.lets_in(NOW)
        assert set(StaffLetter.objects.values_list("state", flat=True)) == {LetterState.STOPPED}
        assert AccessLink.objects.get(pk=link.pk).revoked_at == NOW
        assert not ContactCode.objects.standing().exists()
        assert CheckInTablet.objects.get().code_hash is None


@pytest.mark.django_db(transaction=True)
def test_a_message_whose_link_was_closed_opens_again_when_a_person_sends_it() -> None:
    clinic = ClinicFactory()
    message = owed(clinic)
    sweep(clinic, now=NOW + timedelta(minutes=1))
    with tenant(clinic.pk, actor="test"):
        Message.objects.filter(pk=message.pk).update(state="planned", sent_at=None)
    make_safe()
    with tenant(clinic.pk, actor="test"):
        messages.send_now(message_id=message.pk, by=machine(clinic, "test"), now=NOW)

    assert len(sweep(clinic, now=NOW + timedelta(minutes=2))) == 1

    with tenant(clinic.pk):
        assert AccessLink.objects.get().revoked_at is None


@pytest.mark.django_db(transaction=True)
def test_no_number_that_somebody_may_hold_a_card_with_is_given_again() -> None:
    behind, ahead, _fresh = clinics = ClinicFactory(), ClinicFactory(), ClinicFactory()
    for clinic, number in ((behind, 40), (ahead, 70)):
        with tenant(clinic.pk, actor="test"):
            LastClinicNumber.objects.create(clinic=clinic, number=number)

    make_safe({str(behind.pk): 55, str(ahead.pk): 66})

    given = []
    for clinic in clinics:
        with tenant(clinic.pk, actor="test"):
            patient = PatientFactory(clinic=clinic)
            identifiers.give_clinic_numbers(by=machine(clinic, "test"), patient_ids=[patient.pk])
            given.append(Identifier.objects.get(patient=patient, system=NumberKind.CLINIC).value)
    assert given == ["P-01056", "P-01071", "P-01001"]


def test_the_highest_number_of_each_clinic_is_read_out_of_the_log() -> None:
    line = 'rmgr: LogicalMessage len: 73, desc: MESSAGE transactional, prefix "{}"; payload ({} bytes): {}'
    said = [("a 9", "pitclinic.number"), ("a 17", "pitclinic.number"), ("b 3", "pitclinic.number"), ("a 99", "other")]
    dumped = "\n".join(line.format(prefix, len(text), text.encode().hex(" ")) for text, prefix in said)

    assert given_numbers.told_by(dumped) == {"a": 17, "b": 3}


def test_the_database_holds_what_must_be(in_clinic: Clinic) -> None:
    message = message_for(treated(in_clinic, signed_at=NOW - timedelta(hours=26)), due_at=NOW)
    hold = {"clinic": in_clinic, "restored_to": RESTORED_TO, "held_at": NOW}
    OutboxHold.objects.create(**hold)
    for wrong in (
        lambda: Message.objects.filter(pk=message.pk).update(state="held"),
        lambda: OutboxHold.objects.create(**hold),
        lambda: OutboxHold.objects.create(**hold, ended_at=NOW - timedelta(hours=1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()


def test_the_admin_sees_how_the_backups_stand(
    clinic: Clinic, staff_client: Callable[..., Client], as_superuser: Callable[[], None]
) -> None:
    admin, now = staff_client(Role.CLINIC_ADMIN, clinic=clinic), timezone.now()
    page = reverse("settings")
    assert "There is no backup yet" in admin.get(page).content.decode()
    as_superuser()
    backup_reports.succeeded(BackupAct.BACKUP, now=now - timedelta(hours=3))
    backup_reports.succeeded(BackupAct.ARCHIVE, now=now - timedelta(minutes=1))
    backup_reports.succeeded(BackupAct.DRILL, now=now - timedelta(days=6))
    seen = _words(admin.get(page).content.decode())
    assert "Last backup 3 hours ago, restored in a drill 6 days ago." in seen
    assert "Tell whoever runs the server" not in seen

    backup_reports.succeeded(BackupAct.BACKUP, now=now - timedelta(hours=27))
    assert "A newer one is missing" in _words(admin.get(page).content.decode())
    backup_reports.failed(BackupAct.BACKUP, "no room", now=now)
    backup_reports.succeeded(BackupAct.ARCHIVE, now=now - timedelta(hours=2))
    seen = _words(admin.get(page).content.decode())
    assert "The backup after it failed." in seen
    assert "What was entered in the last 2 hours is not saved elsewhere." in seen
    for wrong in ({"act": "other"}, {"act": "drill", "failed_at": now, "problem": ""}):
        BackupReport.objects.filter(act="drill").delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            BackupReport.objects.create(**wrong)


def _words(page: str) -> str:
    return " ".join(page.replace("\xa0", " ").split())
