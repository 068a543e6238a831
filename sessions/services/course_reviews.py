"""Review tasks: taken by somebody, decided with a reason, opened again. No task acts by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from sessions.models import CourseReview
from sessions.policies import course_reviews as policies


@transaction.atomic
def take(*, review_id: UUID, by: Actor, now: datetime) -> CourseReview:
    """Make the acting person its owner, whoever had it before. Locks it."""
    review = _locked(review_id, by)
    policies.check_is_undecided(review)
    review.owner_id = by.membership_id
    review.save(update_fields=["owner"])
    return review


@transaction.atomic
def give_back(*, review_id: UUID, by: Actor, now: datetime) -> CourseReview:
    """Leave it to whoever takes it next."""
    review = _locked(review_id, by)
    policies.check_is_undecided(review)
    review.owner_id = None
    review.save(update_fields=["owner"])
    return review


@transaction.atomic
def decide(*, review_id: UUID, decision: str, reason: str, by: Actor, now: datetime) -> CourseReview:
    """Keep what a person decided and why. Deciding to stop ends nothing: the course is ended by its own act."""
    review = _locked(review_id, by)
    policies.check_can_decide(review, decision=decision, reason=reason)
    review.decision, review.reason = decision, reason.strip()
    review.decided_at = now
    review.decided_by_id = by.membership_id
    review.save(update_fields=["decision", "reason", "decided_at", "decided_by"])
    return review


@transaction.atomic
def reopen(*, review_id: UUID, by: Actor, now: datetime) -> CourseReview:
    """Undo the decision: it waits again; the trail keeps what was decided."""
    review = _locked(review_id, by)
    policies.check_can_reopen(review)
    review.decision = review.reason = ""
    review.decided_at = review.decided_by_id = None
    review.save(update_fields=["decision", "reason", "decided_at", "decided_by"])
    return review


def _locked(review_id: UUID, by: Actor) -> CourseReview:
    return CourseReview.objects.visible_to(by).select_for_update().get(pk=review_id)
