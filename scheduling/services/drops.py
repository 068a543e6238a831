"""A visit let go somewhere else in the calendar's picture."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from scheduling.choices import ClaimKind
from scheduling.models import Appointment, AppointmentMove, Room
from scheduling.policies import VisitChangedError, VisitRefusedError
from scheduling.services import appointments
from scheduling.services.places import SlotTakenError


def drop(
    *,
    appointment: Appointment,
    by: Actor,
    now: datetime,
    version: int,
    starts_at: datetime,
    clinician: Membership,
    room: Room | None,
    is_room_kept: bool,
    minutes: int | None = None,
    is_override: bool = False,
    reason: str = "",
    double_reason: str = "",
    tell_patient: bool = False,
) -> Appointment:
    """Move the visit. Where only its old room is taken, the first free room stands in unless ``is_room_kept``.

    Raises as ``appointments.move`` does.
    """

    def move(to: Room | None) -> Appointment:
        return appointments.move(
            appointment=appointment,
            by=by,
            now=now,
            version=version,
            starts_at=starts_at,
            clinician=clinician,
            room=to,
            minutes=minutes,
            is_override=is_override,
            reason=reason,
            double_reason=double_reason,
            tell_patient=tell_patient,
        )

    try:
        return move(room)
    except SlotTakenError as taken:
        if is_room_kept or room is None or taken.collided != (ClaimKind.ROOM,):
            raise
        return move(None)


def keep_quiet(*, appointment: Appointment, by: Actor, now: datetime, version: int) -> None:
    """Let the patient not be told of the visit's last change; what was told already cannot be taken back."""
    with transaction.atomic():
        current = Appointment.objects.visible_to(by).select_for_update().get(pk=appointment.pk)
        if current.version != version:
            raise VisitChangedError
        moves = AppointmentMove.objects.visible_to(by).filter(appointment=current).order_by("moved_at", "id")
        last = moves.last()
        if last is None or last.tell_at is None or last.tell_at <= now:
            raise VisitRefusedError(_("The patient has been told already."))
        AppointmentMove.objects.filter(pk=last.pk, clinic_id=by.clinic_id).update(tell_at=None)
