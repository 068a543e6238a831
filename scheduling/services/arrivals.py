"""A patient is here: two identifiers are asked for, and kept in the visit's history with who asked."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from scheduling.choices import IdentityMark, VisitStatus
from scheduling.models import Appointment, CheckInTablet, IdentityCheck
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments

MARKS_NEEDED = 2  # domain.md §12: two identifiers at check-in


@transaction.atomic
def check_in(
    *,
    appointment: Appointment,
    marks: Collection[str],
    by: Actor,
    now: datetime,
    version: int,
    tablet: CheckInTablet | None = None,
) -> Appointment:
    """Take the visit to “arrived” with the identifiers the patient gave. ``tablet``: typed there, not asked.

    Raises ``VisitRefusedError`` for fewer than two, and as ``appointments.change_status`` does.
    """
    given = [mark for mark in IdentityMark if mark in marks]
    if len(given) < MARKS_NEEDED:
        raise VisitRefusedError(_("Ask for two things that tell who this is, and tick what matched."))

    def keep(current: Appointment) -> None:
        IdentityCheck.objects.create(
            clinic=by.clinic,
            appointment=current,
            checked_at=now,
            checked_by_id=None if tablet else by.membership_id,
            tablet=tablet,
            **{f"has_{mark.value}": True for mark in given},
        )

    return appointments.take_step(
        appointment=appointment,
        to=VisitStatus.ARRIVED,
        by=by,
        now=now,
        version=version,
        reason=_reason(given, tablet),
        proof=keep,
    )


def _reason(marks: list[IdentityMark], tablet: CheckInTablet | None) -> str:
    """For the visit's history. On a tablet the name is its first letters."""
    if tablet:
        return _("On the tablet “%(tablet)s”: date of birth and the first letters of the name") % {"tablet": tablet}
    return _("Asked and matched: %(marks)s") % {"marks": ", ".join(str(mark.label) for mark in marks)}
