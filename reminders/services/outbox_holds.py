"""Hold the messages of a clinic whose record came back from a backup, and let them go after somebody looked."""

from datetime import datetime

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.choices import LetterState
from accounts.models import StaffLetter
from reminders.choices import MessageState, SkipReason
from reminders.models import Message, OutboxHold
from reminders.models.messages import MessageQuerySet
from reminders.policies import MessageRefusedError

_ON_ITS_WAY = (MessageState.PLANNED, MessageState.CLAIMED, MessageState.SENDING)


@transaction.atomic
def begin(*, by: Actor, now: datetime, restored_to: datetime) -> int:
    """Hold all that was not sent yet, and whatever is planned until the hold ends; return how many are held.

    What was half sent may have left. Letters to people who work here are stopped: their links open nothing now.
    """
    if not OutboxHold.objects.visible_to(by).open().exists():
        OutboxHold.objects.create(clinic_id=by.clinic_id, restored_to=restored_to, held_at=now)
    StaffLetter.objects.visible_to(by).planned().update(state=LetterState.STOPPED)
    own = Message.objects.visible_to(by)
    own.filter(state=MessageState.SENDING).update(is_ambiguous=True)
    return _hold(own.filter(state__in=_ON_ITS_WAY), now=now)


def keep_back(*, by: Actor, now: datetime) -> None:
    """While a hold is on, what comes due is held too, but for what a person has just asked for. Locks nothing sent."""
    if OutboxHold.objects.visible_to(by).open().exists():
        _hold(Message.objects.visible_to(by).due(now).order_by().filter(is_requested=False), now=now)


@transaction.atomic
def end(*, by: Actor, now: datetime, is_sent: bool) -> int:
    """Send or stop all that is still held, and hold nothing any more. Raises ``MessageRefusedError`` without a hold."""
    hold = OutboxHold.objects.visible_to(by).open().select_for_update(of=("self",)).first()
    if hold is None:
        raise MessageRefusedError(_("No messages are held any more."))
    held = Message.objects.visible_to(by).filter(state=MessageState.HELD)
    if is_sent:
        count = held.update(state=MessageState.PLANNED, next_at=Greatest("due_at", Value(now)), held_at=None)
    else:
        count = held.update(state=MessageState.SKIPPED, skip_reason=SkipReason.STOPPED)
    hold.ended_at, hold.ended_by_id = now, by.membership_id
    hold.save(update_fields=["ended_at", "ended_by"])
    return count


def _hold(messages: MessageQuerySet, *, now: datetime) -> int:
    return messages.update(state=MessageState.HELD, held_at=now, lease_owner="", lease_until=None)
