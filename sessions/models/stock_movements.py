"""Every change of the shelf is a row: a lot's ``quantity`` is the sum of its movements."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of
from sessions.stock_choices import MovementKind


class StockMovement(ClinicOwned):
    """``change``: containers more or fewer; written once, and kept in step with the lot by the database
    (sessions/sql/stock_movements.sql), which also writes those of an opening.

    A delivery has its supplier, number and day; a count what was ``counted``, and the database works out the
    difference; what is taken back names the movement it ``takes_back``.
    """

    lot = ClinicForeignKey("pit_sessions.SolutionLot", related_name="movements")
    kind = models.CharField(max_length=12, choices=MovementKind)
    change = models.IntegerField(default=0)
    counted = models.PositiveIntegerField(_("counted"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    supplier = models.CharField(_("supplier"), max_length=120, blank=True)
    delivery_number = models.CharField(_("delivery number"), max_length=60, blank=True)
    delivered_date = models.DateField(_("delivered on"), null=True, blank=True)
    container_number = models.PositiveIntegerField(null=True, blank=True)
    takes_back = ClinicForeignKey("self", null=True, blank=True, related_name="taken_back")
    moved_at = models.DateTimeField()
    moved_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["StockMovement"]] = manager_of(ClinicOwnedQuerySet["StockMovement"])

    class Meta:
        ordering = ["-moved_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "takes_back"],
                condition=models.Q(takes_back__isnull=False),
                name="sessions_movement_taken_back_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=MovementKind.values), name="sessions_movement_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[MovementKind.COUNTED, MovementKind.TAKEN_BACK])
                | models.Q(kind__in=[MovementKind.OPENED, MovementKind.WASTED], change__lt=0)
                | models.Q(kind__in=[MovementKind.STARTED, MovementKind.RECEIVED, MovementKind.PUT_BACK], change__gt=0),
                name="sessions_movement_direction",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=MovementKind.COUNTED, counted__isnull=False)
                | (~models.Q(kind=MovementKind.COUNTED) & models.Q(counted__isnull=True)),
                name="sessions_movement_count_has_its_number",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=MovementKind.WASTED) | ~models.Q(reason=""),
                name="sessions_movement_waste_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=MovementKind.TAKEN_BACK, takes_back__isnull=False)
                | (~models.Q(kind=MovementKind.TAKEN_BACK) & models.Q(takes_back__isnull=True)),
                name="sessions_movement_takes_back_something",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=MovementKind.RECEIVED, delivered_date__isnull=False)
                | (
                    ~models.Q(kind=MovementKind.RECEIVED)
                    & models.Q(delivered_date__isnull=True, supplier="", delivery_number="")
                ),
                name="sessions_movement_delivery_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[MovementKind.STARTED]) | models.Q(moved_by__isnull=False),
                name="sessions_movement_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.change:+d}"
