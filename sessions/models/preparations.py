"""From a lot to the needle: an opened container, what was drawn from it, and the preparation it went into."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of


class ContainerQuerySet(ClinicOwnedQuerySet["Container"]):
    def in_use_at(self, now: datetime) -> Self:
        """Opened, not thrown away, and not past its time."""
        own = self.filter(discarded_at__isnull=True, lot__quarantined_at__isnull=True)
        return own.filter(models.Q(discard_at__isnull=True) | models.Q(discard_at__gt=now))


class Container(ClinicOwned):
    """One opened bottle, bag or vial: the ``number``-th of its lot. Size and dose kind are its product's, copied by the
    database (sessions/sql/stock.sql) when it is opened, and never change."""

    clinic_rules = ClinicRules(is_deletable=True)

    lot = ClinicForeignKey("pit_sessions.SolutionLot", related_name="containers")
    number = models.PositiveIntegerField()
    volume_ml = models.DecimalField(_("mL"), max_digits=6, decimal_places=2)
    is_single_dose = models.BooleanField(_("single-dose"))
    opened_at = models.DateTimeField()
    opened_by = ClinicForeignKey("accounts.Membership", related_name="+")
    discard_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    discard_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects: ClassVar[ContainerQuerySet] = manager_of(ContainerQuerySet)

    class Meta:
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(
                fields=["clinic", "-opened_at"],
                condition=models.Q(discarded_at__isnull=True),
                name="sessions_container_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "lot", "number"], name="sessions_container_number"),
            models.CheckConstraint(condition=models.Q(volume_ml__gt=0), name="sessions_container_volume"),
            models.CheckConstraint(
                condition=models.Q(discard_at__isnull=True) | models.Q(discard_at__gt=models.F("opened_at")),
                name="sessions_container_discard_after_opening",
            ),
            models.CheckConstraint(
                condition=models.Q(discarded_at__isnull=True, discarded_by__isnull=True, discard_reason="")
                | models.Q(
                    discarded_at__isnull=False, discarded_at__gte=models.F("opened_at"), discarded_by__isnull=False
                )
                & ~models.Q(discard_reason=""),
                name="sessions_container_discarded_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot.lot_number}/{self.number}"


class Preparation(ClinicOwned):
    """What is drawn up to be injected: a mixture by recipe, or a container as it is (``is_mixed`` false).

    The pH is measured or unknown, never calculated (domain.md §4). ``number`` counts the preparations of a day.
    ``needs_check``: nothing is given of it before a colleague has checked it.
    """

    clinic_rules = ClinicRules(is_deletable=True)

    solution = models.ForeignKey("catalogue.Solution", on_delete=models.PROTECT, related_name="+")
    made_date = models.DateField()
    number = models.PositiveIntegerField()
    is_mixed = models.BooleanField(default=True)
    recipe = models.CharField(_("recipe"), max_length=200, blank=True)
    bicarbonate_percent = models.DecimalField(
        _("bicarbonate (%)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    bicarbonate_ml = models.DecimalField(_("bicarbonate (mL)"), max_digits=5, decimal_places=2, null=True, blank=True)
    volume_ml = models.DecimalField(_("final volume (mL)"), max_digits=6, decimal_places=2)
    measured_ph = models.DecimalField(_("measured pH"), max_digits=4, decimal_places=2, null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = ClinicForeignKey("accounts.Membership", related_name="+")
    beyond_use_at = models.DateTimeField()
    needs_check = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    discarded_at = models.DateTimeField(null=True, blank=True)
    discarded_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["Preparation"]] = manager_of(ClinicOwnedQuerySet["Preparation"])

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["clinic", "-beyond_use_at"], name="sessions_preparation_use")]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "made_date", "number"], name="sessions_preparation_number"),
            models.CheckConstraint(condition=models.Q(volume_ml__gt=0), name="sessions_preparation_volume"),
            models.CheckConstraint(
                condition=models.Q(beyond_use_at__gt=models.F("made_at")), name="sessions_preparation_use_after_making"
            ),
            models.CheckConstraint(
                condition=models.Q(measured_ph__isnull=True) | models.Q(measured_ph__range=(0, 14)),
                name="sessions_preparation_ph",
            ),
            models.CheckConstraint(
                condition=models.Q(bicarbonate_ml__isnull=True)
                | models.Q(bicarbonate_ml__gte=0, bicarbonate_ml__lte=models.F("volume_ml")),
                name="sessions_preparation_bicarbonate",
            ),
            models.CheckConstraint(
                condition=models.Q(discarded_at__isnull=True, discarded_by__isnull=True)
                | models.Q(
                    discarded_at__isnull=False, discarded_at__gte=models.F("made_at"), discarded_by__isnull=False
                ),
                name="sessions_preparation_discarded_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_at__isnull=True, checked_by__isnull=True)
                | models.Q(
                    needs_check=True,
                    checked_at__isnull=False,
                    checked_at__gte=models.F("made_at"),
                    checked_by__isnull=False,
                ),
                name="sessions_preparation_checked_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=True) | ~models.Q(checked_by=models.F("made_by")),
                name="sessions_preparation_second_check",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The short code on the label: day, month, and the number of that day."""
        return f"{self.made_date:%d%m}-{self.number}"


class PreparationPart(ClinicOwned):
    """So many mL of this container went into this preparation; written once."""

    clinic_rules = ClinicRules(is_deletable=True)

    preparation = ClinicForeignKey(Preparation, related_name="parts")
    container = ClinicForeignKey(Container, related_name="parts")
    volume_ml = models.DecimalField(_("mL"), max_digits=6, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "preparation", "container"], name="sessions_part_once"),
            models.CheckConstraint(condition=models.Q(volume_ml__gt=0), name="sessions_part_volume"),
        ]

    def __str__(self) -> str:
        return f"{self.volume_ml} mL"
