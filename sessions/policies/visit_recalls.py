"""What may be noted about asking a patient back; each refusal is a sentence fit for the screen."""

from datetime import date

from django.utils.translation import gettext as _

from sessions.visit_recall_rules import LONGEST_SNOOZE


class RecallRefusedError(Exception):
    """This cannot be noted; the text says why."""


def check_day(day: date | None, *, today: date) -> None:
    """A day to come, within a year."""
    if day is None:
        raise RecallRefusedError(_("Enter a day."))
    if day <= today:
        raise RecallRefusedError(_("Choose a day after today."))
    if day > today + LONGEST_SNOOZE:
        raise RecallRefusedError(_("Choose a day within a year."))
