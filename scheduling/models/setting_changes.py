"""A change of hours, rooms, closures or leave, with the visits it touched: worked through, or taken back."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of
from scheduling.choices import SettingKind


class SettingChangeQuerySet(ClinicOwnedQuerySet["SettingChange"]):
    def that_touched(self) -> Self:
        """Those that stand and touched a visit."""
        return self.filter(undone_at__isnull=True).exclude(visits=[])


class SettingChange(ClinicOwned):
    """``row_id`` is the closure, leave, room or hours; ``before`` and ``after`` hold what an undo needs.

    ``visits`` are those the change touched when it was made: some of them are moved or cancelled by now.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=SettingKind)
    row_id = models.UUIDField(editable=False)
    title = models.CharField(_("what"), max_length=200)
    before = models.JSONField(default=dict, editable=False)
    after = models.JSONField(default=dict, editable=False)
    visits = ArrayField(models.UUIDField(), default=list, editable=False)
    made_at = models.DateTimeField(_("made"), editable=False)
    made_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")
    undone_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    undone_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")

    objects: ClassVar[SettingChangeQuerySet] = manager_of(SettingChangeQuerySet)

    class Meta:
        verbose_name = _("change of a setting")
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["clinic", "made_at"], name="scheduling_settingchange_made")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=SettingKind.values), name="scheduling_settingchange_kind"
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="scheduling_settingchange_titled"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=False) | models.Q(undone_by__isnull=True),
                name="scheduling_settingchange_undone",
            ),
        ]

    def __str__(self) -> str:
        return self.title
