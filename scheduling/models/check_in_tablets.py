"""A tablet in the waiting room on which patients say themselves that they are here."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, manager_of


class CheckInTabletQuerySet(ClinicOwnedQuerySet["CheckInTablet"]):
    def enrolled(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class CheckInTablet(ClinicOwned):
    """Enrolled and revoked by the clinic's admin. It signs nobody in, and it knows nobody.

    A code, typed on the tablet once, becomes the key in its browser; of both only the SHA-256 is kept here.
    """

    name = models.CharField(_("name"), max_length=40)
    code_hash = models.BinaryField(max_length=32, null=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, editable=False)
    key_hash = models.BinaryField(max_length=32, null=True, editable=False)
    opened_at = models.DateTimeField(_("opened"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects: ClassVar[CheckInTabletQuerySet] = manager_of(CheckInTabletQuerySet)

    class Meta:
        verbose_name = _("check-in tablet")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "name"],
                condition=models.Q(revoked_at__isnull=True),
                name="scheduling_tablet_once",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="scheduling_tablet_named"),
            models.CheckConstraint(
                condition=models.Q(code_hash__isnull=True, code_expires_at__isnull=True)
                | models.Q(code_hash__isnull=False, code_expires_at__isnull=False),
                name="scheduling_tablet_code_expires",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | models.Q(code_hash__isnull=True, key_hash__isnull=True),
                name="scheduling_tablet_revoked_has_no_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name
