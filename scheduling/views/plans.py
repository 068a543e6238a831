"""A planned series on a page: what was chosen for the visits that cannot be as planned."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.requests import StaffRequest
from scheduling.forms.time_searches import read_time
from scheduling.models import VisitType
from scheduling.queries.series_plans import PlannedVisit
from scheduling.services.series import Wish

# The value that leaves one visit of a series out.
SKIP = "skip"


@dataclass(frozen=True)
class Choice:
    """A planned visit and what was chosen for it: the key of another time, ``SKIP``, or nothing yet."""

    planned: PlannedVisit
    chosen: str

    @property
    def shown(self) -> str:
        """What stands on the page for it: its own time, another one by its key, or that it is left out."""
        if self.planned.is_free:
            return f"{self.planned.starts_at.isoformat()}/{self.planned.visit_type.pk}"
        first = next((one.key for one in self.planned.alternatives), SKIP)
        return f"{self.chosen or first}/{self.planned.visit_type.pk}"


def types_in_use(request: StaffRequest) -> list[VisitType]:
    return list(VisitType.objects.visible_to(request.actor).filter(is_active=True).select_related("equipment"))


def kinds_of(request: StaffRequest, visit_types: Sequence[VisitType], usual: VisitType, count: int) -> list[VisitType]:
    """The types chosen for the visits, in order. What is none in use is the usual one, which is read back as such."""
    typed = request.POST or request.GET
    known = {str(one.pk): one for one in visit_types}
    return [known.get(typed.get(f"type-{number}", ""), usual) for number in range(1, count + 1)]


def is_settled(plan: list[Choice], form: forms.Form) -> bool:
    """Whether every visit can be or has something chosen for it; if not, the form says so."""
    if any(not one.planned.is_free and not one.chosen for one in plan):
        form.add_error(None, _("Some visits cannot be as planned: choose another time for them, or leave them out."))
    elif plan and all(one.chosen == SKIP for one in plan):
        form.add_error(None, _("No visit is left to book."))
    return not form.errors


def seen(plan: list[Choice]) -> str:
    """The dates and times of the plan as they stand on the page, in a few letters: sent back, they were read."""
    return hashlib.sha256(" ".join(one.shown for one in plan).encode()).hexdigest()[:16]


def is_read_back(plan: list[Choice], read: str, form: forms.Form) -> bool:
    """Whether these very dates stood on the page that was sent; if not, the form asks for it. One alone needs none."""
    if len(plan) > 1 and read != seen(plan):
        form.add_error(None, _("These are all the dates. Read them back to the patient, then book them."))
    return not form.errors


def wishes(plan: list[Choice], clinician: Membership, clinicians: Any) -> list[Wish]:
    """What is to be booked. Raises ``ValidationError`` for a time that was never offered."""
    found = []
    for one in plan:
        if one.planned.is_free:
            found.append(Wish(starts_at=one.planned.starts_at, clinician=clinician, visit_type=one.planned.visit_type))
        elif one.chosen != SKIP:
            starts_at, other = read_time(one.chosen, clinicians)
            found.append(Wish(starts_at=starts_at, clinician=other, visit_type=one.planned.visit_type))
    return found
