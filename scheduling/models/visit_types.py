"""What a visit is for and how long it takes (defaults: domain.md §12)."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class VisitType(ClinicOwned):
    code = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    duration_minutes = models.PositiveSmallIntegerField(_("duration (min)"))
    turnover_minutes = models.PositiveSmallIntegerField(_("turnover (min)"), default=0)
    needs_room = models.BooleanField(_("needs a room"), default=True)
    needs_chaperone = models.BooleanField(_("needs a chaperone"), default=False)
    equipment = ClinicForeignKey(
        "scheduling.Equipment", null=True, blank=True, related_name="+", verbose_name=_("needs equipment")
    )
    technique = models.ForeignKey(
        "catalogue.Technique",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("technique"),
        help_text=_("Only clinicians with a credential for it can be booked."),
    )
    is_treatment = models.BooleanField(_("includes injections"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[ClinicOwnedQuerySet["VisitType"]] = manager_of(ClinicOwnedQuerySet["VisitType"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="scheduling_visittype_once"),
            models.UniqueConstraint("clinic", Lower("name"), name="scheduling_visittype_one_name"),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=5, duration_minutes__lte=480),
                name="scheduling_visittype_duration",
            ),
        ]

    def __str__(self) -> str:
        return self.name
