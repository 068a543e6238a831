"""Ask a patient back: take it, give it back, note a call, let it rest until a day."""

from datetime import date, datetime

from django.db import transaction

from accounts.actors import Actor
from common.wall_clock import local_day
from sessions.choices import RecallOutcome
from sessions.models import InjectionSession, RecallCall, VisitRecall
from sessions.policies.visit_recalls import check_day
from sessions.visit_recall_rules import QUIET_AFTER_NO_ANSWER, QUIET_AFTER_REACHED


@transaction.atomic
def take(*, session: InjectionSession, kind: str, by: Actor) -> VisitRecall:
    """Make the acting person its owner, whoever had it before."""
    recall = _locked(session, kind, by)
    recall.owner_id = by.membership_id
    recall.save(update_fields=["owner"])
    return recall


@transaction.atomic
def give_back(*, session: InjectionSession, kind: str, by: Actor) -> VisitRecall:
    """Leave it to whoever takes it next."""
    recall = _locked(session, kind, by)
    recall.owner_id = None
    recall.save(update_fields=["owner"])
    return recall


@transaction.atomic
def note_call(
    *, session: InjectionSession, kind: str, outcome: str, again_date: date | None, note: str, by: Actor, now: datetime
) -> RecallCall:
    """Keep how the call went. The task rests for some days: until ``again_date`` where the patient named one.

    Raises ``RecallRefusedError`` for a day that is past or missing.
    """
    today = local_day(now, by.zone)
    is_again = outcome == RecallOutcome.CALL_AGAIN
    if is_again:
        check_day(again_date, today=today)
    recall = _locked(session, kind, by)
    rest = QUIET_AFTER_REACHED if outcome == RecallOutcome.REACHED else QUIET_AFTER_NO_ANSWER
    recall.quiet_until_date = again_date if is_again else today + rest
    recall.save(update_fields=["quiet_until_date"])
    return RecallCall.objects.create(
        clinic=by.clinic,
        visit_recall=recall,
        outcome=outcome,
        again_date=again_date if is_again else None,
        note=note.strip(),
        called_at=now,
        called_by_id=by.membership_id,
    )


@transaction.atomic
def rest_until(*, session: InjectionSession, kind: str, day: date | None, by: Actor, now: datetime) -> VisitRecall:
    """Take it off the list until that day. Raises ``RecallRefusedError`` for a day that is past or missing."""
    check_day(day, today=local_day(now, by.zone))
    recall = _locked(session, kind, by)
    recall.quiet_until_date = day
    recall.save(update_fields=["quiet_until_date"])
    return recall


@transaction.atomic
def wake(*, session: InjectionSession, kind: str, by: Actor) -> VisitRecall:
    """Put it on the list again at once."""
    recall = _locked(session, kind, by)
    recall.quiet_until_date = None
    recall.save(update_fields=["quiet_until_date"])
    return recall


def _locked(session: InjectionSession, kind: str, by: Actor) -> VisitRecall:
    recall, _is_new = VisitRecall.objects.visible_to(by).get_or_create(
        injection_session=session, kind=kind, defaults={"clinic": by.clinic, "patient_id": session.patient_id}
    )
    return VisitRecall.objects.visible_to(by).select_for_update().get(pk=recall.pk)
