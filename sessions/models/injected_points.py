"""What was injected where, and the containers it came from."""

from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicRules
from catalogue.models.nerve_figures import LARGEST
from patients.models import PatientOwned
from sessions.choices import Depth, PointSide
from sessions.models.injection_sessions import PATIENT_OF_SESSION, InjectionSession
from sessions.response import MAX_CYCLES


class InjectionPoint(ClinicOwned):
    """This nerve, this side, this point, this volume, this lot."""

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="points")
    number = models.PositiveSmallIntegerField()
    nerve = models.ForeignKey("catalogue.Nerve", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(_("side"), max_length=8, choices=PointSide)
    point_type = models.ForeignKey(
        "catalogue.PointType", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    volume_ml = models.DecimalField(_("volume (mL)"), max_digits=4, decimal_places=2)
    depth = models.CharField(_("depth"), max_length=12, choices=Depth, default=Depth.SUBCUTANEOUS)
    depth_mm = models.PositiveSmallIntegerField(_("depth (mm)"), null=True, blank=True)
    solution = models.ForeignKey("catalogue.Solution", on_delete=models.PROTECT, related_name="+")
    lot = ClinicForeignKey("pit_sessions.SolutionLot", null=True, blank=True, related_name="points")
    # Where the point was put on the nerve map: the figure by its code and version, so that the signed content says it
    # in words, and the place in figure units from the top left.
    figure = models.ForeignKey(
        "catalogue.NerveFigure", on_delete=models.PROTECT, to_field="code", null=True, blank=True, related_name="+"
    )
    x = models.PositiveSmallIntegerField(null=True, blank=True)
    y = models.PositiveSmallIntegerField(null=True, blank=True)
    preparation = ClinicForeignKey(
        "pit_sessions.Preparation", null=True, blank=True, related_name="points", db_index=False
    )
    # From 2 on, as the scores count them; null is the first, for a signature leaves out nulls and so keeps the records
    # signed before this column.
    cycle = models.PositiveSmallIntegerField(_("cycle"), null=True, blank=True)

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(
                fields=["preparation"], condition=models.Q(preparation__isnull=False), name="sessions_point_preparation"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "number"],
                name="sessions_point_number",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=models.Q(side__in=PointSide.values), name="sessions_point_side"),
            models.CheckConstraint(
                condition=models.Q(volume_ml__gt=Decimal(0)) & models.Q(volume_ml__lte=Decimal(60)),
                name="sessions_point_volume",
            ),
            models.CheckConstraint(
                condition=models.Q(cycle__isnull=True) | models.Q(cycle__range=(2, MAX_CYCLES)),
                name="sessions_point_cycle",
            ),
            models.CheckConstraint(condition=models.Q(depth__in=Depth.values), name="sessions_point_depth"),
            models.CheckConstraint(
                condition=models.Q(figure__isnull=True, x__isnull=True, y__isnull=True)
                # "Not null" in so many words: a comparison with null would let the row through.
                | models.Q(
                    figure__isnull=False,
                    x__isnull=False,
                    y__isnull=False,
                    x__range=(0, LARGEST),
                    y__range=(0, LARGEST),
                ),
                name="sessions_point_place_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class ContainerUse(PatientOwned):
    """This container served this patient in this session. Written by the database alone, from the points
    (sessions/sql/stock.sql), so that no path goes round the rule that a single-dose container serves one patient (V24).

    It ends when the session is voided: a record struck out, most often for the wrong patient, says nothing any more,
    and the right patient's record must be able to name what was given.
    """

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True, is_audited=False)

    injection_session = ClinicForeignKey(InjectionSession, related_name="container_uses")
    container = ClinicForeignKey("pit_sessions.Container", related_name="uses")
    is_single_dose = models.BooleanField()

    class Meta:
        verbose_name = _("patient of a container")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session", "container"], name="sessions_use_once"),
            ExclusionConstraint(
                name="sessions_use_one_patient",
                expressions=[("container", RangeOperators.EQUAL), ("patient", RangeOperators.NOT_EQUAL)],
                condition=models.Q(is_single_dose=True),
                # At the end of the statement: a merge moves several uses of one container in one.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]

    def __str__(self) -> str:
        return str(self.container_id)
