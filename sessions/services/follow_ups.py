"""Call back: take a follow-up, give it back, complete it with its outcome, take that back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from patients.models import Patient
from sessions.choices import FollowUpOutcome, Moment, Source
from sessions.models import FollowUp, InjectionSession
from sessions.policies import follow_ups as policies
from sessions.services import measures


@transaction.atomic
def take(*, follow_up_id: UUID, by: Actor, now: datetime) -> FollowUp:
    """Make the acting person its owner, whoever had it before. Locks it."""
    follow_up = _locked(follow_up_id, by)
    policies.check_is_outstanding(follow_up)
    follow_up.owner_id = by.membership_id
    follow_up.save(update_fields=["owner"])
    return follow_up


@transaction.atomic
def give_back(*, follow_up_id: UUID, by: Actor, now: datetime) -> FollowUp:
    """Leave it to whoever takes it next."""
    follow_up = _locked(follow_up_id, by)
    policies.check_is_outstanding(follow_up)
    follow_up.owner_id = None
    follow_up.save(update_fields=["owner"])
    return follow_up


@transaction.atomic
def complete(
    *, follow_up_id: UUID, outcome: str, note: str, by: Actor, now: datetime, change: int | None = None
) -> FollowUp:
    """Record how the patient is. Refused when somebody completed it in between, so that nothing is overwritten.

    ``change`` is the overall change since the start, 1 to 7 (domain.md §6 asks it on day 7), None where not asked.
    """
    follow_up = _locked(follow_up_id, by)
    policies.check_is_outstanding(follow_up)
    if change is not None:
        session = InjectionSession.objects.visible_to(by).get(pk=follow_up.injection_session_id)
        measures.tell_change(
            change=change,
            injection_session=session,
            moment=Moment.CHECK_7D,
            source=Source.PHONE,
            by=by,
            now=now,
        )
    follow_up.outcome = outcome
    follow_up.note = note
    follow_up.completed_at = now
    follow_up.completed_by_id = by.membership_id
    follow_up.save(update_fields=["outcome", "note", "completed_at", "completed_by"])
    return follow_up


@transaction.atomic
def close_of_departed(*, patient_id: UUID, by: Actor, now: datetime) -> int:
    """Close what is outstanding of a patient who died or left, without a call; return how many. ``reopen`` undoes each.

    Raises ``FollowUpRefusedError`` for a patient who is here.
    """
    policies.check_has_departed(Patient.objects.visible_to(by).get(pk=patient_id))
    rows = FollowUp.objects.visible_to(by).outstanding().filter(patient_id=patient_id).select_for_update(of=("self",))
    ids = [row.pk for row in rows]
    own = FollowUp.objects.visible_to(by).filter(pk__in=ids)
    return own.update(outcome=FollowUpOutcome.GONE, completed_at=now, completed_by_id=by.membership_id)


@transaction.atomic
def reopen_of_returned(*, patient_id: UUID, by: Actor, now: datetime) -> int:
    """Open again what was closed because the patient counted as gone; return how many."""
    own = FollowUp.objects.visible_to(by).closed_as_gone().filter(patient_id=patient_id)
    ids = [row.pk for row in own.select_for_update(of=("self",))]
    again = FollowUp.objects.visible_to(by).filter(pk__in=ids)
    return again.update(outcome="", completed_at=None, completed_by_id=None)


@transaction.atomic
def reopen(*, follow_up_id: UUID, by: Actor, now: datetime) -> FollowUp:
    """Undo the completion: it is due again; the note stays as a draft, the trail keeps the outcome."""
    follow_up = _locked(follow_up_id, by)
    policies.check_can_reopen(follow_up)
    follow_up.outcome = ""
    follow_up.completed_at = None
    follow_up.completed_by_id = None
    follow_up.save(update_fields=["outcome", "completed_at", "completed_by"])
    return follow_up


def _locked(follow_up_id: UUID, by: Actor) -> FollowUp:
    return FollowUp.objects.visible_to(by).select_for_update().get(pk=follow_up_id)
