"""Nobody came: noted with a reason. Nothing follows by itself but a question before the next visit."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from scheduling.choices import NoShowReason, VisitStatus
from scheduling.models import Appointment, NoShow
from scheduling.policies import VisitRefusedError
from scheduling.services import appointments


@transaction.atomic
def note(*, appointment: Appointment, reason: str, by: Actor, now: datetime, version: int) -> Appointment:
    """Take the visit to “no-show”. Raises as ``appointments.change_status`` does; it can be undone like any step."""
    if reason not in NoShowReason.values:
        raise VisitRefusedError(_("Say why nobody came."))

    def keep(current: Appointment) -> None:
        NoShow.objects.visible_to(by).update_or_create(
            appointment=current,
            defaults={
                "clinic": by.clinic,
                "patient": current.patient,
                "reason": reason,
                "noted_at": now,
                "noted_by_id": by.membership_id,
            },
        )

    return appointments.take_step(
        appointment=appointment,
        to=VisitStatus.NO_SHOW,
        by=by,
        now=now,
        version=version,
        reason=str(NoShowReason(reason).label),
        proof=keep,
    )
