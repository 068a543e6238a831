"""A link to a clinician's own visits for the calendar on the phone: read-only, revocable, without patients."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class CalendarFeedQuerySet(ClinicOwnedQuerySet["CalendarFeed"]):
    def open(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class CalendarFeed(ClinicOwned):
    """Only the SHA-256 of the token is kept, so a lost link is not found again but made anew."""

    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    token_hash = models.BinaryField(max_length=32)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[CalendarFeedQuerySet] = manager_of(CalendarFeedQuerySet)

    class Meta:
        verbose_name = _("calendar link")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "token_hash"], name="scheduling_calendarfeed_token"),
            models.UniqueConstraint(
                fields=["clinic", "clinician"],
                condition=models.Q(revoked_at__isnull=True),
                name="scheduling_calendarfeed_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
