"""A planned series on a page: what was chosen for the visits that cannot be as planned."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Membership
from scheduling.forms.time_searches import read_time
from scheduling.queries.series_plans import PlannedVisit
from scheduling.services.series import Wish

# The value that leaves one visit of a series out.
SKIP = "skip"


@dataclass(frozen=True)
class Choice:
    """A planned visit and what was chosen for it: the key of another time, ``SKIP``, or nothing yet."""

    planned: PlannedVisit
    chosen: str


def is_settled(plan: list[Choice], form: forms.Form) -> bool:
    """Whether every visit can be or has something chosen for it; if not, the form says so."""
    if any(not one.planned.is_free and not one.chosen for one in plan):
        form.add_error(None, _("Some visits cannot be as planned: choose another time for them, or leave them out."))
    elif plan and all(one.chosen == SKIP for one in plan):
        form.add_error(None, _("No visit is left to book."))
    return not form.errors


def wishes(plan: list[Choice], clinician: Membership, clinicians: Any) -> list[Wish]:
    """What is to be booked. Raises ``ValidationError`` for a time that was never offered."""
    found = []
    for one in plan:
        if one.planned.is_free:
            found.append(Wish(starts_at=one.planned.starts_at, clinician=clinician))
        elif one.chosen != SKIP:
            starts_at, other = read_time(one.chosen, clinicians)
            found.append(Wish(starts_at=starts_at, clinician=other))
    return found
