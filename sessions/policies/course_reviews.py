"""What may be done with a review task in its state; each refusal is a sentence fit for the screen."""

from django.utils.translation import gettext as _

from sessions.choices import ReviewDecision
from sessions.models import CourseReview


class ReviewRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_is_undecided(review: CourseReview) -> None:
    if review.withdrawn_at is not None:
        raise ReviewRefusedError(_("This review was withdrawn: what it rested on has changed."))
    if review.decided_at is not None:
        raise ReviewRefusedError(_("This review is decided already."))


def check_can_decide(review: CourseReview, *, decision: str, reason: str) -> None:
    check_is_undecided(review)
    if decision not in ReviewDecision.values:
        raise ReviewRefusedError(_("Choose what to do."))
    if not reason.strip():
        raise ReviewRefusedError(_("A decision needs a reason."))


def check_can_reopen(review: CourseReview) -> None:
    if review.decided_at is None:
        raise ReviewRefusedError(_("This review is not decided."))
