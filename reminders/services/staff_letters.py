"""Send what is owed to people who work at the clinic, or are invited to: each step a short transaction.

No network inside any of them. A letter that may have left already is tried again: a second copy does no harm.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.choices import LetterKind, LetterState
from accounts.models import NO_SERVER, Membership, StaffLetter
from accounts.services import invitations
from reminders.mail import Letter, Outcome, Result
from reminders.services.sign_in_letter_words import compose_new_password, compose_password_set
from reminders.services.staff_letter_words import compose_factor_reset, compose_invitation, compose_rules
from reminders.timing import MAX_ATTEMPTS, backoff

LEASE = timedelta(minutes=2)


def due(*, by: Actor, now: datetime) -> list[UUID]:
    return list(StaffLetter.objects.visible_to(by).due(now).values_list("pk", flat=True))


@transaction.atomic
def begin(*, letter_id: UUID, by: Actor, now: datetime) -> Letter | None:
    """Hold a due letter for two minutes and return it as mail; None when it must not leave, or another has it."""
    rows = StaffLetter.objects.visible_to(by).due(now).filter(pk=letter_id)
    owed = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if owed is None:
        return None
    mail = _mail(owed, by, now)
    if mail is None:
        owed.state = LetterState.STOPPED
        owed.save(update_fields=["state"])
        return None
    owed.attempts += 1
    owed.lease_until = now + LEASE
    owed.save(update_fields=["attempts", "lease_until"])
    return mail


def _mail(owed: StaffLetter, by: Actor, now: datetime) -> Letter | None:
    member = owed.membership
    if owed.kind == LetterKind.FACTOR_RESET:
        return compose_factor_reset(owed, clinic=by.clinic, to=member.user.email) if member else None
    if owed.kind == LetterKind.RULES:
        return compose_rules(owed, clinic=by.clinic, to=member.user.email) if member and member.is_active else None
    if owed.kind == LetterKind.NEW_PASSWORD:
        return compose_new_password(owed, member, clinic=by.clinic, now=now) if member and _can_enter(member) else None
    if owed.kind == LetterKind.PASSWORD_SET:
        return compose_password_set(owed, member, clinic=by.clinic) if member else None
    invitation = owed.invitation
    if invitation is None or owed.issued != invitation.issued or not invitation.lets_in(now):
        return None
    invitations.renew_hash(invitation)
    return compose_invitation(owed, invitation, clinic=by.clinic)


def _can_enter(member: Membership) -> bool:
    return bool(member.user.is_active)


@transaction.atomic
def find_no_server(*, by: Actor, now: datetime) -> None:
    """The mail server is away: whatever is due says since when it does not leave. That costs none of its tries."""
    due = StaffLetter.objects.visible_to(by).due(now).order_by()
    due.filter(failing_since__isnull=True).update(failing_since=now, last_error=NO_SERVER)
    due.exclude(last_error=NO_SERVER).update(last_error=NO_SERVER)


@transaction.atomic
def record(*, letter_id: UUID, result: Result, by: Actor, now: datetime, jitter: float) -> None:
    """Write down how the sending ended; what was refused for now is tried again, at most eight times."""
    owed = StaffLetter.objects.visible_to(by).planned().select_for_update(of=("self",)).filter(pk=letter_id).first()
    if owed is None:
        return
    owed.lease_until, owed.last_error = None, result.error[:60]
    if result.outcome is Outcome.ACCEPTED:
        owed.state, owed.sent_at = LetterState.SENT, now
    elif result.outcome is Outcome.REJECTED or owed.attempts >= MAX_ATTEMPTS:
        owed.state = LetterState.FAILED
    else:
        owed.next_at = now + backoff(owed.attempts, jitter=jitter)
        owed.failing_since = owed.failing_since or now
    owed.save()
