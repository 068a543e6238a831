"""A visit: booked, moved through the day, done. The database refuses to promise anything twice."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from scheduling.choices import DOUBLED, FREE_STATUSES, CancelledBy, ClaimKind, VisitStatus

# A visit never lasts longer; so the ones that touch a moment began at most this long before it.
LONGEST_VISIT = timedelta(hours=8)


class TsTzRange(models.Func):
    """``[starts_at, ends_at)``: back-to-back visits do not touch."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class AppointmentQuerySet(ClinicOwnedQuerySet["Appointment"]):
    def between(self, start: datetime, end: datetime) -> Self:
        """Visits that touch ``[start, end)``; plain comparisons, which stay indexed under row-level security."""
        return self.filter(starts_at__lt=end, starts_at__gt=start - LONGEST_VISIT, ends_at__gt=start)

    def holding(self) -> Self:
        return self.exclude(status__in=FREE_STATUSES)


class Appointment(PatientOwned):
    """What it holds is claimed row by row in ``Claim``.

    ``doubled`` names what was promised although another visit holds it; a person gave ``double_reason`` for it.
    ``observation_room`` is where the patient sits while the visit is in observation, if a chair was free.
    """

    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    room = ClinicForeignKey("scheduling.Room", null=True, blank=True, related_name="+")
    equipment = ClinicForeignKey("scheduling.Equipment", null=True, blank=True, related_name="+")
    chaperone = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    observation_room = ClinicForeignKey("scheduling.Room", null=True, blank=True, related_name="+")
    visit_type = ClinicForeignKey("scheduling.VisitType", related_name="+")
    series = ClinicForeignKey("scheduling.VisitSeries", null=True, blank=True, related_name="visits")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    status = models.CharField(_("status"), max_length=12, choices=VisitStatus, default=VisitStatus.BOOKED)
    cancelled_by = models.CharField(_("cancelled by"), max_length=8, choices=CancelledBy, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    doubled = ArrayField(models.CharField(max_length=9, choices=ClaimKind), default=list, blank=True)
    double_reason = models.CharField(_("why twice"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[AppointmentQuerySet] = manager_of(AppointmentQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="scheduling_appointment_starts"),
            models.Index(fields=["patient", "-starts_at"], name="scheduling_appointment_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(doubled__contained_by=list(DOUBLED)), name="scheduling_appointment_doubled"
            ),
            models.CheckConstraint(
                condition=models.Q(doubled=[], double_reason="") | ~models.Q(doubled=[]) & ~models.Q(double_reason=""),
                name="scheduling_appointment_double_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(chaperone__isnull=True) | ~models.Q(chaperone=models.F("clinician")),
                name="scheduling_appointment_chaperone_is_another",
            ),
            models.CheckConstraint(
                condition=models.Q(observation_room__isnull=True) | models.Q(status=VisitStatus.OBSERVATION),
                name="scheduling_appointment_chair_while_observed",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="scheduling_appointment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__lte=models.F("starts_at") + LONGEST_VISIT),
                name="scheduling_appointment_at_most_8_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=VisitStatus.values), name="scheduling_appointment_status"
            ),
            models.CheckConstraint(
                condition=~models.Q(status=VisitStatus.CANCELLED)
                | (~models.Q(cancelled_by="") & ~models.Q(cancel_reason="")),
                name="scheduling_appointment_cancel_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def doubled_words(self) -> list[str]:
        """What another visit holds too, in words."""
        return [str(ClaimKind(kind).label) for kind in self.doubled]


class AppointmentMove(ClinicOwned):
    """The history of a visit: one row for each change of status, time, clinician or room, with its author.

    A booking has no ``from_status``; a change of time, clinician or room keeps the status and says what was before.
    ``tell_at``: when the patient is told of it, unless it is taken back before; never, when it is empty. Moves of one
    act on several visits share a ``batch_id``. ``is_for_departure``: cancelled while the patient counted as deceased or
    as having left; offered to be put back with the patient.
    """

    clinic_rules = ClinicRules(
        patient="(SELECT a.patient_id FROM scheduling_appointment a WHERE a.id = r.appointment_id)"
    )

    appointment = ClinicForeignKey(Appointment, related_name="moves")
    from_status = models.CharField(max_length=12, choices=VisitStatus, blank=True)
    to_status = models.CharField(max_length=12, choices=VisitStatus)
    moved_at = models.DateTimeField()
    moved_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")
    reason = models.CharField(max_length=400, blank=True)
    tell_at = models.DateTimeField(null=True)
    batch_id = models.UUIDField(null=True)
    is_for_departure = models.BooleanField(default=False)
    was_starts_at = models.DateTimeField(null=True)
    was_ends_at = models.DateTimeField(null=True)
    was_clinician = ClinicForeignKey("accounts.Membership", null=True, related_name="+")
    was_room = ClinicForeignKey("scheduling.Room", null=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["AppointmentMove"]] = manager_of(ClinicOwnedQuerySet["AppointmentMove"])

    class Meta:
        ordering = ["moved_at", "id"]
        indexes = [
            models.Index(
                fields=["clinic", "tell_at"], condition=models.Q(tell_at__isnull=False), name="scheduling_move_tell"
            ),
            models.Index(fields=["clinic", "moved_at"], name="scheduling_move_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_for_departure=False) | models.Q(to_status=VisitStatus.CANCELLED),
                name="scheduling_move_departure_cancels",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"
