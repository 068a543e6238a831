"""A room, and how many visits it holds at a time."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, manager_of


class Room(ClinicOwned):
    name = models.CharField(_("name"), max_length=60)
    capacity = models.PositiveSmallIntegerField(
        _("places"), default=1, help_text=_("How many visits can be in this room at the same time.")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[ClinicOwnedQuerySet["Room"]] = manager_of(ClinicOwnedQuerySet["Room"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="scheduling_room_once"),
            models.CheckConstraint(
                condition=models.Q(capacity__gte=1, capacity__lte=50), name="scheduling_room_capacity"
            ),
        ]

    def __str__(self) -> str:
        return self.name
