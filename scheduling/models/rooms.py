"""A room, and how many visits it holds at a time."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, manager_of


class RoomQuerySet(ClinicOwnedQuerySet["Room"]):
    def for_visits(self) -> Self:
        """Those in use that a visit can be booked into."""
        return self.filter(is_active=True, is_for_observation=False)

    def are_all_off(self) -> bool:
        """There are rooms for visits, and none of them is in use."""
        return set(self.filter(is_for_observation=False).values_list("is_active", flat=True)) == {False}

    def for_observation(self) -> Self:
        return self.filter(is_active=True, is_for_observation=True)


class Room(ClinicOwned):
    """``is_for_observation``: chairs in which patients are watched after an injection (domain.md §12: a chair, not a
    room); ``capacity`` is how many. No visit is booked into it.
    """

    name = models.CharField(_("name"), max_length=60)
    capacity = models.PositiveSmallIntegerField(
        _("places"), default=1, help_text=_("How many visits can be in this room at the same time.")
    )
    is_for_observation = models.BooleanField(
        _("observation chairs"),
        default=False,
        help_text=_("Patients sit here after an injection. Its places are chairs; no visit is booked into it."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[RoomQuerySet] = manager_of(RoomQuerySet)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("clinic", Lower("name"), name="scheduling_room_once"),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=50), name="scheduling_room_capacity"
            ),
        ]

    def __str__(self) -> str:
        return self.name
