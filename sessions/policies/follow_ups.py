"""What may be done with a follow-up in its state; each refusal is a sentence fit for the screen."""

from django.utils.translation import gettext as _

from patients.models import Patient
from sessions.models import FollowUp


class FollowUpRefusedError(Exception):
    """This cannot be done in this state; the text says why."""


def check_is_outstanding(follow_up: FollowUp) -> None:
    if follow_up.cancelled_at is not None:
        raise FollowUpRefusedError(_("This follow-up was cancelled with its session."))
    if follow_up.completed_at is not None:
        raise FollowUpRefusedError(_("This follow-up is completed already."))


def check_can_reopen(follow_up: FollowUp) -> None:
    if follow_up.completed_at is None:
        raise FollowUpRefusedError(_("This follow-up is not completed."))


def check_has_departed(patient: Patient) -> None:
    if patient.departure is None:
        raise FollowUpRefusedError(_("This patient is not marked as deceased or as having left."))
