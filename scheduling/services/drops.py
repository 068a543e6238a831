"""A visit let go somewhere else in the calendar's picture."""

from datetime import datetime

from accounts.actors import Actor
from accounts.models import Membership
from scheduling.choices import ClaimKind
from scheduling.models import Appointment, Room
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
        )

    try:
        return move(room)
    except SlotTakenError as taken:
        if is_room_kept or room is None or taken.collided != (ClaimKind.ROOM,):
            raise
        return move(None)
