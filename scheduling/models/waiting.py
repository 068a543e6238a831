"""The waiting list: who wants a time, which times became free, and who was offered which."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from scheduling.choices import EntryStatus, OfferStatus, PartOfDay, SlotEnd, VisitStatus, WaitPriority, Weekday
from scheduling.models.appointments import Appointment
from scheduling.models.visit_types import VisitType

OPEN_ENTRIES = (EntryStatus.WAITING, EntryStatus.OFFERED)
LONGEST_NOTICE_HOURS = 14 * 24


class WaitingEntryQuerySet(ClinicOwnedQuerySet["WaitingEntry"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN_ENTRIES)


class WaitingEntry(PatientOwned):
    """A wish. With an ``appointment`` the patient has a time and wants an earlier one for the same visit.

    ``weekdays`` empty: any day. ``region`` is one of the catalogue's: queries/waiting_matches.py says what it
    decides.
    """

    visit_type = ClinicForeignKey("scheduling.VisitType", related_name="+", verbose_name=_("visit type"))
    clinician = ClinicForeignKey(
        "accounts.Membership", null=True, blank=True, related_name="+", verbose_name=_("clinician")
    )
    appointment = ClinicForeignKey(
        "scheduling.Appointment", null=True, blank=True, related_name="+", verbose_name=_("instead of the visit")
    )
    region = models.ForeignKey(
        "catalogue.BodyRegion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    weekdays = ArrayField(models.PositiveSmallIntegerField(choices=Weekday), default=list, blank=True)
    part_of_day = models.CharField(_("time of day"), max_length=9, choices=PartOfDay, blank=True)
    from_date = models.DateField(_("not before"), null=True, blank=True)
    until_date = models.DateField(_("not after"), null=True, blank=True)
    notice_hours = models.PositiveSmallIntegerField(_("hours of notice needed"), default=24)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=WaitPriority, default=WaitPriority.NORMAL)
    status = models.CharField(_("status"), max_length=9, choices=EntryStatus, default=EntryStatus.WAITING)
    since = models.DateTimeField(_("since"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[WaitingEntryQuerySet] = manager_of(WaitingEntryQuerySet)

    class Meta:
        verbose_name = _("wish on the waiting list")
        indexes = [
            models.Index(
                fields=["clinic", "priority", "since"],
                condition=models.Q(status__in=("waiting", "offered")),
                name="scheduling_waiting_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "appointment"],
                condition=models.Q(status__in=("waiting", "offered")),
                name="scheduling_waiting_one_a_visit",
            ),
            models.CheckConstraint(condition=models.Q(status__in=EntryStatus.values), name="scheduling_waiting_status"),
            models.CheckConstraint(
                condition=models.Q(notice_hours__lte=LONGEST_NOTICE_HOURS), name="scheduling_waiting_notice"
            ),
            models.CheckConstraint(
                condition=models.Q(weekdays__contained_by=list(range(7))), name="scheduling_waiting_weekdays"
            ),
            models.CheckConstraint(
                condition=models.Q(from_date__isnull=True)
                | models.Q(until_date__isnull=True)
                | models.Q(until_date__gte=models.F("from_date")),
                name="scheduling_waiting_dates",
            ),
        ]

    def __str__(self) -> str:
        return self.status

    @property
    def visit_to_move(self) -> Appointment | None:
        """The visit that an accepted offer moves, with its own type and length; None once it stands no longer."""
        visit = self.appointment
        return visit if visit is not None and visit.status in (VisitStatus.BOOKED, VisitStatus.CONFIRMED) else None

    @property
    def sought_type(self) -> VisitType:
        found: VisitType = self.visit_to_move.visit_type if self.visit_to_move else self.visit_type
        return found

    @property
    def sought_minutes(self) -> int:
        visit = self.visit_to_move
        if visit is None:
            minutes: int = self.visit_type.duration_minutes
            return minutes
        return int((visit.ends_at - visit.starts_at).total_seconds() // 60)


class FreedSlot(ClinicOwned):
    """A future time that a cancelled, missed or moved visit gave back; found by the sweep."""

    move = ClinicForeignKey("scheduling.AppointmentMove", related_name="+")
    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    freed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=8, choices=SlotEnd, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["FreedSlot"]] = manager_of(ClinicOwnedQuerySet["FreedSlot"])

    class Meta:
        verbose_name = _("time that came free")
        indexes = [
            models.Index(
                fields=["clinic", "starts_at"],
                condition=models.Q(closed_at__isnull=True),
                name="scheduling_freedslot_open",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "move"], name="scheduling_freedslot_once"),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, closed_why="")
                | models.Q(closed_at__isnull=False) & ~models.Q(closed_why=""),
                name="scheduling_freedslot_closed",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="scheduling_freedslot_length"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class SlotOfferQuerySet(ClinicOwnedQuerySet["SlotOffer"]):
    def standing(self) -> Self:
        return self.filter(status=OfferStatus.OFFERED)

    def run_out(self, now: datetime) -> Self:
        return self.standing().filter(expires_at__lte=now)


class SlotOffer(PatientOwned):
    """One time offered to one patient, and how it ended. The time is kept by ``hold`` meanwhile.

    ``expires_at`` counts from the sending of its message; until that is sent, from the offer.
    """

    entry = ClinicForeignKey(WaitingEntry, related_name="offers")
    freed_slot = ClinicForeignKey(FreedSlot, related_name="offers")
    hold = ClinicForeignKey("scheduling.SlotHold", related_name="+")
    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    room = ClinicForeignKey("scheduling.Room", null=True, related_name="+")
    appointment = ClinicForeignKey("scheduling.Appointment", null=True, related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    offered_at = models.DateTimeField()
    offered_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")
    expires_at = models.DateTimeField()
    status = models.CharField(_("status"), max_length=9, choices=OfferStatus, default=OfferStatus.OFFERED)
    decided_at = models.DateTimeField(null=True)
    decided_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")

    objects: ClassVar[SlotOfferQuerySet] = manager_of(SlotOfferQuerySet)

    class Meta:
        verbose_name = _("offered time")
        ordering = ["-offered_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "entry"], condition=models.Q(status="offered"), name="scheduling_offer_one_an_entry"
            ),
            models.UniqueConstraint(
                fields=["clinic", "freed_slot"],
                condition=models.Q(status__in=("offered", "accepted")),
                name="scheduling_offer_one_a_slot",
            ),
            models.UniqueConstraint(fields=["clinic", "hold"], name="scheduling_offer_one_a_hold"),
            models.CheckConstraint(condition=models.Q(status__in=OfferStatus.values), name="scheduling_offer_status"),
            models.CheckConstraint(
                condition=models.Q(status="accepted", appointment__isnull=False)
                | ~models.Q(status="accepted") & models.Q(appointment__isnull=True),
                name="scheduling_offer_accepted_has_visit",
            ),
            models.CheckConstraint(
                condition=models.Q(status="offered", decided_at__isnull=True)
                | ~models.Q(status="offered") & models.Q(decided_at__isnull=False),
                name="scheduling_offer_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
