"""Claim, mark, send, record: each a short transaction of its own, with no network inside any of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from patients.models import AccessLink
from patients.services import access_links, contact_codes
from reminders.choices import Channel, MessageState, SkipReason
from reminders.mail import Letter, Outcome, Result
from reminders.models import Message, ToldVisit
from reminders.policies import Decision, decide
from reminders.services import outbox_holds
from reminders.services.letters import compose, compose_about_visits, compose_code, compose_offer, compose_text
from reminders.timing import MAX_ATTEMPTS, backoff
from scheduling.choices import News
from scheduling.services import slot_offers
from sessions.models import InjectionSession

LEASE = timedelta(minutes=2)
# A copy may have left: it is sent once more after a while, if it can still be useful by then.
RESEND_AFTER = timedelta(minutes=30)
RESEND_NEEDS = timedelta(hours=2)


@transaction.atomic
def claim(*, owner: str, by: Actor, now: datetime, limit: int) -> list[UUID]:
    """Take what is due for two minutes; rows another sweep holds are passed over. Locks the rows taken."""
    outbox_holds.keep_back(by=by, now=now)
    due = Message.objects.visible_to(by).due(now).select_for_update(skip_locked=True)
    ids = list(due.values_list("pk", flat=True)[:limit])
    own = Message.objects.filter(pk__in=ids)
    own.update(state=MessageState.CLAIMED, lease_owner=owner, lease_until=now + LEASE)
    return ids


@transaction.atomic
def prepare(*, message_id: UUID, owner: str, by: Actor, now: datetime) -> Letter | None:
    """Mark the claimed message as being sent and return its letter; None when it must not leave (any more).

    Locks the message, then its session: voiding a session waits for this mark or is seen by it.
    """
    held = Message.objects.visible_to(by).filter(
        pk=message_id, state=MessageState.CLAIMED, lease_owner=owner, lease_until__gt=now
    )
    message = held.select_for_update(of=("self",), no_key=True).select_related("patient", "slot_offer", "move").first()
    if message is None:
        return None
    if message.injection_session_id:
        sessions = InjectionSession.objects.visible_to(by).select_for_update(no_key=True)
        message.injection_session = sessions.get(pk=message.injection_session_id)
    decision = decide(message, now=now)
    if not decision.address:
        _put_back_or_skip(message, decision)
        return None
    if message.is_offer and not _still_in_time(message, by, now):
        _put_back_or_skip(message, Decision(skip=SkipReason.EXPIRED))
        return None
    message.state = MessageState.SENDING
    message.attempts += 1
    message.lease_until = now + LEASE
    letter = _letter(message, decision, by, now)
    message.save(update_fields=["state", "attempts", "lease_until", "access_link", "expires_at"])
    return letter


def _still_in_time(message: Message, by: Actor, now: datetime) -> bool:
    """However late it leaves, the patient has the whole half hour; False when there is none left to give."""
    if message.slot_offer_id is None:
        return False
    offer = slot_offers.count_from_sending(offer_id=message.slot_offer_id, by=by, now=now)
    if offer is None:
        return False
    message.slot_offer, message.expires_at = offer, offer.expires_at
    return True


def _letter(message: Message, decision: Decision, by: Actor, now: datetime) -> Letter:
    if message.is_about_visit:
        return _about_visits(message, decision, by, now)
    if message.channel == Channel.TEXT:
        return compose_text(message, clinic=by.clinic, to=decision.address)
    return _with_link(message, decision, by, now)


def _with_link(message: Message, decision: Decision, by: Actor, now: datetime) -> Letter:
    link, key = access_links.issue(
        patient_id=message.patient_id,
        purpose=_purpose_of(message),
        subject=f"message:{message.pk}",
        by=by,
        now=now,
        lasts=contact_codes.LINK_LASTS if message.is_code else access_links.LASTS,
    )
    message.access_link = link
    write = compose_code if message.is_code else compose_offer if message.is_offer else compose
    return write(message, clinic=by.clinic, to=decision.address, key=key)


def _purpose_of(message: Message) -> AccessLink.Purpose:
    if message.is_code:
        return AccessLink.Purpose.CONTACT
    return AccessLink.Purpose.OFFER if message.is_offer else AccessLink.Purpose.CHECK_IN


def _about_visits(message: Message, decision: Decision, by: Actor, now: datetime) -> Letter:
    """Note what the letter tells, so that the next one tells only what is new."""
    rows = [
        ToldVisit(
            clinic_id=by.clinic_id,
            patient_id=message.patient_id,
            message=message,
            appointment=visit,
            starts_at=told.starts_at,
            is_off=told.news == News.CANCELLED,
            told_at=now,
        )
        for visit, told in decision.told
    ]
    ToldVisit.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["clinic", "message", "appointment"],
        update_fields=["starts_at", "is_off", "told_at"],
    )
    return compose_about_visits(message, decision, by=by)


def _put_back_or_skip(message: Message, decision: Decision) -> None:
    if decision.skip:
        message.state = MessageState.SKIPPED
        message.skip_reason = decision.skip
    elif decision.wait_until:
        message.state = MessageState.PLANNED
        message.next_at = decision.wait_until
    message.lease_owner = ""
    message.lease_until = None
    message.save(update_fields=["state", "skip_reason", "next_at", "lease_owner", "lease_until"])


@transaction.atomic
def record(*, message_id: UUID, owner: str, result: Result, by: Actor, now: datetime, jitter: float) -> None:
    """Write down how the sending ended. A late word of success still counts after the lease has run out."""
    waiting_for_word = (MessageState.SENDING, MessageState.UNKNOWN, MessageState.PLANNED)
    own = Message.objects.visible_to(by).filter(pk=message_id, lease_owner=owner, state__in=waiting_for_word)
    message = own.select_for_update().first()
    if message is None:
        return
    if result.outcome is Outcome.ACCEPTED:
        message.state = MessageState.SENT
        message.sent_at = now
        message.last_error = ""
    elif message.state == MessageState.SENDING:
        message.last_error = result.error[:60]
        _after_failure(message, result.outcome, now=now, jitter=jitter)
    message.lease_until = None
    message.save()


def _after_failure(message: Message, outcome: Outcome, *, now: datetime, jitter: float) -> None:
    if outcome is Outcome.AMBIGUOUS:
        _after_doubt(message, now=now)
    elif outcome is Outcome.REJECTED or message.attempts >= MAX_ATTEMPTS:
        message.state = MessageState.FAILED
    else:
        message.state = MessageState.PLANNED
        message.next_at = now + backoff(message.attempts, jitter=jitter)


def _after_doubt(message: Message, *, now: datetime) -> None:
    """A copy may have left: at most one more, marked as such, while there is time; else a person looks."""
    message.is_ambiguous = True
    if message.resends == 0 and message.expires_at - now > RESEND_NEEDS:
        message.state = MessageState.PLANNED
        message.resends = 1
        message.next_at = now + RESEND_AFTER
    else:
        message.state = MessageState.UNKNOWN


@transaction.atomic
def put_off(*, message_ids: Sequence[UUID], owner: str, error: str, by: Actor, now: datetime, jitter: float) -> None:
    """Give claimed messages back after a try that reached nobody: later again, at most eight tries."""
    own = Message.objects.visible_to(by).filter(pk__in=message_ids, lease_owner=owner, state=MessageState.CLAIMED)
    for message in own.select_for_update():
        message.attempts += 1
        message.last_error = error[:60]
        _after_failure(message, Outcome.REFUSED, now=now, jitter=jitter)
        message.lease_owner = ""
        message.lease_until = None
        message.save()


@transaction.atomic
def reap(*, by: Actor, now: datetime) -> int:
    """Free what dead workers held: a claim touched no network and is due again; a half-sent one is in doubt."""
    left = Message.objects.visible_to(by).abandoned(now).select_for_update(skip_locked=True)
    count = 0
    for message in left[:500]:
        if message.state == MessageState.CLAIMED:
            message.state = MessageState.PLANNED
            message.lease_owner = ""
        else:
            message.last_error = "the worker stopped"
            _after_doubt(message, now=now)
        message.lease_until = None
        message.save()
        count += 1
    return count
