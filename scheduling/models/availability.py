"""When a clinician works, by the clinic's wall clock: weekly blocks, extra hours of one day, leave, and closed days."""

from datetime import date, time, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from common.span_words import hours_words
from scheduling.choices import Weekday

# 00:00 as the end is midnight at the end of the day (``common.wall_clock.hours_of_day``).
_ENDS_AFTER_START = models.Q(end_time__gt=models.F("start_time")) | models.Q(end_time=time.min)


class AvailabilityBlockQuerySet(ClinicOwnedQuerySet["AvailabilityBlock"]):
    def on_weekday(self, weekday: int, today: date) -> Self:
        """Those of a day of the week that hold now or later."""
        return self.filter(weekday=weekday).exclude(valid_until_date__lt=today)


class AvailabilityBlock(ClinicOwned):
    clinic_rules = ClinicRules(is_deletable=True)

    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("to"))
    valid_from_date = models.DateField(_("valid from"))
    valid_until_date = models.DateField(_("valid until"), null=True, blank=True)

    objects: ClassVar[AvailabilityBlockQuerySet] = manager_of(AvailabilityBlockQuerySet)

    class Meta:
        verbose_name = _("weekly hours")
        constraints = [
            models.CheckConstraint(
                condition=_ENDS_AFTER_START,
                name="scheduling_block_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="scheduling_block_weekday"),
            models.CheckConstraint(
                condition=models.Q(valid_until_date__isnull=True)
                | models.Q(valid_until_date__gte=models.F("valid_from_date")),
                name="scheduling_block_valid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.hours}"

    @property
    def hours(self) -> str:
        return hours_words(self.start_time, self.end_time)


class Leave(ClinicOwned):
    clinic_rules = ClinicRules(is_deletable=True)

    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["Leave"]] = manager_of(ClinicOwnedQuerySet["Leave"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="scheduling_leave_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} - {self.ends_at}"


# A room that is shut for longer is taken out of use.
LONGEST_BLOCK = timedelta(days=31)


class RoomBlock(ClinicOwned):
    """A room cannot be used for a while: cleaning, a broken chair. It claims every place of it (``sql/claims.sql``)."""

    clinic_rules = ClinicRules(is_deletable=True)

    room = ClinicForeignKey("scheduling.Room", related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=120)

    objects: ClassVar[ClinicOwnedQuerySet["RoomBlock"]] = manager_of(ClinicOwnedQuerySet["RoomBlock"])

    class Meta:
        verbose_name = _("blocked room")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                & models.Q(ends_at__lte=models.F("starts_at") + LONGEST_BLOCK),
                name="scheduling_roomblock_length",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="scheduling_roomblock_reason"),
        ]

    def __str__(self) -> str:
        return self.reason


class ExtraHours(ClinicOwned):
    """Hours of one day outside the weekly blocks."""

    clinic_rules = ClinicRules(is_deletable=True)

    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    day = models.DateField(_("day"))
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("to"))

    objects: ClassVar[ClinicOwnedQuerySet["ExtraHours"]] = manager_of(ClinicOwnedQuerySet["ExtraHours"])

    class Meta:
        verbose_name = _("hours of one day")
        constraints = [
            models.CheckConstraint(condition=_ENDS_AFTER_START, name="scheduling_extrahours_ends_after_start")
        ]
        indexes = [models.Index(fields=["clinic", "day"], name="scheduling_extrahours_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.hours}"

    @property
    def hours(self) -> str:
        return hours_words(self.start_time, self.end_time)


class Closure(ClinicOwned):
    """The whole clinic is closed: a holiday, an inventory."""

    clinic_rules = ClinicRules(is_deletable=True)

    name = models.CharField(_("name"), max_length=80)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))

    objects: ClassVar[ClinicOwnedQuerySet["Closure"]] = manager_of(ClinicOwnedQuerySet["Closure"])

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="scheduling_closure_ends_after_start"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="scheduling_closure_named"),
        ]

    def __str__(self) -> str:
        return self.name
