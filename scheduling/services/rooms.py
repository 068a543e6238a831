"""The clinic's rooms."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from scheduling.models import Room
from scheduling.policies import VisitRefusedError


def save(*, room: Room, by: Actor) -> Room:
    """Store a new or changed room. A room out of use keeps the visits it has and takes no new ones."""
    room.clinic = by.clinic
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as error:
        raise VisitRefusedError(_("There is a room of this name already.")) from error
    return room
