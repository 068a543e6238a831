"""A room where one visit happens at a time."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, manager_of


class Room(ClinicOwned):
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[ClinicOwnedQuerySet["Room"]] = manager_of(ClinicOwnedQuerySet["Room"])

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["clinic", "name"], name="scheduling_room_once")]

    def __str__(self) -> str:
        return self.name
