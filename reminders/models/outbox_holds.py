"""After a restore nothing leaves by itself, until an admin has looked through what would."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class OutboxHoldQuerySet(ClinicOwnedQuerySet["OutboxHold"]):
    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)


class OutboxHold(ClinicOwned):
    """The record stands as at ``restored_to``; what was told between then and ``held_at`` it does not know."""

    restored_to = models.DateTimeField(_("restored to"))
    held_at = models.DateTimeField(_("held since"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[OutboxHoldQuerySet] = manager_of(OutboxHoldQuerySet)

    class Meta:
        verbose_name = _("hold of the messages after a restore")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"], condition=models.Q(ended_at__isnull=True), name="reminders_outboxhold_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("held_at")),
                name="reminders_outboxhold_ends_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_at:%Y-%m-%d %H:%M}"
