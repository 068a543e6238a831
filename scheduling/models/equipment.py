"""Things that visits share: an ultrasound machine is a resource of its own (domain.md §12)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, manager_of


class Equipment(ClinicOwned):
    """``quantity`` alike pieces; each serves one visit at a time."""

    name = models.CharField(_("name"), max_length=60)
    quantity = models.PositiveSmallIntegerField(_("how many"), default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[ClinicOwnedQuerySet["Equipment"]] = manager_of(ClinicOwnedQuerySet["Equipment"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("clinic", Lower("name"), name="scheduling_equipment_one_name"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=1, quantity__lte=50), name="scheduling_equipment_quantity"
            ),
        ]

    def __str__(self) -> str:
        return self.name
