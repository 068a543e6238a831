"""Harm: what the patient or the clinic reported, how urgent it is, who took it and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from sessions.choices import AlertStatus, Causality, DangerSign, Priority, Seriousness, Severity, Source

_TAKEN = models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False)
_NOT_TAKEN = models.Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
_NOT_CLOSED = models.Q(closed_at__isnull=True, closed_by__isnull=True)


class SideEffectQuerySet(ClinicOwnedQuerySet["SideEffect"]):
    def open(self) -> Self:
        return self.exclude(status=AlertStatus.CLOSED)

    def alarming(self) -> Self:
        """P0, and no named clinician has taken it: somebody has to be woken."""
        return self.filter(priority=Priority.P0, status=AlertStatus.OPEN)

    def most_urgent_first(self) -> Self:
        return self.order_by("priority", "reported_at", "id")


class SideEffect(PatientOwned):
    """Priority is set by triage at once; kind, severity and causality by a clinician later. Serious is not severe.

    ``event_type``: what a clinician says it was, None until then. ``suspected_type``: what the signs told point at, to
    be ruled out; never a finding.
    Any one criterion of ``seriousness`` makes ``is_serious`` true (ICH E2A). ``taken_back_at``: the patient said that
    the tap was a slip; the report stands as it is until a clinician has looked. ``alarm_at``: when the report became
    P0, where that was not at once; None while the alarm counts from the report itself. ``alarm_again_at``: when it was
    last given back, or made P0 once more: it pages at once, and who is paged counts on from the beginning.
    """

    injection_session = ClinicForeignKey(
        "pit_sessions.InjectionSession", null=True, blank=True, related_name="side_effects"
    )
    event_type = models.ForeignKey(
        "catalogue.AdverseEventType",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("what it was"),
    )
    suspected_type = models.ForeignKey(
        "catalogue.AdverseEventType",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("to rule out"),
    )
    priority = models.CharField(_("priority"), max_length=2, choices=Priority)
    triage_reason = models.CharField(_("why this priority"), max_length=300, blank=True)
    danger_signs = ArrayField(models.CharField(max_length=12, choices=DangerSign), default=list, blank=True)
    description = models.TextField(_("what happened"), blank=True)
    source = models.CharField(max_length=10, choices=Source)
    reported_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True, editable=False)
    alarm_at = models.DateTimeField(_("alarm counted from"), null=True, blank=True, editable=False)
    alarm_again_at = models.DateTimeField(_("alarm rang again"), null=True, blank=True, editable=False)
    onset_at = models.DateTimeField(_("began"), null=True, blank=True)
    status = models.CharField(max_length=12, choices=AlertStatus, default=AlertStatus.OPEN)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, null=True, blank=True)
    seriousness = ArrayField(models.CharField(max_length=20, choices=Seriousness), default=list, blank=True)
    is_serious = models.BooleanField(_("serious"), default=False)
    causality = models.CharField(_("caused by the treatment"), max_length=12, choices=Causality, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[SideEffectQuerySet] = manager_of(SideEffectQuerySet)

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic", "priority", "reported_at"],
                condition=~models.Q(status="closed"),
                name="sessions_sideeffect_open",
            ),
            models.Index(fields=["patient", "-reported_at"], name="sessions_sideeffect_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(priority__in=Priority.values), name="sessions_sideeffect_priority"
            ),
            models.CheckConstraint(
                condition=models.Q(_NOT_TAKEN, _NOT_CLOSED, status="open")
                | models.Q(_TAKEN, _NOT_CLOSED, status="acknowledged")
                | models.Q(_TAKEN | _NOT_TAKEN, status="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="sessions_sideeffect_status_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="closed") | models.Q(event_type__isnull=False),
                name="sessions_sideeffect_closed_with_its_kind",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__isnull=True) | models.Q(severity__range=(1, 5)),
                name="sessions_sideeffect_severity",
            ),
            models.CheckConstraint(
                condition=models.Q(onset_at__isnull=True) | models.Q(onset_at__lte=models.F("reported_at")),
                name="sessions_sideeffect_onset",
            ),
            models.CheckConstraint(
                condition=models.Q(seriousness=[]) | models.Q(is_serious=True),
                name="sessions_sideeffect_seriousness",
            ),
        ]

    def __str__(self) -> str:
        return self.priority

    @property
    def is_alarming(self) -> bool:
        """As ``alarming()`` asks."""
        return self.priority == Priority.P0 and self.status == AlertStatus.OPEN

    @property
    def alarm_began_at(self) -> datetime:
        """From when its rounds and the people in them are counted: nothing that happens later moves it."""
        return self.alarm_at or self.reported_at

    @property
    def alarm_rang_at(self) -> datetime:
        """Since when it has been ringing without a pause, if it rings."""
        return self.alarm_again_at or self.alarm_began_at

    @property
    def to_rule_out(self) -> str:
        """The kind of event the signs point at, while no clinician has said what it was; empty where at none."""
        return self.suspected_type.name if self.suspected_type and not self.event_type_id else ""

    @property
    def headline(self) -> str:
        """What to call it: what a clinician says it was; until then the signs as told, or that there are words."""
        return self.event_type.name if self.event_type else called_by(self.danger_signs)


def called_by(danger_signs: Sequence[str]) -> str:
    """What a report is called while nobody has said what it was."""
    return "; ".join(str(DangerSign(sign).label) for sign in danger_signs) or gettext("told in words")
