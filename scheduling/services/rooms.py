"""The clinic's rooms."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from scheduling.choices import MOVABLE_STATUSES
from scheduling.models import Appointment, Room
from scheduling.policies import VisitRefusedError


def save(*, room: Room, by: Actor) -> Room:
    """Store a new or changed room. A room out of use keeps the visits it has and takes no new ones.

    A room with visits still to be done is not made one of observation chairs: ``VisitRefusedError``.
    """
    room.clinic = by.clinic
    if room.is_for_observation and not room._state.adding and _has_visits(room, by):
        raise VisitRefusedError(_("Visits are booked into this room. Move them first, or add a room for the chairs."))
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as error:
        raise VisitRefusedError(_("There is a room of this name already.")) from error
    return room


def _has_visits(room: Room, by: Actor) -> bool:
    return Appointment.objects.visible_to(by).filter(room=room, status__in=MOVABLE_STATUSES).exists()
