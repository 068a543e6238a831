"""What people do with messages: send now, send again, stop, and take each of these back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from reminders.choices import MessageState, SkipReason
from reminders.models import Message
from reminders.policies import MessageRefusedError
from reminders.policies.decisions import check_has_address
from reminders.policies.sessions import may_be_sent_again
from sessions.choices import RecordStatus

# A copy somebody asked for is useful for a day.
COPY_LASTS = timedelta(days=1)
# What a link that has ended may still ask for.
COPIES_A_DAY = 3
ASKING_LASTS = timedelta(days=30)


@transaction.atomic
def stop(*, message_id: UUID, by: Actor, now: datetime) -> Message:
    """Never send it. Raises ``MessageRefusedError`` when it is on its way or done. Locks the message."""
    message = _locked(message_id, by)
    if not message.is_waiting:
        raise MessageRefusedError(_("This message can no longer be stopped."))
    message.state = MessageState.SKIPPED
    message.skip_reason = SkipReason.STOPPED
    return _released(message)


@transaction.atomic
def resume(*, message_id: UUID, by: Actor, now: datetime) -> Message:
    """Take a stop back: it is planned again for its old time, or for now when that has passed; or held, as it was."""
    message = _locked(message_id, by)
    _check_is_here(message)
    if message.skip_reason != SkipReason.STOPPED:
        raise MessageRefusedError(_("This message was not stopped by the clinic."))
    message.state = _as_before(message)
    message.skip_reason = ""
    message.next_at = max(message.due_at, now)
    return _released(message)


@transaction.atomic
def send_now(*, message_id: UUID, by: Actor, now: datetime) -> Message:
    """Send a waiting message at the next sweep, or a copy of one that is done; return the one that will leave.

    Raises ``MessageRefusedError`` where it would reach nobody.
    """
    message = _locked(message_id, by)
    _check_is_here(message)
    if message.state == MessageState.SENDING:
        raise MessageRefusedError(_("This message is being sent right now."))
    check_has_address(message, now=now)
    if not message.is_waiting:
        return _copy(message, now=now)
    message.state = MessageState.PLANNED
    message.is_requested = True
    message.next_at = now
    message.expires_at = max(message.expires_at, now + COPY_LASTS)
    return _released(message)


@transaction.atomic
def hold(*, message_id: UUID, by: Actor, now: datetime) -> Message:
    """Take ``send_now`` back while it has not left: a copy is stopped, the message itself waits for its time."""
    message = _locked(message_id, by)
    if not message.is_waiting:
        raise MessageRefusedError(_("It has left already."))
    if message.dedupe_key.rpartition(":")[2].startswith("again-"):
        message.state = MessageState.SKIPPED
        message.skip_reason = SkipReason.STOPPED
    else:
        message.state = _as_before(message)
        message.is_requested = False
        message.next_at = max(message.due_at, now)
    return _released(message)


def can_ask_again(*, message_id: UUID, by: Actor, now: datetime) -> bool:
    """Whether the patient would get a new link now: a promise of the page whose link has ended."""
    message = Message.objects.visible_to(by).select_related("injection_session", "patient").get(pk=message_id)
    return _is_in_time(message, now) and not _is_too_often(message, by, now) and may_be_sent_again(message, now=now)


@transaction.atomic
def ask_again(*, message_id: UUID, by: Actor, now: datetime) -> Message | None:
    """The patient wants a new link: plan a copy, to the address on record. None when that is too often or too late."""
    message = _locked(message_id, by, with_session=True)
    if not _is_in_time(message, now) or _is_too_often(message, by, now):
        return None
    return _copy(message, now=now)


def _is_in_time(message: Message, now: datetime) -> bool:
    session = message.injection_session
    if session is None or session.status != RecordStatus.SIGNED or session.signed_at is None:
        return False
    if message.patient.departure is not None:
        return False
    return bool(now - session.signed_at <= ASKING_LASTS)


def _as_before(message: Message) -> MessageState:
    return MessageState.HELD if message.held_at else MessageState.PLANNED


def _check_is_here(message: Message) -> None:
    if message.patient.departure is not None:
        raise MessageRefusedError(
            _("%(what)s: nothing is sent. If this is wrong or over, bring the patient back first.")
            % {"what": message.patient.departure_sentence}
        )


def _is_too_often(message: Message, by: Actor, now: datetime) -> bool:
    copies = Message.objects.visible_to(by).filter(
        patient_id=message.patient_id, is_requested=True, created_at__gt=now - timedelta(days=1)
    )
    waiting = copies.filter(state__in=(MessageState.PLANNED, MessageState.CLAIMED, MessageState.SENDING))
    return waiting.exists() or copies.count() >= COPIES_A_DAY


def _locked(message_id: UUID, by: Actor, *, with_session: bool = False) -> Message:
    rows = Message.objects.visible_to(by).select_for_update(of=("self",))
    return (rows.select_related("injection_session") if with_session else rows).get(pk=message_id)


def _released(message: Message) -> Message:
    """Whoever had claimed it finds it gone: the mark before sending asks for the claim."""
    message.lease_owner = ""
    message.lease_until = None
    message.save()
    return message


def _copy(message: Message, *, now: datetime) -> Message:
    root = message.dedupe_key.partition(":again-")[0]
    earlier = Message.objects.filter(clinic_id=message.clinic_id, dedupe_key__startswith=f"{root}:again-").count()
    copy = Message.objects.create(
        clinic_id=message.clinic_id,
        patient_id=message.patient_id,
        injection_session_id=message.injection_session_id,
        appointment_id=message.appointment_id,
        move_id=message.move_id,
        batch_id=message.batch_id,
        slot_offer_id=message.slot_offer_id,
        contact_code_id=message.contact_code_id,
        step=message.step,
        channel=message.channel,
        dedupe_key=f"{root}:again-{earlier + 1}",
        due_at=now,
        next_at=now,
        expires_at=now + COPY_LASTS,
        is_requested=True,
    )
    copy.refresh_from_db(fields=["id", "created_at"])
    return copy
