"""Observation chairs: how many are taken of how many, and which is free."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from common.wall_clock import day_bounds, local_day
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, Room


@dataclass(frozen=True)
class Chairs:
    """The chairs of one room. More may be taken than there are: somebody lowered the number meanwhile."""

    room: Room
    taken: int

    @property
    def is_free(self) -> bool:
        return self.taken < self.room.capacity


def chairs_on_day(by: Actor, at: datetime) -> list[Chairs]:
    """The rooms of chairs in use, with who sits there on the local day of ``at``. One query."""
    observed = Appointment.objects.visible_to(by).between(*day_bounds(local_day(at, by.zone), by.zone))
    observed = observed.filter(status=VisitStatus.OBSERVATION, observation_room=OuterRef("pk")).order_by()
    taken = Subquery(observed.values("observation_room").annotate(count=Count("pk")).values("count"))
    rooms: Any = Room.objects.visible_to(by).for_observation().annotate(taken=Coalesce(taken, 0)).order_by("name")
    return [Chairs(room, room.taken) for room in rooms]


def free_chair(by: Actor, at: datetime) -> Room | None:
    """The first room with a chair free; none when all are taken: a patient is observed all the same."""
    return next((one.room for one in chairs_on_day(by, at) if one.is_free), None)
